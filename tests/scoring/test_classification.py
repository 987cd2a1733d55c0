"""Classes are scored by scikit-learn's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from archcli.scoring.classification import class_probabilities, score_classes

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize(("examples", "classes"), [(200, 3), (7, 5), (1, 2)])
def test_scores_are_scikit_learns(examples: int, classes: int) -> None:
    """Also where some classes have no example, or are never told."""
    truth = RANDOM.integers(0, classes, examples).astype("int32")
    chances = RANDOM.dirichlet(np.ones(classes), examples).astype("float32")
    told, numbers = chances.argmax(axis=1), np.arange(classes)
    present = np.unique(truth)

    scored = score_classes(truth, chances, [f"class {number}" for number in numbers])

    each = metrics.precision_recall_fscore_support(truth, told, labels=numbers, zero_division=0.0)
    assert scored.scores == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(truth, told),
            "balanced_accuracy": metrics.recall_score(truth, told, labels=present, average="macro"),
            "f1_macro": metrics.f1_score(truth, told, labels=present, average="macro"),
            "log_loss": metrics.log_loss(truth, class_probabilities(chances), labels=numbers),
        },
        rel=1e-12,
    )
    found = [(one.precision, one.recall, one.f1, one.examples) for one in scored.classes]
    assert found == list(zip(*each, strict=True))
    np.testing.assert_array_equal(scored.confusion, metrics.confusion_matrix(truth, told, labels=numbers))


def test_one_probability_is_that_of_the_second_class() -> None:
    """The first class has the rest; a rounded row is made to sum to one."""
    assert class_probabilities(np.array([[0.25]], "float32")).tolist() == [[0.75, 0.25]]
    assert class_probabilities(np.array([[1.0, 3.0]], "float32")).tolist() == [[0.25, 0.75]]


def test_surprise_has_an_end() -> None:
    """A true class that was held to be impossible costs 36 nats, as scikit-learn has it, not infinitely many."""
    truth, chances = np.array([0, 1], "int32"), np.array([[0.0, 1.0], [0.0, 1.0]], "float32")

    scored = score_classes(truth, chances, ["no", "yes"])

    assert scored.scores["log_loss"] == pytest.approx(metrics.log_loss(truth, chances.astype("float64")), rel=1e-12)
    assert scored.scores["log_loss"] == pytest.approx(-np.log(np.finfo("float64").eps) / 2)
