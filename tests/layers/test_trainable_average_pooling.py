"""Trainable average pooling is average pooling with a gain, a bias and an activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from archcli.layers.trainable_average_pooling import (
    TrainableAveragePooling1D,
    TrainableAveragePooling2D,
    TrainableAveragePooling3D,
)

OURS = {1: TrainableAveragePooling1D, 2: TrainableAveragePooling2D, 3: TrainableAveragePooling3D}
KERAS = {1: keras.layers.AveragePooling1D, 2: keras.layers.AveragePooling2D, 3: keras.layers.AveragePooling3D}


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("rank", "strides"), [(1, None), (2, 1), (2, 3), (3, None)])
def test_it_is_average_pooling_scaled_and_shifted(
    rank: int, strides: int | None, padding: str, check_layer: Callable[[Any, Any], Any]
) -> None:
    """The output is the activation of gain times Keras's average plus bias, channel by channel."""
    inputs = np.random.default_rng(0).normal(size=(2, *(7, 6, 5)[:rank], 3)).astype("float32")
    layer = OURS[rank](2, strides=strides, padding=padding, activation="tanh")
    layer.build(inputs.shape)
    layer.set_weights([np.array([1, -2, 3], "float32"), np.array([0.5, 0, -1], "float32")])

    output = check_layer(layer, inputs)

    averages = np.asarray(KERAS[rank](2, strides=strides, padding=padding)(inputs))
    np.testing.assert_allclose(output, np.tanh(averages * [1, -2, 3] + [0.5, 0, -1]), atol=1e-6)


@pytest.mark.parametrize(("sizes", "parameters", "expected"), [((28, 28, 6), 12, 14), ((10, 10, 16), 32, 5)])
def test_it_has_the_parameters_of_lenet(sizes: tuple[int, ...], parameters: int, expected: int) -> None:
    """S2 of LeNet-5 has 12 trainable parameters and maps of 14 by 14, S4 has 32 and maps of 5 by 5."""
    layer = TrainableAveragePooling2D()

    output = layer(np.zeros((1, *sizes), "float32"))

    assert layer.count_params() == parameters
    assert output.shape == (1, expected, expected, sizes[-1])


def test_windows_may_be_oblong() -> None:
    """Size and strides may differ from axis to axis, and both weights learn."""
    layer = TrainableAveragePooling2D((1, 3), strides=(2, 3), activation=None, gain_initializer="zeros")

    output = layer(np.ones((1, 5, 7, 2), "float32"))

    np.testing.assert_array_equal(output, np.zeros((1, 3, 2, 2)))
    assert [weight.name for weight in layer.trainable_weights] == ["gain", "bias"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"padding": "full"}, "`padding` is one of valid, same. Received: padding=full"),
        ({"pool_size": 0}, "`pool_size` is one whole number from 1, or 2 of them. Received: pool_size=0"),
        ({"strides": (1, 2, 3)}, "`strides` is one whole number from 1, or 2 of them. Received: strides=(1, 2, 3)"),
    ],
)
def test_other_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    """The message says what there may be."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 # the whole message is compared below
        TrainableAveragePooling2D(**arguments)

    assert str(refusal.value) == message


def test_a_window_that_does_not_fit_is_refused() -> None:
    """A window larger than the image has no place in it."""
    with pytest.raises(ValueError, match=r"^a window of 4 does not fit in an axis of 3$"):
        TrainableAveragePooling2D(4).compute_output_shape((None, 3, 8, 1))
