"""Every shipped recipe, trained as shipped, reaches its number; and what a run leaves behind keeps its promises."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits

from archcli.cli.app import main
from archcli.recipe.gallery import GalleryRecipe, list_gallery
from archcli.recipe.json_schema import EDITOR_HEADER

if TYPE_CHECKING:
    from tests.conftest import Archcli

RUN_FILES = {
    "recipe.yaml",
    "resolved.yaml",
    "command.txt",
    "environment.json",
    "data.json",
    "summary.txt",
    "history.jsonl",
    "history.csv",
    "metrics.json",
    "log.txt",
    "status.json",
    "model.keras",
    "checkpoints/last.npz",
    "checkpoints/best.npz",
    "plots/learning_curves.png",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all runs of this module."""
    return tmp_path_factory.mktemp("gallery") / "runs"


UNFETCHED = {"lenet-5"}
"""Recipes whose data are fetched: they are not trained here."""

TRAINED = [recipe for recipe in list_gallery() if recipe.name not in UNFETCHED]


@pytest.fixture(scope="module")
def reports(runs: Path, drawn: Callable[[], contextlib.AbstractContextManager[None]]) -> Mapping[str, Any]:
    """What `train --json` says of every shipped recipe; each is trained when it is first asked for."""
    return Reports(runs, drawn)


class Reports(dict[str, Any]):
    """Reports by recipe, made on demand, one after another in this process."""

    def __init__(self, runs: Path, drawn: Callable[[], contextlib.AbstractContextManager[None]]) -> None:
        super().__init__()
        self._runs = runs
        self._drawn = drawn

    def __missing__(self, name: str) -> Any:
        out = io.StringIO()
        keras.backend.clear_session()
        pictures = self._drawn() if name == "cnn-digits" else contextlib.nullcontext()  # of one they are looked at
        with pictures, contextlib.redirect_stdout(out), pytest.raises(SystemExit) as stopped:
            main(["train", name, "--runs", str(self._runs), "--json", "--quiet"])
        assert not stopped.value.code, name
        self[name] = json.loads(out.getvalue())
        return self[name]


@pytest.mark.slow
@pytest.mark.parametrize("recipe", TRAINED, ids=lambda recipe: recipe.name)
def test_shipped_recipe_keeps_its_promise(recipe: GalleryRecipe, reports: Mapping[str, Any]) -> None:
    """The score on examples that were held back is on the right side of the bound that its opening comment gives."""
    expected = recipe.expectation
    assert expected is not None
    report = reports[recipe.name]

    score = report["scores"][report["evaluated_on"]][expected.score]

    assert score >= expected.bound if expected.at_least else score <= expected.bound


@pytest.mark.parametrize("recipe", list_gallery(), ids=lambda recipe: recipe.name)
def test_shipped_recipe_opens_for_editors_and_readers(recipe: Any) -> None:
    """It begins with the line that editors look for and a comment that names the command."""
    lines = recipe.path.read_text(encoding="utf-8").splitlines()

    assert lines[0] == EDITOR_HEADER
    assert f"#     archcli train {recipe.name}" in lines
    assert recipe.summary.startswith("#") is False
    assert len(recipe.summary) > 20


@pytest.mark.parametrize("recipe", list_gallery(), ids=lambda recipe: recipe.name)
def test_copy_of_a_shipped_recipe_is_whole(recipe: GalleryRecipe, archcli: Archcli, tmp_path: Path) -> None:
    """What it extends and the text that it reads go along, so that the copy checks by itself."""
    assert archcli("recipes", "copy", recipe.name, tmp_path / "mine.yaml").status == 0

    done = archcli("check", "mine.yaml", cwd=tmp_path)

    assert (done.status, "no problems" in done.out) == (0, True)


def test_run_directory_is_whole(reports: Mapping[str, Any]) -> None:
    """Every file of the contract is there, and nothing half-written beside it."""
    run = Path(reports["cnn-digits"]["run"])

    files = {str(file.relative_to(run)) for file in run.rglob("*") if file.is_file() and file.name != ".lock"}

    pictures = ("confusion_matrix", "roc_and_precision_recall", "calibration")
    assert files == RUN_FILES | {f"plots/{picture}.png" for picture in pictures}


def test_history_says_the_same_in_both_forms(reports: Mapping[str, Any]) -> None:
    """The CSV and the JSON lines hold the same epochs with the same numbers."""
    run = Path(reports["mlp-wine"]["run"])

    lines = [json.loads(line) for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    with (run / "history.csv").open(newline="", encoding="utf-8") as file:
        rows = [{name: float(cell) for name, cell in row.items()} for row in csv.DictReader(file)]

    assert rows == lines
    assert [row["epoch"] for row in rows] == list(range(1, reports["mlp-wine"]["epochs"] + 1))


def test_resolved_recipe_reproduces_the_numbers_exactly(
    reports: Mapping[str, Any], archcli: Archcli, tmp_path: Path
) -> None:
    """`resolved.yaml` fed back to `train` gives the same history and the same scores, to the last bit."""
    first = reports["mlp-breast-cancer"]
    resolved = str(Path(first["run"]) / "resolved.yaml")

    again = json.loads(archcli("train", resolved, "--runs", str(tmp_path / "runs"), "--json", "--quiet").out)

    assert again["scores"] == first["scores"]
    histories = [(Path(report["run"]) / "history.jsonl").read_text(encoding="utf-8") for report in (first, again)]
    assert histories[0] == histories[1]


def test_evaluate_gives_what_train_reported(reports: Mapping[str, Any], runs: Path, archcli: Archcli) -> None:
    """The saved model scores on each part what `train` said it did."""
    for name in ("cnn-digits", "mlp-diabetes", "mlp-breast-cancer"):
        assert reports[name]["run"]
        for part in ("training", "validation", "test"):
            told = json.loads(archcli("evaluate", name, "--on", part, "--runs", str(runs), "--json").out)

            assert told["scores"] == reports[name]["scores"][part]


def test_saved_model_takes_raw_features_in_a_fresh_interpreter(reports: Mapping[str, Any], tmp_path: Path) -> None:
    """Nothing but Keras and `archcli.layers` is needed for raw values in, probabilities out, and the class names."""
    report = reports["mlp-breast-cancer"]
    raw = load_breast_cancer()
    np.savez(tmp_path / "raw.npz", inputs=raw.data.astype(np.float32))
    code = f"""
import archcli.layers, keras, numpy, sys
model = keras.saving.load_model({str(Path(report["run"]) / "model.keras")!r})
outputs = keras.ops.convert_to_numpy(model(numpy.load({str(tmp_path / "raw.npz")!r})["inputs"]))
assert not [name for name in sys.modules if name.startswith("archcli.") and not name.startswith("archcli.layers")]
numpy.savez({str(tmp_path / "out.npz")!r}, outputs=outputs, names=model.get_layer("labels").names)
"""

    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    saved = np.load(tmp_path / "out.npz")
    told = saved["names"][(saved["outputs"][:, 0] >= 0.5).astype(int)]
    right = (told == np.where(raw.target == 0, "malignant", "benign")).sum()
    scores, sizes = report["scores"], json.loads((Path(report["run"]) / "data.json").read_text(encoding="utf-8"))
    expected = sum(scores[part]["accuracy"] * count for part, count in sizes["examples"].items())
    assert right == round(expected)


def test_predict_answers_raw_rows_with_labels(
    runs: Path, archcli: Archcli, tmp_path: Path, reports: Mapping[str, Any]
) -> None:
    """Raw images of an NPZ become labels and probabilities that sum to one, in the order of the file."""
    assert reports["cnn-digits"]["run"]
    digits = load_digits()
    np.savez(tmp_path / "new.npz", image=digits.images[:50, :, :, np.newaxis])

    done = archcli("predict", "cnn-digits", str(tmp_path / "new.npz"), "--runs", str(runs))

    rows = list(csv.DictReader(done.out.splitlines()))
    assert [int(row["row"]) for row in rows] == list(range(1, 51))
    assert np.mean([int(row["digit"]) == label for row, label in zip(rows, digits.target[:50], strict=True)]) >= 0.96
    shares = [sum(float(share) for name, share in row.items() if name.startswith("probability")) for row in rows]
    assert np.allclose(shares, 1.0, atol=1e-5)


@pytest.mark.parametrize("form", ["keras", "saved_model"])
def test_export_answers_the_same_and_its_snippet_runs(
    form: str, runs: Path, archcli: Archcli, tmp_path: Path, reports: Mapping[str, Any]
) -> None:
    """What is exported gives the model's answers to 1e-5, and the lines that are shown to the user run as they are."""
    assert reports["mlp-wine"]["run"]
    output = tmp_path / "exported"

    done = archcli("export", "mlp-wine", "--format", form, "--output", str(output), "--runs", str(runs), "--json")

    report = json.loads(done.out)
    assert report["largest_difference"] <= 1e-5
    shown = subprocess.run([sys.executable, "-c", report["snippet"]], check=True, capture_output=True, text=True)
    numbers = [float(number) for number in re.findall(r"\d\.\d+(?:e-?\d+)?", shown.stdout)]
    assert np.isclose(sum(numbers[:3]), 1.0, atol=1e-3)


def test_labels_travel_with_the_saved_model(
    runs: Path, archcli: Archcli, tmp_path: Path, reports: Mapping[str, Any]
) -> None:
    """The SavedModel carries the class names as an asset."""
    assert reports["mlp-wine"]["run"]
    archcli("export", "mlp-wine", "--output", str(tmp_path / "exported"), "--runs", str(runs))

    labels = (tmp_path / "exported" / "assets.extra" / "labels.txt").read_text(encoding="utf-8").split()

    assert labels == ["class_0", "class_1", "class_2"]
