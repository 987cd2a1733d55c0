"""The rows of a CSV, block by block: quickly where all is right, else record by record, with the place of what is not.

PyArrow is imported where it is used: it takes a quarter of a second, and most data are no CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.blocks import Block, Start, cut_blocks, find_first_row
from archcli.data.sources.columns import MISSING_AS_WRITTEN, NumberCells, numbers_of_floats, numbers_of_texts
from archcli.errors import DataError, Problem
from archcli.recipe.delimited import Record, cut_records, shown_path
from archcli.recipe.file_starts import not_utf8
from archcli.recipe.headers import Header, unclosed_quote

ARROW_BYTES: Final = 1 << 20
"""What a thread of pyarrow reads at once; a longer record is read with all of its block."""

Skip = Callable[[int, Problem], None]
"""Takes a record that is no row, by its number among the rows, from 1, and what is wrong with it."""

_SHOWN: Final = 10


@dataclass(frozen=True)
class Wanted:
    """What is read of a CSV.

    Attributes:
        path: The file.
        header: Its header.
        numbers: The columns that are read as numbers.
        texts: The columns that are read as texts.
    """

    path: Path
    header: Header
    numbers: tuple[str, ...]
    texts: tuple[str, ...]

    def place(self, column: str) -> int:
        """Return the number of a column, from 0."""
        return self.header.names.index(column)


@dataclass(frozen=True)
class ReadBlock:
    """The rows of a block.

    Attributes:
        start: Where it begins.
        numbers: Its columns of numbers.
        texts: Its columns of texts, chunked arrays of pyarrow's, of text or of dictionaries of text.
        count: How many rows it has, those included that were left out.
        size: How many bytes, from 1.
        kept: The rows that were not left out, from 0; None: none was.
    """

    start: Start
    numbers: Mapping[str, NumberCells]
    texts: Mapping[str, Any]
    count: int
    size: int
    kept: NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        """How many rows were not left out."""
        return self.count if self.kept is None else len(self.kept)


@dataclass
class WrongRecords:
    """A collector of records that are no rows."""

    problems: list[Problem] = field(default_factory=list)
    count: int = 0

    def __call__(self, row: int, problem: Problem) -> None:
        """Add what is wrong with a row."""
        del row
        self.count += 1
        self.problems += [problem] if self.count <= _SHOWN else []

    def raise_all(self, path: Path) -> None:
        """Raise what was gathered, if anything.

        Raises:
            DataError: Anything was gathered.
        """
        if self.count > _SHOWN:
            left = self.count - _SHOWN
            self.problems.append(Problem("more-problems", f"{left} more rows are wrong in `{path.name}`"))
        if self.problems:
            raise DataError(*self.problems)


def choose_columns(path: Path, header: Header, columns: Sequence[str], numbers: Collection[str]) -> Wanted:
    """Say how columns are read: those among `numbers` as numbers, the others as texts.

    Raises:
        DataError: One of them stands in the file twice.
    """
    repeated = header.repeated(columns)
    if repeated:
        raise DataError(*repeated)
    each = dict.fromkeys(columns)
    as_numbers = tuple(column for column in each if column in numbers)
    return Wanted(path, header, as_numbers, tuple(column for column in each if column not in numbers))


def read_blocks(wanted: Wanted, *, size: int, skip: Skip) -> Iterator[ReadBlock]:
    """Read the rows of a CSV, about `size` bytes at once.

    Args:
        wanted: What is read.
        size: How many bytes are read at once.
        skip: Takes each record that is no row; it is left out.
    """
    header, row = wanted.header, 0
    first = find_first_row(wanted.path, header.record)
    for block in cut_blocks(wanted.path, header.record.delimiter, first, size=size):
        start = Start(block.offset, block.line, row)
        read = _read_with_arrow(block, start, wanted) or _read_record_by_record(block, start, wanted, skip)
        row += read.count
        yield read


def is_row(record: Record, header: Header) -> bool:
    """Tell whether a record below the header is a row: in a file of several columns an empty line is none."""
    return bool(record.text) or len(header.names) == 1


def _read_with_arrow(block: Block, start: Start, wanted: Wanted) -> ReadBlock | None:
    """Read a block; None where pyarrow finds anything wrong with its records."""
    import pyarrow as pa  # noqa: PLC0415

    if block.is_open or b"\0" in block.data:  # pyarrow minds neither
        return None
    words = dict.fromkeys(wanted.texts, pa.dictionary(pa.int32(), pa.string()))
    try:
        table = _convert(block, wanted, {**words, **dict.fromkeys(wanted.numbers, pa.float64())}, ARROW_BYTES)
        numbers = {column: numbers_of_floats(table[column]) for column in wanted.numbers}
        if all(cells is not None for cells in numbers.values()):
            return _read_of(table, block, start, wanted, numbers)
    except pa.ArrowInvalid:
        pass
    try:
        table = _convert(block, wanted, {**words, **dict.fromkeys(wanted.numbers, pa.string())}, len(block.data))
    except pa.ArrowInvalid:
        return None
    numbers = {column: numbers_of_texts(table[column]) for column in wanted.numbers}
    return _read_of(table, block, start, wanted, numbers)


def _read_of(table: Any, block: Block, start: Start, wanted: Wanted, numbers: Mapping[str, Any]) -> ReadBlock:
    texts = {column: table[column] for column in wanted.texts}
    return ReadBlock(start, numbers, texts, table.num_rows, len(block.data))


def _convert(block: Block, wanted: Wanted, types: Mapping[str, Any], arrow_bytes: int) -> Any:
    """Read the columns of a block as `types` of pyarrow's, into a table with a column for each.

    Raises:
        ArrowInvalid: Something is wrong; pyarrow does not say in which line.
    """
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    ids = [str(index) for index in range(len(wanted.header.names))]
    by_id = {ids[wanted.place(column)]: type_ for column, type_ in types.items()} or {ids[-1]: pa.string()}
    table = csv.read_csv(
        pa.BufferReader(block.data),
        read_options=csv.ReadOptions(column_names=ids, block_size=max(1, arrow_bytes)),
        parse_options=csv.ParseOptions(
            delimiter=wanted.header.record.delimiter,
            newlines_in_values=b'"' in block.data,
            # In a file of one column an empty line is an empty cell.
            ignore_empty_lines=len(ids) > 1,
        ),
        convert_options=csv.ConvertOptions(
            column_types=by_id,
            include_columns=list(by_id),
            strings_can_be_null=False,
            null_values=MISSING_AS_WRITTEN,
        ),
    )
    return table.rename_columns(list(types)) if types else table


def _read_record_by_record(block: Block, start: Start, wanted: Wanted, skip: Skip) -> ReadBlock:
    """Read a block as text, slowly, and say what is wrong with a record and where it stands."""
    import pyarrow as pa  # noqa: PLC0415

    header, path = wanted.header, wanted.path
    places = {column: wanted.place(column) for column in (*wanted.numbers, *wanted.texts)}
    cells: dict[str, list[str]] = {column: [] for column in places}
    kept: list[int] = []
    count = 0
    for record in cut_records(block.data, path, header.record.delimiter, offset=block.offset, line=block.line):
        if not is_row(record, header):
            continue
        found = record.cells
        problem = _find_problem(record, start.row + count + 1, found, header)
        if problem is None:
            kept.append(count)
            for column, place in places.items():
                cells[column].append(found[place])
        else:
            skip(start.row + count + 1, problem)
        count += 1
    arrays = {column: pa.chunked_array([pa.array(texts, pa.string())]) for column, texts in cells.items()}
    return ReadBlock(
        start,
        {column: numbers_of_texts(arrays[column]) for column in wanted.numbers},
        {column: arrays[column] for column in wanted.texts},
        count,
        len(block.data),
        None if len(kept) == count else np.array(kept, np.int64),
    )


def _find_problem(record: Record, row: int, cells: Sequence[str], header: Header) -> Problem | None:
    if record.is_open:
        return unclosed_quote(record)
    if len(cells) != len(header.names):
        expected = f"expected {len(header.names)} as in the header, found {len(cells)}"
        surplus = len(cells) > len(header.names)
        place = record.locate(len(header.names)) if surplus else record.locate_characters()
        hint = 'put a text that holds the delimiter in quotes: `"a, b"`' if surplus else "fill it up, or leave it out"
        return Problem("ragged-row", f"row {row} has the wrong number of cells: {expected}", place, hint)
    return _find_nul(record, row) or not_utf8(record)


def _find_nul(record: Record, row: int) -> Problem | None:
    place = record.text.find("\0")
    if place < 0:
        return None
    shown, clean = shown_path(record.path), shown_path(record.path.with_name(f"{record.path.stem}-clean.csv"))
    return Problem(
        "nul-byte",
        f"row {row} holds a NUL byte, expected text",
        record.locate_characters(place, place + 1),
        f"the file is damaged, or no text; this takes them out: `tr -d '\\000' < {shown} > {clean}`",
    )
