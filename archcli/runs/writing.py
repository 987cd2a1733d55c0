"""Writing files whole or not at all: a temporary file in the same folder, on the disk, then renamed."""

from __future__ import annotations

import errno
import json
import math
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from archcli.errors import Problem, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def write_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8; bytes of a file name or an argument that were not UTF-8 become themselves again.

    Raises:
        SetupError: `cannot-write`; whatever was at `path` before is still there.
    """
    data = text.encode("utf-8", "surrogateescape")
    write_with(path, lambda temporary: _write_bytes(temporary, data))


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON; a number that is not finite becomes null, a tuple a list.

    Raises:
        SetupError: `cannot-write`; whatever was at `path` before is still there.
    """
    text = json.dumps(finite(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    # Half a surrogate pair is written with a backslash, which inside a JSON string is how JSON writes it too.
    data = text.encode("utf-8", "backslashreplace")
    write_with(path, lambda temporary: _write_bytes(temporary, data))


def write_with(path: Path, function: Callable[[Path], None]) -> None:
    """Let `function` write a file, and put it at `path` once it is whole.

    Args:
        path: Where the file shall be; its folder exists.
        function: Writes the path that it is given, which lies in the same folder and ends in the same suffix.

    Raises:
        SetupError: `cannot-write`; whatever was at `path` before is still there.
    """
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        function(temporary)
        _reach_disk(temporary)
        temporary.replace(path)
    except OSError as error:
        raise SetupError(cannot_write(path, error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def cannot_write(path: Path, error: OSError) -> Problem:
    """Describe that `path` could not be written because of `error`."""
    reason = (error.strerror or str(error)).lower()
    full = error.errno in _NO_SPACE
    return Problem(
        "cannot-write",
        f"`{path}` cannot be written: {reason}",
        hint="free some space on that disk" if full else "check who owns that folder, or choose another one",
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
