"""What a recipe builds: layers, shapes, parameters, before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from archcli.commands.preparing import prepare
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe


@dataclass(frozen=True)
class LayerRow:
    """One layer.

    Attributes:
        name: Its name in the model.
        kind: Its class.
        output_shape: `(batch, ...)`, None where the size is open.
        parameters: Its weights, trained or not.
    """

    name: str
    kind: str
    output_shape: tuple[int | None, ...]
    parameters: int


@dataclass(frozen=True)
class SummaryReport:
    """A built model in a table.

    Attributes:
        recipe: The recipe's name.
        build: The Keras API it was built with.
        input_shape: Of one batch.
        layers: In order.
        trainable: Weights that training changes.
        fixed: Weights that it does not.
        task: `classification`, `binary` or `regression`.
        loss: The loss's class.
    """

    recipe: str
    build: str
    input_shape: tuple[int | None, ...]
    layers: tuple[LayerRow, ...]
    trainable: int
    fixed: int
    task: str
    loss: str


def summarize(text: str, overrides: Sequence[str] = ()) -> SummaryReport:
    """Build the model of a recipe and describe it; its data are read, for they say how many classes there are.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.

    Raises:
        RecipeError: It has problems, or Keras cannot build it.
        DataError: The data cannot be used.
    """
    prepared = prepare(load_recipe(find_recipe(text), overrides))
    recipe, core = prepared.recipe, prepared.core
    return SummaryReport(
        recipe=recipe.name,
        build=recipe.model.build,
        input_shape=tuple(core.input_shape),
        layers=describe_layers(core),
        trainable=count_weights(core.trainable_weights),
        fixed=count_weights(core.non_trainable_weights),
        task=next(iter(recipe.objectives.values())).task,
        loss=next(iter(recipe.train.loss.values())).name,
    )


def describe_layers(model: keras.Model) -> tuple[LayerRow, ...]:
    """Describe each layer of a built model, but the input."""
    return tuple(
        LayerRow(layer.name, type(layer).__name__, tuple(layer.output.shape), layer.count_params())
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
    )


def count_weights(weights: Sequence[keras.Variable]) -> int:
    """Count the numbers in weights; seeds of random layers are not weights."""
    return sum(int(keras.ops.size(weight)) for weight in weights)


def summary_text(model: keras.Model) -> str:
    """Return Keras's own table of a model, for a run's `summary.txt`."""
    lines: list[str] = []
    model.summary(line_length=100, print_fn=lines.append, expand_nested=True, show_trainable=True)
    return "\n".join(lines) + "\n"
