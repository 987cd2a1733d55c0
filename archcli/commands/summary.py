"""What a recipe builds: layers, shapes, parameters, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from archcli.commands.preparing import prepare
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe

Shape = tuple[int | None, ...]


@dataclass(frozen=True)
class LayerRow:
    """One layer.

    Attributes:
        name: Its name in the model, or in the block that it is in.
        kind: Its class.
        output_shape: `(batch, ...)`, None where the size is open; of the first tensor that it gives.
        parameters: Its weights, trained or not.
        reads: The layers and inputs whose tensors it takes.
        depth: How many blocks it is in.
    """

    name: str
    kind: str
    output_shape: Shape
    parameters: int
    reads: tuple[str, ...] = ()
    depth: int = 0


@dataclass(frozen=True)
class Learning:
    """What one output learns.

    Attributes:
        task: `classification`, `binary` or `regression`.
        loss: The loss's class.
    """

    task: str
    loss: str


@dataclass(frozen=True)
class SummaryReport:
    """A built model in a table.

    Attributes:
        recipe: The recipe's name.
        build: The Keras API it was built with.
        inputs: Shape of one batch of each input, by its name.
        layers: In order; those of a block after it.
        trainable: Weights that training changes.
        fixed: Weights that it does not, those of outputs that are only written out among them.
        outputs: What each trained output learns, by its name.
    """

    recipe: str
    build: str
    inputs: Mapping[str, Shape]
    layers: tuple[LayerRow, ...]
    trainable: int
    fixed: int
    outputs: Mapping[str, Learning]

    @property
    def is_graph(self) -> bool:
        """Whether some layer takes another than the one before it."""
        before: tuple[str, ...] = tuple(self.inputs)
        for row in self.layers:
            if row.depth == 0 and row.reads != before:
                return True
            before = (row.name,) if row.depth == 0 else before
        return False


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
    recipe, trainable = prepared.recipe, count_weights(prepared.core.trainable_weights)
    return SummaryReport(
        recipe=recipe.name,
        build=recipe.model.build,
        inputs={name: (None, *facts.shape) for name, facts in prepared.inputs.items()},
        layers=tuple(describe_layers(prepared.built.whole)),
        trainable=trainable,
        fixed=count_weights(prepared.built.whole.weights) - trainable,
        outputs={
            name: Learning(objective.task, recipe.train.loss[name].name)
            for name, objective in recipe.objectives.items()
        },
    )


def describe_layers(model: keras.Model, *, depth: int = 0) -> Iterator[LayerRow]:
    """Describe each layer of a built model, but its inputs; a layer that is used twice once, where it is first used."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        yield LayerRow(
            name=layer.name,
            kind=type(layer).__name__,
            output_shape=tuple(keras.tree.flatten(layer.output)[0].shape),
            parameters=layer.count_params(),
            reads=_read_by(model, layer),
            depth=depth,
        )
        if isinstance(layer, (keras.Sequential, keras.Model)):
            yield from describe_layers(layer, depth=depth + 1)


def count_weights(weights: Sequence[keras.Variable]) -> int:
    """Count the numbers in weights; seeds of random layers are not weights."""
    return sum(int(keras.ops.size(weight)) for weight in weights)


def summary_text(model: keras.Model) -> str:
    """Return Keras's own table of a model, for a run's `summary.txt`."""
    lines: list[str] = []
    model.summary(line_length=100, print_fn=lines.append, expand_nested=True, show_trainable=True)
    return "\n".join(lines) + "\n"


def _read_by(model: keras.Model, layer: Any) -> tuple[str, ...]:
    """Return whose tensors a layer takes inside a model, over all its uses there."""
    if isinstance(model, keras.Sequential):
        layers = [model.inputs[0], *model.layers]
        index = next(position for position, one in enumerate(model.layers) if one is layer)
        return (layers[index].name,)
    nodes = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}  # noqa: SLF001 -- has no other way
    used = [node for node in layer._inbound_nodes if id(node) in nodes]  # noqa: SLF001
    return tuple(dict.fromkeys(parent.operation.name for node in used for parent in node.parent_nodes))
