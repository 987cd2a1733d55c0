"""A run with two inputs and two targets: every command tells them apart by name."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
name: flats
data:
  source: {csv: flats.csv}
  inputs: {sizes: {numeric: {columns: [rooms, area], scale: standard}}, place: {numeric: [north, east]}}
  targets: {kind: category, price: {number: {scale: standard}}}
  split: {validation: 0.2, test: 0.2}
model:
  nodes:
    both: {layers: [Concatenate, Dense: {units: 8, activation: relu}], from: [sizes, place]}
    kind: {Dense: $classes, from: both}
    price: {Dense: 1, from: both}
    code: {Dense: 2, from: both}
  outputs: {kind: kind, price: price, code: null}
train:
  epochs: 3
  batch_size: 16
  loss_weights: {price: 0.5}
  monitor: val_price_loss
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recipe and its data."""
    folder = tmp_path_factory.mktemp("flats")
    numbers = np.random.default_rng(0).normal(size=(160, 4)).round(3)
    rows = [
        f"{a},{b},{c},{d},{('flat', 'house', 'shed')[int(a > 0) + int(b > 0)]},{100 + 10 * a + 5 * c:.3f}"
        for a, b, c, d in numbers
    ]
    (folder / "flats.csv").write_text("\n".join(["rooms,area,north,east,kind,price", *rows]) + "\n", encoding="utf-8")
    (folder / "flats.yaml").write_text(RECIPE, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("pictures")
def test_a_run_of_two_targets_from_start_to_end(folder: Path, archcli: Archcli) -> None:
    """Trained, resumed, scored, asked and exported, each target under its own name."""
    assert archcli("train", "flats.yaml", "--quiet", cwd=folder).status == 0
    run = next((folder / "runs" / "flats").glob("1-*"))

    _check_files(run)
    assert archcli("resume", run, "--epochs", "4", "--quiet", cwd=folder).status == 0
    history = [json.loads(line) for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(history) == 4
    assert {"loss", "kind_loss", "price_loss", "kind_accuracy", "val_price_loss"} <= set(history[0])
    assert history[0]["loss"] == pytest.approx(history[0]["kind_loss"] + 0.5 * history[0]["price_loss"], rel=1e-5)

    evaluated = json.loads(archcli("evaluate", run, "--json", cwd=folder).out)
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert evaluated["scores"] == pytest.approx(metrics["scores"]["test"])
    assert set(evaluated["targets"]) == {"kind", "price"}
    assert evaluated["main"] == "kind.accuracy"

    told = list(csv.DictReader(io.StringIO(archcli("predict", run, "flats.csv", "--quiet", cwd=folder).out)))
    assert list(told[0]) == [
        "row",
        "kind",
        *(f"kind: probability of {name}" for name in ("flat", "house", "shed")),
        *("price", "code 0", "code 1"),
    ]
    assert 70 < np.mean([float(row["price"]) for row in told]) < 130
    assert archcli("export", run, "--format", "saved_model", "--quiet", cwd=folder).status == 0
    labels = run / "export" / "saved_model" / "assets.extra" / "kind_labels.txt"
    assert labels.read_text(encoding="utf-8") == "flat\nhouse\nshed\n"


def _check_files(run: Path) -> None:
    metrics = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["main"] == "kind.accuracy"
    assert {"kind.accuracy", "price.r2"} <= set(metrics["scores"]["test"])
    plots = {plot.name for plot in (run / "plots").iterdir()}
    assert plots == {
        *("learning_curves.png", "confusion_matrix_kind.png", "roc_and_precision_recall_kind.png"),
        *("calibration_kind.png", "predictions_price.png", "residuals_price.png"),
    }


def test_the_summary_of_a_graph_says_what_each_layer_reads(folder: Path, archcli: Archcli) -> None:
    """A column for that, and a line for each input and output."""
    shown = archcli("summary", "flats.yaml", "--quiet", cwd=folder)

    assert shown.out == (
        "layer        class        reads         output      parameters\n"
        "concatenate  Concatenate  sizes, place  (batch, 4)           0\n"
        "dense        Dense        concatenate   (batch, 8)          40\n"
        "dense_3      Dense        dense         (batch, 2)          18\n"
        "dense_1      Dense        dense         (batch, 3)          27\n"
        "dense_2      Dense        dense         (batch, 1)           9\n"
        "\n"
        "recipe        flats\n"
        "built as      functional\n"
        "input sizes   (batch, 2)\n"
        "input place   (batch, 2)\n"
        "output kind   classification, loss SparseCategoricalCrossentropy\n"
        "output price  regression, loss MeanSquaredError\n"
        "parameters    94, 18 of them fixed\n"
    )
