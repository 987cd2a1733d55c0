"""Everything that is wrong with the data, gathered so that it can be shown at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from archcli.errors import DataError, Location, Problem

_SHOWN_CELLS: Final = 10


@dataclass(frozen=True)
class CellFault:
    """One cell that cannot be used.

    Attributes:
        code: The problem's code.
        row: The example, from 1.
        column: The column, or the array.
        message: What was expected and what was found, in `row N of ...`, where N is `row`.
        hint: How it may be mended.
    """

    code: str
    row: int
    column: str
    message: str
    hint: str | None = None


class Locating(Protocol):
    """What can say where cells stand."""

    @property
    def name(self) -> str:
        """What the user calls it: a file's name, `iris`."""

    @property
    def noun(self) -> str:
        """What its columns are called: `column` or `array`."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the places of cells, given by row (from 1) and column, as far as there are any."""


@runtime_checkable
class PartOfFile(Protocol):
    """A table whose rows are some of a file."""

    def row_number(self, row: int) -> int:
        """Return the number in the file of a row of the table, both from 1."""


@dataclass
class Faults:
    """A collector: reading goes on past what is wrong, and everything is raised together.

    Attributes:
        problems: What is wrong with more than cells.
        cells: The first faulty cells of each column.
        counts: How many there are in all, by column.
        most: How many cells of a column are kept.
        rows: The examples with a faulty cell, from 0, in parts: all of them, if `has_all_rows`.
        has_all_rows: Whether whoever found faulty cells named all their rows.
    """

    problems: list[Problem] = field(default_factory=list)
    cells: list[CellFault] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    most: int = _SHOWN_CELLS
    rows: list[NDArray[np.int64]] = field(default_factory=list)
    has_all_rows: bool = True
    _rows_of: dict[str, NDArray[np.int64]] = field(default_factory=dict)

    def add_cells(
        self, column: str, cells: Sequence[CellFault], *, count: int, rows: NDArray[np.int64] | None = None
    ) -> None:
        """Add faulty cells of a column, the first of them at least, and how many there are in all.

        A column may be read several times, for several inputs or for what is missing first and what is wrong then: of a
        row the first fault is kept.

        Args:
            column: The column.
            cells: The first, or all.
            count: How many there are.
            rows: The rows of all of them, from 0; None: `cells` are all, or they are not known.
        """
        named = np.array([cell.row - 1 for cell in cells], np.int64) if rows is None else rows
        self.has_all_rows = self.has_all_rows and (rows is not None or len(cells) == count)
        before = self._rows_of.get(column, np.zeros(0, np.int64))
        new = np.setdiff1d(named, before)
        if not len(new) and (column in self.counts or not count):
            return
        self.rows.append(new)
        self._rows_of[column] = np.union1d(before, new)
        self.counts[column] = self.counts.get(column, 0) + count - (len(named) - len(new))
        room = self.most - sum(cell.column == column for cell in self.cells)
        fresh = set(new.tolist()) if len(before) else None
        self.cells.extend([cell for cell in cells if fresh is None or cell.row - 1 in fresh][: max(0, room)])

    def raise_all(self, table: Locating) -> None:
        """Raise what was gathered, if anything.

        The first ten cells are shown, no column pushing out the others; what is beyond is counted.

        Raises:
            DataError: Anything was gathered.
        """
        if self.problems or self.counts:
            raise DataError(*self.problems, *self.describe_cells(table))

    def describe_cells(self, table: Locating) -> list[Problem]:
        """Return the first ten faulty cells with their places, and how many more there are."""
        for_each = max(1, _SHOWN_CELLS // max(1, len(self.counts)))
        ordered = sorted(self.cells, key=lambda cell: cell.row)
        shown = [
            cell
            for column in list(self.counts)[:_SHOWN_CELLS]
            for cell in [cell for cell in ordered if cell.column == column][:for_each]
        ]
        shown.sort(key=lambda cell: cell.row)
        places = table.locate([(cell.row, cell.column) for cell in shown])
        problems = [
            Problem(cell.code, number_in_file(cell, table).message, places.get((cell.row, cell.column)), cell.hint)
            for cell in shown
        ]
        return [*problems, *self._not_shown(table, shown)]

    def _not_shown(self, table: Locating, shown: Sequence[CellFault]) -> list[Problem]:
        left = {column: count - sum(cell.column == column for cell in shown) for column, count in self.counts.items()}
        left = {column: count for column, count in left.items() if count}
        if not left:
            return []
        total = sum(left.values())
        parts = [f"{count} in {table.noun} `{column}`" for column, count in left.items()]
        where = ", ".join(parts[:5]) + (f" and in {len(parts) - 5} more" if len(parts) > 5 else "")
        cells = "cell is" if total == 1 else "cells are"
        return [Problem("more-problems", f"{total} more {cells} wrong in `{table.name}`: {where}")]


def number_in_file(cell: CellFault, table: Locating) -> CellFault:
    """Return a faulty cell with the number that its row has in the file, where the table is a part of one."""
    row = table.row_number(cell.row) if isinstance(table, PartOfFile) else cell.row
    message = cell.message
    for noun in ("row", "record"):
        message = message.replace(f"{noun} {cell.row} ", f"{noun} {row} ", 1)
    return replace(cell, row=row, message=message)
