"""Scores of class probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.scoring.blocks import blocks
from archcli.scoring.calibration import Calibrating, Calibration
from archcli.scoring.ranking import Areas, Ranking, leave_out_many, rank_classes


@dataclass(frozen=True)
class ClassScores:
    """How one class, or one of several labels, was told.

    Attributes:
        name: Its label.
        precision: Share of the examples given this class that are of it, 0 to 1; 0 where none was given it.
        recall: Share of the examples of this class that were given it, 0 to 1.
        f1: Harmonic mean of both.
        examples: How many examples are of it.
        roc_auc: How well its probability tells it from all others; None where no example is of it, or all are.
        pr_auc: The average precision of its probability; None likewise.
    """

    name: str
    precision: float
    recall: float
    f1: float
    examples: int
    roc_auc: float | None = None
    pr_auc: float | None = None


@dataclass(frozen=True)
class Classification:
    """How well classes were told.

    Attributes:
        scores: By name: `accuracy`, `balanced_accuracy` (the mean recall), `precision_macro`, `f1_macro`, `roc_auc`,
            `pr_auc` (0 to 1, more is better), `log_loss` (nats) and `calibration_error` (0 to 1, less is better). Means
            are over the classes that have examples; of two classes both areas are those of the second. What is not
            defined is left out.
        notes: What is left out, and why; sentences without a full stop.
        classes: Each class by itself.
        confusion: Examples counted, `(classes, classes)`: rows the true class, columns the one told.
        calibration: How often it is right, by how sure it is; None where not all probabilities are finite.
        rankings: The curves of each class against all others; None where there are none.
    """

    scores: dict[str, float]
    notes: tuple[str, ...]
    classes: tuple[ClassScores, ...]
    confusion: NDArray[np.int64]
    calibration: Calibration | None
    rankings: tuple[Ranking | None, ...]


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
    summed[~(summed > 0)] = np.nan
    probabilities /= summed  # in place: of millions a copy takes much memory
    return probabilities


def told_classes(outputs: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the class of the largest probability, `(examples, *places)`, of answers, `(examples, *places, scores)`."""
    told = np.empty(outputs.shape[:-1], np.int64)
    for block in blocks(outputs):
        told[block] = class_probabilities(outputs[block]).argmax(axis=-1)
    return told


def score_classes(truth: NDArray[Any], outputs: NDArray[np.float32], class_names: Sequence[str]) -> Classification:
    """Score class probabilities against the truth.

    Of the probabilities, which are float64, no more than a block of the examples is there at once, unless they are few
    enough to be ranked.

    Args:
        truth: Class numbers, `(examples,)`, of one example at least.
        outputs: The model's answers, `(examples, classes)` or `(examples, 1)`.
        class_names: Label of each class.
    """
    tally = _Tally(len(class_names))
    for block in blocks(outputs):
        tally.add(truth[block], class_probabilities(outputs[block]))
    confusion = tally.confusion
    areas = _rank(truth, outputs, class_names)
    given, there = confusion.sum(axis=0), confusion.sum(axis=1)
    classes = score_each(np.diag(confusion), given, there, class_names, areas)
    present = [one for one in classes if one.examples]
    scores = {
        "accuracy": float(np.trace(confusion) / confusion.sum()),
        "balanced_accuracy": float(np.mean([one.recall for one in present])),
        "precision_macro": float(np.mean([one.precision for one in present])),
        "f1_macro": float(np.mean([one.f1 for one in present])),
        **areas.scores,
    }
    notes = list(areas.notes)
    calibration = None
    if tally.is_finite:
        calibration = tally.calibrating.found()
        scores |= {"log_loss": tally.surprise / len(truth), "calibration_error": calibration.error}
    else:
        notes.append("`log_loss` and `calibration_error` are left out: not all chances are finite")
    return Classification(scores, tuple(notes), classes, confusion, calibration, areas.rankings)


def _rank(truth: NDArray[Any], outputs: NDArray[np.float32], class_names: Sequence[str]) -> Areas:
    """Rank the examples, of two classes by the chance of the second alone; see `rank_classes`."""
    count = len(class_names)
    many = leave_out_many(len(truth) * count, class_names)
    only = 1 if count == 2 else None
    return many or rank_classes(truth, class_probabilities(outputs), class_names, only=only)


class _Tally:
    """What is counted and added up of answers, a block of examples after another."""

    def __init__(self, classes: int) -> None:
        self.confusion = np.zeros((classes, classes), np.int64)
        self.calibrating = Calibrating()
        self.surprise = 0.0
        self.is_finite = True

    def add(self, truth: NDArray[Any], probabilities: NDArray[np.float64]) -> None:
        classes = len(self.confusion)
        labels, told = truth.astype(np.int64), probabilities.argmax(axis=-1)
        counts = np.bincount(labels * classes + told, minlength=classes * classes)
        self.confusion += counts.reshape(classes, classes)
        self.is_finite = self.is_finite and bool(np.isfinite(probabilities).all())
        if self.is_finite:
            self.calibrating.add(probabilities.max(axis=-1), told == labels)
            self.surprise += surprises(labels, probabilities).sum().item()


def score_each(
    right: NDArray[np.int64], given: NDArray[np.int64], there: NDArray[np.int64], names: Sequence[str], areas: Areas
) -> tuple[ClassScores, ...]:
    """Score each class, or label, by itself.

    Args:
        right: How many examples were rightly given it, `(classes,)`.
        given: How many were given it, `(classes,)`.
        there: How many are of it, `(classes,)`.
        names: Label of each class.
        areas: The curves of each.
    """
    precision, recall, f1 = share(right, given), share(right, there), share(2 * right, given + there)
    return tuple(
        ClassScores(
            name,
            float(precision[i]),
            float(recall[i]),
            float(f1[i]),
            int(there[i]),
            None if ranking is None else ranking.roc_auc,
            None if ranking is None else ranking.pr_auc,
        )
        for i, (name, ranking) in enumerate(zip(names, areas.rankings, strict=True))
    )


def share(part: NDArray[np.int64], whole: NDArray[np.int64], *, of_nothing: float = 0.0) -> NDArray[np.float64]:
    """Divide counts, `of_nothing` where there is nothing to have a share of."""
    shares: NDArray[np.float64] = np.divide(part, whole, out=np.full(np.shape(part), of_nothing), where=whole > 0)
    return shares


def surprises(truth: NDArray[Any], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how surprising the true class of each example is, in nats; a probability of 0 or 1 is as next to it.

    Args:
        truth: Class numbers, `(examples,)`.
        probabilities: `(examples, classes)`.
    """
    least = np.finfo(np.float64).eps
    of_truth = np.clip(probabilities[np.arange(len(truth)), truth], least, 1.0 - least)
    surprise: NDArray[np.float64] = -np.log(of_truth)
    return surprise
