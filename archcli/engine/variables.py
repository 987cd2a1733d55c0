"""All variables of a training, out of the model and into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import keras
import numpy as np
import tensorflow as tf

from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archcli.engine.feeding import Array

LARGEST_SNAPSHOT_BYTES = 64 * 2**20
"""Variables that take more are copied off the device at once: a snapshot keeps them there a second time."""


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


class Snapshot(Sequence["Array"]):
    """Values of variables at one instant, copied off the device when they are asked for."""

    def __init__(self, tensors: Sequence[tf.Tensor]) -> None:
        """Hold `tensors`, which never change."""
        self._tensors = tensors

    def __len__(self) -> int:
        """Return how many variables there are."""
        return len(self._tensors)

    @overload
    def __getitem__(self, index: int) -> Array: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Array]: ...

    def __getitem__(self, index: int | slice) -> Array | Sequence[Array]:
        """Return the value of one variable, or of some."""
        if isinstance(index, slice):
            return [np.array(tensor.numpy()) for tensor in self._tensors[index]]
        return np.array(self._tensors[index].numpy())


def compile_snapshot(model: keras.Model, *others: keras.Variable) -> Callable[[], Sequence[Array]]:
    """Return what captures all variables of `model`, and of `others`, in the order of `capture`, but quickly.

    It is one call for all of them, and copies nothing: TensorFlow writes into no memory that something else holds.
    """
    variables = list_variables(model, *others)
    is_large = sum(variable.numpy().nbytes for variable in variables) > LARGEST_SNAPSHOT_BYTES
    if is_large or any(isinstance(variable.value, tf.distribute.DistributedValues) for variable in variables):
        return lambda: capture(model, *others)
    read = tf.function(lambda: [tf.convert_to_tensor(variable.value) for variable in variables], autograph=False)
    return lambda: Snapshot(read())


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
