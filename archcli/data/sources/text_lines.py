"""The lines of a text file, one after another: the file is never there as a whole."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TypeVar

from archcli.errors import Location
from archcli.recipe.file_starts import read_start
from archcli.recipe.headers import read_text

Item = TypeVar("Item")


def stream_lines(path: Path, *, location: Location | None = None) -> Iterator[tuple[int, str]]:
    """Yield the number of each line, from 1, and the line without its end; a byte-order mark is left out.

    Raises:
        DataError: As `archcli.recipe.headers.read_text`; that a line is no UTF-8 when it is reached.
    """
    read_start(path, location)
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                read_text(path, location=location)  # which says where in the file
                raise
            yield number, text.removesuffix("\n").removesuffix("\r")


def in_parts(items: Iterator[Item], rows: int | None) -> Iterator[list[Item]]:
    """Yield at most `rows` at a time, from 1; None: all at once. Of nothing there is no part."""
    while part := list(islice(items, sys.maxsize if rows is None else rows)):
        yield part
