"""What the generators hand out: a table as it was described, and sequences padded to one length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def make_table(described: BuiltInSet, arrays: Mapping[str, NDArray[np.generic]]) -> ArrayTable:
    """Make the table of a set: numbers as float32, labels as class numbers in int32, texts as they are."""
    stored: dict[str, NDArray[np.generic]] = {}
    for column in described.columns:
        array = arrays[column.name]
        stored[column.name] = array if column.text else array.astype(np.int32 if column.classes else np.float32)
    classes = {column.name: column.classes for column in described.columns if column.classes}
    paddings = {column.name: column.padding for column in described.columns if column.padding is not None}
    return ArrayTable(described.name, "column", stored, described.examples, classes=classes, paddings=paddings)


def pad(sequences: Sequence[NDArray[np.generic]], padding: float) -> NDArray[np.generic]:
    """Stack `(steps, *shape)` of different steps, padded at the end: `(sequences, longest, *shape)`."""
    longest = max(len(sequence) for sequence in sequences)
    shape = (len(sequences), longest, *sequences[0].shape[1:])
    padded = np.full(shape, padding, sequences[0].dtype)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


def one_hot(numbers: NDArray[np.int64], size: int) -> NDArray[np.float32]:
    """Return a row of zeros and a one in place of each number: `(*shape, size)`."""
    rows: NDArray[np.float32] = np.eye(size, dtype=np.float32)[numbers]
    return rows
