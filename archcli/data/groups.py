"""Sequences that differ in length: the lines of a CSV with the same id are one, and one example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults, PartOfFile
from archcli.data.table import ClassNumbers, Numbers, Table
from archcli.data.texts import Labels
from archcli.errors import Location

_SHOWN: Final = 10


@dataclass(frozen=True)
class GroupedTable:
    """A CSV whose lines are steps.

    Attributes:
        table: The file.
        id: The column that says which lines are one sequence.
        rows: The rows of each sequence, from 0, in order; sequences in the order of their first lines.
    """

    table: Table
    id: str
    rows: tuple[NDArray[np.int64], ...]

    @property
    def name(self) -> str:
        """The file's name."""
        return self.table.name

    @property
    def noun(self) -> str:
        """What its columns are called."""
        return self.table.noun

    @property
    def folder(self) -> Path:
        """Where the files are that its cells name."""
        return self.table.folder

    @property
    def examples(self) -> int:
        """How many sequences there are."""
        return len(self.rows)

    def row_number(self, row: int) -> int:
        """Return the number in the file of a row of the table, both from 1."""
        return self.table.row_number(row) if isinstance(self.table, PartOfFile) else row

    def sequences(self, columns: Sequence[str], faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read numbers at each step, `(examples, longest, columns)`, float32; NaN after the end of a sequence.

        Where numbers `may_miss`, one that is not there is a NaN; a sequence has one at least.
        """
        read = np.stack([self.table.numbers(column, faults, may_miss=may_miss) for column in columns], axis=-1)
        padded = np.full((self.examples, max(map(len, self.rows)), len(columns)), np.nan, np.float32)
        for sequence, rows in zip(padded, self.rows, strict=True):
            sequence[: len(rows)] = read[rows]
        if may_miss:
            first = [int(rows[0]) + 1 for rows in self.rows]
            find_empty_sequences(padded, columns, self.noun, first, faults)
        return padded

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read the label of each sequence, which all its lines repeat."""
        return self._one_for_each(column, self.table.labels(column, faults), faults)

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read the text of each sequence, which all its lines repeat."""
        return self._one_for_each(column, self.table.texts(column, faults, may_miss=may_miss), faults)

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read the number of each sequence, which all its lines repeat."""
        read = self.table.numbers(column, faults, may_miss=may_miss)
        self._one_for_each(column, [f"{number:g}" for number in read.tolist()], faults)
        return read[[rows[0] for rows in self.rows]]

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return None: a cell is one label."""

    def padding(self, column: str) -> float | None:
        """Return None: a sequence has one number of a column that is not of steps."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the places of cells."""
        return self.table.locate(cells)

    def _one_for_each(self, column: str, values: Labels, faults: Faults) -> Labels:
        wrong = [
            (int(row), values[int(rows[0])])
            for rows in self.rows
            for row in rows[1:]
            if values[int(row)] != values[int(rows[0])]
        ]
        cells = [
            CellFault(
                "changes-within-sequence",
                row + 1,
                column,
                f"row {row + 1} of column `{column}`: expected `{first}` as in the first line of its sequence, "
                f"found `{values[row]}`",
                f"what is asked of a whole sequence is the same in all lines with one `{self.id}`",
            )
            for row, first in wrong[:_SHOWN]
        ]
        faults.add_cells(column, cells, count=len(wrong))
        return [values[int(rows[0])] for rows in self.rows]


def find_empty_sequences(
    padded: Numbers, columns: Sequence[str], noun: str, rows: Sequence[int], faults: Faults
) -> None:
    """Put the sequences without a number into `faults`.

    Args:
        padded: All of them, `(examples, longest, columns)`, NaN where there is no number.
        columns: The columns that they were read from.
        noun: What a column is called.
        rows: The first row of each, from 1.
        faults: Takes them.
    """
    empty = [rows[example] for example in np.flatnonzero(np.isnan(padded).all(axis=(1, 2))).tolist()]
    listed = ", ".join(f"`{column}`" for column in columns)
    cells = [
        CellFault(
            "missing-value",
            row,
            columns[0],
            f"row {row} of {noun}{'s' * (len(columns) > 1)} {listed}: no number of the whole sequence is there",
            "leave the sequence out",
        )
        for row in empty
    ]
    faults.add_cells(columns[0], cells, count=len(cells))


def group_rows(table: Table, column: str, *, order: str | None) -> GroupedTable:
    """Put the lines of a CSV together that are one sequence.

    Args:
        table: The file.
        column: Says which lines are one sequence.
        order: The column of numbers that orders its lines; None: they are in order.

    Raises:
        DataError: An id is empty, or a number of `order` cannot be read.
    """
    faults = Faults()
    ids = table.texts(column, faults)
    places = None if order is None else table.numbers(order, faults)
    faults.raise_all(table)
    members: dict[str, list[int]] = {}
    for row, identity in enumerate(ids):
        members.setdefault(identity, []).append(row)
    rows = [np.array(group, np.int64) for group in members.values()]
    if places is not None:
        rows = [group[np.argsort(places[group], kind="stable")] for group in rows]
    return GroupedTable(table, column, tuple(rows))
