"""Pictures are drawn by another process, all of them before anything ends; what could not be is told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from archcli.errors import DataError, Problem
from archcli.runs.drawing import Undrawn, drawing
from archcli.runs.plots import plot_confusion, plot_learning_curves

pytestmark = pytest.mark.usefixtures("pictures")
CURVES = {"rows": [{"epoch": 1, "loss": 1.0}], "names": ["loss"], "best_epoch": 1, "recipe_name": "xor"}
COUNTS = {"counts": np.eye(2, dtype=np.int64), "class_names": "ab", "recipe_name": "xor", "part": "test"}


def test_pictures_are_those_that_are_drawn_here(tmp_path: Path) -> None:
    """To the byte, and whole when they have been waited for."""
    with drawing() as pictures:
        pictures.draw(plot_learning_curves, tmp_path / "curves.png", **CURVES)
        pictures.draw(plot_confusion, tmp_path / "confusion.png", **COUNTS)
        assert pictures.finish() is None

    plot_learning_curves(tmp_path / "curves here.png", **CURVES)  # type: ignore[arg-type]
    plot_confusion(tmp_path / "confusion here.png", **COUNTS)  # type: ignore[arg-type]
    for name in ("curves", "confusion"):
        assert (tmp_path / f"{name}.png").read_bytes() == (tmp_path / f"{name} here.png").read_bytes()


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """It and those after it are not drawn, those before it are."""
    before, missing, after = tmp_path / "a.png", tmp_path / "nowhere" / "b.png", tmp_path / "c.png"

    with drawing() as pictures:
        for path in (before, missing, after):
            pictures.draw(plot_learning_curves, path, **CURVES)
        undrawn = pictures.finish()

    assert undrawn is not None
    assert undrawn.message == f"not drawn: b.png, c.png: `{missing}` cannot be written: no such file or directory"
    assert undrawn.trace.startswith("Traceback")
    assert [path.exists() for path in (before, missing, after)] == [True, False, False]


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="only Linux has such a device")
def test_a_full_disk_ends_it() -> None:
    """As it does wherever else a file of the run is written."""
    with drawing() as pictures:
        pictures.draw(plot_learning_curves, Path("/dev/full"), **CURVES)
        with pytest.raises(DataError) as caught:
            pictures.finish()

    message = "`/dev/full` cannot be written: no space left on device"
    assert caught.value.problems == (Problem("cannot-write", message, hint="free some space on that disk"),)


def test_a_machine_that_can_start_no_process_draws_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is not lost for that."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    with drawing() as pictures:
        pictures.draw(plot_learning_curves, tmp_path / "a.png", **CURVES)
        undrawn = pictures.finish()

    why = f"[Errno 2] No such file or directory: '{tmp_path / 'python'}'"
    assert undrawn == Undrawn(f"not drawn: a.png: {why}", why)


def test_nothing_wanted_is_nothing_undrawn() -> None:
    """Where a training fails, what would have drawn is gone at once, and nothing is said of it."""
    with drawing() as pictures:
        process = pictures.process

    assert process is not None
    assert process.returncode == -signal.SIGKILL


def test_a_module_in_the_working_directory_is_not_taken_for_a_package(tmp_path: Path) -> None:
    """A folder may well hold a `numpy.py`, or a `matplotlib.py`."""
    (tmp_path / "matplotlib.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    code = (
        "from archcli.runs.drawing import drawing\n"
        "from archcli.runs.plots import plot_learning_curves\n"
        "from pathlib import Path\n"
        "with drawing() as pictures:\n"
        f"    pictures.draw(plot_learning_curves, Path('a.png'), **{CURVES!r})\n"
        "    print(pictures.finish())\n"
    )
    path = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}

    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=path, capture_output=True, text=True, check=True
    )

    assert (done.stdout, done.stderr) == ("None\n", "")
    assert (tmp_path / "a.png").exists()
