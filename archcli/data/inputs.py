"""The inputs of a recipe: read raw, one array for each tensor that the saved model takes, and fitted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features import INPUTS, FitOptions
from archcli.data.table import Raw
from archcli.recipe.facts import InputFacts
from archcli.recipe.features import SIDE_BY_SIDE, read_columns, side_by_side
from archcli.recipe.recipe import Data, Named


@dataclass(frozen=True)
class Leaf:
    """What one raw tensor is read from: an input, or a part of an input whose parts stand side by side.

    Attributes:
        name: What the tensor is called: as its input, or as its input and its column.
        owner: The input.
        feature: What the recipe says of it.
        columns: The source's columns.
        is_part: Whether others stand beside it.
    """

    name: str
    owner: str
    feature: Named
    columns: tuple[str, ...]
    is_part: bool = False


def find_leaves(data: Data) -> tuple[Leaf, ...]:
    """Return what is to be read, in the recipe's order; a shift is read from no column."""
    taken = set(data.inputs)
    leaves: list[Leaf] = []
    for name, feature in data.inputs.items():
        if feature.name != SIDE_BY_SIDE:
            if feature.name != "shift":
                leaves.append(Leaf(name, name, feature, read_columns(feature, name)))
            continue
        for part in side_by_side(feature):
            columns = read_columns(part, name)
            groups = [(column,) for column in columns] if part.name == "category" else [columns]
            for group in groups:
                leaf_name = _free(f"{name}__{_plain(group[0]) if len(group) == 1 else part.name}", taken)
                leaves.append(Leaf(leaf_name, name, part, group, is_part=True))
    return tuple(leaves)


def read_inputs(table: Any, leaves: tuple[Leaf, ...], faults: Faults) -> dict[str, Raw]:
    """Read raw values, `(examples, *shape)`, by the leaves' names, from what they can be read from."""
    values: dict[str, Raw] = {}
    for leaf in leaves:
        kind = INPUTS[leaf.feature.name]
        values[leaf.name] = kind.read(table, leaf.columns, faults, kind.asks(leaf.feature))
    return values


def find_paddings(table: Any, leaves: tuple[Leaf, ...]) -> dict[str, float | None]:
    """Return what the numbers of each leaf hold after the end of a short sequence; None: all are as long."""
    return {leaf.name: table.padding(leaf.columns[0]) if leaf.feature.name == "numeric" else None for leaf in leaves}


def fit_inputs(
    leaves: tuple[Leaf, ...],
    values: Mapping[str, Raw],
    training: NDArray[np.int64],
    *,
    paddings: Mapping[str, float | None],
) -> dict[str, InputFacts]:
    """Describe the inputs, fitted on the `training` examples alone, by their names.

    Args:
        leaves: What was read.
        values: Its raw values of all examples, by the leaves' names.
        training: The examples that are trained on, from 0.
        paddings: As `find_paddings` found them.

    Raises:
        DataError: There is nothing to fit to.
    """
    fitted: dict[str, list[InputFacts]] = {}
    for leaf in leaves:
        options = FitOptions(values[leaf.name], paddings[leaf.name], side_by_side=leaf.is_part)
        fit = INPUTS[leaf.feature.name].fit
        facts = fit(leaf.name, leaf.feature, leaf.columns, values[leaf.name][training], options)
        fitted.setdefault(leaf.owner, []).append(facts)
    parted = {leaf.owner for leaf in leaves if leaf.is_part}
    return {name: _beside(name, parts) if name in parted else parts[0] for name, parts in fitted.items()}


def _beside(name: str, parts: list[InputFacts]) -> InputFacts:
    """Describe parts side by side along the last axis."""
    width = sum(part.shape[-1] or 0 for part in parts)
    columns = tuple(column for part in parts for column in part.columns)
    return InputFacts(name, (*parts[0].shape[:-1], width), columns, kind="side_by_side", parts=tuple(parts))


def _plain(column: str) -> str:
    """Write a column's name in small letters, digits and `_`."""
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_") or "column"


def _free(name: str, taken: set[str]) -> str:
    """Return `name`, counted on if it is taken, and take it."""
    free = name
    count = 1
    while free in taken:
        count += 1
        free = f"{name}_{count}"
    taken.add(free)
    return free
