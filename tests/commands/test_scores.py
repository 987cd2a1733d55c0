"""Every output is scored against its target, under a name that tells whose score it is."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, r2_score

from archcli.commands.scored import Scored
from archcli.commands.scores import possible_scores, score_answers, score_output
from archcli.recipe.facts import InputFacts, TargetFacts

RANDOM = np.random.default_rng(0)
INPUTS = {"x": InputFacts("x", (4,), ("x",))}
KIND = TargetFacts("kind", "category", (), ("kind",), ("a", "b", "c"), (5, 5, 5))
PRICE = TargetFacts("price", "number", (1,), ("price",))
GENRES = TargetFacts("genres", "multilabel", (3,), ("genres",), ("a", "b", "c"), (5, 5, 5), separator=",")
STEPS = TargetFacts("label", "category", (5,), ("label",), ("a", "b", "c"), (5, 5, 5), padded=True)


def chances(*shape: int) -> np.ndarray:
    """Draw probabilities, `(*shape,)`, the last axis the classes."""
    drawn = RANDOM.uniform(0.1, 1, shape).astype("float32")
    shares: np.ndarray = drawn / drawn.sum(axis=-1, keepdims=True)
    return shares


def test_one_target_has_plain_names() -> None:
    """The scores of the only target are called as they are."""
    truth, told = RANDOM.integers(0, 3, 30), chances(30, 3)

    scored = score_answers({"kind": told}, {"kind": truth}, Scored(INPUTS, {"kind": KIND}), part="test")

    assert scored.main == "accuracy"
    assert scored.scores["accuracy"] == pytest.approx(accuracy_score(truth, told.argmax(axis=1)))
    assert scored.scores["f1_macro"] == pytest.approx(f1_score(truth, told.argmax(axis=1), average="macro"))
    assert scored.examples == 30


def test_several_labels_are_scored_each_by_itself() -> None:
    """There is no confusion of one with another."""
    truth, told = RANDOM.integers(0, 2, (30, 3)), RANDOM.uniform(size=(30, 3)).astype("float32")

    scored = score_answers({"genres": told}, {"genres": truth}, Scored(INPUTS, {"genres": GENRES}), part="test")

    assert scored.main == "f1_micro"
    assert scored.scores["f1_micro"] == pytest.approx(f1_score(truth, told > 0.5, average="micro"))
    assert scored.scores["subset_accuracy"] == pytest.approx(accuracy_score(truth, told > 0.5))
    assert [one.examples for one in scored.first.classes] == truth.sum(axis=0).tolist()
    assert scored.first.confusion is None


def test_several_targets_are_named() -> None:
    """Each score has its target's name; the main one is of the first; what learns no target is not scored."""
    truth = {"kind": RANDOM.integers(0, 3, 30), "price": RANDOM.normal(size=(30, 1))}
    answers = {"sort": chances(30, 3), "price": RANDOM.normal(size=(30, 1)).astype("float32"), "code": chances(30, 2)}

    scored = score_answers(answers, truth, Scored(INPUTS, {"sort": KIND, "price": PRICE, "code": None}), part="test")

    assert scored.main == "kind.accuracy"
    assert scored.scores["price.r2"] == pytest.approx(r2_score(truth["price"], answers["price"]), abs=1e-6)
    assert set(scored.scores) == {
        *("kind.accuracy", "kind.balanced_accuracy", "kind.precision_macro", "kind.f1_macro"),
        *("kind.roc_auc", "kind.pr_auc", "kind.log_loss", "kind.calibration_error"),
        *("price.r2", "price.mae", "price.rmse", "price.median_ae", "price.mape"),
    }
    assert [answer.output for answer in scored.answers] == ["sort", "price"]


def test_a_second_output_of_a_target_is_named_after_itself() -> None:
    """The first is the target's answer, whatever it is called."""
    truth = RANDOM.integers(0, 3, 30)
    answers = {"pool": chances(30, 3), "from_past": chances(30, 3)}

    scored = score_answers(answers, {"kind": truth}, Scored(INPUTS, dict.fromkeys(answers, KIND)), part="test")

    assert scored.scores["accuracy"] == pytest.approx(accuracy_score(truth, answers["pool"].argmax(axis=1)))
    past = accuracy_score(truth, answers["from_past"].argmax(axis=1))
    assert scored.scores["from_past.accuracy"] == pytest.approx(past)
    assert [answer.output for answer in scored.answers] == ["pool"]


def test_steps_without_a_label_do_not_count() -> None:
    """Accuracy is over all labels that are there, and over sequences that are right as a whole."""
    truth = np.array([[0, 1, 2, -1, -1], [2, 2, 2, 2, 2]])
    told = np.eye(3, dtype="float32")[[[0, 1, 2, 0, 0], [2, 2, 2, 2, 0]]]

    scored = score_answers({"label": told}, {"label": truth}, Scored(INPUTS, {"label": STEPS}), part="test")

    assert scored.scores["accuracy"] == 7 / 8
    assert scored.scores["sequence_accuracy"] == 0.5
    assert scored.first.confusion is not None
    assert scored.first.confusion.sum() == 8


def test_a_target_that_is_not_there_is_left_out() -> None:
    """A file may lack one of several targets."""
    scored = score_answers(
        {"kind": chances(4, 3), "price": np.zeros((4, 1), "float32")},
        {"price": np.arange(1.0, 5.0).reshape(4, 1)},
        Scored(INPUTS, {"kind": KIND, "price": PRICE}),
        part="test",
    )

    assert scored.main == "price.r2"
    assert set(scored.scores) == {"price.r2", "price.mae", "price.rmse", "price.median_ae", "price.mape"}


def test_what_cannot_be_scored_has_a_note_and_another_main_score() -> None:
    """One number has no variance; labels that are nowhere have no F1; what is not there has no score at all."""
    number = score_output("price", PRICE, "", np.ones((1, 1)), np.ones((1, 1), "float32"))
    labels = score_output("genres", GENRES, "", np.zeros((4, 3)), np.zeros((4, 3), "float32"))
    nothing = score_output("label", STEPS, "", np.full((2, 5), -1), chances(2, 5, 3))

    assert (number.main, number.notes) == ("mae", ("`r2` is left out: it takes two examples",))
    assert labels.main == "subset_accuracy"
    assert nothing.scores == {}
    assert nothing.notes == ("no example has a `label`: there is no score",)


@pytest.mark.parametrize("targets", [{"kind": KIND}, {"kind": KIND, "price": PRICE}, {"a": STEPS, "b": STEPS}])
def test_possible_scores_are_those_that_there_are(targets: dict[str, TargetFacts]) -> None:
    """Thresholds are checked against them before anything is run."""
    truth = {
        "kind": RANDOM.integers(0, 3, 30),
        "price": RANDOM.normal(size=(30, 1)),
        "label": RANDOM.integers(0, 3, (30, 5)),
    }
    answers = {"kind": chances(30, 3), "price": truth["price"] + 1, "a": chances(30, 5, 3), "b": chances(30, 5, 3)}
    scored = Scored(INPUTS, targets)

    found = score_answers({name: answers[name] for name in targets}, truth, scored, part="test")

    assert set(possible_scores(scored)) == set(found.scores)
