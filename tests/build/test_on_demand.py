"""Inputs that are prepared when examples are taken: the same numbers as prepared beforehand, to the last bit."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from archcli.build.on_demand import OnDemand, prepare_sparingly
from archcli.build.preprocessing import prepare_inputs
from archcli.engine.evaluation import evaluate_model
from archcli.engine.feeding import Examples
from archcli.engine.streaming import Feed, Room
from archcli.recipe.facts import InputFacts

NUMBERS = InputFacts("x__numeric", (2,), ("a", "b"), (2.0, 0.5), (1.0, -1.0), fill=(0.0, 3.0))
WORD = InputFacts("x__word", (4,), ("word",), kind="category", words=("one", "two", "three"), is_one_hot=True)
BESIDE = InputFacts("x", (6,), ("a", "b", "word"), kind="side_by_side", parts=(NUMBERS, WORD))
TEXT = InputFacts("said", (None,), ("said",), dtype="int32", kind="text", words=("a", "b"), split="word", padding=0.0)
COUNT = 50


@pytest.fixture
def raw() -> dict[str, Any]:
    """Fifty examples, some numbers missing."""
    chance = np.random.default_rng(0)
    numbers = chance.normal(size=(COUNT, 2)).astype(np.float32)
    numbers[::7, 1] = np.nan
    words = np.array(["one", "two", "three", "four"], object)[chance.integers(0, 4, (COUNT, 1))]
    return {"x__numeric": numbers, "x__word": words, "said": np.array([["a b"]] * COUNT, object)}


@pytest.fixture
def made(raw: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> OnDemand:
    """Prepare the examples on demand, however few they are."""
    monkeypatch.setattr("archcli.build.on_demand.MOST_BYTES", 100)
    made = prepare_sparingly({"x": BESIDE}, raw)["x"]
    assert isinstance(made, OnDemand)
    return made


def test_examples_are_those_that_are_prepared_beforehand(raw: dict[str, Any], made: OnDemand) -> None:
    """Some, all, none, in any order."""
    whole = prepare_inputs({"x": BESIDE}, raw)["x"]
    rows = np.array([3, 40, 3, 7])

    np.testing.assert_array_equal(np.asarray(made), whole)
    np.testing.assert_array_equal(made[5:9], whole[5:9])
    np.testing.assert_array_equal(np.take(made, rows, axis=0), whole[rows])
    assert made[:0].shape == (0, 6)
    assert (made.shape, made.dtype, made.ndim, made.size, made.nbytes) == (
        whole.shape,
        whole.dtype,
        whole.ndim,
        whole.size,
        whole.nbytes,
    )
    assert len(made) == COUNT


def test_only_what_is_large_and_quick_is_put_off(raw: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Small inputs, and texts, whose lengths differ, are prepared beforehand."""
    small = prepare_sparingly({"x": BESIDE, "said": TEXT}, raw)
    monkeypatch.setattr("archcli.build.on_demand.MOST_BYTES", 100)
    large = prepare_sparingly({"said": TEXT, "x": BESIDE}, raw)

    assert isinstance(small["x"], np.ndarray)
    assert isinstance(large["said"], np.ndarray)
    assert isinstance(large["x"], OnDemand)
    assert list(large) == ["said", "x"]


def test_batches_are_the_same_in_chunks_and_as_a_whole(raw: dict[str, Any], made: OnDemand) -> None:
    """On a CPU they come in chunks, though there would be room; every batch has the same numbers."""
    whole = prepare_inputs({"x": BESIDE}, raw)["x"]
    order = np.random.default_rng(1).permutation(COUNT)

    feed = Feed((made,), batch_size=8, room=Room(chunk_bytes=400))
    taken = [
        keras.ops.convert_to_numpy(part.data[0])[rows]
        for part in feed.parts(order)
        for rows in [
            *keras.ops.convert_to_numpy(part.batches.whole)[: part.batches.whole_count],
            *([] if part.batches.rest is None else keras.ops.convert_to_numpy(part.batches.rest)),
        ]
    ]

    assert not feed.is_whole
    np.testing.assert_array_equal(np.concatenate(taken), whole[order])


def test_a_model_takes_them(raw: dict[str, Any], made: OnDemand) -> None:
    """Its loss is that of the same examples prepared beforehand."""
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    targets = np.ones((COUNT, 1), np.float32)

    on_demand: Any = made
    spared = evaluate_model(model, Examples(on_demand, targets), batch_size=8)
    plain = evaluate_model(model, Examples(prepare_inputs({"x": BESIDE}, raw)["x"], targets), batch_size=8)

    assert spared == plain
