"""Checkpoint files: whole or not there, and found damaged where they are."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import ml_dtypes
import numpy as np
import pytest

from archcli.engine import checkpoints
from archcli.engine.checkpoints import Checkpoint, CheckpointFolder, read_checkpoint, write_checkpoint
from archcli.errors import DataError, SetupError, TrainingError

if TYPE_CHECKING:
    from pathlib import Path


def checkpoint(value: float = 1.0, **metadata: object) -> Checkpoint:
    """Make a checkpoint with one variable."""
    return Checkpoint([np.full((2, 3), value, "float32")], metadata)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Every type of variable comes back bit for bit, empty ones and half precision too."""
    variables = [
        np.array([1.5, np.nan, -0.0], "float32"),
        np.array(3, "int64"),
        np.zeros((0, 4), "float16"),
        np.array([[1.0, 3.14159]], ml_dtypes.bfloat16),
        np.array([True, False]),
        np.array([7, 2**32 - 1], "uint32"),
    ]

    write_checkpoint(tmp_path / "last.npz", Checkpoint(variables, {"epoch": 3, "value": float("nan")}))
    read = read_checkpoint(tmp_path / "last.npz")

    assert read.metadata["epoch"] == 3
    for written, found in zip(variables, read.variables, strict=True):
        assert (found.dtype, found.shape, found.tobytes()) == (written.dtype, written.shape, written.tobytes())


def test_numpy_reads_the_file_too(tmp_path: Path) -> None:
    """The file is an NPZ."""
    write_checkpoint(tmp_path / "last.npz", checkpoint(2.0))

    assert np.load(tmp_path / "last.npz")["0"].tolist() == [[2.0, 2.0, 2.0], [2.0, 2.0, 2.0]]


def test_nothing_else_is_left_in_the_folder(tmp_path: Path) -> None:
    """The temporary file becomes the checkpoint."""
    write_checkpoint(tmp_path / "last.npz", checkpoint())
    write_checkpoint(tmp_path / "last.npz", checkpoint())

    assert [path.name for path in tmp_path.iterdir()] == ["last.npz"]


@pytest.mark.parametrize("kept", [0, 10, 300, -1])
def test_a_cut_off_file_is_found_damaged(tmp_path: Path, kept: int) -> None:
    """A file of which the end is missing is no checkpoint."""
    path = tmp_path / "last.npz"
    write_checkpoint(path, checkpoint())
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(TrainingError) as caught:
        read_checkpoint(path)

    problem = caught.value.problems[0]
    assert problem.code == "checkpoint-damaged"
    assert problem.message == f"the checkpoint `{path}` is damaged: File is not a zip file"
    assert problem.hint == "train anew, or put back a copy of the file"


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    """Every array carries a checksum."""
    path = tmp_path / "last.npz"
    write_checkpoint(path, checkpoint(1.0))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(np.float32(1.0).tobytes(), np.float32(1.5).tobytes(), 1))

    with pytest.raises(TrainingError, match=r"is damaged: Bad CRC-32 for file '0\.npy'"):
        read_checkpoint(path)


def test_a_checkpoint_of_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a later version has written is not guessed at."""
    path = tmp_path / "last.npz"
    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "FORMAT", 2)
        write_checkpoint(path, checkpoint())

    with pytest.raises(TrainingError) as caught:
        read_checkpoint(path)

    assert caught.value.problems[0].message == f"the checkpoint `{path}` is damaged: it has format 2, expected 1"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """What the system says is passed on."""
    path = tmp_path / "missing" / "last.npz"

    with pytest.raises(SetupError) as caught:
        write_checkpoint(path, checkpoint())

    problem = caught.value.problems[0]
    assert problem.code == "checkpoint-not-written"
    assert problem.message == f"the checkpoint `{path}` cannot be written: No such file or directory"
    assert problem.hint == "make room or choose a folder that can be written, then resume the run"


def test_a_full_disk_is_told_from_a_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one has the exit status 3, the other 4; nothing is left of the checkpoint."""

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(DataError) as caught:
        write_checkpoint(tmp_path / "last.npz", checkpoint())

    assert caught.value.problems[0].code == "checkpoint-not-written"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be is in the way."""
    (tmp_path / "checkpoints").write_text("")

    with pytest.raises(SetupError) as caught:
        CheckpointFolder(tmp_path / "checkpoints")

    assert caught.value.problems[0].code == "checkpoint-not-written"
    assert caught.value.problems[0].message == f"the folder `{tmp_path / 'checkpoints'}` cannot be made: File exists"


def test_the_best_epoch_is_written_together_with_the_last(tmp_path: Path) -> None:
    """It is held in memory until then, and found both ways."""
    folder = CheckpointFolder(tmp_path)

    folder.keep_best(checkpoint(2.0, epoch=4))
    held = folder.load_best(4)
    folder.save_last(checkpoint(3.0))

    assert held.variables[0][0, 0] == 2.0
    assert CheckpointFolder(tmp_path).load_best(4).variables[0][0, 0] == 2.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.npz", "last.npz"]


def test_killed_before_the_last_was_written_the_earlier_pair_is_found(tmp_path: Path) -> None:
    """A new best epoch on the disk does not belong to the old last one."""
    folder = CheckpointFolder(tmp_path)
    folder.keep_best(checkpoint(2.0, epoch=4))
    folder.save_last(checkpoint(3.0))
    write_checkpoint(tmp_path / "best.next.npz", checkpoint(9.0, epoch=8))

    assert CheckpointFolder(tmp_path).load_best(4).variables[0][0, 0] == 2.0


def test_killed_after_the_last_was_written_the_new_pair_is_found(tmp_path: Path) -> None:
    """The new best epoch is taken although it was not renamed yet."""
    folder = CheckpointFolder(tmp_path)
    folder.keep_best(checkpoint(2.0, epoch=4))
    folder.save_last(checkpoint(3.0))
    write_checkpoint(tmp_path / "best.next.npz", checkpoint(9.0, epoch=8))

    assert CheckpointFolder(tmp_path).load_best(8).variables[0][0, 0] == 9.0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best.npz", "last.npz"]


def test_a_best_epoch_that_is_nowhere_is_said_to_be_missing(tmp_path: Path) -> None:
    """Neither file holds the epoch that the last checkpoint names."""
    folder = CheckpointFolder(tmp_path)
    folder.keep_best(checkpoint(2.0, epoch=4))
    folder.save_last(checkpoint(3.0))

    with pytest.raises(TrainingError) as caught:
        CheckpointFolder(tmp_path).load_best(5)

    problem = caught.value.problems[0]
    assert problem.code == "checkpoint-damaged"
    assert problem.message == (
        f"the checkpoint `{tmp_path / 'best.npz'}` is damaged: it does not hold epoch 5, the best one"
    )


def test_writing_takes_a_small_share_of_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is due every five seconds, and less often if it takes long."""
    clock = iter([0.0, 4.9, 5.0, 19.9, 20.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    folder = CheckpointFolder(tmp_path)

    quick = [folder.is_due(), folder.is_due()]
    folder._writing_seconds = 1.0
    slow = [folder.is_due(), folder.is_due()]

    assert quick == [False, True]
    assert slow == [False, True]


def test_an_empty_folder_has_no_last(tmp_path: Path) -> None:
    """There is nothing to go on from."""
    assert CheckpointFolder(tmp_path / "new").load_last() is None
