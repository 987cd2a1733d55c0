"""Rosenblatt's rule against scikit-learn's."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_iris
from sklearn.linear_model import Perceptron

from archcli.engine.feeding import Examples
from archcli.engine.perceptron import PerceptronRule
from archcli.errors import Problem, RecipeError

layers = keras.layers
CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
HINT = "write one linear `Dense` layer, with nothing to train before it, or leave `train.learning_rule` out"


def perceptron(features: int, units: int, *, rate: float = 1.0, **options: Any) -> keras.Model:
    """Make a perceptron with nothing learned."""
    dense = layers.Dense(units, kernel_initializer="zeros", name="scores", **options)
    return compiled(keras.Sequential([keras.Input((features,)), dense]), rate=rate)


def compiled(model: keras.Model, *, rate: float = 1.0) -> keras.Model:
    """Compile a classifier that gives one score or one for each class."""
    losses = keras.losses
    one = model.outputs[0].shape[-1] == 1
    loss = (
        losses.BinaryCrossentropy(from_logits=True) if one else losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    model.compile(keras.optimizers.SGD(rate), loss, metrics=["accuracy"], jit_compile=False)
    return model


def iris(classes: int) -> tuple[Any, Any]:
    """Return the flowers of the last `classes` kinds, mixed; no plane tells them apart."""
    flowers, kinds = load_iris(return_X_y=True)
    kept = np.random.default_rng(0).permutation(np.flatnonzero(kinds >= 3 - classes))
    return flowers[kept].astype("float32"), kinds[kept] - (3 - classes)


def weights(model: keras.Model) -> list[list[float]]:
    """Return kernel and bias as scikit-learn has them: coefficients of each class, intercepts."""
    kernel, bias = model.layers[-1].get_weights()
    return [*kernel.T.tolist(), bias.tolist()]


@pytest.mark.parametrize("classes", [2, 3])
def test_weights_after_each_epoch_are_those_of_scikit_learn(classes: int) -> None:
    """On iris they are equal bit for bit after 1 to 6 epochs, with one score and with one for each class."""
    inputs, targets = iris(classes)
    model = perceptron(4, 1 if classes == 2 else 3)
    step = tf.function(PerceptronRule(model).step, autograph=False)

    for epochs in range(1, 7):
        step((tf.constant(inputs), tf.constant(targets)))

        reference = Perceptron(shuffle=False, tol=None, max_iter=epochs).fit(inputs, targets)
        assert weights(model) == [*reference.coef_.tolist(), reference.intercept_.tolist()]


def test_weights_after_each_example_are_those_of_scikit_learn() -> None:
    """One example at a time, with another learning rate and weights of examples, no number differs."""
    inputs, targets = iris(3)
    weight = np.random.default_rng(1).choice([1, 2, 4], len(targets)).astype("float32")  # exact products
    model, reference = perceptron(4, 3, rate=0.5), Perceptron(shuffle=False, eta0=0.5)
    step = tf.function(PerceptronRule(model).step, autograph=False)

    for row in (slice(i, i + 1) for i in range(60)):
        step((tf.constant(inputs[row]), tf.constant(targets[row]), tf.constant(weight[row])))
        reference.partial_fit(inputs[row], targets[row], [0, 1, 2], weight[row])

        assert weights(model) == [*reference.coef_.tolist(), reference.intercept_.tolist()]


def test_a_perceptron_without_a_threshold_learns() -> None:
    """Without a bias the weights are those of scikit-learn without an intercept."""
    inputs, targets = iris(2)
    model = perceptron(4, 1, use_bias=False)
    reference = Perceptron(shuffle=False, tol=None, max_iter=1, fit_intercept=False).fit(inputs, targets)

    PerceptronRule(model).step((tf.constant(inputs), tf.constant(targets)))

    assert model.get_weights()[0].T.tolist() == reference.coef_.tolist()


@pytest.mark.parametrize("answers", [[0, 0, 0, 1], [0, 1, 1, 1]], ids=["and", "or"])
@pytest.mark.parametrize("units", [1, 2])
def test_what_a_plane_tells_apart_is_learned_without_a_mistake(train: Any, answers: list[int], units: int) -> None:
    """AND and OR are learned in less than twenty epochs, and training ends with the first that is without mistakes."""
    model = perceptron(2, units)

    outcome = train(model, Examples(CORNERS, np.array(answers)), epochs=40, learning_rule="perceptron", batch_size=3)

    scores = np.asarray(model(CORNERS))
    told = scores[:, 0] > 0 if units == 1 else scores.argmax(axis=1)
    assert told.astype(int).tolist() == answers
    assert outcome.best_epoch == outcome.epochs_done < 20
    assert outcome.stopped_early
    assert outcome.notes == (f"converged: epoch {outcome.epochs_done} was without mistakes",)


def test_what_no_plane_tells_apart_is_said_to_be_so(train: Any) -> None:
    """XOR is never learned: all epochs are run, at most three corners of four are right, and a note says so."""
    model = perceptron(2, 1)

    outcome = train(model, Examples(CORNERS, np.array([0, 1, 1, 0])), epochs=25, learning_rule="perceptron")

    assert outcome.epochs_done == 25
    assert max(row.metrics["accuracy"] for row in outcome.rows) <= 0.75
    assert outcome.notes == ("not linearly separable, or not yet: no epoch of 25 was without mistakes",)


def test_an_epoch_is_measured_with_the_weights_before_each_update(train: Any) -> None:
    """The first batch is all the epoch, so that its loss is that of a model that knows nothing: ln 2."""
    outcome = train(perceptron(2, 1), Examples(CORNERS, np.array([0, 0, 0, 1])), epochs=1, learning_rule="perceptron")

    assert outcome.rows[0].metrics["loss"] == pytest.approx(np.log(2), rel=1e-6)


def test_a_resumed_perceptron_ends_with_the_same_weights(train: Any, tmp_path: Any) -> None:
    """Two epochs and then three more are five, mistakes and all."""
    inputs, targets = iris(3)
    options = {"learning_rule": "perceptron", "monitor": "accuracy"}
    whole, parted = perceptron(4, 3), perceptron(4, 3)

    expected = train(whole, Examples(inputs, targets), epochs=5, checkpoints=tmp_path / "whole", **options)
    train(parted, Examples(inputs, targets), epochs=2, checkpoints=tmp_path / "parted", **options)
    found = train(parted, Examples(inputs, targets), epochs=5, checkpoints=tmp_path / "parted", resume=True, **options)

    assert [row.metrics for row in found.rows] == [row.metrics for row in expected.rows]
    assert weights(parted) == weights(whole)
    assert found.notes == expected.notes


def two_outputs() -> keras.Model:
    """Make a model with two outputs."""
    inputs = keras.Input((4,))
    return keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(1)(inputs)])


def frozen() -> keras.Model:
    """Make a perceptron that cannot be trained."""
    return keras.Sequential([keras.Input((4,)), layers.Dense(1, trainable=False, name="scores")])


MISFITS = {
    "the rule `perceptron` trains one output, and the model has 2": two_outputs,
    "the rule `perceptron` trains a `Dense` layer at the end, found `Flatten`": lambda: keras.Sequential(
        [keras.Input((4,)), layers.Dense(1), layers.Flatten()]
    ),
    "the rule `perceptron` holds the threshold, and the last layer has `activation: sigmoid`": lambda: keras.Sequential(
        [keras.Input((4,)), layers.Dense(1, activation="sigmoid")]
    ),
    "the rule `perceptron` trains the last layer and no other, found trainable `hidden/kernel` too": (
        lambda: keras.Sequential([keras.Input((4,)), layers.Dense(2, name="hidden"), layers.Dense(1)])
    ),
    "the rule `perceptron` trains the last layer and no other, and `scores` is frozen": frozen,
}


@pytest.mark.parametrize("message", MISFITS)
def test_a_model_that_is_no_perceptron_is_refused(message: str) -> None:
    """Each way of not being one linear layer is named."""
    with pytest.raises(RecipeError) as raised:
        PerceptronRule(MISFITS[message]())

    assert raised.value.problems == (Problem("rule-does-not-fit", message, hint=HINT),)


def test_layers_without_weights_may_come_before() -> None:
    """What is fed to the last layer is what the layers before make of the inputs, of one name or several."""
    one, other = keras.Input((2, 1), name="one"), keras.Input((2,), name="other")
    joined = layers.Concatenate()([layers.Flatten()(one), layers.Rescaling(2.0)(other)])
    model = compiled(keras.Model({"one": one, "other": other}, layers.Dense(1, kernel_initializer="zeros")(joined)))
    inputs = {"one": tf.constant([[[1.0], [2.0]]]), "other": tf.constant([[3.0, 4.0]])}

    PerceptronRule(model).step((inputs, tf.constant([[1.0]])))

    assert weights(model) == [[1.0, 2.0, 6.0, 8.0], [1.0]]
