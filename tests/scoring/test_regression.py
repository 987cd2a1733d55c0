"""Numbers are scored by scikit-learn's numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn import metrics

from archcli.scoring.regression import score_numbers

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("columns", [1, 3])
def test_scores_are_scikit_learns(columns: int) -> None:
    """Means over columns; the root is taken of the mean over all of them."""
    truth = RANDOM.normal(5, 2, (50, columns)).astype("float32")
    told = truth + RANDOM.normal(0, 1, truth.shape).astype("float32")

    scores = score_numbers(truth, told)

    expected, given = truth.astype("float64"), told.astype("float64")
    assert scores == pytest.approx(
        {
            "r2": metrics.r2_score(expected, given),
            "mae": metrics.mean_absolute_error(expected, given),
            "rmse": math.sqrt(metrics.mean_squared_error(expected, given)),
        },
        rel=1e-12,
    )


def test_a_column_that_never_changes_is_told_or_not() -> None:
    """Its variance is 0: no share of it can be explained, and scikit-learn gives 1 where all is right, else 0."""
    truth = np.full((4, 2), 3.0, "float32")
    told = np.array([[3, 3], [3, 4], [3, 3], [3, 3]], "float32")

    assert score_numbers(truth, told)["r2"] == metrics.r2_score(truth, told) == 0.5


def test_one_example_has_no_variance() -> None:
    """Its errors are numbers all the same."""
    scores = score_numbers(np.array([[1.0]], "float32"), np.array([[3.0]], "float32"))

    assert math.isnan(scores["r2"])
    assert (scores["mae"], scores["rmse"]) == (2.0, 2.0)
