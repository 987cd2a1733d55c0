"""Lines of a file or a stream, as they come: a pipe is answered before it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from archcli.errors import DataError, Problem

Skip = Callable[[int, Problem], None]
"""Takes the number of an example that cannot be used, and what is wrong with it."""

Line = tuple[int, bytes]
"""The number of a line, from 1, and its bytes without the line's end."""

AT_ONCE: Final = 1 << 20
"""Bytes; a pipe gives what it holds, mostly fewer."""

SHOWN: Final = 10
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def read_lines(stream: Any, *, rows: int) -> Iterator[list[Line]]:
    """Read lines that are not blank.

    Args:
        stream: A buffered stream of bytes.
        rows: How many lines come at once at most, from 1.

    Yields:
        Some lines, at least one: those that are there once one is whole.

    Raises:
        OSError: It cannot be read.
    """
    number, held = 0, b""
    is_first = True
    while True:
        read = stream.read1(AT_ONCE)
        if is_first and read:
            read, is_first = read.removeprefix(_BYTE_ORDER_MARK), False
        held += read
        *whole, held = held.split(b"\n") if b"\n" in read or not read else ([held])
        if not read and held:
            whole.append(held)
        lines = [(number + place, line.removesuffix(b"\r")) for place, line in enumerate(whole, start=1)]
        number += len(whole)
        lines = [line for line in lines if line[1].strip()]
        for start in range(0, len(lines), rows):
            yield lines[start : start + rows]
        if not read:
            return


def report(problems: list[tuple[int, Problem]], skip: Skip | None) -> None:
    """Hand lines that cannot be used to `skip`; without one, they end it all.

    Raises:
        DataError: There are some, and no `skip`.
    """
    if not problems:
        return
    if skip is None:
        surplus = len(problems) - SHOWN
        more = [Problem("more-problems", f"{surplus} more lines are wrong")] if surplus > 0 else []
        raise DataError(*(problem for _, problem in problems[:SHOWN]), *more)
    for row, problem in problems:
        skip(row, problem)
