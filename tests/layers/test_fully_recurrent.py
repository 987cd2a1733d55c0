"""A fully recurrent network has one matrix, and refuses what it cannot be."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest

from archcli.layers.fully_recurrent import FullyRecurrent

INPUTS = np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({}, (4 + 4 + 1, 4)),
        ({"output_units": 2}, (4 + 4 + 1, 4)),
        ({"use_bias": False}, (4 + 4, 4)),
        ({"input_mode": "clamp"}, (4 + 1, 4)),
    ],
    ids=str,
)
def test_it_has_one_matrix(settings: dict[str, Any], shape: tuple[int, int]) -> None:
    """Rows for inputs, units and the constant, `(d + n + 1, n)`; none for inputs that are clamped."""
    layer = FullyRecurrent(4, **settings)

    layer.build(INPUTS.shape)

    assert [weights.shape for weights in layer.weights] == [shape]


def test_each_group_of_rows_starts_from_its_own_initializer() -> None:
    """Inputs, units and the constant."""
    settings: dict[str, Any] = {"kernel_initializer": "ones", "recurrent_initializer": "identity"}
    layer = FullyRecurrent(3, bias_initializer=keras.initializers.Constant(7.0), **settings)

    layer.build((None, None, 2))

    expected = np.concatenate([np.ones((2, 3)), np.eye(3), np.full((1, 3), 7.0)])
    assert np.array_equal(layer.get_weights()[0], expected)


def test_self_connections_stay_at_zero() -> None:
    """They start there and training does not move them, though it moves all others."""
    layer = FullyRecurrent(4, self_connections=False, recurrent_initializer="ones")
    model = keras.Sequential([keras.Input((5, 4)), layer])
    before = layer.get_weights()[0]
    model.compile(keras.optimizers.Adam(0.1), "mse")

    model.fit(INPUTS, np.ones((3, 4)), epochs=2, verbose=0)

    (after,) = layer.get_weights()
    selves = np.zeros_like(after, bool)
    selves[4 + np.arange(4), np.arange(4)] = True
    assert not before[selves].any()
    assert not after[selves].any()
    assert (before != after)[~selves].all()


def test_the_states_are_what_is_read_and_all_units() -> None:
    """What is read are the first units; where all are, there is one state."""
    output, read, active = FullyRecurrent(4, 2, return_state=True)(INPUTS)
    every, only = FullyRecurrent(4, return_state=True)(INPUTS)

    assert np.array_equal(output, read)
    assert np.array_equal(read, active[:, :2])
    assert active.shape == (3, 4)
    assert np.array_equal(every, only)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"output_units": 0}, "`output_units` should be a whole number from 1. Received: output_units=0"),
        (
            {"output_units": 5},
            "`output_units` should be some of the `units`, so not more. Received: output_units=5, units=4",
        ),
        ({"ticks": 0}, "`ticks` should be a whole number from 1. Received: ticks=0"),
        ({"input_mode": "held"}, "`input_mode` should be one of 'dense', 'clamp'. Received: input_mode='held'"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    """The message says what was expected and what was found."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        FullyRecurrent(4, **settings)


def test_clamped_inputs_must_be_as_many_as_units() -> None:
    """The message says how many are expected."""
    message = "`input_mode` 'clamp' gives each unit one input, so 3 features are expected. Received: input_shape=(3, 4)"

    with pytest.raises(ValueError, match=re.escape(message)):
        FullyRecurrent(3, input_mode="clamp").build(INPUTS.shape)


def test_with_one_tick_an_input_reaches_the_output_through_one_weighted_sum() -> None:
    """What makes XOR impossible without delay: before the activation, the first step is additive in its inputs."""
    corners = np.array([[[0.0, 0.0]], [[0.0, 1.0]], [[1.0, 0.0]], [[1.0, 1.0]]], "float32")

    def excess(ticks: int) -> float:
        """Return how far the outputs' weighted sums are from additive."""
        layer = FullyRecurrent(
            6, 1, ticks=ticks, kernel_initializer=keras.initializers.RandomNormal(seed=1, stddev=2.0)
        )
        outputs = keras.ops.convert_to_numpy(layer(corners))
        sums = np.log(outputs / (1 - outputs))
        return float(abs(sums[0] + sums[3] - sums[1] - sums[2]).max())

    assert excess(1) < 1e-5
    assert excess(2) > 1e-3
