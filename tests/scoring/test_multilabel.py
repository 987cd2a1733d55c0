"""Labels are scored by scikit-learn's numbers, each by itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from archcli.scoring.multilabel import score_labels, told_labels

TRUTH = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 1, 0]])
CHANCES = np.array([[0.9, 0.2, 0.4], [0.1, 0.8, 0.3], [0.5, 0.1, 0.2], [0.7, 0.2, 0.6]], "float32")
"""Told: the first label of two, all of one, none of none, and of the last one right, one too few, one too many."""


def test_labels_more_likely_than_not_are_told() -> None:
    """One that is as likely as not is not, as Keras's `BinaryAccuracy` has it."""
    assert told_labels(CHANCES).astype(int).tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0], [1, 0, 1]]


def test_scores_by_hand() -> None:
    """3 labels told rightly, 1 wrongly, 2 not told: micro F1 is 6/9; the labels' own F1 are 1, 2/3 and 0."""
    scored = score_labels(TRUTH, CHANCES, ["a", "b", "c"])

    by_hand = {"f1_micro": 6 / 9, "f1_macro": 5 / 9, "subset_accuracy": 2 / 4, "hamming_loss": 3 / 12}
    assert {name: scored.scores[name] for name in by_hand} == pytest.approx(by_hand)
    assert [(one.name, one.precision, one.recall, one.f1, one.examples) for one in scored.labels] == [
        ("a", 1.0, 1.0, 1.0, 2),
        ("b", 1.0, 0.5, pytest.approx(2 / 3), 2),
        ("c", 0.0, 0.0, 0.0, 1),
    ]


def test_a_label_that_is_nowhere_does_not_count() -> None:
    """Neither there nor told, it has no F1 to be averaged; where there is none at all, the average is left out."""
    truth = np.array([[1, 0], [1, 0]])

    assert score_labels(truth, truth.astype("float32"), ["a", "b"]).scores["f1_macro"] == 1
    nothing = score_labels(0 * truth, 0 * truth.astype("float32"), ["a", "b"])

    assert nothing.scores == {"subset_accuracy": 1.0, "hamming_loss": 0.0}
    assert nothing.notes == (
        "`f1_micro` and `f1_macro` are left out: no example has a label, and none was told",
        "`roc_auc` and `pr_auc` are left out: no class has some of the examples",
    )


@pytest.mark.parametrize(("examples", "labels"), [(100, 4), (3, 6)])
def test_scores_are_scikit_learns(examples: int, labels: int) -> None:
    """Also where a label is neither there nor told."""
    random = np.random.default_rng(0)
    truth, chances = random.integers(0, 2, (examples, labels)), random.random((examples, labels), "float32")
    truth[:, 0], chances[:, 0] = 0, 0.1
    told = told_labels(chances).astype(int)
    ranked = [label for label in range(labels) if 0 < truth[:, label].sum() < examples]

    scored = score_labels(truth, chances, [f"label {number}" for number in range(labels)])

    each = metrics.precision_recall_fscore_support(truth, told, zero_division=0.0)
    assert scored.scores == pytest.approx(
        {
            "f1_micro": metrics.f1_score(truth, told, average="micro", zero_division=np.nan),
            "f1_macro": metrics.f1_score(truth, told, average="macro", zero_division=np.nan),
            "subset_accuracy": metrics.accuracy_score(truth, told),
            "hamming_loss": metrics.hamming_loss(truth, told),
            "roc_auc": np.mean([metrics.roc_auc_score(truth[:, one], chances[:, one]) for one in ranked]),
            "pr_auc": np.mean([metrics.average_precision_score(truth[:, one], chances[:, one]) for one in ranked]),
        },
        rel=1e-12,
    )
    assert [(one.precision, one.recall, one.f1, one.examples) for one in scored.labels] == list(zip(*each, strict=True))
