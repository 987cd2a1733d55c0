"""Target `multilabel`: any of several labels for each example, all in one cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.category import sort_classes, unknown_class
from archcli.data.table import Table, TargetValues
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Named

SEPARATOR: Final = ","
"""What stands between two labels where the recipe does not say."""

_SHOWN: Final = 10


def read_multilabel(table: Table, feature: Named, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read labels as rows of 0 and 1, `(examples, labels)`, int32: 1 for each label that an example has."""
    cells = _read_cells(table, columns[0], _separator(feature), faults)
    classes = sort_classes(label for labels in cells for label in labels)
    return TargetValues(_mark_labels(cells, classes), classes)


def read_known_multilabel(table: Table, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read labels as rows of the classes that a target has; a label that is none of them goes to `faults`."""
    column = target.columns[0]
    cells = _read_cells(table, column, target.separator or SEPARATOR, faults)
    known = set(target.classes)
    unknown = [(row, label) for row, labels in enumerate(cells, start=1) for label in labels if label not in known]
    shown = [unknown_class(row, label, table.noun, target) for row, label in unknown[:_SHOWN]]
    faults.add_cells(column, shown, count=len(unknown))
    return TargetValues(_mark_labels(cells, target.classes), target.classes)


def fit_multilabel(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a target of several labels, each counted in the `training` rows; there is nothing else to fit."""
    return TargetFacts(
        name,
        "multilabel",
        (len(target.classes),),
        tuple(columns),
        target.classes,
        count_labels(target.values[training]),
        separator=_separator(feature),
    )


def count_labels(values: NDArray[np.generic]) -> tuple[int, ...]:
    """Count the examples that have each label, of rows of 0 and 1, `(examples, labels)`."""
    return tuple(values.astype(np.int64, copy=False).sum(axis=0).tolist())


def _separator(feature: Named) -> str:
    return str(feature.arguments.get("separator", SEPARATOR))


def _read_cells(table: Table, column: str, separator: str, faults: Faults) -> list[tuple[str, ...]]:
    """Return the labels of each example, without blanks around them, each once."""
    cells = table.texts(column, faults, may_miss=True)
    return [tuple(dict.fromkeys(filter(None, map(str.strip, cell.split(separator))))) for cell in cells]


def _mark_labels(cells: Sequence[Sequence[str]], classes: Sequence[str]) -> NDArray[np.int32]:
    """Return a row for each cell, 1 where it has the label; what is no class is left out."""
    numbers = {label: number for number, label in enumerate(classes)}
    marked = np.zeros((len(cells), len(classes)), np.int32)
    for row, labels in enumerate(cells):
        marked[row, [numbers[label] for label in labels if label in numbers]] = 1
    return marked
