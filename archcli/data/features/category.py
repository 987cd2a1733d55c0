"""`category`: as a target one label for each example, step or pixel; as an input the index of one of several words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults
from archcli.data.table import Table, TargetValues
from archcli.data.texts import CodedTexts, change_texts, number_texts
from archcli.recipe.built_in import NO_LABEL
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Named
from archcli.recipe.suggestions import did_you_mean


def read_category_input(
    table: Table, columns: Sequence[str], faults: Faults, *, may_miss: bool = False
) -> NDArray[np.object_]:
    """Read a column of categories, `(examples, 1)`; one that is missing, where it may be, is an empty text."""
    words = table.texts(columns[0], faults, may_miss=may_miss)
    return as_column(change_texts(words, lambda word: word if word.strip() else ""))


def fit_category_input(
    name: str, feature: Named, columns: Sequence[str], training: NDArray[np.object_], *, is_one_hot: bool
) -> InputFacts:
    """Describe a category, its words those of the `training` examples.

    As an index its shape is `(1,)`, as a row of 0 and 1 `(1 + words,)`; either begins with what is not among them.
    """
    counts = Counter(training[:, 0].tolist())
    del counts[""]
    words = sort_classes(counts)
    frequent = max(words, key=lambda word: counts[word], default="") if feature.arguments.get("missing") else None
    size = 1 + len(words)
    return InputFacts(
        name,
        (size if is_one_hot else 1,),
        tuple(columns),
        dtype="float32" if is_one_hot else "int32",
        vocabulary=None if is_one_hot else size,
        kind="category",
        fill_word=frequent,
        words=words,
        is_one_hot=is_one_hot,
    )


def read_category(table: Table, feature: Named, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read labels and number their classes from 0, `(examples, *shape)`, int32."""
    del feature
    known = table.class_numbers(columns[0])
    if known is not None:
        return TargetValues(*known)
    labels = table.labels(columns[0], faults)
    classes = sort_classes(labels)
    return TargetValues(_number_labels(labels, classes), classes)


def read_known_category(table: Table, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read labels as the classes that a target has; a label that is none of them goes to `faults`."""
    column = target.columns[0]
    known = table.class_numbers(column)
    if known is not None:
        return TargetValues(_renumber(*known, target, table, faults), target.classes)
    labels = table.labels(column, faults)
    numbers = _number_labels(labels, target.classes)
    unknown = np.flatnonzero(numbers < 0)
    cells = [unknown_class(int(index) + 1, labels[index], table.noun, target) for index in unknown[: faults.most]]
    faults.add_cells(column, cells, count=len(unknown))
    return TargetValues(numbers, target.classes)


def fit_category(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a category target, its classes counted in the `training` rows; there is nothing else to fit."""
    del feature
    return TargetFacts(
        name,
        "category",
        target.values.shape[1:],
        tuple(columns),
        target.classes,
        count_classes(target, training),
        padded=bool((target.values < 0).any()),
    )


def count_classes(target: TargetValues, training: NDArray[np.int64]) -> tuple[int, ...]:
    """Count the labels of each class in the `training` rows."""
    numbers = target.values[training].astype(np.int64, copy=False)
    return tuple(np.bincount(numbers[numbers >= 0], minlength=len(target.classes)).tolist())


def sort_classes(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the different labels in order: by number where all are whole numbers, else as text."""
    classes = set(labels.different() if isinstance(labels, CodedTexts) else labels)
    if all(label.isascii() and label.removeprefix("-").isdigit() for label in classes):
        return tuple(sorted(classes, key=lambda label: (int(label), label)))
    return tuple(sorted(classes))


def as_column(texts: Iterable[str]) -> NDArray[np.object_]:
    """Return texts as the saved model takes them, `(examples, 1)`."""
    if isinstance(texts, CodedTexts):
        return np.array([*texts.words, None], np.object_)[texts.codes, np.newaxis]
    listed = list(texts)
    column = np.empty((len(listed), 1), np.object_)
    column[:, 0] = listed
    return column


def _number_labels(labels: Sequence[str], classes: Sequence[str]) -> NDArray[np.int32]:
    """Return the class number of each label; -1 for a label that is no class."""
    numbers = {label: number for number, label in enumerate(classes)}
    return number_texts(labels, numbers, NO_LABEL)


def _renumber(
    numbers: NDArray[np.int32], classes: Sequence[str], target: TargetFacts, table: Table, faults: Faults
) -> NDArray[np.int32]:
    """Turn class numbers of other classes into those of the target; a class that it does not have goes to `faults`."""
    if tuple(classes) == target.classes:
        return numbers
    known = _number_labels(classes, target.classes)
    renumbered = np.append(known, np.int32(NO_LABEL))[numbers]  # no label is at the end, which is -1
    unknown = np.argwhere((renumbered < 0) & (numbers >= 0))
    cells = [
        unknown_class(int(index[0]) + 1, classes[int(numbers[tuple(index)])], table.noun, target)
        for index in unknown[: faults.most]
    ]
    faults.add_cells(target.columns[0], cells, count=len(unknown))
    return renumbered


def unknown_class(row: int, label: str, noun: str, target: TargetFacts) -> CellFault:
    """Describe a label, in a row from 1, that is none of a target's classes."""
    message = f"row {row} of {noun} `{target.columns[0]}`: the model knows no class `{label}`"
    return CellFault("unknown-class", row, target.columns[0], message, did_you_mean(label, target.classes))
