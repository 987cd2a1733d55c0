"""A checkpoint: every variable of a training and its position, in one file that is whole or not there.

The file is an NPZ with `metadata.json` beside the arrays. Variables are keyed by position, since their names carry
counters of the process that made them. `last.npz` is where to go on; `best.npz` is the best epoch's state.

Two files cannot be replaced at once. The new best one is written as `best.next.npz` before `last.npz` and renamed after
it, and `last.npz` names the epoch that the best one must be of: whatever the instant at which a run is killed, the pair
that belongs together is found.
"""

from __future__ import annotations

import json
import os
import time
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np

from archcli.errors import Problem, TrainingError, unwritten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from archcli.engine.feeding import Array

FORMAT = 1
METADATA_NAME = "metadata.json"
LEAST_SECONDS_BETWEEN = 5.0
SHARE_OF_TIME = 0.05


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What one file holds.

    Attributes:
        variables: Values of all variables, in the order of `variables.list_variables`.
        metadata: Everything else, as JSON has it.
    """

    variables: Sequence[Array]
    metadata: Mapping[str, Any]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint to `path`, whole or not at all.

    Raises:
        DataError: `checkpoint-not-written`: the disk is full.
        SetupError: `checkpoint-not-written`: the folder cannot be written.
    """
    temporary = path.with_name(f"{path.name}.tmp")
    metadata = {"format": FORMAT, "variables": [_describe(array) for array in checkpoint.variables]}
    try:
        with temporary.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(METADATA_NAME, json.dumps({**checkpoint.metadata, **metadata}))
                for index, array in enumerate(checkpoint.variables):
                    with archive.open(f"{index}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, _as_plain(array), allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        problem = Problem(
            "checkpoint-not-written",
            f"the checkpoint `{path}` cannot be written: {error.strerror}",
            hint="make room or choose a folder that can be written, then resume the run",
        )
        raise unwritten(problem, error) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the checkpoint at `path`.

    Raises:
        TrainingError: `checkpoint-damaged`: the file is not a whole checkpoint.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            metadata = json.loads(archive.read(METADATA_NAME))
            variables = [_read_member(archive, f"{i}.npy", kind) for i, kind in enumerate(metadata["variables"])]
            found = metadata["format"]
    except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise _damaged(path, str(error)) from error
    if found != FORMAT:
        raise _damaged(path, f"it has format {found}, expected {FORMAT}")
    return Checkpoint(variables, metadata)


class CheckpointFolder:
    """The two checkpoints of a run, written as often as is useful and no more.

    Writing takes a small share of the time: at most every few seconds, less often if it takes long.
    """

    def __init__(self, folder: Path) -> None:
        """Keep checkpoints in `folder`, which is made if it is not there."""
        self.last_path = folder / "last.npz"
        self.best_path = folder / "best.npz"
        self._next_best_path = folder / "best.next.npz"
        self._unwritten_best: Checkpoint | None = None
        self._written_at = time.monotonic()
        self._writing_seconds = 0.0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"the folder `{folder}` cannot be made: {error.strerror}"
            raise unwritten(Problem("checkpoint-not-written", message), error) from error

    def is_due(self) -> bool:
        """Return whether it is time to write again."""
        wait = max(LEAST_SECONDS_BETWEEN, self._writing_seconds / SHARE_OF_TIME)
        return time.monotonic() - self._written_at >= wait

    def keep_best(self, checkpoint: Checkpoint) -> None:
        """Hold the best epoch's state until `save_last` writes it."""
        self._unwritten_best = checkpoint

    def save_last(self, checkpoint: Checkpoint) -> None:
        """Write where to go on, and the best epoch's state if it is new.

        Raises:
            DataError, SetupError: `checkpoint-not-written`.
        """
        began = time.monotonic()
        if self._unwritten_best is not None:
            write_checkpoint(self._next_best_path, self._unwritten_best)
        write_checkpoint(self.last_path, checkpoint)
        if self._unwritten_best is not None:
            self._next_best_path.replace(self.best_path)
            self._unwritten_best = None
        self._written_at = time.monotonic()
        self._writing_seconds = self._written_at - began

    def load_last(self) -> Checkpoint | None:
        """Return where to go on; None if nothing was written yet.

        Raises:
            TrainingError: `checkpoint-damaged`.
        """
        return read_checkpoint(self.last_path) if self.last_path.exists() else None

    def load_best(self, epoch: int) -> Checkpoint:
        """Return the state of the best epoch, which is `epoch` (from 1), held or read.

        Raises:
            TrainingError: `checkpoint-damaged`: no file holds it.
        """
        if self._unwritten_best is not None:
            return self._unwritten_best
        for path in (self._next_best_path, self.best_path):
            if path.exists():
                checkpoint = read_checkpoint(path)
                if checkpoint.metadata.get("epoch") == epoch:
                    if path == self._next_best_path:
                        path.replace(self.best_path)
                    return checkpoint
        raise _damaged(self.best_path, f"it does not hold epoch {epoch}, the best one")

    def clear(self) -> None:
        """Remove what an earlier training has left."""
        for path in (self.last_path, self.best_path, self._next_best_path):
            path.unlink(missing_ok=True)


def _damaged(path: Path, why: str) -> TrainingError:
    return TrainingError(
        Problem(
            "checkpoint-damaged",
            f"the checkpoint `{path}` is damaged: {why}",
            hint="train anew, or put back a copy of the file",
        )
    )


def _describe(array: Array) -> dict[str, Any]:
    return {"shape": list(array.shape), "dtype": array.dtype.name}


def _as_plain(array: Array) -> Array:
    """Return an array that NumPy can write: types that it does not know by itself, such as bfloat16, as their bits."""
    return array.view(f"u{array.dtype.itemsize}") if array.dtype.kind == "V" else array


def _read_member(archive: zipfile.ZipFile, name: str, described: Mapping[str, Any]) -> Array:
    with archive.open(name) as member:
        array = np.lib.format.read_array(member, allow_pickle=False)
    if list(array.shape) != described["shape"]:
        raise ValueError(f"shape {list(array.shape)}, expected {described['shape']}")
    dtype = np.dtype(getattr(ml_dtypes, described["dtype"], described["dtype"]))
    return array if array.dtype == dtype else array.view(dtype)


def _flush_folder(folder: Path) -> None:
    """See to it that the renaming itself survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
