"""A step fires or does not, and learns as if it were a straight line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.step import Step

INPUTS = np.array([[-2.0, -1e-30, 0.0, 1e-30, 1e6]], "float32")


def gradient_of(layer: Any, inputs: Any) -> Any:
    """Return the derivative of three times the outputs' sum."""
    given = tf.constant(inputs)
    with tf.GradientTape() as tape:
        tape.watch(given)
        total = tf.reduce_sum(3 * layer(given))
    return tape.gradient(total, given)


@pytest.mark.parametrize("gradient", ["straight_through", "zero"])
def test_it_fires_from_zero(gradient: str, check_layer: Callable[[Any, Any], Any]) -> None:
    """1 where the input is at least 0, exactly 0 or 1 whatever its size."""
    output = check_layer(Step(gradient), INPUTS)

    np.testing.assert_array_equal(output, [[0, 0, 1, 1, 1]])


def test_the_gradient_passes_straight_through() -> None:
    """The estimator hands the gradient on as it is."""
    np.testing.assert_array_equal(gradient_of(Step(), INPUTS), np.full((1, 5), 3.0))


def test_the_true_gradient_is_zero() -> None:
    """Nothing reaches what is before the step."""
    assert gradient_of(Step("zero"), INPUTS) is None


def test_whole_numbers_are_taken() -> None:
    """An input of integers gives numbers of the layer's own kind."""
    output = Step()(np.array([[-3, 0, 5]], "int32"))

    assert output.dtype == "float32"
    np.testing.assert_array_equal(output, [[0, 1, 1]])


def test_layers_before_a_step_learn() -> None:
    """Two layers of steps learn AND by the estimator."""
    keras.utils.set_random_seed(0)
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    targets = np.array([[0], [0], [0], [1]], "float32")
    model = keras.Sequential(
        [keras.layers.Dense(4), Step(), keras.layers.Dense(1, kernel_initializer="glorot_uniform"), Step()]
    )
    model.compile(keras.optimizers.SGD(0.1), "mse")

    model.fit(inputs, targets, epochs=60, batch_size=4, verbose=0)

    np.testing.assert_array_equal(model.predict_on_batch(inputs), targets)


def test_another_gradient_is_refused() -> None:
    """The message names the two."""
    with pytest.raises(ValueError, match=r"^`gradient` is one of straight_through, zero\. Received: gradient=true$"):
        Step("true")
