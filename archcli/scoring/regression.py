"""Scores of predicted numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def score_numbers(truth: NDArray[np.float32], outputs: NDArray[np.float32]) -> dict[str, float]:
    """Score predicted numbers against the truth.

    Args:
        truth: `(examples, columns)`, in the target's own units.
        outputs: The same of the model's answers.

    Returns:
        `r2` (at most 1; 0 is what the mean scores), `mae` and `rmse` in the target's own units; means over columns.
        `r2` is NaN with fewer than two examples; of a column that is always the same number it is 1 where every answer
        is right, else 0.
    """
    expected = truth.reshape(len(truth), -1).astype(np.float64)
    told = outputs.reshape(len(outputs), -1).astype(np.float64)
    error = told - expected  # (examples, columns)
    squares = np.square(error)
    return {
        "r2": _explained(expected, squares) if len(expected) > 1 else float("nan"),
        "mae": float(np.abs(error).mean()),
        "rmse": float(np.sqrt(squares.mean())),
    }


def _explained(expected: NDArray[np.float64], squares: NDArray[np.float64]) -> float:
    """Return the share of the variance that is explained, the mean over columns."""
    missed = squares.sum(axis=0)
    spread = np.square(expected - expected.mean(axis=0)).sum(axis=0)
    shares = np.where(missed == 0, 1.0, 0.0)  # of columns that never change
    np.divide(spread - missed, spread, out=shares, where=spread > 0)
    return float(shares.mean())
