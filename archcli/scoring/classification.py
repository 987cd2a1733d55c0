"""Scores of class probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


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
    count = len(class_names)
    confusion = np.bincount(truth * count + told, minlength=count * count).reshape(count, count)
    given, there = confusion.sum(axis=0), confusion.sum(axis=1)
    classes = score_each(np.diag(confusion), given, there, class_names)
    present = [one for one in classes if one.examples]
    scores = {
        "accuracy": float(np.trace(confusion) / confusion.sum()),
        "balanced_accuracy": float(np.mean([one.recall for one in present])),
        "f1_macro": float(np.mean([one.f1 for one in present])),
        "log_loss": _log_loss(truth, probabilities),
    }
    return Classification(scores, classes, confusion.astype(np.int64, copy=False))


def score_each(
    right: NDArray[np.int64], given: NDArray[np.int64], there: NDArray[np.int64], names: Sequence[str]
) -> tuple[ClassScores, ...]:
    """Score each class, or label, by itself.

    Args:
        right: How many examples were rightly given it, `(classes,)`.
        given: How many were given it, `(classes,)`.
        there: How many are of it, `(classes,)`.
        names: Label of each class.
    """
    precision, recall, f1 = share(right, given), share(right, there), share(2 * right, given + there)
    return tuple(
        ClassScores(name, float(precision[i]), float(recall[i]), float(f1[i]), int(there[i]))
        for i, name in enumerate(names)
    )


def share(part: NDArray[np.int64], whole: NDArray[np.int64], *, of_nothing: float = 0.0) -> NDArray[np.float64]:
    """Divide counts, `of_nothing` where there is nothing to have a share of."""
    shares: NDArray[np.float64] = np.divide(part, whole, out=np.full(np.shape(part), of_nothing), where=whole > 0)
    return shares


def _log_loss(truth: NDArray[np.int32], probabilities: NDArray[np.float64]) -> float:
    """Return the mean surprise of the true class; a probability of 0 or 1 is taken as next to it."""
    least = np.finfo(np.float64).eps
    of_truth = np.clip(probabilities[np.arange(len(truth)), truth], least, 1.0 - least)
    return float(-np.log(of_truth).mean())
