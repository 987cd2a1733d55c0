"""A run directory: `<root>/<recipe name>/<n>-<timestamp>/`, made once, never overwritten, found again by name."""

from __future__ import annotations

import difflib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archcli.errors import Problem, RecipeError
from archcli.runs.status import Status, now_text, read_status, write_status
from archcli.runs.writing import write_error

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUN_FOLDER = re.compile(r"([1-9][0-9]*)-[0-9]{8}-[0-9]{6}")
_RESERVED_FOLDER = re.compile(r"\.([1-9][0-9]*)")


@dataclass(frozen=True)
class Run:
    """A run directory and the places of its files, which may not be there yet.

    Attributes:
        path: The directory.
        recipe_name: Name of the recipe that it is a run of.
        number: Counts from 1 for each recipe name.
    """

    path: Path
    recipe_name: str
    number: int

    @property
    def name(self) -> str:
        """What the user calls it, such as `xor/3`."""
        return f"{self.recipe_name}/{self.number}"

    @property
    def recipe(self) -> Path:
        """The recipe as it was written."""
        return self.path / "recipe.yaml"

    @property
    def resolved(self) -> Path:
        """The recipe with all defaults and overrides, which reproduces the run."""
        return self.path / "resolved.yaml"

    @property
    def command(self) -> Path:
        """The command line that started it."""
        return self.path / "command.txt"

    @property
    def environment(self) -> Path:
        """Versions, machine and device."""
        return self.path / "environment.json"

    @property
    def data(self) -> Path:
        """Fingerprint, split and sizes of the data."""
        return self.path / "data.json"

    @property
    def summary(self) -> Path:
        """The model's layers, shapes and parameters."""
        return self.path / "summary.txt"

    @property
    def history_jsonl(self) -> Path:
        """One JSON object for each epoch."""
        return self.path / "history.jsonl"

    @property
    def history_csv(self) -> Path:
        """One row for each epoch."""
        return self.path / "history.csv"

    @property
    def metrics(self) -> Path:
        """What came out."""
        return self.path / "metrics.json"

    @property
    def log(self) -> Path:
        """What was shown while it trained."""
        return self.path / "log.txt"

    @property
    def status(self) -> Path:
        """Whether it is finished."""
        return self.path / "status.json"

    @property
    def plots(self) -> Path:
        """The folder of pictures."""
        return self.path / "plots"

    @property
    def last_checkpoint(self) -> Path:
        """All state after the last epoch that was kept."""
        return self.path / "checkpoints" / "last.npz"

    @property
    def best_checkpoint(self) -> Path:
        """All state after the best epoch so far."""
        return self.path / "checkpoints" / "best.npz"

    @property
    def model(self) -> Path:
        """The trained model, which takes raw features."""
        return self.path / "model.keras"


def create_run(root: Path, recipe_name: str) -> Run:
    """Make the directory of a new run, with its folders, numbered after the newest of the same recipe name.

    Args:
        root: Holds all runs; it is made where it is missing.
        recipe_name: A file name without a separator.

    Returns:
        The run, whose number no other process has.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    folder = root / recipe_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, reserved = _reserve_number(folder)
        timestamp = time.strftime("%Y%m%d-%H%M%S")
        (reserved / "checkpoints").mkdir()
        (reserved / "plots").mkdir()
        now = now_text()
        write_status(reserved / "status.json", Status("running", recipe_name, number, started=now, changed=now))
        return Run(reserved.rename(folder / f"{number}-{timestamp}"), recipe_name, number)
    except OSError as error:
        raise write_error(folder, error) from error


def open_run(text: str, root: Path) -> Run:
    """Find a run by what the user typed.

    Args:
        text: A path to a run directory, or below `root` a `<recipe name>` (its newest run), `<recipe name>/<n>` or
            `<recipe name>/<n>-<timestamp>`.
        root: Holds all runs.

    Raises:
        RecipeError: `run-not-found`, or `not-a-run` for a folder that holds no run.
    """
    for folder in (Path(text), root / text):
        found = _run_at(folder) or _newest_run(folder)
        if found is not None:
            return found[0]
    recipe_name, _, wanted = text.rstrip("/").rpartition("/")
    for run, _ in find_runs(root / recipe_name) if recipe_name else ():
        if wanted == str(run.number):
            return run
    if text and os.path.isdir(text):  # noqa: PTH112 -- unlike Path.is_dir it is false, not an error, where it may not look
        raise RecipeError(_not_a_run(text))
    raise RecipeError(_run_not_found(text, root))


def find_runs(folder: Path) -> Iterator[tuple[Run, Status]]:
    """Give the runs of one recipe name, whose directories lie in `folder`, oldest first, and what they say they are."""
    numbers = {name: int(match[1]) for name in _names_in(folder) if (match := _RUN_FOLDER.fullmatch(name))}
    for name in sorted(numbers, key=numbers.__getitem__):
        found = _run_at(folder / name)
        if found is not None:
            yield found


def recipe_names(root: Path) -> list[str]:
    """Return the recipe names that have a folder under `root`, sorted."""
    return sorted(name for name in _names_in(root) if not name.startswith("."))


def _reserve_number(folder: Path) -> tuple[int, Path]:
    """Make a hidden folder whose name is a number that no run has, and that no other process can make too.

    A number belongs to who made its hidden folder. Whoever renamed a folder of that number before has left a run
    directory behind, which is looked for only once the number is held, so that nobody can come between.
    """
    number = 1 + max(_taken_numbers(folder), default=0)
    while True:
        reserved = folder / f".{number}"
        try:
            reserved.mkdir()
        except FileExistsError:
            number += 1
            continue
        if not any(name.startswith(f"{number}-") for name in _names_in(folder)):
            return number, reserved
        reserved.rmdir()
        number += 1


def _taken_numbers(folder: Path) -> list[int]:
    matches = [_RUN_FOLDER.fullmatch(name) or _RESERVED_FOLDER.fullmatch(name) for name in _names_in(folder)]
    return [int(match[1]) for match in matches if match]


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- a thousand Path objects would be most of the time
    except OSError:
        return []


def _run_at(folder: Path) -> tuple[Run, Status] | None:
    status = read_status(folder / "status.json")
    return None if status is None else (Run(folder, status.recipe_name, status.number), status)


def _newest_run(folder: Path) -> tuple[Run, Status] | None:
    runs = list(find_runs(folder))
    return runs[-1] if runs else None


def _not_a_run(text: str) -> Problem:
    return Problem(
        "not-a-run",
        f"the folder `{text}` is not a run: expected a `status.json` as `archcli train` writes it, found none",
        hint="`archcli runs list` shows all runs",
    )


def _run_not_found(text: str, root: Path) -> Problem:
    names = recipe_names(root)
    runs = [run.name for name in names for run, _ in find_runs(root / name)]
    if not runs:
        hint = "there are no runs yet: `archcli train RECIPE` makes one"
    elif near := difflib.get_close_matches(text, names + runs, n=3, cutoff=0.5):
        hint = "did you mean " + " or ".join(f"`{name}`" for name in near) + "?"
    else:
        hint = "`archcli runs list` shows all runs"
    return Problem("run-not-found", f"there is no run `{text}`, neither as a path nor under `{root}`", hint=hint)
