"""Writing files whole or not at all: a temporary file in the same folder, on the disk, then renamed.

What is no file, such as a device or a pipe, is never replaced: it is written to.
"""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from archcli.errors import ArchcliError, Problem, is_full, unwritten

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OPEN = frozenset({"/dev/stdin", "/dev/stdout", "/dev/stderr"})


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8; bytes of a file name or an argument that were not UTF-8 become themselves again.

    Raises:
        DataError, SetupError: `cannot-write`, as `write_with`; whatever was at `path` before is still there.
    """
    data = text.encode("utf-8", "surrogateescape")
    write_with(path, lambda temporary: _write_bytes(temporary, data))


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON; a number that is not finite becomes null, a tuple a list.

    Raises:
        DataError, SetupError: `cannot-write`, as `write_with`; whatever was at `path` before is still there.
    """
    text = json.dumps(finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # Half a surrogate pair is written with a backslash, which inside a JSON string is how JSON writes it too.
    data = text.encode("utf-8", "backslashreplace")
    write_with(path, lambda temporary: _write_bytes(temporary, data))


def write_with(path: Path, function: Callable[[Path], None]) -> None:
    """Let `function` write a file, and put it at `path` once it is whole.

    Args:
        path: Where the file shall be; its folder exists. Where it is a link, what it leads to is replaced; a device or
            a pipe is written to.
        function: Writes the path that it is given, which lies in the same folder and ends in the same suffix.

    Raises:
        DataError: `cannot-write`: the disk is full; whatever was at `path` before is still there.
        SetupError: `cannot-write` for any other reason; likewise.
    """
    try:
        if is_stream(path):
            function(path)
        else:
            _replace(path.resolve() if path.is_symlink() else path, function)
    except OSError as error:
        raise write_error(path, error) from error


def is_stream(path: Path) -> bool:
    """Tell whether there is something at `path` that takes bytes and is not to be replaced: a device, a pipe.

    What a process has open, such as `/dev/stdout`, is one, too, even where it is a file.
    """
    if path.parent.parts[:3] == ("/", "dev", "fd") or str(path) in _OPEN or path.parts[:2] == ("/", "proc"):
        return path.exists()
    return path.exists() and not path.is_file() and not path.is_dir()


def write_error(path: Path, error: OSError) -> ArchcliError:
    """Return what to raise where `path` could not be written: `DataError` where the disk is full, else `SetupError`."""
    return unwritten(cannot_write(path, error), error)


def _replace(path: Path, function: Callable[[Path], None]) -> None:
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        function(temporary)
        _reach_disk(temporary)
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()


def cannot_write(path: Path, error: OSError) -> Problem:
    """Describe that `path` could not be written because of `error`."""
    reason = (error.strerror or str(error)).lower()
    return Problem(
        "cannot-write",
        f"`{path}` cannot be written: {reason}",
        hint="free some space on that disk" if is_full(error) else "check who owns that folder, or choose another one",
    )


def finite(value: object) -> object:
    """Return `value`, made of what JSON has, with null for each number that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(item) for item in value]
    return value


def _write_bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def _reach_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
