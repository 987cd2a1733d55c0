"""A CSV: read block by block by pyarrow, which guesses nothing: each column is what the recipe says it is.

What pyarrow finds wrong it does not place. A block that holds such is read again record by record, slowly, and every
cell is then found by its row, line and column.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from math import ceil
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import find_missing, number_fault
from archcli.data.faults import CellFault, Faults
from archcli.data.sources.blocks import Start
from archcli.data.sources.columns import (
    NumberCells,
    NumberColumns,
    TextColumn,
    is_number,
    numbers_of_coded,
    read_number,
)
from archcli.data.sources.records import (
    ReadBlock,
    Skip,
    WrongRecords,
    choose_columns,
    is_row,
    read_blocks,
)
from archcli.data.table import ClassNumbers, Numbers
from archcli.data.texts import CodedTexts, Labels
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import Record, read_records
from archcli.recipe.headers import Header, read_header

BLOCK_BYTES: Final = 1 << 23
"""How much of a file that is read as a whole is read at once."""

PART_BYTES: Final = 1 << 22
"""How much of a file that is read in parts is read at once."""


@dataclass(frozen=True, eq=False)
class CsvTable:
    """A CSV, or a part of one.

    Attributes:
        path: The file.
        header: The names of its columns.
        numeric: The columns that were read as numbers alone.
        coded: The other columns that are wanted, as written, without their quotes.
        examples: How many rows there are below the header; empty lines do not count.
        starts: Where some of the rows begin, in order, the first of the table among them or before it.
        first_row: The number of its first row in the file, from 1.
        kept: The number of each row in the file, from 1, where some are left out; None: they follow each other.
    """

    path: Path
    header: Header
    numeric: Mapping[str, NumberCells]
    coded: Mapping[str, CodedTexts]
    examples: int
    starts: tuple[Start, ...]
    first_row: int = 1
    kept: NDArray[np.int64] | None = None

    noun: str = "column"

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def folder(self) -> Path:
        """Where the files are that its cells name: beside it."""
        return self.path.parent

    @property
    def rows(self) -> NDArray[np.int64]:
        """The number in the file of each row, from 1, `(examples,)`."""
        return np.arange(self.first_row, self.first_row + self.examples) if self.kept is None else self.kept

    def row_number(self, row: int) -> int:
        """Return the number in the file of a row of this table, both from 1."""
        return self.first_row + row - 1 if self.kept is None else int(self.kept[row - 1])

    def slice(self, start: int, stop: int) -> CsvTable:
        """Return the rows from `start`, from 0, up to `stop`."""
        stop = min(stop, self.examples)
        return replace(
            self,
            numeric={column: cells.slice(start, stop) for column, cells in self.numeric.items()},
            coded={column: texts[start:stop] for column, texts in self.coded.items()},
            examples=stop - start,
            first_row=self.row_number(start + 1),
            kept=None if self.kept is None else self.kept[start:stop],
        )

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read a column as numbers; blanks around them do not matter."""
        cells = self.numeric[column] if column in self.numeric else numbers_of_coded(self.coded[column])
        wrong = cells.wrong if may_miss else np.sort(np.concatenate([cells.wrong, cells.missing]))
        if len(wrong):
            shown = [(int(row) + 1, column) for row in wrong[: faults.most]]
            found = self._find(shown)
            described = [self._describe(*cell, found[cell][0]) for cell in shown]
            faults.add_cells(column, described, count=len(wrong), rows=wrong)
        return cells.values

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column as labels, exactly as written."""
        labels = self.coded[column]
        find_missing(labels, column, self.noun, "label", faults)
        return labels

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read a column as texts, exactly as written."""
        texts = self.coded[column]
        if not may_miss:
            find_missing(texts, column, self.noun, "text", faults)
        return texts

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return None: a cell is one label."""

    def padding(self, column: str) -> float | None:
        """Return None: a cell is one number."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the places of cells, reading the file again around them."""
        return {cell: place for cell, (_, place) in self._find(cells).items()}

    def _find(self, cells: Sequence[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, Location]]:
        """Return the text and the place of cells, given by row of this table, from 1, and column."""
        wanted: dict[int, list[tuple[int, str]]] = {}
        for row, column in cells:
            wanted.setdefault(self.row_number(row), []).append((row, column))
        found: dict[tuple[int, str], tuple[str, Location]] = {}
        left = sorted(wanted)
        while left:
            start = self.starts[bisect_left(self.starts, left[0], key=lambda start: start.row) - 1]
            after = next((other.row for other in self.starts if other.row > start.row), None)
            here = [row for row in left if after is None or row <= after]
            left = left[len(here) :]
            for row, record in self._walk(start, here[-1]):
                for cell in wanted.get(row, ()) if row in here else ():
                    place = self.header.names.index(cell[1])
                    found[cell] = (record.cells[place].strip(), record.locate(place))
        return found

    def _walk(self, start: Start, last: int) -> Iterator[tuple[int, Record]]:
        """Yield the records from a start to the row `last`, with their numbers."""
        delimiter = self.header.record.delimiter
        numbers = count(start.row + 1)
        for record in read_records(self.path, delimiter, offset=start.offset, line=start.line):
            if not is_row(record, self.header):
                continue
            row = next(numbers)
            yield row, record
            if row == last:
                return

    def _describe(self, row: int, column: str, text: str) -> CellFault:
        return number_fault(row, column, self.noun, text, read_number(text) if is_number(text) else None)


def open_csv(
    path: Path,
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    numbers: Collection[str] = (),
    location: Location | None = None,
) -> CsvTable:
    """Read the `columns` of a CSV that has all of them.

    Args:
        path: The file.
        columns: The columns.
        delimiter: What stands between two cells.
        numbers: Those of them that are asked for as numbers alone, which makes reading quicker.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: The file cannot be read, a column stands in it twice, a row has too many or too few cells, a
            cell is no UTF-8, a quote is not closed, or there is no row.
    """
    header = read_header(path, delimiter, location=location)
    wanted, wrong = choose_columns(path, header, columns, numbers), WrongRecords()
    numeric, bytes_left = NumberColumns(wanted.numbers), path.stat().st_size
    texts = {column: TextColumn() for column in wanted.texts}
    starts: list[Start] = []
    examples = 0
    for block in read_blocks(wanted, size=BLOCK_BYTES, skip=wrong):
        bytes_left -= block.size
        expected = examples + int(1.02 * block.count * (1 + max(0, bytes_left) / block.size))
        numeric.add(block.numbers, block.rows, expected=expected)
        for column, chunks in block.texts.items():
            texts[column].add(chunks)
        starts.append(block.start)
        examples += block.rows
    wrong.raise_all(path)
    if not examples:
        raise DataError(_no_rows(header))
    coded = {column: texts.pop(column).texts() for column in wanted.texts}
    return CsvTable(path, header, numeric.columns(), coded, examples, tuple(starts))


def open_csv_in_parts(
    path: Path,
    columns: Sequence[str],
    *,
    rows: int,
    delimiter: str = ",",
    numbers: Collection[str] = (),
    location: Location | None = None,
    skip: Skip | None = None,
) -> Iterator[CsvTable]:
    """Read the `columns` of a CSV that has all of them, in parts of at most `rows` rows.

    Args:
        path: The file.
        columns: The columns.
        rows: How many rows a part has at most, from 1.
        delimiter: What stands between two cells.
        numbers: Those of them that are asked for as numbers alone, which makes reading quicker.
        location: Where the recipe or the command line names the file.
        skip: Takes each record that is no row, which is left out; None: it is raised.

    Raises:
        DataError: As `open_csv`; what is wrong with a row only when its part is reached.
    """
    header = read_header(path, delimiter, location=location)
    wanted, wrong = choose_columns(path, header, columns, numbers), WrongRecords()
    is_empty = True
    for block in read_blocks(wanted, size=PART_BYTES, skip=skip or wrong):
        wrong.raise_all(path)
        table = _table_of(block, header, path)
        is_empty = is_empty and not block.count
        parts = ceil(table.examples / rows)
        for part in range(parts):
            yield table.slice(part * table.examples // parts, (part + 1) * table.examples // parts)
    if is_empty:
        raise DataError(_no_rows(header))


def _table_of(block: ReadBlock, header: Header, path: Path) -> CsvTable:
    coded: dict[str, CodedTexts] = {}
    for column, chunks in block.texts.items():
        texts = TextColumn()
        texts.add(chunks)
        coded[column] = texts.texts()
    first = block.start.row + 1
    kept = None if block.kept is None else block.kept + first
    return CsvTable(path, header, block.numbers, coded, block.rows, (block.start,), first, kept)


def _no_rows(header: Header) -> Problem:
    message = f"`{header.record.path.name}` has a header and no rows, expected examples"
    return Problem("no-rows", message, header.record.locate_characters(), "write a line for each example below it")
