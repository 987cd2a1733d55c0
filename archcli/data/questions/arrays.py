"""Arrays of an NPZ or an NPY, some rows at a time: an NPZ is unpacked as it is read, an NPY is mapped into memory."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from archcli.data.sources.npz import open_npz
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.file_starts import read_start

_HEADERS: Final = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
_DAMAGED: Final = (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True, eq=False)
class _Member:
    """An array of an NPZ, whose rows follow each other.

    Attributes:
        stream: What its bytes come from.
        shape: `(examples, *shape)`.
        dtype: Of its numbers or texts.
    """

    stream: IO[bytes]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def read(self, rows: int) -> NDArray[Any]:
        """Read the next rows.

        Raises:
            EOFError: There are fewer.
        """
        shape = (rows, *self.shape[1:])
        size = math.prod(shape) * self.dtype.itemsize
        data = self.stream.read(size)
        if len(data) < size:
            raise EOFError
        return np.frombuffer(data, self.dtype).reshape(shape)


def open_npz_in_parts(path: Path, columns: Sequence[str], *, rows: int) -> Iterator[ArrayTable]:
    """Read the arrays called `columns` of an NPZ that has all of them, at most `rows` rows at a time.

    An array whose columns, and not its rows, follow each other is read as a whole, and so are all with it.

    Raises:
        DataError: As `open_npz`; that it is cut off, when that is reached.
    """
    try:
        with ExitStack() as stack:
            archive = stack.enter_context(zipfile.ZipFile(path))
            members = {column: _open_member(archive, column, stack) for column in dict.fromkeys(columns)}
            found = {column: member for column, member in members.items() if member is not None}
            lengths = {member.shape[0] for member in found.values()}
            if len(found) == len(members) and len(lengths) == 1 and 0 not in lengths:
                yield from _read_parts(path, found, lengths.pop(), rows)
                return
    except _DAMAGED:
        message = f"`{shown_path(path)}` is damaged or cut off, expected an NPZ"
        raise DataError(Problem("not-an-npz", message, hint="save it by `numpy.savez`")) from None
    yield from _cut(open_npz(path, columns), rows)


def open_npy_in_parts(path: Path, column: str, *, rows: int) -> Iterator[ArrayTable]:
    """Read an array without a name, whose rows are examples, at most `rows` at a time.

    Args:
        path: The file.
        column: What the model calls it.
        rows: How many at a time.

    Raises:
        DataError: The file cannot be read, is no NPY, or holds Python objects or a single value.
    """
    start = read_start(path, None)
    try:
        array = npy.open_memmap(path, "r") if start.startswith(npy.MAGIC_PREFIX) else None
    except _DAMAGED:
        array = None
    if array is None:
        message = f"`{shown_path(path)}` is no NPY, is cut off, or holds Python objects"
        raise DataError(Problem("not-an-npz", message, hint="save it by `numpy.save`, as numbers or as text"))
    if not array.ndim:
        message = f"`{shown_path(path)}` is a single value, expected one for each example"
        raise DataError(Problem("wrong-shape", message))
    if not len(array):
        raise DataError(Problem("no-rows", f"`{shown_path(path)}` is empty, expected examples"))
    yield from _cut(ArrayTable(path.name, "array", {column: array}, len(array)), rows)


def _open_member(archive: zipfile.ZipFile, column: str, stack: ExitStack) -> _Member | None:
    """Open an array that can be read row by row; None where it cannot, or is no array of examples."""
    stream = stack.enter_context(archive.open(f"{column}.npy"))
    read_header = _HEADERS.get(npy.read_magic(stream))
    if read_header is None:
        return None
    shape, is_by_columns, dtype = read_header(stream)
    if not shape or dtype.hasobject or (is_by_columns and len(shape) > 1) or not dtype.itemsize:
        return None
    return _Member(stream, shape, dtype)


def _read_parts(path: Path, members: dict[str, _Member], examples: int, rows: int) -> Iterator[ArrayTable]:
    for start in range(0, examples, rows):
        count = min(rows, examples - start)
        arrays = {column: member.read(count) for column, member in members.items()}
        yield ArrayTable(path.name, "array", arrays, count, first_row=start + 1)


def _cut(table: ArrayTable, rows: int) -> Iterator[ArrayTable]:
    for start in range(0, table.examples, rows):
        yield table.slice(start, start + rows)
