"""Scores of predicted numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.scoring.blocks import blocks


@dataclass(frozen=True)
class NumberScores:
    """How well numbers were told.

    Attributes:
        scores: By name: `r2` (at most 1; 0 is what the mean scores), `mae`, `rmse` and `median_ae` (the median of what
            the answers are off by), in the target's own units, and `mape` (what they are off by as a share of the
            truth; 0.1 is a tenth); means over columns, but the root is taken of the mean over all. What is not defined
            is left out.
        notes: What is left out, and why; sentences without a full stop.
    """

    scores: dict[str, float]
    notes: tuple[str, ...] = ()


def score_numbers(truth: NDArray[Any], outputs: NDArray[Any]) -> NumberScores:
    """Score predicted numbers against the truth.

    `r2` takes two examples; of a column that is always the same number it is 1 where every answer is right, else 0.
    `mape` has no value where a true number is 0.

    Args:
        truth: `(examples, columns)`, in the target's own units, of one example at least.
        outputs: The same of the model's answers.
    """
    expected, given = truth.reshape(len(truth), -1), outputs.reshape(len(outputs), -1)  # (examples, columns)
    off = np.empty(expected.shape)
    squares = np.zeros(expected.shape[1])
    relative, zeros = 0.0, 0
    for block in blocks(expected):
        own = expected[block].astype(np.float64)
        error = np.subtract(given[block], own, out=off[block])
        squares += np.square(error).sum(axis=0)
        away = np.abs(error, out=error)
        zeros += int((own == 0).sum())
        if not zeros:
            relative += float((away / np.abs(own)).sum())
    scores, notes = {}, []
    if len(expected) > 1:
        scores["r2"] = explained(expected, squares)
    else:
        notes.append("`r2` is left out: it takes two examples")
    scores["mae"] = float(off.mean())
    scores["rmse"] = float(np.sqrt(squares.sum() / off.size))
    scores["median_ae"] = float(np.median(off, axis=0, overwrite_input=True).mean())
    if zeros:
        what = "a true number is 0" if zeros == 1 else f"{zeros} true numbers are 0"
        notes.append(f"`mape` is left out: {what}")
    else:
        scores["mape"] = relative / off.size
    lost = [name for name, value in scores.items() if not np.isfinite(value)]
    if lost:
        listed = ", ".join(f"`{name}`" for name in lost)
        notes.append(f"left out, since not all answers are finite: {listed}")
    return NumberScores({name: value for name, value in scores.items() if name not in lost}, tuple(notes))


def explained(expected: NDArray[Any], missed: NDArray[np.float64]) -> float:
    """Return the share of the variance that is explained, the mean over columns.

    Args:
        expected: The truth, `(examples, columns)`.
        missed: The sums of the squares of what the answers are off by, `(columns,)`.
    """
    middle, spread = expected.mean(axis=0, dtype=np.float64), np.zeros(len(missed))
    for block in blocks(expected):
        spread += np.square(expected[block] - middle).sum(axis=0)
    shares = np.where(missed == 0, 1.0, 0.0)  # of columns that never change
    np.divide(spread - missed, spread, out=shares, where=spread > 0)
    return float(shares.mean())
