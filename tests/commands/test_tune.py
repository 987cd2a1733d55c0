"""Tuning, as a use case: ordinary runs, ranked."""

from __future__ import annotations

import os
import shlex
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from archcli.commands.train import train
from archcli.commands.tune import Trial, TuneReport, tune
from archcli.engine.progress import EpochRow, Progress, SilentProgress
from archcli.errors import Interrupted, RecipeError, TrainingError
from archcli.recipe.tuning import Setting
from archcli.runs.status import status_of

RECIPE = """
archcli: 1
name: small
data: {source: iris}
model: {layers: [Reshape: [4], Dense: {units: 4, activation: relu}, Dropout: 0.1, Dense: $classes]}
train: {epochs: 2, batch_size: 16, compile: eager, optimizer: {SGD: {learning_rate: 0.1}}}
"""


class _Interrupting(SilentProgress):
    """Presses Ctrl-C at the end of an epoch."""

    def epoch_ended(self, row: EpochRow) -> None:
        del row
        os.kill(os.getpid(), signal.SIGINT)


class _Watcher:
    """Notes what it is told, and presses Ctrl-C in one trial."""

    def __init__(self, interrupt: int = 0) -> None:
        self.interrupt = interrupt
        self.ended: list[tuple[int, bool]] = []

    @contextmanager
    def trial(self, number: int, count: int, settings: Sequence[Setting]) -> Iterator[Progress]:
        del count, settings
        yield _Interrupting() if number == self.interrupt else SilentProgress()

    def trial_ended(self, trial: Trial, count: int, *, is_best: bool) -> None:
        del count
        self.ended.append((trial.number, is_best))


def _tune(folder: Path, space: str, *, interrupt: int = 0, trials: int = 3, more: str = "") -> TuneReport:
    path = folder / "small.yaml"
    path.write_text(f"{RECIPE}{more}\ntune: {{trials: {trials}, space: {{{space}}}}}\n", encoding="utf-8")
    return tune(str(path), runs=folder / "runs", watcher=_Watcher(interrupt))


@pytest.mark.slow
def test_a_trial_is_the_run_that_its_command_makes(tmp_path: Path) -> None:
    """The command in its directory, typed alone, gives the same history, bit for bit, and the same layers."""
    space = "model.layers.1.units: {range: [2, 9]}, train.optimizer.SGD.learning_rate: {log_range: [1e-3, 1]}"
    report = _tune(tmp_path, space, trials=2)
    last = next(trial for trial in report.trials if trial.number == 2)
    assert last.run is not None
    program, command, text, *rest = shlex.split(last.run.command.read_text(encoding="utf-8"))

    alone = train(text, rest[:-2], runs=tmp_path / "alone", command="", progress=SilentProgress())

    assert alone is not None
    assert (program, command, rest[-2:]) == ("archcli", "train", ["--runs", str(tmp_path / "runs")])
    assert alone.run.history_jsonl.read_bytes() == last.run.history_jsonl.read_bytes()
    assert alone.run.summary.read_bytes() == last.run.summary.read_bytes()
    assert alone.run.resolved.read_bytes() == last.run.resolved.read_bytes()


@pytest.mark.slow
def test_trials_are_ranked_by_the_monitored_value(tmp_path: Path) -> None:
    """Less loss is better; whoever watches hears of each, in the order of trying."""
    path = tmp_path / "small.yaml"
    path.write_text(
        RECIPE + "tune: {space: {train.optimizer.SGD.learning_rate: {choice: [1e-6, 0.1, 1e-3]}}}", encoding="utf-8"
    )
    watcher = _Watcher()

    report = tune(str(path), runs=tmp_path / "runs", watcher=watcher)

    values = [trial.value for trial in report.trials if trial.value is not None]
    assert (report.monitor, report.direction, report.held_back) == ("val_loss", "min", True)
    assert [trial.settings[0].value for trial in report.trials] == [0.1, 1e-3, 1e-6]
    assert values == sorted(values)
    assert (len(report.trials), report.wanted) == (3, 20)
    assert [number for number, _ in watcher.ended] == [1, 2, 3]
    assert report.best is report.trials[0]


@pytest.mark.slow
def test_a_metric_is_ranked_by_its_own_direction(tmp_path: Path) -> None:
    """More accuracy is better."""
    path = tmp_path / "small.yaml"
    space = "tune: {space: {train.optimizer.SGD.learning_rate: {choice: [1e-9, 0.1]}}}"
    path.write_text(RECIPE.replace("epochs: 2", "epochs: 3, monitor: val_accuracy") + space, encoding="utf-8")

    report = tune(str(path), runs=tmp_path / "runs", watcher=_Watcher())

    assert report.direction == "max"
    assert [trial.settings[0].value for trial in report.trials] == [0.1, 1e-9]


@pytest.mark.slow
def test_a_trial_that_fails_is_listed_and_the_next_one_begins(tmp_path: Path) -> None:
    """A loss that is not finite, and a shape that only Keras can judge: with what is said of them."""
    report = _tune(
        tmp_path,
        "train.optimizer.SGD.learning_rate: {choice: [1e30, 0.1]}, model.layers.0.target_shape: {choice: [[4], [3]]}",
        trials=4,
    )

    failed = {tuple(s.override[-5:] for s in trial.settings): trial for trial in report.trials if trial.value is None}
    diverged, misshapen = failed["1e+30", "e=[4]"], failed["e=0.1", "e=[3]"]
    assert report.trials[0].value is not None
    assert len(failed) == 3
    assert [problem.code for problem in diverged.problems] == ["loss-not-finite"]
    assert diverged.run is not None
    assert status_of(diverged.run).state == "failed"
    assert misshapen.run is None
    assert [problem.code for problem in misshapen.problems] == ["shape-mismatch"]


@pytest.mark.slow
def test_where_every_trial_fails_that_is_the_failure(tmp_path: Path) -> None:
    """With the command that shows more of the first one."""
    with pytest.raises(TrainingError) as raised:
        _tune(tmp_path, "train.optimizer.SGD.learning_rate: {choice: [1e30]}")

    problem = raised.value.problems[0]
    assert problem.code == "no-trial-finished"
    assert problem.message.startswith("none of 1 trials finished; of the first it is said: ")
    assert problem.hint == (
        f"train it alone: `archcli train {tmp_path}/small.yaml train.optimizer.SGD.learning_rate=1e+30 "
        f"--runs {tmp_path}/runs`"
    )


@pytest.mark.slow
def test_an_interrupted_tuning_keeps_what_it_has(tmp_path: Path) -> None:
    """Ctrl-C in the second trial: the report has the first one, and the second can be resumed."""
    report = _tune(tmp_path, "model.layers.1.units: {range: [2, 9]}", interrupt=2)

    assert [trial.number for trial in report.trials] == [1]
    assert report.interrupted is not None
    assert report.interrupted.exit_status == 130
    assert "next: archcli resume" in report.interrupted.kept


@pytest.mark.slow
def test_a_tuning_interrupted_in_its_first_trial_is_only_interrupted(tmp_path: Path) -> None:
    """There is no best so far."""
    with pytest.raises(Interrupted):
        _tune(tmp_path, "model.layers.1.units: {range: [2, 9]}", interrupt=1)


def test_without_the_section_there_is_nothing_to_tune(tmp_path: Path) -> None:
    """Or where the command line settles all of it."""
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE + "tune: {space: {train.seed: {choice: [1, 2]}}}", encoding="utf-8")

    with pytest.raises(RecipeError) as refused:
        tune(str(path), ["train.seed=3"], runs=tmp_path / "runs", watcher=_Watcher())

    problem = refused.value.problems[0]
    assert (problem.code, problem.message) == ("nothing-to-tune", f"`{path}` does not say what to tune")
    assert problem.hint == (
        "such as `tune: {space: {train.optimizer.Adam.learning_rate: {log_range: [1e-4, 1e-1]}}}` in the recipe; "
        "what is changed on the command line is not tried"
    )


def test_a_recipe_with_folds_is_tuned_on_one_of_them(tmp_path: Path) -> None:
    """The message has the command that does."""
    path = tmp_path / "small.yaml"
    folded = RECIPE.replace("source: iris", "source: iris, split: {folds: 3}")
    path.write_text(folded + "tune: {space: {train.seed: {choice: [1, 2]}}}", encoding="utf-8")

    with pytest.raises(RecipeError) as refused:
        tune(str(path), ["train.epochs=1"], runs=tmp_path / "runs", watcher=_Watcher())

    problem = refused.value.problems[0]
    assert (problem.code, problem.message) == ("folds-to-tune", f"a trial is one run, and `{path}` has 3 folds")
    assert problem.hint == f"`archcli tune {path} train.epochs=1 data.split.fold=1` tunes it on the first"
