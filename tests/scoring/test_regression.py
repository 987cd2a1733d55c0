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

    scores = score_numbers(truth, told).scores

    expected, given = truth.astype("float64"), told.astype("float64")
    assert scores == pytest.approx(
        {
            "r2": metrics.r2_score(expected, given),
            "mae": metrics.mean_absolute_error(expected, given),
            "rmse": math.sqrt(metrics.mean_squared_error(expected, given)),
            "median_ae": metrics.median_absolute_error(expected, given),
            "mape": metrics.mean_absolute_percentage_error(expected, given),
        },
        rel=1e-12,
    )


def test_a_column_that_never_changes_is_told_or_not() -> None:
    """Its variance is 0: no share of it can be explained, and scikit-learn gives 1 where all is right, else 0."""
    truth = np.full((4, 2), 3.0, "float32")
    told = np.array([[3, 3], [3, 4], [3, 3], [3, 3]], "float32")

    assert score_numbers(truth, told).scores["r2"] == metrics.r2_score(truth, told) == 0.5


def test_one_example_has_no_variance() -> None:
    """Its errors are numbers all the same."""
    scored = score_numbers(np.array([[1.0]], "float32"), np.array([[3.0]], "float32"))

    assert scored.notes == ("`r2` is left out: it takes two examples",)
    assert scored.scores == {"mae": 2.0, "rmse": 2.0, "median_ae": 2.0, "mape": 2.0}


@pytest.mark.parametrize(("zeros", "said"), [(1, "a true number is 0"), (3, "3 true numbers are 0")])
def test_no_share_of_nothing(zeros: int, said: str) -> None:
    """Where the truth is 0 the share of it is undefined, and is left out, not made huge."""
    truth = np.array([[0.0]] * zeros + [[2.0]])

    scored = score_numbers(truth, truth + 1)

    assert scored.notes == (f"`mape` is left out: {said}",)
    assert "mape" not in scored.scores


def test_answers_that_are_no_numbers_have_no_score() -> None:
    """One that is not finite takes the means with it."""
    scored = score_numbers(np.array([[1.0], [2.0]]), np.array([[np.nan], [2.0]]))

    assert scored.scores == {}
    assert scored.notes == ("left out, since not all answers are finite: `r2`, `mae`, `rmse`, `median_ae`, `mape`",)
