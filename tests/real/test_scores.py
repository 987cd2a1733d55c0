"""What a user's recipe reaches on real data, beside what simple methods reach on the same examples."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from tests.real.baselines import score_autoregression, score_logistic_on_affairs, score_ridge_on_cars
from tests.real.files import (
    LAST_YEAR_KNOWN,
    copy_recipe,
    read_csv,
    read_sunspots,
    write_affairs,
    write_auto_mpg,
    write_mnist_images,
    write_sunspots,
)

if TYPE_CHECKING:
    from tests.conftest import Archcli


@pytest.mark.slow
def test_cars_in_five_folds(tmp_path: Path, archcli: Archcli) -> None:
    """Each of 392 cars is told once by a perceptron that has not seen it: R2 at least 0.87, at most 2 miles wrong."""
    write_auto_mpg(tmp_path)
    copy_recipe("auto-mpg.yaml", tmp_path)

    done = archcli("train", "auto-mpg.yaml", "--json", "--quiet", cwd=tmp_path)

    scores = json.loads(done.out)["scores"]
    assert len(json.loads(done.out)["folds"]) == 5
    assert scores["r2"]["mean"] >= 0.87
    assert scores["mae"]["mean"] <= 2.0
    assert scores["mae"]["mean"] < score_ridge_on_cars(tmp_path, seed=0)["mae"]


@pytest.mark.slow
def test_handwritten_digits(tmp_path: Path, archcli: Archcli) -> None:
    """A small convolutional network tells 975 of 1,000 digits, 100 of each, after 4,000 others."""
    write_mnist_images(tmp_path)
    copy_recipe("mnist.yaml", tmp_path)

    report = json.loads(archcli("train", "mnist.yaml", "--json", "--quiet", cwd=tmp_path).out)

    told = json.loads((tmp_path / report["run"] / "data.json").read_text(encoding="utf-8"))
    assert told["examples"] == {"training": 4000, "validation": 0, "test": 1000}
    assert set(told["classes"]["digit"]["test"].values()) == {100}
    assert report["scores"]["test"]["accuracy"] >= 0.975


@pytest.mark.slow
def test_sunspots_a_year_ahead(tmp_path: Path, archcli: Archcli) -> None:
    """The median of three networks is nearer to the years after 1920 than an autoregression of order 12."""
    write_sunspots(tmp_path)
    copy_recipe("sunspots.yaml", tmp_path)

    done = [
        json.loads(archcli("train", "sunspots.yaml", f"train.seed={seed}", "--json", "--quiet", cwd=tmp_path).out)
        for seed in range(3)
    ]

    years, _ = read_sunspots()
    described = json.loads((tmp_path / done[0]["run"] / "data.json").read_text(encoding="utf-8"))
    assert described["examples"]["test"] == (years > LAST_YEAR_KNOWN).sum()
    assert median(report["scores"]["test"]["rmse"] for report in done) < score_autoregression()["rmse"]


@pytest.mark.slow
def test_survey_with_missing_answers(tmp_path: Path, archcli: Archcli) -> None:
    """Numbers and two categories, a tenth of them missing: better told than by logistic regression with the same.

    Probabilities and ranking are better; the share of right answers is about the same, to the standard error that a
    share of 1,274 has.
    """
    write_affairs(tmp_path)
    copy_recipe("affairs.yaml", tmp_path)
    archcli("train", "affairs.yaml", "--quiet", cwd=tmp_path)

    done = archcli("evaluate", "affairs", "--file", "affairs-new.csv", "--json", cwd=tmp_path)

    scores, baseline = json.loads(done.out)["scores"], score_logistic_on_affairs(tmp_path)
    assert sum(not cell for row in read_csv(tmp_path / "affairs-new.csv") for cell in row.values()) > 900
    assert scores["log_loss"] <= baseline["log_loss"]
    assert scores["roc_auc"] >= baseline["roc_auc"]
    assert scores["accuracy"] >= baseline["accuracy"] - 0.0127
