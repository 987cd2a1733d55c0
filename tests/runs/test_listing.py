"""All runs in a few numbers."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import TYPE_CHECKING

from archcli.runs.directory import Run, create_run
from archcli.runs.history import History
from archcli.runs.listing import list_runs
from archcli.runs.metrics import RunMetrics, read_metrics, write_metrics
from archcli.runs.status import claim_run

if TYPE_CHECKING:
    from pathlib import Path

METRICS = RunMetrics(
    epochs=40,
    best_epoch=31,
    monitor="val_loss",
    best_value=0.25,
    main="accuracy",
    scores={"validation": {"accuracy": 0.5}, "test": {"loss": math.nan, "accuracy": 0.975}},
    confusion=[[1, 0], [0, 1]],
)


def test_a_finished_run_shows_its_test_score(run: Run) -> None:
    """The main score on the test examples, and the best epoch."""
    with claim_run(run, monitor="val_loss", mode="min"):
        write_metrics(run, METRICS)

    (summary,) = list_runs(run.path.parent.parent)

    assert (summary.run, summary.state, summary.epochs) == (run, "finished", 40)
    assert (summary.monitor, summary.best_epoch, summary.best_value) == ("val_loss", 31, 0.25)
    assert (summary.score_name, summary.test_score) == ("accuracy", 0.975)


def test_a_run_under_way_shows_what_it_has_reached(run: Run) -> None:
    """A finished run that is resumed does not show its former score."""
    write_metrics(run, METRICS)

    with claim_run(run, monitor="val_loss", mode="min"), History(run) as history:
        for epoch, loss in enumerate([0.5, 0.25, 0.75], start=1):
            history.append(epoch, {"loss": loss, "val_loss": loss})
        history.flush()
        (summary,) = list_runs(run.path.parent.parent)

    assert (summary.state, summary.epochs, summary.best_epoch, summary.best_value) == ("running", 3, 2, 0.25)
    assert (summary.score_name, summary.test_score) == (None, None)


def test_a_run_without_an_epoch_has_no_best(run: Run) -> None:
    """What is not known yet is None, not a number."""
    (summary,) = list_runs(run.path.parent.parent)

    assert (summary.state, summary.epochs, summary.best_epoch, summary.best_value) == ("interrupted", 0, None, None)


def test_runs_are_sorted_by_recipe_then_number(tmp_path: Path) -> None:
    """What is no run is passed over, and a missing root has none."""
    for name in ("xor", "digits", "xor"):
        create_run(tmp_path, name)
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    (tmp_path / "xor" / "3-20261123-143015").mkdir()

    assert [summary.run.name for summary in list_runs(tmp_path)] == ["digits/1", "xor/1", "xor/2"]
    assert list_runs(tmp_path / "nowhere") == []


def test_metrics_come_back_as_they_were_written(run: Run) -> None:
    """NaN passes through null."""
    write_metrics(run, METRICS)

    read = read_metrics(run)

    assert read is not None
    assert math.isnan(read.scores["test"]["loss"])
    assert (read.epochs, read.scores["test"]["accuracy"], read.confusion) == (40, 0.975, [[1, 0], [0, 1]])


def test_metrics_of_something_else_are_none(run: Run) -> None:
    """A file of that name that this program did not write is not shown."""
    run.metrics.write_text('{"epochs": 3}', encoding="utf-8")

    assert read_metrics(run) is None


def test_listing_imports_nothing_heavy() -> None:
    """`runs list` answers at once: no arrays, no plots, no TensorFlow."""
    code = (
        "import sys, archcli.runs.listing, archcli.runs.history, archcli.runs.environment;"
        "print(sorted({'numpy', 'matplotlib', 'keras', 'tensorflow', 'rich'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
