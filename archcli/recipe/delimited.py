"""Delimited text, record by record, with the place of every cell.

Whole files are read by pyarrow; this reads the header, and finds the place of what pyarrow only calls wrong. Both
follow RFC 4180 and agree where it is silent: a quote counts only at the start of a cell, what stands between a
closing quote and the delimiter belongs to the cell, and a lone carriage return ends a line.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from archcli.errors import Location, Source

_QUOTED: Final = re.compile(r'"((?:[^"]++|"")*+)"')
_REST_OF_QUOTED: Final = re.compile(r'(?:[^"]++|"")*+"')
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_FOREIGN: Final = re.compile("[\0\udc80-\udcff]")
_FOREIGN_RUN: Final = re.compile("[\udc80-\udcff]+")


@dataclass(frozen=True)
class Record:
    """One record, which may be several lines where a quoted cell holds line ends.

    Attributes:
        path: The file.
        line: The file's line that it begins on, from 1.
        text: Its characters, without the last line's end. Bytes that are not UTF-8 stand as surrogates.
        delimiter: What stands between its cells, one character.
        is_open: Whether the file ended inside a quoted cell.
    """

    path: Path
    line: int
    text: str
    delimiter: str
    is_open: bool

    @property
    def cells(self) -> list[str]:
        """What the cells hold, without their quotes."""
        if '"' not in self.text:
            return self.text.split(self.delimiter)
        return [text for text, _, _ in _split(self.text, self.delimiter)]

    def locate(self, cell: int) -> Location:
        """Return the place of a cell, by its number from 0: as much of it as stands on its first line."""
        _, start, stop = _split(self.text, self.delimiter)[cell]
        return self.locate_characters(start, stop)

    def locate_characters(self, start: int = 0, stop: int | None = None) -> Location:
        """Return the place of characters of the text, as far as they stand on one line; unbounded, all of it."""
        lines = _LINE_END.split(self.text)
        before = _LINE_END.split(self.text[:start])
        line, column = self.line + len(before) - 1, len(before[-1]) + 1
        shown = _FOREIGN.sub("\ufffd", lines[len(before) - 1])
        length = min(len(self.text) if stop is None else stop - start, len(shown) - column + 1)
        return Location(Source(shown_path(self.path), shown, line), line, column, max(1, length))

    @property
    def line_count(self) -> int:
        """How many lines it takes."""
        return 1 + sum(1 for _ in _LINE_END.finditer(self.text))

    @property
    def foreign_bytes(self) -> tuple[int, int] | None:
        """The first characters, from and up to, that stand for bytes that are no UTF-8."""
        found = None if self.text.isascii() else _FOREIGN_RUN.search(self.text)
        return None if found is None else found.span()


def shown_path(path: Path) -> str:
    """Return a path as the user would call it: relative where it is below the folder that he is in."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def read_records(path: Path, delimiter: str, *, offset: int = 0, line: int = 1) -> Iterator[Record]:
    """Read a file record by record, a byte-order mark left out; an empty line is a record of one empty cell.

    Args:
        path: The file.
        delimiter: What stands between two cells.
        offset: The byte at which reading begins: the first of a record.
        line: The file's line that this is, from 1.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file, _open_text(file, offset) as lines:
        file.seek(offset)
        yield from _cut_records(lines, path, delimiter, line)


def cut_records(data: bytes, path: Path, delimiter: str, *, offset: int, line: int) -> Iterator[Record]:
    """Cut a part of a file into records, as `read_records` does; `data` begins at the byte `offset`."""
    yield from _cut_records(_open_text(io.BytesIO(data), offset), path, delimiter, line)


def ends_inside_quotes(line: str, delimiter: str, *, is_open: bool) -> bool:
    """Tell whether a quoted cell goes on after this line, which begins inside one where `is_open`."""
    if is_open:
        closing = _REST_OF_QUOTED.match(line)
        if closing is None:
            return True
        following = line.find(delimiter, closing.end())
        if following < 0:
            return False
        line = line[following + 1 :]
    if '"' not in line:
        return False
    start = _split(line, delimiter)[-1][1]
    return line.startswith('"', start) and _QUOTED.match(line, start) is None


def _open_text(file: BinaryIO, offset: int) -> io.TextIOWrapper:
    """Read bytes as lines; a byte-order mark is one at the beginning of the file alone."""
    encoding = "utf-8" if offset else "utf-8-sig"
    return io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape", newline="")


def _cut_records(lines: Iterable[str], path: Path, delimiter: str, first: int) -> Iterator[Record]:
    held: list[str] = []
    is_open = False
    began = first
    for number, line in enumerate(lines, start=first):
        if not held:
            began = number
        held.append(line)
        is_open = ends_inside_quotes(line, delimiter, is_open=is_open)
        if not is_open:
            yield Record(path, began, _without_end("".join(held)), delimiter, is_open=False)
            held = []
    if held:
        yield Record(path, began, _without_end("".join(held)), delimiter, is_open=True)


def _without_end(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")


def _split(text: str, delimiter: str) -> list[tuple[str, int, int]]:
    """Split a record into cells: what each holds, where it starts and where it stops, quotes included."""
    cells: list[tuple[str, int, int]] = []
    start = 0
    while True:
        quoted = _QUOTED.match(text, start)
        if quoted is None and text.startswith('"', start):
            return [*cells, (text[start + 1 :], start, len(text))]
        stop = text.find(delimiter, start if quoted is None else quoted.end())
        stop = len(text) if stop < 0 else stop
        value = text[start:stop] if quoted is None else quoted[1].replace('""', '"') + text[quoted.end() : stop]
        cells.append((value, start, stop))
        if stop == len(text):
            return cells
        start = stop + 1
