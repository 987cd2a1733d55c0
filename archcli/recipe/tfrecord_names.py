"""The names of the features in a TFRecord file, read from its first records without TensorFlow.

A record is its length in eight bytes, four bytes of a checksum, its content, and four more; the content is a
`tf.train.Example` in the wire format of protocol buffers: `features` (1) of `feature` (1), each a `key` (1) and a
`value` (2).
"""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Final

from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path

_RECORDS: Final = 100
_MOST_BYTES: Final = 1 << 30
_BYTES: Final = 2
"""The wire type of what has a length: texts, bytes, messages."""

_FIXED: Final = {1: 8, 5: 4}
"""The lengths of what is as long as its wire type says."""


def read_feature_names(
    path: Path, *, compression: str | None = None, location: Location | None = None
) -> tuple[str, ...]:
    """Return the names of all features of the first hundred records, in the order in which they come.

    Args:
        path: A file that is there.
        compression: `gzip`, `zlib` or None.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: It is no TFRecord file of `tf.train.Example`, or holds no record.
    """
    names: dict[str, None] = {}
    try:
        with _open(path, compression) as file:
            for content in islice(_records(file), _RECORDS):
                names |= dict.fromkeys(_names(content))
    except (EOFError, OSError, ValueError, IndexError, struct.error, zlib.error):
        names = {}
    if not names:
        message = f"`{shown_path(path)}` is no TFRecord file of `tf.train.Example`, or holds nothing"
        hint = "if it is compressed, say how: `tfrecord: {path: ..., compression: gzip}`"
        raise DataError(Problem("not-a-tfrecord", message, location, hint))
    return tuple(names)


def _open(path: Path, compression: str | None) -> IO[bytes]:
    if compression == "gzip":
        return gzip.open(path)  # type: ignore[return-value] # a reader of bytes, as the others
    if compression == "zlib":
        import io  # noqa: PLC0415 -- hardly ever

        return io.BytesIO(zlib.decompress(path.read_bytes()))
    return path.open("rb")


def _records(file: IO[bytes]) -> Iterator[bytes]:
    while len(head := file.read(12)) == 12:
        (length,) = struct.unpack("<Q", head[:8])
        if length > _MOST_BYTES:
            raise ValueError
        content = file.read(length)
        if len(content) < length or len(file.read(4)) < 4:
            raise EOFError
        yield content
    if head:
        raise EOFError


def _names(example: bytes) -> Iterator[str]:
    for features in _fields(example, 1):
        for feature in _fields(features, 1):
            yield next(_fields(feature, 1)).decode("utf-8")


def _fields(message: bytes, wanted: int) -> Iterator[bytes]:
    """Yield the fields of a message that have a number and a length."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == _BYTES:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise EOFError
            if tag >> 3 == wanted:
                yield message[at : at + length]
            at += length
        elif kind == 0:
            _, at = _varint(message, at)
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            raise ValueError


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number in groups of seven bits, the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 127) << shift
        at += 1
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError
