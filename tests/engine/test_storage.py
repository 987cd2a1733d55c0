"""Learning in one pass."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from archcli.engine.feeding import Examples
from archcli.engine.storage import store_patterns
from archcli.errors import Problem, RecipeError
from archcli.layers.hopfield import Hopfield

PATTERNS = np.array([[1, 1, 1, 1, -1, -1, -1, -1], [1, -1, 1, -1, 1, -1, 1, -1]], "float32")


def hopfield() -> keras.Model:
    """Make a network that remembers nothing yet."""
    model = keras.Sequential([keras.Input((8,)), Hopfield(name="memory")])
    model.compile(loss="mse", metrics=["mae"], jit_compile=False)
    return model


def noisy() -> Examples:
    """Each pattern with each of its eight signs turned over, to be recalled."""
    inputs = [pattern * (1 - 2 * np.eye(8, dtype="float32")[unit]) for pattern in PATTERNS for unit in range(8)]
    return Examples(np.stack(inputs), np.repeat(PATTERNS, 8, axis=0))


def test_weights_are_those_of_hebb() -> None:
    """Each of the two different targets is stored once: W = (p1 p1' + p2 p2') / 8 without its diagonal."""
    model = hopfield()

    count = store_patterns(model, noisy())

    expected = PATTERNS.T @ PATTERNS / 8
    np.fill_diagonal(expected, 0)
    assert count == 2
    assert np.array_equal(model.layers[-1].weights_between, expected)


def test_training_is_one_epoch_in_which_everything_is_recalled(train: Any) -> None:
    """One row is measured, with all patterns recalled from a damaged cue, and the model keeps what it stored."""
    model = hopfield()

    outcome = train(model, noisy(), epochs=9, learning_rule="storage")

    assert outcome.epochs_done == len(outcome.rows) == 1
    assert outcome.rows[0].metrics == {"loss": 0.0, "mae": 0.0}
    assert not outcome.stopped_early
    assert outcome.notes == ("2 patterns stored",)
    assert np.asarray(model(noisy().inputs)).tolist() == np.repeat(PATTERNS, 8, axis=0).tolist()


def test_a_model_that_stores_nothing_is_refused() -> None:
    """A layer with a `store` method is what the rule needs."""
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8)])

    with pytest.raises(RecipeError) as raised:
        store_patterns(model, noisy())

    message = "the rule `storage` is for layers that store patterns, and the model has none"
    assert raised.value.problems == (Problem("rule-does-not-fit", message, hint="use `Hopfield`"),)


def test_targets_that_are_no_patterns_are_refused() -> None:
    """What the layer says of them is passed on, with the layer's name."""
    examples = Examples(noisy().inputs, np.zeros((16, 8)))

    with pytest.raises(RecipeError) as raised:
        store_patterns(hopfield(), examples)

    message = (
        "the layer `memory` cannot store the target: patterns are +1 and -1, `(patterns, units)`. Received: "
        "shape (1, 8)"
    )
    hint = "give it targets of the shape and the values that it recalls"
    assert raised.value.problems == (Problem("rule-does-not-fit", message, hint=hint),)


def test_more_than_one_target_is_refused() -> None:
    """It would not be known which is to be remembered."""
    examples = Examples(noisy().inputs, {"one": PATTERNS, "other": PATTERNS})

    with pytest.raises(RecipeError) as raised:
        store_patterns(hopfield(), examples)

    message = "the rule `storage` remembers the patterns of one target, and there are 2"
    assert raised.value.problems == (Problem("rule-does-not-fit", message, hint="keep one target"),)
