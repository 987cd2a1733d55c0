"""The learning rules that are gradients, and what each of them refuses."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from archcli.engine.feeding import Examples
from archcli.engine.rules import make_rule
from archcli.engine.settings import Settings
from archcli.errors import Problem, RecipeError
from archcli.layers.elman import Elman

layers = keras.layers


def settings(**options: Any) -> Settings:
    """Return settings in which only `options` are of interest."""
    return Settings(epochs=1, batch_size=8, seed=0, monitor="loss", **options)


def sequences() -> Examples:
    """Draw sequences and a number for each of their steps."""
    generator = np.random.default_rng(0)
    return Examples(generator.normal(size=(8, 6, 3)).astype("float32"), generator.normal(size=(8, 6, 1)))


def network(**options: Any) -> keras.Model:
    """Make an Elman network of a fixed seed."""
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((6, 3)), Elman(4, 1, return_sequences=True, **options)])
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=False)
    return model


def test_the_rule_of_1990_detaches_the_context_before_the_step_is_traced(train: Any) -> None:
    """Training under the rule is, bit for bit, training of a network that was made detached."""
    ruled, made, whole = network(), network(detach_context=True), network()

    train(ruled, sequences(), learning_rule="srn_1990")
    train(made, sequences())
    train(whole, sequences())

    assert ruled.layers[-1].detach_context
    assert all(np.array_equal(a, b) for a, b in zip(ruled.get_weights(), made.get_weights(), strict=True))
    assert not np.array_equal(ruled.get_weights()[1], whole.get_weights()[1])


def test_the_rule_of_1990_wants_a_context() -> None:
    """A network without Elman's context would be trained as ever, which nobody asked for."""
    model = keras.Sequential([keras.Input((6, 3)), layers.LSTM(2), layers.Dense(1)])

    with pytest.raises(RecipeError) as raised:
        make_rule(model, sequences(), settings(learning_rule="srn_1990"))

    message = "the rule `srn_1990` is for networks with a context, and no layer of the model has one"
    hint = "use `Elman`, or leave `train.learning_rule` out"
    assert raised.value.problems == (Problem("rule-does-not-fit", message, hint=hint),)


def test_a_model_without_weights_cannot_follow_a_gradient() -> None:
    """There is nothing to train in a layer that only averages."""
    model = keras.Sequential([keras.Input((6, 3)), layers.GlobalAveragePooling1D()])

    with pytest.raises(RecipeError) as raised:
        make_rule(model, sequences(), settings())

    message = "no layer of the model has weights that can be trained"
    hint = "add a layer such as `Dense`, or write `train.learning_rule: storage` for layers that store"
    assert raised.value.problems == (Problem("nothing-to-train", message, hint=hint),)


def test_a_gradient_has_nothing_to_say_and_never_ends() -> None:
    """Keras's own step, no end of its own, no note."""
    model = network()

    rule = make_rule(model, sequences(), settings())

    assert rule.step == model.train_step
    assert (rule.epochs, rule.variables, rule.is_converged(), rule.describe(3)) == (None, (), False, None)


def test_windows_go_with_the_rule_of_1990(train: Any) -> None:
    """The context is carried from window to window, and detached in each."""
    model = network()

    outcome = train(model, sequences(), learning_rule="srn_1990", window=2)

    assert model.layers[-1].detach_context
    assert len(outcome.rows) == 3


def test_a_resumed_training_by_windows_ends_with_the_same_weights(train: Any, tmp_path: Any) -> None:
    """One epoch and two more are three, bit for bit."""
    whole, parted = network(), network()

    train(whole, sequences(), epochs=3, batch_size=3, window=4, checkpoints=tmp_path / "whole")
    train(parted, sequences(), epochs=1, batch_size=3, window=4, checkpoints=tmp_path / "parted")
    train(parted, sequences(), epochs=3, batch_size=3, window=4, checkpoints=tmp_path / "parted", resume=True)

    assert all(np.array_equal(a, b) for a, b in zip(whole.get_weights(), parted.get_weights(), strict=True))


def test_a_run_is_not_resumed_under_another_rule(train: Any) -> None:
    """The checkpoint knows its window."""
    train(network(), sequences(), epochs=1, window=4)

    with pytest.raises(RecipeError, match="is of a training with `window` 4, now it is 2"):
        train(network(), sequences(), epochs=2, window=2, resume=True)
