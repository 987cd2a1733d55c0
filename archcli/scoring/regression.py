"""Scores of predicted numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score


def score_numbers(truth: NDArray[np.float32], outputs: NDArray[np.float32]) -> dict[str, float]:
    """Score predicted numbers against the truth.

    Args:
        truth: `(examples, columns)`, in the target's own units.
        outputs: The same of the model's answers.

    Returns:
        `r2` (at most 1; 0 is what the mean scores), `mae` and `rmse` in the target's own units; means over columns.
        `r2` is NaN with fewer than two examples.
    """
    expected = truth.reshape(len(truth), -1).astype(np.float64)
    told = outputs.reshape(len(outputs), -1).astype(np.float64)
    enough = len(expected) > 1
    return {
        "r2": float(r2_score(expected, told)) if enough else float("nan"),
        "mae": float(mean_absolute_error(expected, told)),
        "rmse": float(np.sqrt(mean_squared_error(expected, told))),
    }
