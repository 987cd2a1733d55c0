"""Curves and areas are scikit-learn's, ties and all."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from archcli.scoring.ranking import MOST_RANKED, rank, rank_classes

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("digits", [1, 8])
def test_areas_are_scikit_learns(digits: int) -> None:
    """Also where many chances are equal."""
    truth, chances = RANDOM.random(500) < 0.3, RANDOM.random(500).round(digits)

    ranking = rank(truth, chances)

    assert ranking is not None
    assert ranking.roc_auc == pytest.approx(metrics.roc_auc_score(truth, chances), rel=1e-12)
    assert ranking.pr_auc == pytest.approx(metrics.average_precision_score(truth, chances), rel=1e-12)


def test_the_points_are_scikit_learns() -> None:
    """One for each different chance; scikit-learn puts (0, 0) before them."""
    truth, chances = RANDOM.random(50) < 0.5, RANDOM.random(50).round(1)

    ranking = rank(truth, chances)

    assert ranking is not None
    across, up, _ = metrics.roc_curve(truth, chances, drop_intermediate=False)
    np.testing.assert_allclose(ranking.false_positives, across[1:])
    np.testing.assert_allclose(ranking.true_positives, up[1:])
    precision, recall, _ = metrics.precision_recall_curve(truth, chances)
    np.testing.assert_allclose(ranking.precisions, precision[-2::-1])
    np.testing.assert_allclose(ranking.true_positives, recall[-2::-1])


@pytest.mark.parametrize("truth", [True, False])
def test_nothing_is_put_before_nothing(truth: bool) -> None:  # noqa: FBT001 -- pytest's
    """Of one class alone there is no ranking."""
    assert rank(np.full(3, truth), np.arange(3.0)) is None


def test_a_thinned_curve_keeps_its_end() -> None:
    """A picture needs no million points."""
    ranking = rank(RANDOM.random(5000) < 0.5, RANDOM.random(5000))

    assert ranking is not None
    thin = ranking.thinned(100)
    assert len(thin.precisions) == 100
    assert (thin.true_positives[-1], thin.false_positives[-1]) == (1, 1)
    assert thin.thinned(100) is thin


def test_too_many_chances_are_not_sorted() -> None:
    """The note says how many are too many."""
    chances = np.broadcast_to(np.float32(0.5), (MOST_RANKED // 2 + 1, 2))

    areas = rank_classes(np.zeros(len(chances), np.int32), chances, ["a", "b"])

    assert areas.scores == {}
    assert areas.notes == ("`roc_auc` and `pr_auc` are left out: 5,000,002 chances are more than 5,000,000",)
