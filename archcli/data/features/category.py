"""Target `category`: one label for each example, its classes sorted and numbered from 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults
from archcli.data.table import Table, TargetValues
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Named
from archcli.recipe.suggestions import did_you_mean

_SHOWN: Final = 10


def read_category(table: Table, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read labels and number their classes from 0, `(examples,)`, int32."""
    labels = table.labels(columns[0], faults)
    classes = sort_classes(labels)
    return TargetValues(_number_labels(labels, classes), classes)


def read_known_category(table: Table, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read labels as the classes that a target has; a label that is none of them goes to `faults`."""
    column = target.columns[0]
    labels = table.labels(column, faults)
    numbers = _number_labels(labels, target.classes)
    unknown = np.flatnonzero(numbers < 0)
    cells = [_unknown_class(int(index) + 1, labels[index], table.noun, target) for index in unknown[:_SHOWN]]
    faults.add_cells(column, cells, count=len(unknown))
    return TargetValues(numbers, target.classes)


def fit_category(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a category target, its classes counted in the `training` rows; there is nothing else to fit."""
    del feature
    counts = np.bincount(target.values[training], minlength=len(target.classes))
    return TargetFacts(name, "category", (), tuple(columns), target.classes, tuple(map(int, counts)))


def sort_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the different labels in order: by number where all are whole numbers, else as text."""
    classes = set(labels)
    if all(label.isascii() and label.removeprefix("-").isdigit() for label in classes):
        return tuple(sorted(classes, key=lambda label: (int(label), label)))
    return tuple(sorted(classes))


def _number_labels(labels: Sequence[str], classes: Sequence[str]) -> NDArray[np.int32]:
    """Return the class number of each label; -1 for a label that is no class."""
    numbers = {label: number for number, label in enumerate(classes)}
    return np.fromiter((numbers.get(label, -1) for label in labels), np.int32, len(labels))


def _unknown_class(row: int, label: str, noun: str, target: TargetFacts) -> CellFault:
    message = f"row {row} of {noun} `{target.columns[0]}`: the model knows no class `{label}`"
    return CellFault("unknown-class", row, target.columns[0], message, did_you_mean(label, target.classes))
