"""Whether a model is as often right as it is sure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BINS: Final = 15
"""As many as Guo and others take."""


@dataclass(frozen=True)
class Calibration:
    """How often answers are right, by how sure the model is of them.

    Attributes:
        edges: Confidences between which the bins lie, `(bins + 1,)`, from 0 to 1.
        counts: Examples in each bin, `(bins,)`.
        confidences: Their mean confidence; NaN in an empty bin.
        accuracies: The share of them that is right; NaN likewise.
    """

    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    confidences: NDArray[np.float64]
    accuracies: NDArray[np.float64]

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance of confidence and accuracy, each bin by its examples."""
        distances = np.nan_to_num(np.abs(self.accuracies - self.confidences))
        return float(np.sum(self.counts * distances) / self.counts.sum())


def calibrate(confidences: NDArray[Any], is_right: NDArray[np.bool_]) -> Calibration:
    """Put answers into fifteen bins of equal width by the probability of the class that was told.

    C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", ICML 2017, section 2. A bin
    holds its upper edge, not its lower one.

    Args:
        confidences: The largest probability of each example, `(examples,)`, 0 to 1, of one example at least.
        is_right: Whether its class is the true one.
    """
    edges = np.linspace(0.0, 1.0, BINS + 1)
    bins = np.searchsorted(edges[1:-1], confidences)
    counts = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):
        means = np.bincount(bins, confidences, BINS) / counts
        shares = np.bincount(bins, is_right, BINS) / counts
    return Calibration(edges, counts.astype(np.int64, copy=False), means, shares)
