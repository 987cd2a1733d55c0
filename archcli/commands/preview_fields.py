"""What is shown of an example: each column and target, as it is read and as the network gets it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from archcli.build.preprocessing import prepare_inputs
from archcli.data.dataset import Dataset, Part
from archcli.data.encoding import encode_target
from archcli.data.features.text import join_symbols
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Recipe

Value = str | NDArray[Any]
"""A text or label as it is, or numbers, `shape`; `()` for one number."""

FEW_CHANNELS = 4
"""Up to so many numbers at each step are lines; more are a picture."""

LEAST_SIDE = 4
"""What has fewer rows or columns is no picture."""


@dataclass(frozen=True)
class Field:
    """One column or target of some examples.

    Attributes:
        name: What the data call it.
        role: What it is for.
        kind: Its type in the recipe.
        raw: What is read, one for each example.
        network: What the network gets of it, or is compared with it; None where it is not trained.
        picture: What is drawn: numbers as grey or colour, `(height, width)`, `(height, width, channels)` or several of
            these along a first axis; class numbers, `(height, width)`; None: nothing is.
        classes: What the class numbers of `picture` mean; empty where it holds none.
    """

    name: str
    role: Literal["input", "target"]
    kind: str
    raw: tuple[Value, ...]
    network: tuple[NDArray[Any], ...] | None
    picture: tuple[NDArray[Any], ...] | None = None
    classes: tuple[str, ...] = ()


def read_fields(recipe: Recipe, dataset: Dataset, part: Part) -> tuple[Field, ...]:
    """Return all that is to be shown of the examples of a part, which should be few."""
    prepared = prepare_inputs(dataset.facts.inputs, part.inputs)
    inputs = [
        field
        for name, given in dataset.facts.inputs.items()
        for field in _of_input(given, part.inputs, np.asarray(prepared[name]))
    ]
    targets = [
        _of_target(recipe, target, part.targets[name])
        for name, target in dataset.facts.targets.items()
        if name not in dataset.facts.inputs
    ]
    return (*inputs, *targets)


def _of_input(given: InputFacts, raw: Mapping[str, Any], prepared: NDArray[Any]) -> Iterator[Field]:
    """Yield what an input is read from, beside its share of the tensor that the network gets."""
    start = 0
    for leaf in given.leaves:
        width = leaf.shape[-1] or 0 if leaf.shape else 0
        network = prepared[..., start : start + width] if given.parts else prepared
        start += width
        values = raw[leaf.name]
        if values.dtype == np.object_:
            name = leaf.columns[0] if leaf.columns else leaf.name
            yield Field(name, "input", leaf.kind, tuple(map(str, values.ravel().tolist())), tuple(network))
        elif len(leaf.columns) == values.shape[-1] and values.ndim < 4 and network.shape[1:] == values.shape[1:]:
            for index, column in enumerate(leaf.columns):
                yield Field(column, "input", leaf.kind, tuple(values[..., index]), tuple(network[..., index]))
        else:
            name = leaf.columns[0] if len(leaf.columns) == 1 else given.name
            # As spectra are printed: time goes to the right, frequency up.
            drawn = np.swapaxes(network, 1, 2)[:, ::-1] if leaf.kind == "audio" else values
            picture = tuple(drawn) if is_picture(drawn.shape[1:]) else None
            yield Field(name, "input", leaf.kind, tuple(values), tuple(network), picture)


def _of_target(recipe: Recipe, target: TargetFacts, values: NDArray[Any]) -> Field:
    output = next((name for name, learned in recipe.model.outputs.items() if learned == target.name), None)
    network = None
    if output is not None:
        network = tuple(encode_target(values, target, recipe.objectives[output]))
    kind = recipe.data.targets[target.name].name if target.name in recipe.data.targets else target.kind
    name = target.columns[0] if len(target.columns) == 1 else target.name
    is_classes = target.kind in ("category", "text")
    drawn = tuple(values) if is_picture(values.shape[1:]) else None
    raw: tuple[Value, ...] = tuple(values)
    if is_classes and drawn is None:
        raw = tuple(_write_classes(target, numbers) for numbers in values)
    elif target.kind == "multilabel":
        raw = tuple(", ".join(np.array(target.classes)[flags > 0].tolist()) for flags in values)
    elif target.shape == (1,):
        raw = tuple(numbers[0] for numbers in values)
    return Field(name, "target", kind, raw, network, drawn, target.classes if is_classes else ())


def _write_classes(target: TargetFacts, numbers: NDArray[Any]) -> str:
    """Write the label of an example, or those of its steps; a step without one is left out."""
    labels = [target.classes[number] for number in np.ravel(numbers).tolist() if number >= 0]
    return join_symbols(labels, target.split or "word")


def is_picture(shape: tuple[int, ...]) -> bool:
    """Tell whether an array is drawn: as a picture, or as several, and not as a few lines."""
    sides = shape[:-1] if len(shape) > 2 and shape[-1] in (1, 3, 4) else shape
    return len(sides) in (2, 3) and min(sides[-2:]) >= LEAST_SIDE and sides[-1] > FEW_CHANNELS
