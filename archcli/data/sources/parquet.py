"""A Parquet file: read by pyarrow, a batch of rows at a time; numbers stay numbers, texts are labels, null is missing.

PyArrow is imported where it is used: it takes a quarter of a second, and most data are no table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import find_missing, number_fault
from archcli.data.faults import CellFault, Faults
from archcli.data.sources.columns import TextColumn
from archcli.data.table import ClassNumbers, Numbers
from archcli.data.texts import CodedTexts, Labels
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.parquet_names import damaged, open_parquet_file

BATCH_ROWS: Final = 1 << 17
"""How many rows of a column are read at once."""


@dataclass(frozen=True, eq=False)
class ParquetTable:
    """A Parquet file, or a part of one.

    Attributes:
        path: The file.
        types: The types of the columns that are wanted, of pyarrow's.
        examples: How many rows there are.
        location: Where the recipe or the command line names the file.
        batch: The columns of a part, a record batch of pyarrow's; None: the file is read a column at a time.
        first_row: The number of its first row in the file, from 1.
    """

    path: Path
    types: Mapping[str, Any]
    examples: int
    location: Location | None = None
    batch: Any = None
    first_row: int = 1

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
        return np.arange(self.first_row, self.first_row + self.examples)

    def row_number(self, row: int) -> int:
        """Return the number in the file of a row of this table, both from 1."""
        return self.first_row + row - 1

    def slice(self, start: int, stop: int) -> ParquetTable:
        """Return the rows of a part from `start`, from 0, up to `stop`."""
        stop = min(stop, self.examples)
        cut = self.batch.slice(start, stop - start)
        return replace(self, examples=stop - start, batch=cut, first_row=self.first_row + start)

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read a column of numbers or truth values, float32."""
        values = np.zeros(self.examples, np.float32)
        if not _holds_numbers(self.types[column]):
            self._wrong_type(column, "numbers", faults)
            return values
        wrong: list[tuple[int, float]] = []
        count = start = 0
        for chunk in self._chunks(column):
            exact, part = _as_floats(chunk), values[start : start + len(chunk)]
            with np.errstate(over="ignore"):
                part[:] = exact
            odd = np.flatnonzero(~(np.isfinite(part) | (np.isnan(exact) if may_miss else False)))
            count += len(odd)
            wrong += [(start + row, float(exact[row])) for row in odd[: max(0, faults.most - len(wrong))].tolist()]
            start += len(exact)
        faults.add_cells(column, [self._describe(row + 1, column, value) for row, value in wrong], count=count)
        return values

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column of texts, whole numbers or truth values as labels."""
        labels = self._texts(column, "labels: whole numbers or text", faults)
        find_missing(labels, column, self.noun, "label", faults)
        return labels

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read a column of texts, whole numbers, truth values, dates or times as texts."""
        texts = self._texts(column, "texts", faults)
        if not may_miss:
            find_missing(texts, column, self.noun, "text", faults)
        return texts

    def times(self, column: str, faults: Faults) -> Labels:
        """Read a column of times, numbers of any type among them, as texts."""
        if not _holds_numbers(self.types[column]):
            return self.texts(column, faults)
        times = self._read_texts(column)
        find_missing(times, column, self.noun, "time", faults)
        return times

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return None: a cell is one label."""

    def padding(self, column: str) -> float | None:
        """Return None: a cell is one number."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return where the file is named for every cell: it has no lines."""
        return {} if self.location is None else dict.fromkeys(cells, self.location)

    def _texts(self, column: str, expected: str, faults: Faults) -> CodedTexts:
        if not _holds_texts(self.types[column]):
            self._wrong_type(column, expected, faults)
            return CodedTexts(np.zeros(self.examples, np.int32), ("?",))
        return self._read_texts(column)

    def _read_texts(self, column: str) -> CodedTexts:
        texts = TextColumn()
        for chunk in self._chunks(column):
            texts.add_chunk(_as_texts(chunk))
        return texts.texts()

    def _chunks(self, column: str) -> Iterator[Any]:
        """Read a column, some rows at a time.

        Raises:
            DataError: The file is damaged.
        """
        import pyarrow as pa  # noqa: PLC0415

        if self.batch is not None:
            yield self.batch.column(column)
            return
        file = open_parquet_file(self.path, location=self.location)
        try:
            for batch in file.iter_batches(BATCH_ROWS, columns=[column]):
                yield batch.column(0)
        except (pa.ArrowException, OSError):
            raise DataError(damaged(self.path, self.location)) from None

    def _describe(self, row: int, column: str, value: float) -> CellFault:
        """Describe a number that is not finite; a null is read as no number, too."""
        return number_fault(row, column, self.noun, "" if np.isnan(value) else f"{value:g}", value)

    def _wrong_type(self, column: str, expected: str, faults: Faults) -> None:
        message = f"column `{column}` of `{self.name}` holds {self.types[column]}, expected {expected}"
        type_ = self.types[column]
        hint = f"save it as another type: `frame[{column!r}].astype(...)`"
        if type_.num_fields:
            hint = "a row has one value in a column: give each of them a column of its own"
        faults.problems.append(Problem("wrong-dtype", message, self.location, hint))


def open_parquet(path: Path, columns: Sequence[str], *, location: Location | None = None) -> ParquetTable:
    """Open a Parquet file that has all `columns`.

    Raises:
        DataError: The file cannot be read, is no Parquet file, is damaged, a column stands in it twice, or it has no
            rows.
    """
    file = open_parquet_file(path, location=location)
    return ParquetTable(path, _choose_types(file, path, columns, location), file.metadata.num_rows, location)


def open_parquet_in_parts(
    path: Path, columns: Sequence[str], *, rows: int, location: Location | None = None
) -> Iterator[ParquetTable]:
    """Read the `columns` of a Parquet file that has all of them, in parts of at most `rows` rows.

    Raises:
        DataError: As `open_parquet`; that it is damaged only when the place is reached.
    """
    import pyarrow as pa  # noqa: PLC0415

    file = open_parquet_file(path, location=location)
    types = _choose_types(file, path, columns, location)
    first_row = 1
    try:
        for batch in file.iter_batches(rows, columns=list(types)):
            table = ParquetTable(path, types, batch.num_rows, location, batch, first_row)
            parts = ceil(table.examples / rows)
            for part in range(parts):
                yield table.slice(part * table.examples // parts, (part + 1) * table.examples // parts)
            first_row += batch.num_rows
    except (pa.ArrowException, OSError):
        raise DataError(damaged(path, location)) from None


def _choose_types(file: Any, path: Path, columns: Sequence[str], location: Location | None) -> dict[str, Any]:
    schema = file.schema_arrow
    repeated = [column for column in dict.fromkeys(columns) if schema.names.count(column) > 1]
    if repeated:
        raise DataError(
            *(
                Problem(
                    "duplicate-column",
                    f"{schema.names.count(column)} columns are called `{column}`, expected one",
                    location,
                    "give each column a name of its own",
                )
                for column in repeated
            )
        )
    if not file.metadata.num_rows:
        message = f"`{shown_path(path)}` has columns and no rows, expected examples"
        raise DataError(Problem("no-rows", message, location, "write a row for each example"))
    return {column: schema.field(column).type for column in dict.fromkeys(columns)}


def _holds_numbers(type_: Any) -> bool:
    from pyarrow import types  # noqa: PLC0415

    tests = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_null)
    return any(test(_value_type(type_)) for test in tests)


def _holds_texts(type_: Any) -> bool:
    from pyarrow import types  # noqa: PLC0415

    type_ = _value_type(type_)
    tests = (types.is_integer, types.is_decimal, types.is_boolean, types.is_null, types.is_date, types.is_timestamp)
    return _is_text(type_) or any(test(type_) for test in tests)


def _is_text(type_: Any) -> bool:
    from pyarrow import types  # noqa: PLC0415

    return any(test(type_) for test in (types.is_string, types.is_large_string, types.is_string_view))


def _value_type(type_: Any) -> Any:
    return getattr(type_, "value_type", type_) if _is_dictionary(type_) else type_


def _is_dictionary(type_: Any) -> bool:
    from pyarrow import types  # noqa: PLC0415

    return bool(types.is_dictionary(type_))


def _as_floats(chunk: Any) -> NDArray[np.float64]:
    """Return the numbers of a pyarrow array, `(rows,)`, NaN for null."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if _is_dictionary(chunk.type):
        chunk = chunk.dictionary_decode()
    if pa.types.is_boolean(chunk.type):
        chunk = chunk.cast(pa.int8())
    # A whole number may have more digits than a float64, which does not matter: a float32 has fewer.
    floats: NDArray[np.float64] = pc.cast(chunk, pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return floats


def _as_texts(chunk: Any) -> Any:
    """Return the values of a pyarrow array as an array of text, or of dictionaries of text; truth as Python has it."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if _is_dictionary(chunk.type):
        if _is_text(chunk.type.value_type):
            return chunk
        chunk = chunk.dictionary_decode()
    if pa.types.is_boolean(chunk.type):
        return pc.if_else(chunk, "True", "False")
    if pa.types.is_timestamp(chunk.type):
        try:
            chunk = pc.cast(chunk, pa.timestamp("s", chunk.type.tz))
        except pa.ArrowInvalid:  # it has parts of a second, which are written then
            return pc.cast(chunk, pa.string())
    return chunk if _is_text(chunk.type) else pc.cast(chunk, pa.string())
