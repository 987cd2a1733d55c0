"""Scores of class probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
)


@dataclass(frozen=True)
class ClassScores:
    """How one class, or one of several labels, was told.

    Attributes:
        name: Its label.
        precision: Share of the examples given this class that are of it, 0 to 1; 0 where none was given it.
        recall: Share of the examples of this class that were given it, 0 to 1.
        f1: Harmonic mean of both.
        examples: How many examples are of it.
    """

    name: str
    precision: float
    recall: float
    f1: float
    examples: int


@dataclass(frozen=True)
class Classification:
    """How well classes were told.

    Attributes:
        scores: `accuracy`, `balanced_accuracy`, `f1_macro` (0 to 1) and `log_loss` (nats), by name.
        classes: Each class by itself.
        confusion: Examples counted, `(classes, classes)`: rows the true class, columns the one told.
    """

    scores: dict[str, float]
    classes: tuple[ClassScores, ...]
    confusion: NDArray[np.int64]


def class_probabilities(outputs: NDArray[np.float32]) -> NDArray[np.float64]:
    """Turn a model's answers into one probability per class.

    Args:
        outputs: `(examples, classes)`, or `(examples, 1)`: the probability of the second of two classes.

    Returns:
        `(examples, classes)`, float64; every row sums to 1.
    """
    probabilities = outputs.astype(np.float64)
    if probabilities.shape[-1] == 1:
        probabilities = np.concatenate([1.0 - probabilities, probabilities], axis=-1)
    summed = probabilities.sum(axis=-1, keepdims=True)
    shares: NDArray[np.float64] = np.divide(
        probabilities, summed, out=np.full_like(probabilities, np.nan), where=summed > 0
    )
    return shares


def score_classes(truth: NDArray[np.int32], outputs: NDArray[np.float32], class_names: Sequence[str]) -> Classification:
    """Score class probabilities against the truth.

    Args:
        truth: Class numbers, `(examples,)`.
        outputs: The model's answers, `(examples, classes)` or `(examples, 1)`.
        class_names: Label of each class.
    """
    probabilities = class_probabilities(outputs)
    told = probabilities.argmax(axis=-1)
    numbers = np.arange(len(class_names))
    precision, recall, f1, support = precision_recall_fscore_support(truth, told, labels=numbers, zero_division=0.0)
    present = np.unique(truth)
    scores = {
        "accuracy": float(accuracy_score(truth, told)),
        "balanced_accuracy": float(np.mean(recall[present])),
        "f1_macro": float(np.mean(f1[present])),
        "log_loss": float(log_loss(truth, probabilities, labels=numbers)),
    }
    classes = tuple(
        ClassScores(name, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]))
        for i, name in enumerate(class_names)
    )
    return Classification(scores, classes, confusion_matrix(truth, told, labels=numbers))
