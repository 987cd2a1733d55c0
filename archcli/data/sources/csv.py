"""A CSV: read by pyarrow, every cell as text, so that nothing is guessed; then turned into what the recipe says.

PyArrow is imported where it is used: it takes a quarter of a second, and most data are no CSV.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from archcli.data.faults import CellFault, Faults
from archcli.data.table import ClassNumbers, Labels, Numbers, find_missing, is_missing, number_fault
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import Record, read_records
from archcli.recipe.headers import Header, not_utf8, read_header, unclosed_quote

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|[+-]?nan", re.ASCII | re.IGNORECASE)
_SHOWN: Final = 10


@dataclass(frozen=True)
class CsvTable:
    """An opened CSV.

    Attributes:
        path: The file.
        header: The names of its columns.
        cells: The cells of the columns that are wanted, as written, without their quotes.
        examples: How many rows there are below the header; empty lines do not count.
    """

    path: Path
    header: Header
    cells: Mapping[str, Any]
    examples: int

    noun: str = "column"

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def folder(self) -> Path:
        """Where the files are that its cells name: beside it."""
        return self.path.parent

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read a column as numbers; blanks around them do not matter."""
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.compute as pc  # noqa: PLC0415

        texts = pc.utf8_trim_whitespace(self.cells[column])
        try:
            exact = pc.cast(texts, pa.float64()).to_numpy()
        except pa.ArrowInvalid:
            exact = np.array([_number(text) for text in texts.to_pylist()], np.float64)
        with np.errstate(over="ignore"):
            numbers: Numbers = exact.astype(np.float32)
        wrong = np.flatnonzero(~np.isfinite(numbers))
        if may_miss:
            wrong = np.array([row for row in wrong.tolist() if not is_missing(texts[row].as_py())], np.int64)
        cells = [self._describe(column, int(row), texts[int(row)].as_py()) for row in wrong[: faults.most]]
        faults.add_cells(column, cells, count=len(wrong))
        return numbers

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column as labels, exactly as written."""
        labels: Labels = self.cells[column].to_pylist()
        find_missing(labels, column, self.noun, "label", faults)
        return labels

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read a column as texts, exactly as written."""
        texts: Labels = self.cells[column].to_pylist()
        if not may_miss:
            find_missing(texts, column, self.noun, "text", faults)
        return texts

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return None: a cell is one label."""

    def padding(self, column: str) -> float | None:
        """Return None: a cell is one number."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the places of cells, reading the file again as far as the last of them."""
        wanted: dict[int, list[str]] = {}
        for row, column in cells:
            wanted.setdefault(row, []).append(column)
        places: dict[tuple[int, str], Location] = {}
        row = 0
        for record in read_records(self.path, self.header.record.delimiter):
            if record.line == self.header.record.line or _is_skipped(record, self.header):
                continue
            row += 1
            for column in wanted.pop(row, ()):
                places[row, column] = record.locate(self.header.names.index(column))
            if not wanted:
                break
        return places

    def _describe(self, column: str, index: int, text: str) -> CellFault:
        value = _number(text)
        is_number = _NUMBER.fullmatch(text) is not None
        return number_fault(index + 1, column, self.noun, text, value if is_number else None)


def open_csv(path: Path, columns: Sequence[str], *, delimiter: str = ",", location: Location | None = None) -> CsvTable:
    """Read the `columns` of a CSV that has all of them.

    Raises:
        DataError: The file cannot be read, a column stands in it twice, a row has too many or too few cells, a
            cell is no UTF-8, a quote is not closed, or there is no row.
    """
    header = read_header(path, delimiter, location=location)
    repeated = header.repeated(columns)
    if repeated:
        raise DataError(*repeated)
    texts = _read_with_arrow(path, header, columns)
    if texts is None:
        texts = _read_record_by_record(path, header, columns)
    examples = len(next(iter(texts.values()))) if texts else 0
    if not examples:
        message = f"`{path.name}` has a header and no rows, expected examples"
        raise DataError(Problem("no-rows", message, header.record.locate_characters()))
    return CsvTable(path, header, texts, examples)


def _read_with_arrow(path: Path, header: Header, columns: Sequence[str]) -> dict[str, Any] | None:
    """Read columns as text; None where pyarrow finds anything wrong, which it does not place."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    ids = [str(index) for index in range(len(header.names))]
    wanted = {column: ids[header.names.index(column)] for column in columns}
    read = list(dict.fromkeys([*wanted.values(), ids[-1]]))
    try:
        with path.open("rb") as file:
            table = csv.read_csv(
                file,
                read_options=csv.ReadOptions(column_names=ids, skip_rows_after_names=1, block_size=1 << 23),
                parse_options=csv.ParseOptions(
                    delimiter=header.record.delimiter,
                    newlines_in_values=True,
                    # In a file of one column an empty line is an empty cell.
                    ignore_empty_lines=len(ids) > 1,
                ),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(read, pa.string()),
                    include_columns=read,
                    strings_can_be_null=False,
                ),
            )
    except pa.ArrowInvalid:
        return None
    if len(table) and _ends_inside_quotes(path, table.column(ids[-1])[-1].as_py()):
        return None
    return {column: table.column(identifier) for column, identifier in wanted.items()}


def _ends_inside_quotes(path: Path, last_cell: str) -> bool:
    """Tell whether the last cell may have swallowed the rest of the file, which pyarrow does not mind.

    It is then all that follows a quote. `""` at the end looks the same, and costs a second reading.
    """
    swallowed = b'"' + last_cell.replace('"', '""').encode()
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(swallowed)))
        return file.read() == swallowed


def _read_record_by_record(path: Path, header: Header, columns: Sequence[str]) -> dict[str, Any]:
    """Read columns as text, slowly, and say where what is wrong stands.

    Raises:
        DataError: A row has too many or too few cells, a cell is no UTF-8, or a quote is not closed.
    """
    import pyarrow as pa  # noqa: PLC0415

    places = {column: header.names.index(column) for column in columns}
    texts: dict[str, list[str]] = {column: [] for column in columns}
    problems: list[Problem] = []
    count = row = 0
    for record in read_records(path, header.record.delimiter):
        if record.line == header.record.line or _is_skipped(record, header):
            continue
        row += 1
        cells = record.cells
        problem = _find_record_problem(record, row, cells, header)
        if problem is not None:
            count += 1
            problems += [problem] if count <= _SHOWN else []
            continue
        for column, place in places.items():
            texts[column].append(cells[place])
    if count > _SHOWN:
        problems.append(Problem("more-problems", f"{count - _SHOWN} more rows are wrong in `{path.name}`"))
    if problems:
        raise DataError(*problems)
    return {column: pa.chunked_array([pa.array(cells, pa.string())]) for column, cells in texts.items()}


def _find_record_problem(record: Record, row: int, cells: Sequence[str], header: Header) -> Problem | None:
    if record.is_open:
        return unclosed_quote(record)
    if len(cells) != len(header.names):
        expected = f"expected {len(header.names)} as in the header, found {len(cells)}"
        surplus = len(cells) > len(header.names)
        place = record.locate(len(header.names)) if surplus else record.locate_characters()
        hint = 'put a text that holds the delimiter in quotes: `"a, b"`' if surplus else None
        return Problem("ragged-row", f"row {row} has the wrong number of cells: {expected}", place, hint)
    return not_utf8(record)


def _is_skipped(record: Record, header: Header) -> bool:
    return not record.text and len(header.names) > 1


def _number(text: str) -> float:
    return float(text) if _NUMBER.fullmatch(text) else float("nan")
