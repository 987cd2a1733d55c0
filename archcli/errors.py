"""Everything that can go wrong and is not a bug, and how it is described to the user.

    ArchcliError             carries every problem found, and the exit status
    ├── RecipeError       2  the recipe is wrong (or the command line: an override, a name)
    ├── DataError         3  the data are wrong: missing file, text in a numeric column; or have no room: a full disk
    ├── SetupError        4  the machine is: a missing extra, a folder that cannot be written
    └── TrainingError     5  training itself failed: the loss is not finite, out of memory

    Interrupted     130/143  Ctrl-C or SIGTERM; what was reached is kept

Errors are raised deep and shown once, in `archcli.cli.app.main`. Anything that is not one of these is a bug and
keeps its traceback.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

_NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_SPACE_TEXTS: Final = ("No space left on device", "Disk quota exceeded")


@dataclass(frozen=True)
class Source:
    """A text that problems point into: a recipe file, a data file, or the command line.

    Attributes:
        name: What the user calls it: a path as given, or `command line`.
        text: The whole text, or the lines of it that problems point to; empty for a file whose lines are not shown.
        first_line: The number of the text's first line, from 1: a large data file is not held whole.
    """

    name: str
    text: str = ""
    first_line: int = 1

    def line(self, number: int) -> str:
        """Return line `number` of the file, without its end; empty where the text does not hold it."""
        index = number - self.first_line
        return self._lines[index].rstrip("\r") if 0 <= index < len(self._lines) else ""

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True)
class Location:
    """A span on one line of a source.

    Attributes:
        source: The text it is in.
        line: Line, from 1.
        column: Column in characters, from 1.
        length: Characters to underline, from 1.
    """

    source: Source
    line: int
    column: int = 1
    length: int = 1


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that it can be mended.

    Attributes:
        code: Stable kebab-case name; `archcli explain CODE` has a page for each.
        message: One sentence in lower case without a full stop, the culprit in backticks, what was
            expected and what was found.
        location: Where, if it is anywhere.
        hint: The near match, or the exact thing to write or type; a sentence without a full stop.
    """

    code: str
    message: str
    location: Location | None = None
    hint: str | None = None


class ArchcliError(Exception):
    """A failure that is described to the user rather than traced."""

    exit_status: ClassVar[int]

    def __init__(self, *problems: Problem) -> None:
        """Carry all `problems`, in the order in which they are to be shown."""
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


class RecipeError(ArchcliError):
    """The recipe, or the command line that changes it, is wrong."""

    exit_status = 2


class DataError(ArchcliError):
    """The data that the recipe names are missing or do not fit it; or what is to be written does not fit the disk."""

    exit_status = 3


class SetupError(ArchcliError):
    """The machine lacks something: a package, a permission."""

    exit_status = 4


class TrainingError(ArchcliError):
    """Training started and failed."""

    exit_status = 5


class Interrupted(Exception):  # noqa: N818 -- not an error: the user asked for it
    """Ctrl-C or SIGTERM: the run was stopped and what it had reached is kept."""

    def __init__(self, exit_status: int, kept: str) -> None:
        """Remember the exit `exit_status` (130 or 143) and what was `kept`, as a sentence for the user."""
        super().__init__(kept)
        self.exit_status = exit_status
        self.kept = kept


def is_full(error: BaseException) -> bool:
    """Tell whether a disk is full, or a user's share of it; also where a library gives no number of the error."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _NO_SPACE
    return any(text in str(error) for text in _NO_SPACE_TEXTS)


def unwritten(problem: Problem, error: BaseException) -> ArchcliError:
    """Return what to raise where `error` kept something from being written, which `problem` describes.

    Returns:
        A `DataError` where a disk is full, else a `SetupError`.
    """
    return DataError(problem) if is_full(error) else SetupError(problem)
