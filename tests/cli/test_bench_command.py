"""The command `bench`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
data: {source: iris}
model: {layers: [Reshape: [2, 2, 1], RandomRotation: 0.1, Flatten, Dense: $classes]}
train: {epochs: 2, batch_size: 16}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a recipe, one of whose layers XLA refuses."""
    (tmp_path / "small.yaml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_a_recipe_is_measured_in_every_way_it_can_be(folder: Path, archcli: Archcli) -> None:
    """Figures for what can be, a reason for what cannot, what to write and what to type; and no file."""
    done = archcli("bench", "small.yaml", "train.epochs=3", "--rounds", "2", "--seconds", "1", "--json", cwd=folder)

    report = json.loads(done.out)
    rows = {row["mode"]: row for row in report["rows"]}
    assert done.status == 0
    assert (report["recipe"], report["batch_size"], report["epochs"], report["rounds"]) == ("small", 16, 3, 2)
    assert report["mode"]["name"] == "graph"
    assert rows["xla"] == {"mode": "xla", "batch_size": 16, "reason": "`RandomRotation` cannot be compiled by XLA"}
    for name in ("graph", "eager", "fit"):
        row = rows[name]
        low, high = row["step_ms_quartiles"]
        assert (row["reason"], row["rounds"]) == (None, 2)
        assert 0 < low <= row["step_ms"] <= high
        assert row["examples_per_second"] > 10
        assert row["memory_bytes"] > 0
        assert row["compile_seconds"] > 0
        assert 0 < row["matmul_share"] < 1
        assert row["training_seconds"] > row["compile_seconds"]
    assert rows["graph"]["against_fit"] == pytest.approx(
        rows["graph"]["examples_per_second"] / rows["fit"]["examples_per_second"]
    )
    assert report["command"].startswith("archcli train small.yaml train.epochs=3")
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]
    lines = done.err.splitlines()
    assert lines[0].startswith("graph at batch 16: compiled in ")
    assert lines[1] == "xla at batch 16: `RandomRotation` cannot be compiled by XLA"
    assert lines[4:] == ["measuring, 2 rounds"]


SIZES = "Invalid value for --batch-sizes: it takes whole numbers from 1 with commas between, such as `32,64,128`, found"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--batch-sizes", "32,many"), f"{SIZES} `many`"),
        (("--batch-sizes", "0"), f"{SIZES} `0`"),
        (("--batch-sizes", "8,,9"), f"{SIZES} ``"),
        (("--rounds", "0"), "Invalid value for '--rounds': Input should be greater than or equal to 1"),
        (("--seconds", "0"), "Invalid value for '--seconds': Input should be greater than or equal to 1"),
    ],
)
def test_values_that_mean_nothing_are_refused(arguments: tuple[str, ...], message: str, archcli: Archcli) -> None:
    """With what was expected, before anything is started."""
    done = archcli("bench", "cnn-digits", *arguments)

    assert done.status == 2
    assert message in " ".join(done.err.replace("│", " ").split())


def test_a_recipe_with_problems_is_not_measured(folder: Path, archcli: Archcli) -> None:
    """They are shown as `check` shows them, and no process is started."""
    done = archcli("bench", "small.yaml", "train.epochs=none", cwd=folder)

    assert done.status == 2
    assert done.err.startswith("error[wrong-type]: `epochs` wants a whole number from 1, found the text `none`\n")


@pytest.mark.slow
def test_ctrl_c_ends_all_processes(folder: Path) -> None:
    """With the status of an interrupted command, one line that says so, and nobody left."""
    command = [sys.executable, "-m", "archcli", "bench", "small.yaml"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while len(children.read_text(encoding="ascii").split()) < 5:  # one for each mode, and Python's own
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()  # ends when the last of them is gone

    assert said == "the benchmark was stopped; it writes nothing\n"
    assert process.returncode == 130
