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


class Calibrating:
    """Puts answers into fifteen bins of equal width by the probability of the class that was told, some at a time.

    C. Guo, G. Pleiss, Y. Sun, K. Weinberger, "On calibration of modern neural networks", ICML 2017, section 2. A bin
    holds its upper edge, not its lower one.
    """

    def __init__(self) -> None:
        """Begin with empty bins."""
        self._edges = np.linspace(0.0, 1.0, BINS + 1)
        self._counts = np.zeros(BINS, np.int64)
        self._sure, self._right = np.zeros(BINS), np.zeros(BINS)

    def add(self, confidences: NDArray[Any], is_right: NDArray[np.bool_]) -> None:
        """Put some more answers into the bins.

        Args:
            confidences: The largest probability of each example, `(examples,)`, 0 to 1.
            is_right: Whether its class is the true one.
        """
        bins = np.searchsorted(self._edges[1:-1], confidences)
        self._counts += np.bincount(bins, minlength=BINS)
        self._sure += np.bincount(bins, confidences, BINS)
        self._right += np.bincount(bins, is_right, BINS)

    def found(self) -> Calibration:
        """Return what was found, of one answer at least."""
        with np.errstate(invalid="ignore"):
            return Calibration(self._edges, self._counts, self._sure / self._counts, self._right / self._counts)
