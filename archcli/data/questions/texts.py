"""Texts: one on the command line, or those on the lines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.features.category import as_column
from archcli.data.questions.lines import Skip, read_lines, report
from archcli.data.table import ArrayTable
from archcli.errors import Location, Problem, Source


def open_text(text: str, column: str) -> ArrayTable:
    """Open one text as a table of one example."""
    return _table("command line", column, [text], first_row=1)


def open_texts(
    stream: Any, name: str, column: str, *, rows: int, skip: Skip | None
) -> Iterator[tuple[ArrayTable, NDArray[np.int64]]]:
    """Read texts, one a line; blank lines do not count.

    Args:
        stream: A buffered stream of bytes.
        name: What messages call it.
        column: What the texts are called.
        rows: How many come at once at most.
        skip: Takes each line that is no UTF-8, which is left out; None: it is raised.

    Yields:
        Some texts, and their numbers.

    Raises:
        DataError: A line is no UTF-8, and there is no `skip`.
    """
    row = 0
    for lines in read_lines(stream, rows=rows):
        texts: list[str] = []
        numbers: list[int] = []
        wrong: list[tuple[int, Problem]] = []
        for number, line in lines:
            row += 1
            try:
                texts.append(line.decode())
            except UnicodeDecodeError:
                wrong.append((row, not_utf8(row, number, line, name)))
            else:
                numbers.append(row)
        report(wrong, skip)
        if texts:
            yield _table(name, column, texts, first_row=numbers[0]), np.array(numbers)


def not_utf8(row: int, number: int, line: bytes, name: str) -> Problem:
    """Describe a line, by its number and that of its example, that is no UTF-8."""
    shown = line.decode("utf-8", "replace")
    at = shown.index("\ufffd")
    place = Location(Source(name, shown, number), number, at + 1)
    return Problem("not-utf8", f"row {row}: expected UTF-8, found other bytes", place, "save the file as UTF-8")


def _table(name: str, column: str, texts: list[str], *, first_row: int) -> ArrayTable:
    return ArrayTable(name, "column", {column: as_column(texts)}, len(texts), first_row=first_row)
