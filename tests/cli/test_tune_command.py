"""The command `tune`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archcli.engine.progress import EpochRow, Progress, SilentProgress
from archcli.errors import Interrupted

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
data: {source: iris}
model: {layers: [Dense: 4, Dense: $classes]}
train: {epochs: 1, batch_size: 40, compile: eager}
tune:
  space:
    model.layers.0.units: {choice: [2, 4]}
    train.optimizer: {choice: [SGD: 0.1]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a recipe."""
    (tmp_path / "small.yaml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_the_best_comes_first_and_its_command_can_be_typed(folder: Path, archcli: Archcli) -> None:
    """The table on standard output, a line for each trial on standard error, and what is typed next."""
    done = archcli("tune", "small.yaml", "train.seed=3", cwd=folder)

    lines, told = done.out.splitlines(), done.err.splitlines()
    best = json.loads((next((folder / "runs" / "small").glob(f"{lines[1].split()[0]}-*")) / "metrics.json").read_text())
    assert done.status == 0
    assert lines[0].split() == ["trial", "val_loss", "model.layers.0.units", "train.optimizer", "epochs", "run"]
    assert [line.split()[1] for line in lines[1:3]] == sorted(line.split()[1] for line in lines[1:3])
    assert lines[4] == "trials  2, all there are; 20 were wanted"
    assert lines[5].startswith(f"best    trial {lines[1].split()[0]}, val_loss {best['best_value']:.4g}, the lowest")
    assert [line[:9] for line in told[:2]] == ["trial 1/2", "trial 2/2"]
    assert told[0].endswith("  train.optimizer={SGD: 0.1}  *")
    assert told[2].startswith("next: archcli train small.yaml train.seed=3 model.layers.0.units=")
    again = archcli(*shlex.split(told[2])[2:], "--json", cwd=folder)
    assert json.loads(again.out)["best_value"] == best["best_value"]


@pytest.mark.slow
def test_json_holds_all_trials(folder: Path, archcli: Archcli) -> None:
    """As many as are asked for, in another folder of runs, and nothing else is said."""
    done = archcli("tune", "small.yaml", "--trials", "1", "--runs", "tried", "--json", "--quiet", cwd=folder)

    report = json.loads(done.out)
    trial = report["trials"][0]
    assert (done.status, done.err) == (0, "")
    assert (report["recipe"], report["monitor"], report["direction"]) == ("small", "val_loss", "min")
    assert (len(report["trials"]), trial["trial"], trial["problems"]) == (1, 1, [])
    assert trial["settings"] == {"model.layers.0.units": trial["settings"]["model.layers.0.units"]} | {
        "train.optimizer": {"SGD": 0.1}
    }
    assert Path(trial["run"]).parent == Path("tried/small")
    assert report["command"].endswith(" 'train.optimizer={SGD: 0.1}' --runs tried")


class _Interrupted(SilentProgress):
    def epoch_ended(self, row: EpochRow) -> None:
        del row
        raise Interrupted(130, "kept")


@pytest.mark.slow
def test_an_interrupted_tuning_names_the_best_so_far(
    folder: Path, archcli: Archcli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its table and its command, then how it ended."""
    trials = iter([SilentProgress(), _Interrupted()])

    @contextmanager
    def show(*_: object, **__: object) -> Iterator[Progress]:
        yield next(trials)

    monkeypatch.setattr("archcli.cli.live.show_passing_progress", show)

    done = archcli("tune", "small.yaml", cwd=folder)

    assert done.status == 130
    assert "trials  1, interrupted; 20 were wanted" in done.out
    kept, resume, following = done.err.splitlines()[-3:]
    assert kept == "kept"
    assert resume.startswith("to end that trial: archcli resume runs/small/2-")
    assert following.startswith("next: archcli train small.yaml model.layers.0.units=")


def test_a_recipe_that_tunes_nothing_is_refused(archcli: Archcli, tmp_path: Path) -> None:
    """With what to write, and no run is made."""
    done = archcli("tune", "mlp-wine", "--runs", tmp_path / "runs", cwd=tmp_path)

    assert done.status == 2
    assert done.err.startswith("error[nothing-to-tune]: `mlp-wine` does not say what to tune\nhint: such as `tune: ")
    assert not (tmp_path / "runs").exists()
