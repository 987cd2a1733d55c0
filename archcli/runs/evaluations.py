"""What `evaluate` keeps in a run directory: `evaluations/<n>-<what>/`, whole or not at all, never overwritten."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archcli.runs.writing import write_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archcli.runs.directory import Run

_NUMBERED = re.compile(r"\.?([1-9][0-9]*)(?:-.*)?")
_LONGEST_NAME = 40


@dataclass(frozen=True)
class NewEvaluation:
    """A folder that is being written.

    Attributes:
        path: Where it is written.
        final: What it is called once it is whole.
    """

    path: Path
    final: Path


@contextmanager
def new_evaluation(run: Run, what: str) -> Iterator[NewEvaluation]:
    """Give an empty folder, and put it at its place once the block has ended; if that fails nothing is left.

    Args:
        run: The run that is evaluated.
        what: The part, or the file, whose name is shortened to letters, digits, `.`, `_` and `-`.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    folder = run.path / "evaluations"
    try:
        folder.mkdir(exist_ok=True)
        number, path = _reserve(folder)
    except OSError as error:
        raise write_error(folder, error) from error
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", what)[:_LONGEST_NAME].strip("-.") or "data"
    evaluation = NewEvaluation(path, folder / f"{number}-{name}")
    try:
        yield evaluation
        path.rename(evaluation.final)
    except OSError as error:
        raise write_error(evaluation.final, error) from error
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _reserve(folder: Path) -> tuple[int, Path]:
    """Make a hidden folder under a number that no evaluation has, and that no other process can make too."""
    while True:
        taken = [int(match[1]) for path in folder.iterdir() if (match := _NUMBERED.fullmatch(path.name))]
        number = 1 + max(taken, default=0)
        with suppress(FileExistsError):
            reserved = folder / f".{number}"
            reserved.mkdir()
            if not any(path.name.startswith(f"{number}-") for path in folder.iterdir()):
                return number, reserved
            reserved.rmdir()
