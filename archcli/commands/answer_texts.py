"""A table of answers as text, made column by column: a loop over rows would take longer than answering them.

PyArrow is imported where it is used: it takes a quarter of a second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.commands.answers import AnswerColumn, ClassColumn, NumberColumn, TextColumn

Table = Mapping[str, AnswerColumn]
"""Answers by the names of their columns, which are equally long."""

CELLS_AT_ONCE: Final = 2_000_000
"""A text is made of no more cells: it may not be longer than 2 GiB, nor take the memory that data may need."""

_QUOTED: Final = frozenset('"\r\n')
_SMALLEST, _LARGEST = 1e-4, 1e7
"""Between these both Python and Arrow write a number that is not whole by its digits alone."""


def csv_header(names: Sequence[str], delimiter: str = ",") -> bytes:
    """Return the first line of a CSV."""
    return (delimiter.join(csv_cell(name, delimiter) for name in names) + "\n").encode("utf-8", "backslashreplace")


def csv_lines(table: Table, delimiter: str = ",") -> Iterator[Any]:
    """Write answers as the lines of a CSV, as Python's `csv` writes them; yields buffers of UTF-8."""

    def write(text: str) -> str:
        return csv_cell(text, delimiter)

    def join(columns: Sequence[AnswerColumn]) -> list[Any]:
        written = [_cells(column, write, number_texts) for column in columns]
        return [*[piece for cells in written for piece in (delimiter, cells)][1:], "\n"]

    return _lines(table, join)


def json_lines(table: Table, *, end: str = "\n") -> Iterator[Any]:
    """Write answers as JSON, one object for each example, ASCII; a number that is not finite is null.

    Args:
        table: The answers.
        end: What stands after each object.
    """
    keys = [f"{json.dumps(name)}: " for name in table]

    def join(columns: Sequence[AnswerColumn]) -> list[Any]:
        written = [_cells(column, json.dumps, _json_numbers) for column in columns]
        pieces = [piece for key, cells in zip(keys, written, strict=True) for piece in (f", {key}", cells)]
        return ["{" + str(pieces[0]).removeprefix(", "), *pieces[1:], "}" + end]

    return _lines(table, join)


def csv_cell(text: str, delimiter: str = ",") -> str:
    """Write a cell of a CSV, in quotes where it must be."""
    if delimiter in text or not _QUOTED.isdisjoint(text):
        return '"' + text.replace('"', '""') + '"'
    return text


def number_texts(values: NDArray[Any]) -> Any:
    """Write numbers, `(examples,)`, as Python does, with the fewest digits that their type needs: an Arrow array."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    texts = pc.cast(pa.array(values), pa.string())
    if values.dtype.kind != "f":
        return texts
    size = np.abs(values)
    with np.errstate(invalid="ignore"):
        alike = (size >= _SMALLEST) & (size < _LARGEST) & (values != np.rint(values))
    if alike.all():
        return texts
    # Zeros and ones mostly, and few different ones.
    others, places = np.unique(values[~alike], return_inverse=True)
    written = pa.array([repr(float(str(number))) for number in others + 0], pa.string())  # -0 is 0
    return pc.replace_with_mask(texts, pa.array(~alike), written.take(pa.array(places)))


def _json_numbers(values: NDArray[Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    texts = number_texts(values)
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return texts
    return pc.if_else(pa.array(np.isfinite(values)), texts, "null")


def _cells(column: AnswerColumn, write: Callable[[str], str], write_numbers: Callable[[NDArray[Any]], Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    if isinstance(column, NumberColumn):
        return write_numbers(column.values)
    if isinstance(column, ClassColumn):
        return pa.array([_plain(write(name)) for name in column.names], pa.string()).take(pa.array(column.numbers))
    return pa.array([_plain(write(text)) for text in column.texts], pa.string())


def _plain(text: str) -> str:
    """Write out half a surrogate pair, which the name of a file may hold and UTF-8 has no bytes for."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _lines(table: Table, join: Callable[[Sequence[AnswerColumn]], list[Any]]) -> Iterator[Any]:
    import pyarrow.compute as pc  # noqa: PLC0415

    count = len_of(table)
    each = max(1, CELLS_AT_ONCE // len(table))
    for start in range(0, count, each):
        columns = [cut(column, start, start + each) for column in table.values()]
        yield _text_of(pc.binary_join_element_wise(*join(columns), ""))


def _text_of(lines: Any) -> Any:
    """Return the text of an Arrow array of texts, one after another: its own memory."""
    _, places, text = lines.buffers()
    ends = np.frombuffer(places, np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return text.slice(int(ends[0]), int(ends[-1] - ends[0]))


def len_of(table: Table) -> int:
    """Return how many examples a table of answers has."""
    first = next(iter(table.values()))
    return len(first.numbers if isinstance(first, ClassColumn) else _values(first))


def cut(column: AnswerColumn, start: int, stop: int) -> AnswerColumn:
    """Return some of the answers."""
    if isinstance(column, ClassColumn):
        return ClassColumn(column.numbers[start:stop], column.names)
    if isinstance(column, NumberColumn):
        return NumberColumn(column.values[start:stop])
    return TextColumn(column.texts[start:stop])


def _values(column: NumberColumn | TextColumn) -> Any:
    return column.values if isinstance(column, NumberColumn) else column.texts
