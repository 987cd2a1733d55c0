"""All variables of a training, out of the model and into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from archcli.engine.feeding import Array


def list_variables(model: keras.Model, *others: keras.Variable) -> list[Any]:
    """Return every variable that the next step depends on: weights, seeds, running metrics, the optimizer's.

    Args:
        model: Compiled, with optimizer, loss and metrics built.
        *others: What a learning rule keeps beside the model.
    """
    return [*model.variables, *model.metrics_variables, *model.optimizer.variables, *others]


def capture(model: keras.Model, *others: keras.Variable) -> list[Array]:
    """Return copies of the values of all variables of `model`, and of `others`."""
    return [np.array(variable.numpy()) for variable in list_variables(model, *others)]


def restore(model: keras.Model, values: Sequence[Array], *others: keras.Variable, path: Path) -> None:
    """Put values into all variables of a model.

    Args:
        model: As for `list_variables`; changed.
        values: As `capture` gave them.
        *others: As for `list_variables`; changed.
        path: The file that they come from, for the message.

    Raises:
        RecipeError: `checkpoint-mismatch`: they are not of this model; nothing is changed then.
    """
    variables = list_variables(model, *others)
    if len(variables) != len(values):
        raise _mismatch(path, f"it holds {len(values)} variables, the model and its optimizer have {len(variables)}")
    for variable, value in zip(variables, values, strict=True):
        if tuple(variable.shape) != value.shape or _dtype(variable) != value.dtype.name:
            raise _mismatch(
                path,
                f"`{_name(variable)}` is {_dtype(variable)} {tuple(variable.shape)}, "
                f"the checkpoint has {value.dtype.name} {value.shape} there",
            )
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _dtype(variable: Any) -> str:
    return str(keras.backend.standardize_dtype(variable.dtype))


def _name(variable: Any) -> str:
    """Return the variable's name and its layer's, without the model's, which carries a counter."""
    return "/".join(variable.path.split("/")[-2:])


def _mismatch(path: Path, found: str) -> RecipeError:
    return RecipeError(
        Problem(
            "checkpoint-mismatch",
            f"the checkpoint `{path}` is of another model: {found}",
            hint="resume with the recipe that the run began with",
        )
    )
