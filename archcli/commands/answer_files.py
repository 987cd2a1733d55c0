"""Where answers go, part by part: a file, which is there whole or not at all, or a stream; in one of the formats."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal, Protocol

from archcli.commands.answer_texts import Table, csv_header, csv_lines, json_lines
from archcli.commands.answers import ClassColumn, NumberColumn
from archcli.runs.writing import is_stream, write_error, write_with

AnswerFormat = Literal["csv", "tsv", "jsonl", "json", "parquet"]

ENDINGS: Final[Mapping[str, AnswerFormat]] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".tsv": "tsv",
}
"""The formats by the ends of files' names."""

ROWS_OF_GROUP: Final = 100_000
"""A row group of a Parquet file has about as many rows."""


class AnswerWriter(Protocol):
    """Writes tables of answers, all with the same columns."""

    def add(self, table: Table) -> None:
        """Write some answers, perhaps none; the first table says what the columns are called."""

    def end(self) -> None:
        """Write what comes after the last answer."""

    def abandon(self) -> None:
        """Let go of everything: the file is not to be."""


def write_answers(tables: Iterable[Table], to: Path | BinaryIO, written_as: AnswerFormat) -> None:
    """Write answers as they come; to a file whole or not at all.

    A whole JSON document, the format `json`, comes to a stream once all answers are there: half of one is none.

    Args:
        tables: At least one, all with the same columns.
        to: A file, its folder being there, or a stream of bytes. A device or a pipe is written to, not replaced.
        written_as: The format.

    Raises:
        DataError, SetupError: `cannot-write`, as `archcli.runs.writing.write_with`; what was at the path before is
            still there.
        BrokenPipeError: Whoever reads the stream has had enough.
    """
    if not isinstance(to, Path):
        _write_stream(tables, to, written_as, name=Path("standard output"))
    elif is_stream(to):
        try:
            with to.open("ab") as file:  # what was written to it before stays
                _write_stream(tables, file, written_as, name=to)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise write_error(to, error) from error
    else:
        write_with(to, lambda path: _write_file(tables, path, written_as))


def _write_stream(tables: Iterable[Table], stream: Any, written_as: AnswerFormat, *, name: Path) -> None:
    try:
        if written_as != "json":
            _write(tables, stream, written_as)
            return
        with tempfile.TemporaryFile() as file:
            _write(tables, file, written_as)
            file.seek(0)
            shutil.copyfileobj(file, stream)
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_error(name, error) from error


def _write_file(tables: Iterable[Table], path: Path, written_as: AnswerFormat) -> None:
    with path.open("wb") as file:
        _write(tables, file, written_as)


def _write(tables: Iterable[Table], file: Any, written_as: AnswerFormat) -> None:
    writer = WRITERS[written_as](file)
    try:
        for table in tables:
            writer.add(table)
            file.flush()
        writer.end()
    except BaseException:
        writer.abandon()
        raise
    file.flush()


class CsvWriter:
    """Writes a CSV with a header."""

    def __init__(self, file: Any, *, delimiter: str = ",") -> None:
        """Write to `file`, a file of bytes."""
        self._file, self._delimiter, self._is_begun = file, delimiter, False

    def add(self, table: Table) -> None:
        """Write a line for each answer, and the header before the first."""
        if not self._is_begun:
            self._file.write(csv_header(tuple(table), self._delimiter))
            self._is_begun = True
        for text in csv_lines(table, self._delimiter):
            self._file.write(text)

    def end(self) -> None:
        """Write nothing more."""

    def abandon(self) -> None:
        """Do nothing: nothing is held."""


class JsonLinesWriter:
    """Writes an object on a line of its own for each answer."""

    def __init__(self, file: Any) -> None:
        """Write to `file`, a file of bytes."""
        self._file = file

    def add(self, table: Table) -> None:
        """Write a line for each answer."""
        for text in json_lines(table):
            self._file.write(text)

    def end(self) -> None:
        """Write nothing more."""

    def abandon(self) -> None:
        """Do nothing: nothing is held."""


class JsonWriter:
    """Writes one JSON document: a list with an object for each answer, each on a line of its own."""

    def __init__(self, file: Any) -> None:
        """Write to `file`, a file of bytes."""
        self._file, self._between = file, b"[\n"

    def add(self, table: Table) -> None:
        """Write an object for each answer."""
        for text in json_lines(table, end=",\n"):
            self._file.write(self._between)
            self._file.write(memoryview(text)[:-2])
            self._between = b",\n"

    def end(self) -> None:
        """Close the list."""
        self._file.write(b"\n]\n" if self._between == b",\n" else b"[]\n")

    def abandon(self) -> None:
        """Do nothing: nothing is held."""


class ParquetWriter:
    """Writes a Parquet file: classes and texts as strings, numbers as the type that they have."""

    def __init__(self, file: Any) -> None:
        """Write to `file`, a file of bytes."""
        self._file = file
        self._writer: Any = None
        self._waiting: list[Any] = []

    def add(self, table: Table) -> None:
        """Keep answers until there are enough for a row group."""
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415

        self._waiting.append(pa.table({name: _arrow_column(column) for name, column in table.items()}))
        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._file, self._waiting[0].schema)
        if sum(map(len, self._waiting)) >= ROWS_OF_GROUP:
            self._write_group()

    def end(self) -> None:
        """Write the last row group and what a Parquet file ends with."""
        self._write_group()
        self._writer.close()

    def abandon(self) -> None:
        """Close Arrow's writer, which would write as late as when it is collected."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
            self._writer.is_open = False

    def _write_group(self) -> None:
        import pyarrow as pa  # noqa: PLC0415

        self._writer.write_table(pa.concat_tables(self._waiting))
        self._waiting = [self._waiting[-1].slice(0, 0)]


def _arrow_column(column: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    if isinstance(column, NumberColumn):
        return pa.array(column.values)
    if isinstance(column, ClassColumn):
        return pa.array(column.names, pa.string()).take(pa.array(column.numbers))
    return pa.array([text.encode("utf-8", "backslashreplace").decode() for text in column.texts], pa.string())


WRITERS: Final[Mapping[AnswerFormat, Callable[[Any], AnswerWriter]]] = {
    "csv": CsvWriter,
    "tsv": lambda file: CsvWriter(file, delimiter="\t"),
    "jsonl": JsonLinesWriter,
    "json": JsonWriter,
    "parquet": ParquetWriter,
}
"""What writes each format."""
