"""An Elman network has the weights of the paper and learns by its rule or by the full gradient."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.elman import Elman, ElmanCell


def gradient(layer: Any, inputs: Any) -> list[float]:
    """Return the derivative of the sum of the outputs by each of a layer's weights, of which each has one."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(inputs))
    return [float(value.numpy().item()) for value in tape.gradient(loss, [w.value for w in layer.trainable_weights])]


def test_it_has_as_many_weights_as_the_equations() -> None:
    """`n(d + n + 1)` in the hidden layer and `m(n + 1)` in the readout."""
    network, hidden = Elman(15, 7), Elman(15)
    network.build((None, None, 5))
    hidden.build((None, None, 5))

    assert network.count_params() == 15 * (5 + 15 + 1) + 7 * (15 + 1)
    assert hidden.count_params() == 15 * (5 + 15 + 1)


def test_the_states_are_the_output_and_the_context() -> None:
    """They come back in that order; without a readout the one is the other."""
    inputs = np.ones((2, 3, 4), "float32")

    output, last, context = Elman(5, 2, return_state=True)(inputs)
    hidden, only = Elman(5, return_state=True)(inputs)

    assert np.array_equal(output, last)
    assert (last.shape, context.shape) == ((2, 2), (2, 5))
    assert np.array_equal(hidden, only)


def test_the_rule_of_1990_is_the_gradient_with_a_constant_context() -> None:
    """One unit, two steps, every step counted: each step's derivatives as a sum worked out by hand."""
    first, second, kernel, recurrent, bias, readout = 0.7, -1.1, 0.5, 0.8, -0.2, 1.5
    layer = Elman(1, 1, initial_context=0.5, detach_context=True, return_sequences=True, dtype="float64")
    layer.build((1, 2, 1))
    layer.set_weights([np.array(value) for value in ([[kernel]], [[recurrent]], [bias], [[readout]], [0.0])])
    h1 = np.tanh(kernel * first + recurrent * 0.5 + bias)
    h2 = np.tanh(kernel * second + recurrent * h1 + bias)
    slope1, slope2 = readout * (1 - h1**2), readout * (1 - h2**2)

    found = gradient(layer, np.array([[[first], [second]]]))

    by_kernel, by_recurrent = slope1 * first + slope2 * second, slope1 * 0.5 + slope2 * h1
    assert found == pytest.approx([by_kernel, by_recurrent, slope1 + slope2, h1 + h2, 2.0], rel=1e-12)


def test_the_rule_can_be_changed_after_the_layer_is_made() -> None:
    """Set to learn in full, the same layer has the part of the gradient that flows through the context too."""
    first, second, kernel, recurrent, bias = 0.7, -1.1, 0.5, 0.8, -0.2
    layer = Elman(1, detach_context=True, dtype="float64")
    layer.build((1, 2, 1))
    layer.set_weights([np.array(value) for value in ([[kernel]], [[recurrent]], [bias])])
    h1 = np.tanh(kernel * first + bias)
    h2 = np.tanh(kernel * second + recurrent * h1 + bias)
    slope, through = 1 - h2**2, (1 - h2**2) * recurrent * (1 - h1**2)

    detached = gradient(layer, np.array([[[first], [second]]]))
    layer.detach_context = False
    full = gradient(layer, np.array([[[first], [second]]]))

    assert detached == pytest.approx([slope * second, slope * h1, slope], rel=1e-12)
    assert full == pytest.approx([slope * second + through * first, slope * h1, slope + through], rel=1e-12)


def test_the_rule_is_in_the_configuration() -> None:
    """A copy learns by the rule that is set, not by the one that the layer was made with."""
    layer = Elman(3, 2)

    layer.detach_context = True

    assert Elman.from_config(layer.get_config()).detach_context
    assert keras.layers.Bidirectional(layer).backward_layer.detach_context


def test_the_rule_of_1990_holds_in_training() -> None:
    """`fit` with the context detached moves the weights otherwise than with the full gradient."""
    moved = []
    for detach_context in (True, False):
        model = keras.Sequential([keras.Input((4, 1)), Elman(2, 1, detach_context=detach_context)])
        model.set_weights([np.full(weights.shape, 0.3) for weights in model.get_weights()])
        model.compile(keras.optimizers.SGD(0.1), "mse")
        model.fit(np.ones((2, 4, 1)), np.zeros((2, 1)), verbose=0)
        moved.append(model.get_weights())

    assert np.abs(moved[0][0] - moved[1][0]).min() > 1e-4  # through the context
    assert moved[0][3] == pytest.approx(moved[1][3], abs=1e-7)  # the readout of the last step


def test_the_cell_works_in_keras_own_layer() -> None:
    """`keras.layers.RNN` takes the cell by itself."""
    inputs = np.ones((2, 3, 4), "float32")
    layer = Elman(5, 2, return_sequences=True)
    layer.build(inputs.shape)
    plain = keras.layers.RNN(ElmanCell(5, 2), return_sequences=True)
    plain.build(inputs.shape)

    plain.set_weights(layer.get_weights())

    assert np.array_equal(plain(inputs), layer(inputs))


def test_no_output_units_are_refused() -> None:
    """None is how to leave the readout out, not 0."""
    with pytest.raises(ValueError, match=r"^`output_units` should be a whole number from 1\. Received: output_units="):
        Elman(3, 0)
