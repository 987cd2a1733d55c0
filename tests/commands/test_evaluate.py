"""`evaluate`: scores, what they are judged by, what it keeps, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

if TYPE_CHECKING:
    from tests.conftest import Archcli

TABLE = """
archcli: 1
name: flowers
data:
  source: {csv: flowers.csv}
  inputs: {given: {numeric: {columns: [a, b], scale: standard}}}
  targets: {kind: category}
  split: {validation: 0.2, test: 0.3}
model: {layers: [Dense: $classes]}
train: {epochs: 4, batch_size: 16, optimizer: {Adam: 0.1}}
"""
SERIES = """
archcli: 1
name: load
data:
  source: {csv: load.csv}
  inputs: {past: {series: {columns: load, window: 4, scale: standard}}}
  targets: {ahead: {series: {columns: load, horizon: 3, scale: standard}}}
  split: {validation: 0.2, test: 0.2, time: true}
model: {layers: [Flatten, Dense: $horizon]}
train: {epochs: 2, batch_size: 16}
"""


def _series() -> np.ndarray:
    random, values = np.random.default_rng(0), [0.0, 1.0]
    for _ in range(300):
        values.append(1.6 * values[-1] - 0.9 * values[-2] + random.normal(0, 0.1))
    return np.array(values).round(4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two recipes and their data."""
    folder = tmp_path_factory.mktemp("evaluate")
    numbers = np.random.default_rng(0).normal(size=(200, 2)).round(3)
    rows = [f"{a},{b},{'high' if a + b > 0 else 'low'}" for a, b in numbers]
    (folder / "flowers.csv").write_text("\n".join(["a,b,kind", *rows]) + "\n", encoding="utf-8")
    (folder / "new.csv").write_text("\n".join(["a,b,kind", *rows[:20]]) + "\n", encoding="utf-8")
    (folder / "high.csv").write_text("a,b,kind\n1,1,high\n-1,-1,high\n", encoding="utf-8")
    (folder / "flowers.yaml").write_text(TABLE, encoding="utf-8")
    (folder / "load.csv").write_text("load\n" + "\n".join(map(str, _series())) + "\n", encoding="utf-8")
    (folder / "load.yaml").write_text(SERIES, encoding="utf-8")
    return folder


@pytest.fixture
def flowers(folder: Path, archcli: Archcli) -> Path:
    """The run of the table; it is trained once."""
    if not (folder / "runs" / "flowers").exists():
        assert archcli("train", "flowers.yaml", "--quiet", cwd=folder).status == 0
    return next((folder / "runs" / "flowers").glob("1-*"))


@pytest.fixture
def load(folder: Path, archcli: Archcli) -> Path:
    """The run of the series; it is trained once."""
    if not (folder / "runs" / "load").exists():
        assert archcli("train", "load.yaml", "--quiet", cwd=folder).status == 0
    return next((folder / "runs" / "load").glob("1-*"))


def evaluated(archcli: Archcli, folder: Path, *arguments: str | Path) -> Any:
    """Return the report as JSON."""
    done = archcli("evaluate", *arguments, "--json", cwd=folder)
    assert done.status == 0, done.err
    return json.loads(done.out)


@pytest.mark.usefixtures("pictures")
def test_training_writes_scores_intervals_and_cheap_baselines(flowers: Path) -> None:
    """All of it of the test part, in `metrics.json`, beside the scores of every part."""
    metrics = json.loads((flowers / "metrics.json").read_text(encoding="utf-8"))

    assert metrics["evaluated_on"] == "test"
    assert set(metrics["baselines"]) == {"majority_class"}
    low, high = metrics["intervals"]["accuracy"]
    assert low <= metrics["scores"]["test"]["accuracy"] <= high
    assert metrics["targets"]["kind"]["confusion"] == metrics["confusion"]
    assert {plot.name for plot in (flowers / "plots").iterdir()} == {
        *("learning_curves.png", "confusion_matrix.png", "roc_and_precision_recall.png", "calibration.png")
    }


@pytest.mark.usefixtures("pictures")
def test_evaluation_is_kept_in_the_run(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """Numbers and pictures in a folder of its own; the next one does not touch it."""
    first = evaluated(archcli, folder, flowers)
    second = evaluated(archcli, folder, flowers, "--part", "validation", "--no-baselines")

    kept = Path(first["kept"])
    assert kept.parent == flowers / "evaluations"
    assert (kept.name[1:], Path(second["kept"]).name[1:]) == ("-test", "-validation")
    assert {file.name for file in kept.iterdir()} == {
        *("metrics.json", "confusion_matrix.png", "roc_and_precision_recall.png", "calibration.png")
    }
    written = json.loads((kept / "metrics.json").read_text(encoding="utf-8"))
    assert written == {"run": "flowers/1", **{name: first[name] for name in written if name != "run"}}
    assert set(first["baselines"]) == {"majority_class", "logistic_regression"}
    assert second["baselines"] == {}


def test_a_run_that_cannot_be_written_is_evaluated_all_the_same(
    flowers: Path, folder: Path, tmp_path: Path, archcli: Archcli
) -> None:
    """What cannot be kept is shown, and a note says that it is not kept."""
    copy = tmp_path / flowers.name
    shutil.copytree(flowers, copy, ignore=shutil.ignore_patterns("evaluations"))
    (copy / "evaluations").write_text("in the way", encoding="utf-8")

    told = evaluated(archcli, folder, copy, "--no-baselines")

    assert told["kept"] is None
    assert told["notes"] == [f"nothing is kept: `{copy / 'evaluations'}` cannot be written: file exists"]
    assert told["scores"]["accuracy"] > 0.5


def test_new_data_are_compared_with_the_same_baselines(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """They are fitted on what the run was trained on, which is read again."""
    told = evaluated(archcli, folder, flowers, "new.csv")

    assert (told["part"], told["examples"]) == ("new.csv", 20)
    assert told["baselines"]["logistic_regression"]["accuracy"] > 0.9
    assert told["notes"] == []


def test_training_data_that_are_gone_are_no_reason_not_to_score(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """What needs no fitting is there all the same, and a note says what is not."""
    (folder / "flowers.csv").rename(folder / "elsewhere.csv")
    try:
        told = evaluated(archcli, folder, flowers, "new.csv")
    finally:
        (folder / "elsewhere.csv").rename(folder / "flowers.csv")

    assert set(told["baselines"]) == {"majority_class"}
    assert len(told["notes"]) == 1
    assert told["notes"][0].startswith("no linear model is fitted: ")


def test_one_class_alone_leaves_scores_out(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """With a note, and never NaN or null in their place."""
    told = evaluated(archcli, folder, flowers, "high.csv")

    assert "roc_auc" not in told["scores"]
    assert all(isinstance(value, float) for value in told["scores"].values())
    assert told["notes"] == [
        "`roc_auc` and `pr_auc` are left out: every example is `high`",
        "no score has an interval: 2 examples are fewer than 10",
    ]


def test_the_worst_mistakes_are_rows_of_the_file(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """The row, the truth, the answer, and how sure it was; as many as are asked for."""
    told = evaluated(archcli, folder, flowers, "high.csv", "--mistakes", "1")

    (mistake,) = told["targets"]["kind"]["mistakes"]
    assert (mistake["row"], mistake["truth"], mistake["answer"]) == (2, "high", "low")
    assert mistake["confidence"] > 0.5
    assert evaluated(archcli, folder, flowers, "high.csv", "--mistakes", "0")["targets"]["kind"]["mistakes"] == []


def test_a_threshold_that_is_missed_ends_with_status_5(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """After the scores, so that a script sees both; with `--json` there is one document on standard output."""
    asked = ("--fail-under", "accuracy=0.5", "--fail-under", "roc_auc=1.5", "--fail-over", "log_loss=1e-9")

    done = archcli("evaluate", flowers, *asked, "--json", "--quiet", cwd=folder)

    told = json.loads(done.out)
    assert done.status == 5
    assert len(told["missed"]) == 2
    assert told["missed"][0] == f"`roc_auc` is {told['scores']['roc_auc']:.6g}, expected at least 1.5"
    assert done.err.count("error[threshold-missed]: ") == 2


def test_a_threshold_that_is_met_ends_well(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """And the next command is named as ever."""
    done = archcli("evaluate", flowers, "--fail-under", "accuracy=0.1", "--fail-over", "log_loss=50", cwd=folder)

    assert done.status == 0
    assert done.err.startswith("next: archcli export ")


def test_a_score_that_there_is_not_is_a_mistake_of_the_command_line(
    flowers: Path, folder: Path, archcli: Archcli
) -> None:
    """It is found before anything is run, with the near name."""
    done = archcli("evaluate", flowers, "--fail-under", "acuracy=0.9", cwd=folder)

    assert (done.status, done.out) == (2, "")
    assert done.err == (
        "error[unknown-score]: there is no score `acuracy` of this run\n"
        "hint: did you mean `accuracy`?\n\n"
        "1 problem; for more: archcli explain unknown-score\n"
    )


@pytest.mark.usefixtures("pictures")
def test_a_series_is_compared_step_by_step(load: Path, folder: Path, archcli: Archcli) -> None:
    """With the last value, and with a linear autoregression on the same window, scikit-learn's to the digits shown."""
    told = evaluated(archcli, folder, load)

    assert set(told["baselines"]) == {"mean", "persistence", "linear_autoregression"}
    steps = told["targets"]["ahead"]["steps"]
    assert [one["step"] for one in steps] == [1, 2, 3]
    data = json.loads((load / "data.json").read_text(encoding="utf-8"))
    series = _series()
    windows = np.stack([series[at : at + 4] for at in range(len(series) - 6)])
    ahead = np.stack([series[at + 4 : at + 7] for at in range(len(series) - 6)])
    training, test = data["examples"]["training"], data["examples"]["test"]
    answers = LinearRegression().fit(windows[:training], ahead[:training]).predict(windows[-test:])
    for step, one in enumerate(steps):
        expected = mean_absolute_error(ahead[-test:, step], answers[:, step])
        assert one["baselines"]["linear_autoregression"]["mae"] == pytest.approx(expected, rel=1e-3)
        expected = mean_absolute_error(ahead[-test:, step], windows[-test:, -1])
        assert one["baselines"]["persistence"]["mae"] == pytest.approx(expected, rel=1e-4)
    assert "horizon.png" in {plot.name for plot in Path(told["kept"]).iterdir()}


def test_what_is_shown_are_tables(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """Of scores, classes and mistakes, then where it is kept."""
    done = archcli("evaluate", flowers, "high.csv", cwd=folder)

    lines = done.out.splitlines()
    assert lines[0] == "high.csv  2 examples"
    assert lines[2].split() == ["score", "model", "95", "%", "interval", "majority_class", "logistic_regression"]
    assert lines[3].split()[:2] == ["accuracy", "0.5000"]
    assert "class  precision  recall      f1  roc_auc  pr_auc  examples" in lines
    assert "worst: row  true  told  confidence" in lines
    assert lines[-1].startswith("kept  ")


def test_part_and_data_are_one_too_many(flowers: Path, folder: Path, archcli: Archcli) -> None:
    """They say two different things."""
    done = archcli("evaluate", flowers, "new.csv", "--part", "test", cwd=folder)

    assert done.status == 2
    assert "say two different things" in done.err
