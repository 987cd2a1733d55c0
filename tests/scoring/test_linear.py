"""Baselines that are fitted are those of scikit-learn's own pipelines, and of a series that is known."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from archcli.scoring.linear import fit_autoregression, fit_logistic, fit_ridge

RANDOM = np.random.default_rng(0)
TRAINING = RANDOM.normal(5, 3, (200, 4)).astype("float32")
ASKED = RANDOM.normal(5, 3, (20, 4)).astype("float32")


def test_logistic_regression_is_scikit_learns() -> None:
    """On scaled features, the probabilities of all classes; one that was never seen gets none."""
    labels = (TRAINING[:, 0] > 5).astype("int32") + 2 * (TRAINING[:, 1] > 7)

    found = fit_logistic(TRAINING, labels, ASKED, classes=5)

    expected = make_pipeline(StandardScaler(), LogisticRegression()).fit(TRAINING, labels).predict_proba(ASKED)
    np.testing.assert_allclose(found[:, :4], expected, atol=2e-3)
    assert found[:, 4].tolist() == [0] * 20


def test_one_class_in_training_is_always_told() -> None:
    """There is nothing to fit."""
    assert fit_logistic(TRAINING, np.ones(200, "int32"), ASKED, classes=2).tolist() == [[0, 1]] * 20


def test_ridge_is_scikit_learns() -> None:
    """A column that never changes is as good as none."""
    training, asked = (
        np.concatenate([part, np.full((len(part), 1), 7, "float32")], axis=1) for part in (TRAINING, ASKED)
    )
    numbers = TRAINING @ np.ones((4, 2)) + RANDOM.normal(size=(200, 2))

    found = fit_ridge(training, numbers, asked)

    expected = make_pipeline(StandardScaler(), Ridge()).fit(TRAINING, numbers).predict(ASKED)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_autoregression_is_least_squares_with_a_constant() -> None:
    """Each step ahead by itself."""
    following = TRAINING @ RANDOM.normal(size=(4, 3)) + 2 + RANDOM.normal(size=(200, 3))

    found = fit_autoregression(TRAINING, following, ASKED)

    np.testing.assert_allclose(found, LinearRegression().fit(TRAINING, following).predict(ASKED), rtol=1e-4)


def test_a_linear_series_is_continued_exactly() -> None:
    """What follows x[t] = 1.6 x[t-1] - 0.9 x[t-2] is known."""
    series = [1.0, 0.5]
    for _ in range(100):
        series.append(1.6 * series[-1] - 0.9 * series[-2])
    windows = np.array([series[at : at + 2] for at in range(90)])
    following = np.array([series[at + 2 : at + 4] for at in range(90)])

    found = fit_autoregression(windows[:60], following[:60], windows[60:])

    assert found == pytest.approx(following[60:], abs=1e-5)
