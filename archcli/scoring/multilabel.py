"""Scores of answers that give each of several labels a probability of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, hamming_loss, precision_recall_fscore_support

from archcli.scoring.classification import ClassScores


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
    expected, told = truth.astype(np.int64), told_labels(outputs).astype(np.int64)
    precision, recall, f1, support = precision_recall_fscore_support(expected, told, average=None, zero_division=0.0)
    scores = {
        "f1_micro": float(f1_score(expected, told, average="micro", zero_division=np.nan)),
        "f1_macro": float(f1_score(expected, told, average="macro", zero_division=np.nan)),
        "subset_accuracy": float(accuracy_score(expected, told)),
        "hamming_loss": float(hamming_loss(expected, told)),
    }
    labels = tuple(
        ClassScores(name, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]))
        for i, name in enumerate(label_names)
    )
    return Multilabel(scores, labels)
