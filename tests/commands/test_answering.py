"""A model that reads its own answers is run step by step, and nobody tells it the truth."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from archcli.commands.answering import AnswersOnDemand, answer, answers_on_demand, run_saved
from archcli.commands.assessing import assess
from archcli.commands.mistakes import find_mistakes
from archcli.commands.scored import Scored
from archcli.commands.scores import score_part
from archcli.recipe.facts import END, PADDING, InputFacts, TargetFacts

RANDOM = np.random.default_rng(0)
SYMBOLS = (PADDING, END, "a", "b", "c")
TEXT = TargetFacts("said", "text", (5,), ("said",), SYMBOLS, (0, 1, 1, 1, 1), padded=True, split="character")
BEFORE = InputFacts(
    "before", (5,), (), dtype="int32", vocabulary=5, padding=0.0, kind="shift", shift_of="said", shift_by=1
)
FIRST = InputFacts("first", (1,), ("first",))


@keras.saving.register_keras_serializable(package="test_answering")
class Follow(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Answer with the class after the one that is read; the first step with the one that `first` says."""

    def call(self, first: Any, before: Any) -> Any:
        """Return one-hot classes, `(batch, steps, 5)`; before the start, index 1, is what `first` says."""
        ops = keras.ops
        following = ops.mod(before, 4) + 1  # the class after it, and the end after the last
        told = ops.concatenate([ops.cast(first, "int32"), following[:, 1:]], axis=1)
        return ops.one_hot(told, 5)


def follower() -> keras.Model:
    """Build a model that counts on: a, b, c, end."""
    first, before = keras.Input((1,), name="first"), keras.Input((5,), dtype="int32", name="before")
    return keras.Model({"first": first, "before": before}, Follow()(first, before))


SCORED = Scored({"first": FIRST, "before": BEFORE}, {"said": TEXT})


def test_a_model_goes_on_from_its_own_answers() -> None:
    """From `a` it counts to the end, from `b` likewise and one step shorter, whatever the truth would be."""
    inputs = {"first": np.array([[2.0], [3.0]], "float32")}

    told = answer(follower(), inputs, SCORED)["said"].argmax(axis=-1)

    assert told[0, :4].tolist() == [2, 3, 4, 1]
    assert told[1, :3].tolist() == [3, 4, 1]


def test_the_truth_in_its_place_is_read_at_once() -> None:
    """With the target one step late it answers each step after the truth of the one before."""
    inputs = {"first": np.array([[2.0]], "float32"), "before": np.array([[1, 4, 2, 3, 0]], "int32")}

    told = run_saved(follower(), inputs, SCORED)["said"].argmax(axis=-1)

    assert told[0].tolist() == [2, 1, 3, 4, 1]


def test_what_it_reads_is_its_answer_as_in_training() -> None:
    """Labels are read as rows of 0 and 1, numbers as they are scaled; before the first there are zeros."""
    number = TargetFacts("level", "number", (3, 1), ("level",), scale=(2.0,), offset=(10.0,))
    label = TargetFacts("label", "category", (3,), ("label",), ("a", "b"), (1, 1))
    level_before = InputFacts("level_before", (3, 1), (), kind="shift", shift_of="level", shift_by=1)
    label_before = InputFacts("label_before", (3, 2), (), kind="shift", shift_of="label", shift_by=2)
    level, labels = keras.Input((3, 1), name="level_before"), keras.Input((3, 2), name="label_before")
    start = keras.Input((1,), name="first")
    # In the target's units: 10 + 2 * (read + 1), so that each step reads one more than the one before.
    told_level = keras.layers.Rescaling(2.0, 12.0)(level)
    told_label = keras.ops.concatenate([labels[..., 1:] + 0.6, labels[..., :1] + 0.5], axis=-1)
    model = keras.Model(
        {"level_before": level, "label_before": labels, "first": start},
        {"level": told_level, "label": told_label, "kept": keras.layers.Identity()(start)},
    )
    scored = Scored(
        {"first": FIRST, "level_before": level_before, "label_before": label_before},
        {"level": number, "label": label, "kept": None},
    )

    answers = answer(model, {"first": np.array([[7.0]], "float32")}, scored)

    assert answers["level"].ravel().tolist() == [12.0, 14.0, 16.0]
    assert answers["kept"].tolist() == [[7.0]]
    assert answers["label"][0, 2] == pytest.approx([0.6, 1.5])  # reads (1, 0), the answer two steps before


def test_many_examples_are_answered_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches change no answer."""
    inputs = {"first": np.array([[1.0], [2.0], [3.0]], "float32")}
    whole = answer(follower(), inputs, SCORED)["said"]

    monkeypatch.setattr("archcli.commands.answering.BATCH", 2)

    assert np.array_equal(answer(follower(), inputs, SCORED)["said"], whole)


def classifier() -> tuple[keras.Model, Scored]:
    """Build a model that tells one of three classes."""
    keras.utils.set_random_seed(0)
    first = keras.Input((1,), name="first")
    model = keras.Model(first, keras.layers.Dense(3, "softmax")(first))
    kind = TargetFacts("kind", "category", (), ("kind",), ("a", "b", "c"), (5, 5, 5))
    return model, Scored({"first": FIRST}, {"kind": kind})


def test_very_many_answers_are_made_when_they_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same, their scores, intervals and mistakes, too; few of them are there at once."""
    model, scored = classifier()
    inputs = {"first": RANDOM.normal(size=(90, 1)).astype("float32")}
    truth = {"kind": RANDOM.integers(0, 3, 90).astype("int32")}
    monkeypatch.setattr("archcli.scoring.ranking.MOST_RANKED", 90 * 3 - 1)  # so many would not be ranked
    held = score_part(model, inputs, truth, scored, part="test")
    monkeypatch.setattr("archcli.commands.answering.MOST_BYTES", 90 * 3 * 4 - 1)
    monkeypatch.setattr("archcli.scoring.blocks.AT_ONCE", 60)
    taken: list[int] = []
    run = AnswersOnDemand.__getitem__

    def take(answers: AnswersOnDemand, rows: Any) -> Any:
        found = run(answers, rows)
        taken.append(len(found))
        return found

    monkeypatch.setattr(AnswersOnDemand, "__getitem__", take)

    made = score_part(model, inputs, truth, scored, part="test")

    assert isinstance(made.first.outputs, AnswersOnDemand)
    assert made.scores == pytest.approx(held.scores, rel=1e-6)
    assert assess(made, {}).intervals["log_loss"] == pytest.approx(assess(held, {}).intervals["log_loss"], rel=1e-6)
    rows = np.arange(90)
    told, expected = find_mistakes(made.first, rows, 5), find_mistakes(held.first, rows, 5)
    assert [(one.row, one.truth, one.answer) for one in told] == [(one.row, one.truth, one.answer) for one in expected]
    assert max(taken) < 90


def test_answers_that_memory_holds_are_made_once() -> None:
    """As those to anything but one class an example are."""
    model, scored = classifier()

    assert answers_on_demand(model, {"first": np.zeros((90, 1), "float32")}, scored) is None
    assert answers_on_demand(follower(), {"first": np.zeros((90, 1), "float32")}, SCORED) is None
