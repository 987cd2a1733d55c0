"""Classes are scored by scikit-learn's numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from archcli.scoring.classification import class_probabilities, score_classes

RANDOM = np.random.default_rng(0)


def sequential(classes: int, examples: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw class numbers and probabilities."""
    truth = RANDOM.integers(0, classes, examples).astype("int32")
    return truth, RANDOM.dirichlet(np.ones(classes), examples).astype("float32")


@pytest.mark.parametrize(("examples", "classes"), [(200, 3), (7, 5), (300, 2)])
def test_scores_are_scikit_learns(examples: int, classes: int) -> None:
    """Also where some classes have no example, or are never told: then means are over the others."""
    truth, chances = sequential(classes, examples)
    told, numbers = chances.argmax(axis=1), np.arange(classes)
    present = np.unique(truth)

    scored = score_classes(truth, chances, [f"class {number}" for number in numbers])

    shares = class_probabilities(chances)
    ranked = [1] if classes == 2 else present
    expected = {
        "accuracy": metrics.accuracy_score(truth, told),
        "balanced_accuracy": metrics.recall_score(truth, told, labels=present, average="macro"),
        "precision_macro": metrics.precision_score(truth, told, labels=present, average="macro", zero_division=0.0),
        "f1_macro": metrics.f1_score(truth, told, labels=present, average="macro"),
        "roc_auc": np.mean([metrics.roc_auc_score(truth == number, shares[:, number]) for number in ranked]),
        "pr_auc": np.mean([metrics.average_precision_score(truth == number, shares[:, number]) for number in ranked]),
        "log_loss": metrics.log_loss(truth, shares, labels=numbers),
    }
    assert {name: scored.scores[name] for name in expected} == pytest.approx(expected, rel=1e-12)
    assert set(scored.scores) == {*expected, "calibration_error"}
    each = metrics.precision_recall_fscore_support(truth, told, labels=numbers, zero_division=0.0)
    found = [(one.precision, one.recall, one.f1, one.examples) for one in scored.classes]
    assert found == list(zip(*each, strict=True))
    np.testing.assert_array_equal(scored.confusion, metrics.confusion_matrix(truth, told, labels=numbers))


def test_areas_of_three_classes_are_scikit_learns_one_against_the_rest() -> None:
    """`multi_class="ovr"`, the macro mean."""
    truth, chances = sequential(3, 200)
    shares = class_probabilities(chances)

    scored = score_classes(truth, chances, ["a", "b", "c"])

    expected = metrics.roc_auc_score(truth, shares, multi_class="ovr", average="macro")
    assert scored.scores["roc_auc"] == pytest.approx(expected, rel=1e-12)
    assert scored.notes == ()


def test_one_class_alone_has_no_areas() -> None:
    """They are left out, never NaN, with a note that says why."""
    truth, chances = np.ones(4, "int32"), np.full((4, 2), 0.5, "float32")

    scored = score_classes(truth, chances, ["no", "yes"])

    assert scored.notes == ("`roc_auc` and `pr_auc` are left out: every example is `yes`",)
    assert "roc_auc" not in scored.scores
    assert scored.classes[1].roc_auc is None
    assert np.isfinite(list(scored.scores.values())).all()


def test_a_class_without_examples_is_no_part_of_the_mean_areas() -> None:
    """The note says how many are."""
    truth, chances = np.array([0, 1, 0, 1], "int32"), RANDOM.dirichlet(np.ones(3), 4).astype("float32")

    scored = score_classes(truth, chances, ["a", "b", "c"])

    note = "`roc_auc` and `pr_auc` are means over 2 of 3: the others have no example here, or all"
    assert scored.notes == (note,)


def test_chances_that_are_no_numbers_leave_scores_out() -> None:
    """What a diverged model answers can be wrong, but not sure."""
    chances = np.array([[np.nan, np.nan], [0.2, 0.8]], "float32")

    scored = score_classes(np.array([0, 1], "int32"), chances, ["no", "yes"])

    assert scored.notes == (
        "`roc_auc` and `pr_auc` are left out: not all chances are finite",
        "`log_loss` and `calibration_error` are left out: not all chances are finite",
    )
    assert set(scored.scores) == {"accuracy", "balanced_accuracy", "precision_macro", "f1_macro"}


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
