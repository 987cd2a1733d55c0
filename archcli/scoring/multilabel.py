"""Scores of answers that give each of several labels a probability of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.scoring.classification import ClassScores, score_each, share
from archcli.scoring.ranking import Ranking, rank_classes


@dataclass(frozen=True)
class Multilabel:
    """How well labels were told.

    Attributes:
        scores: By name: `f1_micro`, over all labels of all examples, `f1_macro`, the mean over those labels that are
            there or were told, `subset_accuracy`, the share of examples with every label right, `hamming_loss`, the
            share of labels that are wrong, `roc_auc` and `pr_auc`, the means over the labels that some examples have
            and some have not; all 0 to 1. What is not defined is left out.
        notes: What is left out, and why; sentences without a full stop.
        labels: Each label by itself.
        rankings: The curves of each label; None where there are none.
    """

    scores: dict[str, float]
    notes: tuple[str, ...]
    labels: tuple[ClassScores, ...]
    rankings: tuple[Ranking | None, ...]


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
    areas = rank_classes(expected, outputs, label_names)
    labels = score_each(right, given, there, label_names, areas)
    each = share(2 * right, given + there, of_nothing=np.nan)
    scores, notes = dict[str, float](), areas.notes
    if np.isnan(each).all():
        notes = ("`f1_micro` and `f1_macro` are left out: no example has a label, and none was told", *notes)
    else:
        scores["f1_micro"] = float(2 * right.sum() / (given + there).sum())
        scores["f1_macro"] = float(np.nanmean(each))
    scores["subset_accuracy"] = float((expected == told).all(axis=-1).mean())
    scores["hamming_loss"] = float((expected != told).mean())
    return Multilabel(scores | areas.scores, notes, labels, areas.rankings)
