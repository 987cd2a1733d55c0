"""A delimited text cut into blocks of whole records, each of which can be read by itself, at its place in the file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archcli.recipe.delimited import Record, ends_inside_quotes


@dataclass(frozen=True)
class Start:
    """Where a record begins.

    Attributes:
        offset: Its first byte, from 0.
        line: Its line, from 1.
        row: How many rows are before it; neither the header nor an empty line is one.
    """

    offset: int
    line: int
    row: int = 0


@dataclass(frozen=True)
class Block:
    """Some records that follow each other.

    Attributes:
        data: Their bytes, with the line ends.
        offset: The first byte, from 0.
        line: The first line, from 1.
        is_open: Whether the file ends inside a quoted cell, which is then in this block.
    """

    data: bytes
    offset: int
    line: int
    is_open: bool


def find_first_row(path: Path, header: Record) -> Start:
    """Return where the rows begin: after the header."""
    text = header.text.encode("utf-8", "surrogateescape")
    with path.open("rb") as file:
        offset = 3 if file.read(3) == b"\xef\xbb\xbf" else 0
        file.seek(offset + len(text))
        end = file.read(2)
    offset += len(text) + (2 if end == b"\r\n" else len(end[:1]))
    return Start(offset, header.line + header.line_count)


def cut_blocks(path: Path, delimiter: str, start: Start, *, size: int) -> Iterator[Block]:
    """Cut a file into blocks.

    Args:
        path: The file.
        delimiter: What stands between two cells.
        start: Where it begins.
        size: How many bytes are read at once. A block has about as many: fewer by a record, or more where a single
            record is longer.

    Raises:
        OSError: The file cannot be read.
    """
    offset, line, wanted = start.offset, start.line, size
    with path.open("rb") as file:
        while True:
            file.seek(offset)
            read = file.read(wanted)
            at_end = len(read) < wanted
            stop, is_open = _find_last_end(read, delimiter, at_end=at_end)
            if stop:
                data = read[:stop]
                yield Block(data, offset, line, is_open=is_open and at_end)
                offset, line = offset + stop, line + _count_lines(data)
            if at_end:
                return
            wanted = size if stop else 2 * wanted  # a record is longer than that


def _find_last_end(data: bytes, delimiter: str, *, at_end: bool) -> tuple[int, bool]:
    r"""Return how many bytes are whole records, and whether what comes last is inside a quoted cell.

    At the end of a file all bytes are. Before it, a `\r` that comes last may be half a line end.
    """
    end = len(data) if at_end or not data.endswith(b"\r") else len(data) - 1
    if b'"' not in data:
        return (end if at_end else _last_line_end(data, 0, end)), False
    quotes = np.flatnonzero(np.frombuffer(data, np.uint8) == ord('"'))
    if not _stand_at_cells(data, quotes, delimiter):
        return _find_last_end_by_line(data[:end], delimiter, at_end=at_end)
    is_open = len(quotes) % 2 == 1
    if at_end:
        return end, is_open
    # Between a quote that closes and the next, which opens, line ends are those of records.
    closing = np.append(0, quotes[1::2] + 1)
    opening = quotes[0::2] if is_open else np.append(quotes[0::2], end)
    ends = (_last_line_end(data, closing[i], opening[i]) for i in range(len(closing) - 1, -1, -1))
    return next((found for found in ends if found), 0), is_open


def _stand_at_cells(data: bytes, quotes: NDArray[np.int64], delimiter: str) -> bool:
    """Tell whether every quote that may open a cell stands at its beginning, or is doubled: then all come in pairs."""
    opening = quotes[0::2]
    before = np.frombuffer(data, np.uint8)[opening - 1]
    fits = np.isin(before, np.frombuffer((delimiter + "\r\n").encode(), np.uint8))
    fits[1:] |= opening[1:] == quotes[1::2][: len(opening) - 1] + 1
    fits |= opening == 0
    return bool(fits.all())


def _find_last_end_by_line(data: bytes, delimiter: str, *, at_end: bool) -> tuple[int, bool]:
    """Do it where quotes stand inside cells, too, and do not come in pairs."""
    reached, last, is_open = 0, 0, False
    for line in io.StringIO(data.decode("latin-1"), newline=""):  # a character for each byte
        reached += len(line)
        if is_open or '"' in line:
            is_open = ends_inside_quotes(line, delimiter, is_open=is_open)
        if not is_open and line.endswith(("\n", "\r")):
            last = reached
    return (len(data) if at_end else last), is_open


def _last_line_end(data: bytes, start: int, stop: int) -> int:
    """Return the place after the last line end; 0 where there is none."""
    return max(data.rfind(b"\n", start, stop), data.rfind(b"\r", start, stop)) + 1


def _count_lines(data: bytes) -> int:
    count = data.count(b"\n")
    return count + data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else count
