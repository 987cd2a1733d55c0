"""A run with several labels an example: every command tells each label by itself."""

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
name: films
data:
  source: {csv: films.csv}
  inputs: {plot: text}
  targets: {genres: {multilabel: {separator: "|"}}}
model:
  layers:
    - Embedding: {input_dim: $vocabulary, output_dim: 8, mask_zero: true}
    - GlobalAveragePooling1D
    - Dense: $classes
train:
  epochs: 12
  optimizer: {Adam: {learning_rate: 0.05}}
  metrics: [accuracy, Precision, F1Score: {average: macro, threshold: 0.5}]
"""

WORDS = {"crime": ["police", "murder", "gun"], "love": ["kiss", "heart", "wedding"], "space": ["rocket", "moon"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recipe and plots whose words betray what they are about."""
    folder = tmp_path_factory.mktemp("films")
    random = np.random.default_rng(0)
    rows = []
    for _ in range(160):
        genres = [genre for genre in WORDS if random.random() < 0.4]
        words = [str(random.choice(WORDS[genre])) for genre in genres for _ in range(2)]
        rows.append(f"{' '.join(['once', *words, 'ago'])},{'|'.join(genres)}")
    (folder / "films.csv").write_text("\n".join(["plot,genres", *rows]) + "\n", encoding="utf-8")
    (folder / "films.yaml").write_text(RECIPE, encoding="utf-8")
    (folder / "new.csv").write_text("plot\nonce kiss heart rocket moon ago\nonce ago\n", encoding="utf-8")
    return folder


@pytest.mark.usefixtures("pictures")
def test_a_run_of_several_labels_from_start_to_end(folder: Path, archcli: Archcli) -> None:
    """Trained on logits, scored, asked and exported; the saved model needs nothing that only training had."""
    trained = archcli("train", "films.yaml", "--quiet", cwd=folder)
    assert trained.status == 0, trained.err
    run = next((folder / "runs" / "films").glob("1-*"))

    evaluated = json.loads(archcli("evaluate", run, "--json", cwd=folder).out)
    assert evaluated["main"] == "f1_micro"
    assert set(evaluated["scores"]) == {
        *("f1_micro", "f1_macro", "subset_accuracy", "hamming_loss", "roc_auc", "pr_auc")
    }
    assert evaluated["scores"]["f1_micro"] > 0.9
    target = evaluated["targets"]["genres"]
    assert [one["name"] for one in target["classes"]] == ["crime", "love", "space"]
    assert target["confusion"] is None
    plots = {path.name for path in (run / "plots").iterdir()}
    assert plots == {"learning_curves.png", "roc_and_precision_recall.png"}

    answered = list(csv.DictReader(io.StringIO(archcli("predict", run, "new.csv", cwd=folder).out)))
    assert [row["genres"] for row in answered] == ["love|space", ""]
    assert float(answered[0]["probability of love"]) > 0.5 > float(answered[0]["probability of crime"])

    exported = archcli("export", run, "--format", "saved_model", cwd=folder)
    assert exported.status == 0, exported.err
    labels = run / "export" / "saved_model" / "assets.extra" / "labels.txt"
    assert labels.read_text(encoding="utf-8") == "crime\nlove\nspace\n"
