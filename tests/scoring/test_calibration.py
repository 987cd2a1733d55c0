"""The calibration error is the one of the paper, by a loop, and its bins are scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from archcli.scoring.calibration import BINS, Calibrating, Calibration

RANDOM = np.random.default_rng(0)
SURE = RANDOM.uniform(0.2, 1, 400).round(3)
IS_RIGHT = RANDOM.random(400) < SURE**2


def calibrate(sure: np.ndarray, is_right: np.ndarray) -> Calibration:
    """Put answers into bins, in two parts."""
    calibrating, half = Calibrating(), len(sure) // 2
    calibrating.add(sure[:half], is_right[:half])
    calibrating.add(sure[half:], is_right[half:])
    return calibrating.found()


def test_the_error_is_that_of_the_definition() -> None:
    """The sum over bins of their share of the examples times the distance of accuracy and mean confidence."""
    sure, expected = SURE, 0.0
    for number in range(BINS):
        inside = (sure > number / BINS) & (sure <= (number + 1) / BINS)
        if inside.any():
            expected += inside.mean() * abs(IS_RIGHT[inside].mean() - sure[inside].mean())

    assert calibrate(SURE, IS_RIGHT).error == pytest.approx(expected, rel=1e-12)


def test_the_bins_are_scikit_learns() -> None:
    """Of equal width; scikit-learn leaves empty ones out."""
    found = calibrate(SURE, IS_RIGHT)

    accuracies, confidences = calibration_curve(IS_RIGHT, SURE, n_bins=BINS, strategy="uniform")
    there = found.counts > 0
    np.testing.assert_allclose(found.accuracies[there], accuracies)
    np.testing.assert_allclose(found.confidences[there], confidences)
    assert found.counts.sum() == 400


def test_sure_and_right_is_calibrated() -> None:
    """And so is half as sure and half as often right; sure and wrong is as bad as can be."""
    assert calibrate(np.ones(4), np.ones(4, np.bool_)).error == 0
    assert calibrate(np.full(4, 0.5), np.array([True, False, True, False])).error == 0
    assert calibrate(np.ones(4), np.zeros(4, np.bool_)).error == 1
