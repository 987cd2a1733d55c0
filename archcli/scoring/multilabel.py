"""Scores of answers that give each of several labels a probability of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.scoring.classification import ClassScores, score_each, share


@dataclass(frozen=True)
class Multilabel:
    """How well labels were told.

    Attributes:
        scores: By name: `f1_micro`, over all labels of all examples, `f1_macro`, the mean over those labels that are
            there or were told, `subset_accuracy`, the share of examples with every label right, and `hamming_loss`, the
            share of labels that are wrong; all 0 to 1. An F1 is NaN where no label is there and none was told.
        labels: Each label by itself.
    """

    scores: dict[str, float]
    labels: tuple[ClassScores, ...]


def told_labels(outputs: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which labels a model says there are: those more likely than not, of the shape of `outputs`."""
    told: NDArray[np.bool_] = outputs > 0.5
    return told


def score_labels(truth: NDArray[Any], outputs: NDArray[np.float32], label_names: Sequence[str]) -> Multilabel:
    """Score the probabilities of labels against the truth.

    Args:
        truth: 1 for each label that an example has, else 0, `(examples, labels)`, of two labels or more.
        outputs: The model's answers, `(examples, labels)`.
        label_names: Each label as written.
    """
    expected, told = truth > 0, told_labels(outputs)
    right, given, there = (expected & told).sum(axis=0), told.sum(axis=0), expected.sum(axis=0)
    f1 = share(2 * right, given + there, of_nothing=np.nan)
    scores = {
        "f1_micro": float(share(2 * right.sum(), (given + there).sum(), of_nothing=np.nan)),
        "f1_macro": float("nan") if np.isnan(f1).all() else float(np.nanmean(f1)),
        "subset_accuracy": float((expected == told).all(axis=-1).mean()),
        "hamming_loss": float((expected != told).mean()),
    }
    return Multilabel(scores, score_each(right, given, there, label_names))
