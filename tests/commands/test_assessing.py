"""Scores with their intervals, baselines and details, as `metrics.json` and `--json` have them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score

from archcli.commands.assessing import assess, step_errors
from archcli.commands.baselines import Baselines, simple_baselines
from archcli.commands.scored import Scored
from archcli.commands.scores import score_answers
from archcli.recipe.facts import InputFacts, TargetFacts

RANDOM = np.random.default_rng(0)
INPUTS = {"past": InputFacts("past", (3, 1), ("load",), kind="series")}
KIND = TargetFacts("kind", "category", (), ("kind",), ("a", "b"), (5, 5))
SIZES = TargetFacts("size", "number", (2,), ("width", "height"))
SERIES = TargetFacts("next", "number", (2,), ("load",), is_series=True)


def test_classes_have_confusion_in_counts_and_shares_and_bins() -> None:
    """A true class without examples has shares of nothing: zeros."""
    told = np.array([[0.75, 0.25], [0.25, 0.75], [0.75, 0.25]], "float32")
    scored = Scored(INPUTS, {"kind": KIND})
    part = score_answers({"kind": told}, {"kind": np.zeros(3, int)}, scored, part="test")

    assessed = assess(part, {})

    target = assessed.data()["targets"]["kind"]
    assert target["confusion"] == [[2, 1], [0, 0]]
    assert target["confusion_shares"] == [[pytest.approx(2 / 3), pytest.approx(1 / 3)], [0, 0]]
    assert target["calibration"] == [
        {"from": 11 / 15, "to": 0.8, "examples": 3, "confidence": 0.75, "accuracy": pytest.approx(2 / 3)}
    ]
    assert (target["columns"], target["steps"]) == (None, None)
    assert assessed.notes == (
        "`roc_auc` and `pr_auc` are left out: every example is `a`",
        "no score has an interval: 3 examples are fewer than 10",
    )


def test_columns_are_scored_each_by_itself() -> None:
    """Under the names that they have in the source, when there are several."""
    truth = RANDOM.normal(5, 1, (20, 2))
    told = truth + np.array([[1, 2]])
    part = score_answers({"size": told}, {"size": truth}, Scored(INPUTS, {"size": SIZES}), part="test")

    columns = assess(part, {}).data()["targets"]["size"]["columns"]

    assert [one["column"] for one in columns] == ["width", "height"]
    assert [one["mae"] for one in columns] == pytest.approx([1, 2])


def test_steps_ahead_stand_beside_those_of_the_baselines() -> None:
    """Each by itself, since far ahead is harder."""
    past, truth = RANDOM.normal(size=(20, 3, 1)), RANDOM.normal(size=(20, 2))
    told = truth + np.array([[0.25, 1.0]])
    scored = Scored(INPUTS, {"next": SERIES})
    part = score_answers({"next": told}, {"next": truth}, scored, part="test")
    baselines = simple_baselines(part, {"past": past}, scored, means={}, examples=20)

    assessed = assess(part, baselines)

    steps = assessed.data()["targets"]["next"]["steps"]
    last = past[:, -1, 0]
    assert [(one["step"], one["mae"]) for one in steps] == [(1, pytest.approx(0.25)), (2, pytest.approx(1.0))]
    assert steps[1]["r2"] == pytest.approx(r2_score(truth[:, 1], told[:, 1]))
    assert steps[0]["baselines"]["persistence"]["mae"] == pytest.approx(mean_absolute_error(truth[:, 0], last))
    assert step_errors(part.first, baselines)["persistence"][1] == pytest.approx(np.abs(truth[:, 1] - last).mean())


def test_intervals_hold_the_scores_and_have_their_names() -> None:
    """Those of several targets stand behind the target's name."""
    kinds, sizes = RANDOM.integers(0, 2, 50), RANDOM.normal(5, 1, (50, 2))
    chances = RANDOM.dirichlet([1, 1], 50).astype("float32")
    scored = Scored(INPUTS, {"kind": KIND, "size": SIZES})
    answers = {"kind": chances, "size": sizes + RANDOM.normal(size=sizes.shape)}
    part = score_answers(answers, {"kind": kinds, "size": sizes}, scored, part="test")

    found = assess(part, {}).intervals

    assert set(found) == {
        *("kind.accuracy", "kind.balanced_accuracy", "kind.f1_macro", "kind.log_loss"),
        *("size.r2", "size.mae", "size.rmse", "size.mape"),
    }
    assert all(low <= part.scores[name] <= high for name, (low, high) in found.items())


def test_all_of_it_is_json() -> None:
    """No number that is not finite, whatever is undefined."""
    scored = Scored(INPUTS, {"kind": KIND, "size": SIZES})
    truth = {"kind": np.zeros(1, int), "size": np.zeros((1, 2))}
    part = score_answers({"kind": np.ones((1, 2), "float32"), "size": np.zeros((1, 2))}, truth, scored, part="test")
    baselines: Baselines = simple_baselines(part, {}, scored, means={"size": (1.0, 2.0)}, examples=10)

    text = json.dumps(assess(part, baselines).data(), allow_nan=False)

    assert json.loads(text)["baselines"]["mean"]["size.mae"] == 1.5
