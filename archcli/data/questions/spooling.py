"""A stream that must be read twice, or from its end, is written to a file first; problems call it by its own name."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from archcli.errors import DataError, Problem, unwritten
from archcli.recipe.delimited import shown_path


@dataclass(frozen=True)
class Spooled:
    """A stream in a file.

    Attributes:
        path: The file, which is gone when the block ends.
        rename: Returns a problem of the file as one of the stream.
    """

    path: Path
    rename: Callable[[Problem], Problem]


@contextmanager
def spooled(stream: Any, name: str, *, suffix: str) -> Iterator[Spooled]:
    """Write a stream to a file while the block runs.

    Args:
        stream: A stream of bytes.
        name: What messages call it.
        suffix: How the file's name ends.

    Raises:
        DataError: What the block raises, under the stream's name; or there is no room for the file.
        SetupError: It cannot be written for another reason.
    """
    with tempfile.TemporaryDirectory(prefix="archcli-") as folder:
        path = Path(folder) / f"{name}{suffix}"
        try:
            with path.open("wb") as file:
                copyfileobj(stream, file)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            problem = Problem(
                "cannot-write", f"`{name}` cannot be kept in `{folder}`: {reason}", hint="free some space"
            )
            raise unwritten(problem, error) from error
        names = {shown_path(path): name, path.name: name}
        rename: Callable[[Problem], Problem] = lambda problem: renamed(problem, names)  # noqa: E731
        try:
            yield Spooled(path, rename)
        except DataError as error:
            raise DataError(*map(rename, error.problems)) from None


def renamed(problem: Problem, names: Mapping[str, str]) -> Problem:
    """Return a problem of a file under another name."""
    message, place = problem.message, problem.location
    for old, new in names.items():
        message = message.replace(f"`{old}`", f"`{new}`")
        if place is not None and place.source.name == old:
            place = replace(place, source=replace(place.source, name=new))
    return replace(problem, message=message, location=place)
