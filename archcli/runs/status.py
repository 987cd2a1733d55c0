"""Whether a run is finished: what its `status.json` says, and whether a process still holds its lock.

A process that is killed cannot write that it was. So the one that trains holds a lock on `.lock`, which the system
takes away when the process ends however it ends: a run that says "running" and whose lock nobody holds was cut off.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from archcli.errors import DataError, Interrupted, Problem, RecipeError, SetupError
from archcli.runs.writing import write_error, write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archcli.runs.directory import Run

State = Literal["running", "finished", "interrupted", "failed"]
Mode = Literal["min", "max"]

_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Status:
    """What `status.json` holds.

    Attributes:
        state: As last written; see `current_state` for what is true now.
        recipe_name: Name of the recipe that it is a run of.
        number: Counts from 1 for each recipe name.
        started: When the run was made, ISO 8601 with the zone.
        changed: When this was written, the same.
        monitor: The logged quantity that decides which epoch is best, once that is known.
        mode: Whether less or more of it is better.
    """

    state: State
    recipe_name: str
    number: int
    started: str
    changed: str
    monitor: str | None = None
    mode: Mode = "min"


def read_status(path: Path) -> Status | None:
    """Read a `status.json`; None where there is none, or something else of that name."""
    try:
        status = Status(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
    known = status.state in get_args(State) and status.mode in get_args(Mode)
    sound = isinstance(status.recipe_name, str) and isinstance(status.number, int) and isinstance(status.started, str)
    return status if known and sound else None


def status_of(run: Run) -> Status:
    """Read the status of a run.

    Raises:
        RecipeError: `damaged-run`: it has none.
    """
    status = read_status(run.status)
    if status is None:
        raise RecipeError(Problem("damaged-run", f"`{run.status}` cannot be read", hint="train it anew"))
    return status


def write_status(path: Path, status: Status) -> None:
    """Write a `status.json`.

    Raises:
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    write_json(path, vars(status))


def current_state(folder: Path, status: Status) -> State:
    """Return what is true now of the run in `folder`: one that says it runs, and that nobody runs, was interrupted."""
    if status.state != "running" or _is_locked(folder / ".lock"):
        return status.state
    return "interrupted"


def now_text() -> str:
    """Return the local time with its zone, to the second, as ISO 8601."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


@contextmanager
def claim_run(run: Run, *, monitor: str, mode: Mode) -> Iterator[None]:
    """Hold a run while it trains, and leave in its `status.json` how that ended.

    Leaving without an error means "finished", with `Interrupted` or `KeyboardInterrupt` "interrupted", with anything
    else "failed". A process that is killed leaves "running" without a lock, which `current_state` sees through.

    Args:
        run: A new run, or one to be resumed.
        monitor: The logged quantity that decides which epoch is best.
        mode: Whether less or more of it is better.

    Raises:
        RecipeError: `run-in-use`: another process trains this run.
        DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
    """
    before = read_status(run.status)
    started = now_text() if before is None else before.started
    status = Status("running", run.recipe_name, run.number, started, now_text(), monitor, mode)
    with _lock(run):
        write_status(run.status, status)
        end: State | None = "failed"
        try:
            yield
            write_status(run.status, replace(status, state="finished", changed=now_text()))
            end = None
        except (Interrupted, KeyboardInterrupt):
            end = "interrupted"
            raise
        finally:
            if end is not None:
                with suppress(DataError, SetupError):  # the failure that is under way is what the user must see
                    write_status(run.status, replace(status, state=end, changed=now_text()))


@contextmanager
def _lock(run: Run) -> Iterator[None]:
    path = run.path / ".lock"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise write_error(path, error) from error
    try:
        if not _try_lock(descriptor, fcntl.LOCK_EX, patience_seconds=_PATIENCE_SECONDS):
            raise RecipeError(
                Problem(
                    "run-in-use",
                    f"the run `{run.name}` is being trained by another process",
                    hint="wait until it ends, or interrupt it",
                )
            )
        yield
    finally:
        os.close(descriptor)


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH, patience_seconds=0)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int, kind: int, *, patience_seconds: float) -> bool:
    """Take a lock if it can be had; patience outlasts a process that only looks whether it is held."""
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        except OSError:
            return True  # a file system without locks: train all the same
        else:
            return True
