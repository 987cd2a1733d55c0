"""Baselines that need no fitting are scikit-learn's dummies, and the last value of a series."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import f1_score, log_loss, mean_absolute_error, r2_score

from archcli.commands.baselines import flat_scores, simple_baselines, training_means
from archcli.commands.scored import Scored
from archcli.commands.scores import score_answers
from archcli.recipe.facts import InputFacts, TargetFacts

RANDOM = np.random.default_rng(0)
INPUTS = {"x": InputFacts("x", (4,), ("x",))}


def test_the_largest_class_is_scikit_learns_dummy() -> None:
    """It tells the training shares, which decide what is told and how surprising the truth is."""
    training, truth = RANDOM.choice(3, 100, p=[0.5, 0.3, 0.2]), RANDOM.integers(0, 3, 30)
    counts = tuple(np.bincount(training).tolist())
    scored = Scored(INPUTS, {"kind": TargetFacts("kind", "category", (), ("kind",), ("a", "b", "c"), counts)})
    part = score_answers({"kind": np.eye(3, dtype="float32")[truth]}, {"kind": truth}, scored, part="test")

    found = flat_scores(simple_baselines(part, {}, scored, means={}, examples=100))["majority_class"]

    dummy = DummyClassifier(strategy="prior").fit(np.zeros((100, 1)), training)
    told = dummy.predict(np.zeros((30, 1)))
    assert found["accuracy"] == (told == truth).mean()
    assert found["f1_macro"] == pytest.approx(f1_score(truth, told, average="macro"))
    assert found["log_loss"] == pytest.approx(log_loss(truth, dummy.predict_proba(np.zeros((30, 1)))), rel=1e-6)
    assert found["roc_auc"] == 0.5


def test_the_mean_is_scikit_learns_dummy() -> None:
    """Of each column; the model itself has another target's name before its scores."""
    training, truth = RANDOM.normal(5, 2, (100, 2)), RANDOM.normal(5, 2, (30, 2))
    kind = TargetFacts("kind", "category", (), ("kind",), ("a", "b"), (1, 3))
    scored = Scored(INPUTS, {"size": TargetFacts("size", "number", (2,), ("w", "h")), "kind": kind})
    answers = {"size": truth.astype("float32"), "kind": np.full((30, 2), 0.5, "float32")}
    part = score_answers(answers, {"size": truth, "kind": RANDOM.integers(0, 2, 30)}, scored, part="test")
    means = training_means({"size": training, "kind": np.zeros(100)}, scored)

    found = flat_scores(simple_baselines(part, {}, scored, means=means, examples=100))

    told = DummyRegressor().fit(np.zeros((100, 1)), training).predict(np.zeros((30, 1)))
    assert set(found) == {"mean", "majority_class"}
    assert found["mean"]["size.mae"] == pytest.approx(mean_absolute_error(truth, told))
    assert found["mean"]["size.r2"] == pytest.approx(r2_score(truth, told))
    assert "kind.accuracy" in found["majority_class"]


def test_each_label_is_told_by_its_share() -> None:
    """One that most training examples have is told always, the others never."""
    target = TargetFacts("genres", "multilabel", (2,), ("genres",), ("a", "b"), (80, 10), separator=",")
    scored = Scored(INPUTS, {"genres": target})
    truth = np.array([[1, 0], [1, 1], [0, 0], [1, 0]])
    part = score_answers({"genres": truth.astype("float32")}, {"genres": truth}, scored, part="test")

    found = flat_scores(simple_baselines(part, {}, scored, means={}, examples=100))["majority_class"]

    told = np.array([[1, 0]] * 4)
    assert found["f1_micro"] == pytest.approx(f1_score(truth, told, average="micro"))
    assert found["subset_accuracy"] == 0.5


def test_the_last_value_that_is_known_stays() -> None:
    """Where the last one is missing the one before, and of none what the model takes."""
    windows = np.array([[[1], [2]], [[3], [np.nan]], [[np.nan], [np.nan]]], "float32")
    past = InputFacts("past", (2, 1), ("load",), kind="series", fill=(7.0,))
    scored = Scored({"past": past}, {"next": TargetFacts("next", "number", (1,), ("load",), is_series=True)})
    truth = np.array([[2], [3], [7]], "float32")
    part = score_answers({"next": truth + 1}, {"next": truth}, scored, part="test")

    found = flat_scores(simple_baselines(part, {"past": windows}, scored, means={}, examples=3))

    assert found["persistence"]["mae"] == 0


def test_the_last_value_of_a_series_stays() -> None:
    """Of the column that is told, wherever it stands in the window."""
    window = InputFacts("past", (3, 2), ("wind", "load"), kind="series")
    target = TargetFacts("next", "number", (2,), ("load",), is_series=True)
    scored = Scored({"past": window}, {"next": target})
    past, truth = RANDOM.normal(size=(10, 3, 2)), RANDOM.normal(size=(10, 2))
    part = score_answers({"next": truth.astype("float32")}, {"next": truth}, scored, part="test")

    found = flat_scores(simple_baselines(part, {"past": past}, scored, means={"next": (0.0, 0.0)}, examples=100))

    assert set(found) == {"mean", "persistence"}
    last = np.repeat(past[:, -1, 1:], 2, axis=1)
    assert found["persistence"]["mae"] == pytest.approx(mean_absolute_error(truth, last))


def test_what_comes_next_at_each_step_is_what_is_there() -> None:
    """A target that is an input one step early; the last step, which nothing follows, does not count."""
    given = InputFacts("value", (5, 1), ("value",))
    target = TargetFacts("next", "number", (5, 1), (), padded=True, shift_of="value", shift_by=-1)
    scored = Scored({"value": given}, {"next": target})
    values = RANDOM.normal(size=(8, 5, 1))
    truth = np.concatenate([values[:, 1:], np.full((8, 1, 1), np.nan)], axis=1)
    part = score_answers({"next": np.zeros((8, 5, 1), "float32")}, {"next": truth}, scored, part="test")

    found = flat_scores(simple_baselines(part, {"value": values}, scored, means={}, examples=100))

    assert found["persistence"]["mae"] == pytest.approx(np.abs(np.diff(values, axis=1)).mean())


def test_means_are_over_the_steps_that_are_there() -> None:
    """Numbers at each step have one mean a column."""
    target = TargetFacts("y", "number", (2, 1), ("y",), padded=True)
    truth = np.array([[[1.0], [3.0]], [[5.0], [np.nan]]])

    assert training_means({"y": truth}, Scored(INPUTS, {"y": target})) == {"y": (3.0,)}
