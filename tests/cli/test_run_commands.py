"""What is said of a training that has ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archcli.cli.run_commands import _print_training
from archcli.commands.finishing import TrainReport
from archcli.runs.directory import Run
from archcli.runs.drawing import Undrawn

UNDRAWN = Undrawn("not drawn: learning_curves.png: no space left on device", "Traceback")


def report(folder: Path, undrawn: Undrawn | None) -> TrainReport:
    """Make the report of one epoch."""
    return TrainReport(
        run=Run(folder, "xor", 1),
        recipe_name="xor",
        epochs=1,
        best_epoch=1,
        stopped_early=False,
        monitor="loss",
        best_value=0.5,
        evaluated_on="test",
        scores={"test": {"accuracy": 1.0}},
        main="accuracy",
        parameter_count=9,
        seconds=1.0,
        examples_per_second=4.0,
        mode="graph",
        undrawn=undrawn,
    )


def test_pictures_that_are_missing_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the reason, and where there is more of it; the rest of the report is as ever."""
    _print_training(report(tmp_path, UNDRAWN), tmp_path, as_json=False, quiet=True)

    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [
        f"pictures    {UNDRAWN.message}; see {tmp_path / 'log.txt'}",
        f"run         {tmp_path}",
    ]


@pytest.mark.parametrize(("undrawn", "told"), [(None, None), (UNDRAWN, UNDRAWN.message)])
def test_json_says_it_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], undrawn: Undrawn | None, told: str | None
) -> None:
    """Null where all are there."""
    _print_training(report(tmp_path, undrawn), tmp_path, as_json=True, quiet=True)

    assert json.loads(capsys.readouterr().out)["undrawn"] == told
