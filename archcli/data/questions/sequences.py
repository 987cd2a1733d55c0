"""Sequences whose steps are the lines of a table, a part after another, where the lines of each follow each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults, number_in_file
from archcli.data.groups import GroupedTable, group_rows
from archcli.data.sources import PartTable
from archcli.data.table import ClassNumbers, Numbers
from archcli.data.texts import Labels
from archcli.errors import Location

Read = TypeVar("Read")


@dataclass(frozen=True)
class JoinedTable:
    """Parts of a file that follow each other, as one.

    Attributes:
        parts: At least one.
    """

    parts: tuple[PartTable, ...]

    @property
    def name(self) -> str:
        """The file's name."""
        return self.parts[0].name

    @property
    def noun(self) -> str:
        """What its columns are called."""
        return self.parts[0].noun

    @property
    def folder(self) -> Path:
        """Where the files are that its cells name."""
        return self.parts[0].folder

    @property
    def examples(self) -> int:
        """How many rows there are."""
        return sum(part.examples for part in self.parts)

    def row_number(self, row: int) -> int:
        """Return the number in the file of a row of this table, both from 1."""
        part, first = self._part_of(row)
        return part.row_number(row - first)

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read a column as numbers, float32."""
        read = self._read(column, faults, lambda part, own: part.numbers(column, own, may_miss=may_miss))
        return np.concatenate(read)

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column as labels."""
        return [label for labels in self._read(column, faults, _labels(column)) for label in labels]

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read a column as texts."""
        read = self._read(column, faults, lambda part, own: part.texts(column, own, may_miss=may_miss))
        return [text for texts in read for text in texts]

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return None: a cell is one label."""

    def padding(self, column: str) -> float | None:
        """Return None: a cell is one number."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the places of cells."""
        places: dict[tuple[int, str], Location] = {}
        for row, column in cells:
            part, first = self._part_of(row)
            place = part.locate([(row - first, column)]).get((row - first, column))
            if place is not None:
                places[(row, column)] = place
        return places

    def _part_of(self, row: int) -> tuple[PartTable, int]:
        """Return the part that a row is in, and how many rows are before that part."""
        first = 0
        for part in self.parts[:-1]:
            if row <= first + part.examples:
                return part, first
            first += part.examples
        return self.parts[-1], first

    def _read(self, column: str, faults: Faults, read: Callable[[PartTable, Faults], Read]) -> list[Read]:
        """Read a column of each part, and find what is wrong by its rows in all of them."""
        values, first = list[Read](), 0
        for part in self.parts:
            own = Faults(most=faults.most)
            values.append(read(part, own))
            faults.problems.extend(problem for problem in own.problems if problem not in faults.problems)
            if own.counts:
                cells = [number_in_file(cell, _After(part.name, part.noun, first)) for cell in own.cells]
                rows = np.concatenate(own.rows) + first if own.has_all_rows else None
                faults.add_cells(column, cells, count=own.counts[column], rows=rows)
            first += part.examples
        return values


@dataclass(frozen=True)
class _After:
    """What stands after so many rows."""

    name: str
    noun: str
    rows: int

    def row_number(self, row: int) -> int:
        return self.rows + row

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        del cells
        return {}


def _labels(column: str) -> Callable[[PartTable, Faults], Labels]:
    return lambda part, faults: part.labels(column, faults)


def are_contiguous(parts: Iterator[PartTable], column: str) -> bool:
    """Tell whether the rows of each id follow each other, in eight bytes for each sequence.

    Args:
        parts: Of the file, with the column at least.
        column: Says which rows are one sequence.
    """
    begun: list[NDArray[np.int64]] = []
    last: str | None = None
    for part in parts:
        ids = part.texts(column, Faults(), may_miss=True)
        starts = _starts(ids, last)
        begun.append(np.fromiter((hash(ids[row]) for row in starts), np.int64, len(starts)))
        last = ids[len(ids) - 1] if len(ids) else last
    all_begun = np.sort(np.concatenate(begun)) if begun else np.zeros(0, np.int64)
    return not (all_begun[1:] == all_begun[:-1]).any()


def groups_in_parts(parts: Iterator[PartTable], column: str, *, order: str | None) -> Iterator[GroupedTable]:
    """Put rows together that are one sequence, and yield those that have ended; each is whole.

    Args:
        parts: Of a file in which the rows of each id follow each other.
        column: Says which rows are one sequence.
        order: The column of numbers that orders its rows; None: they are in order.

    Raises:
        DataError: An id is empty, or a number of `order` cannot be read.
    """
    held: list[PartTable] = []  # the rows of a sequence that may go on
    last: str | None = None
    for part in parts:
        ids = part.texts(column, Faults(), may_miss=True)
        starts = _starts(ids, last)
        if held and len(starts):
            end = int(starts[-1])
            ended = [*held, *([part.slice(0, end)] if end else [])]
            yield group_rows(JoinedTable(tuple(ended)), column, order=order)
            held = [part.slice(end, part.examples)]
        elif len(starts) > 1:
            end = int(starts[-1])
            yield group_rows(part.slice(0, end), column, order=order)
            held = [part.slice(end, part.examples)]
        elif part.examples:
            held.append(part)
        last = ids[len(ids) - 1] if len(ids) else last
    if held:
        yield group_rows(JoinedTable(tuple(held)), column, order=order)


def _starts(ids: Labels, last: str | None) -> NDArray[np.int64]:
    """Return the rows, from 0, that have another id than the one before, of which the first follows `last`."""
    found = [row for row, (before, here) in enumerate(zip([last, *ids], ids, strict=False)) if before != here]
    return np.array(found, np.int64)
