"""A border is what `tf.pad` makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.pad import Pad, mirror_axes

SIZES = (4, 5, 6)


def numbers(*shape: int) -> Any:
    """Return the numbers from 1 in the given shape."""
    return np.arange(1, 1 + np.prod(shape), dtype="float32").reshape(shape)


@pytest.mark.parametrize("mode", ["constant", "reflect", "symmetric"])
@pytest.mark.parametrize("amounts", [[[1, 2]], [[0, 3], [2, 1]], [[3, 0], [1, 1], [2, 0]]])
def test_it_equals_tensorflows(mode: str, amounts: list[list[int]], check_layer: Callable[[Any, Any], Any]) -> None:
    """In one, two and three dimensions, the border is that of `tf.pad`."""
    inputs = numbers(2, *SIZES[: len(amounts)], 3)
    value = 7.0 if mode == "constant" else 0.0

    output = check_layer(Pad(amounts, mode=mode, value=value), inputs)

    expected = tf.pad(inputs, [[0, 0], *amounts, [0, 0]], mode.upper(), constant_values=value)
    np.testing.assert_array_equal(output, expected)


@pytest.mark.parametrize(
    ("amounts", "pairs"),
    [
        (2, [[2, 2], [2, 2], [0, 0]]),
        ([1, 2], [[1, 1], [2, 2], [0, 0]]),
        ([[1, 0], 2], [[1, 0], [2, 2], [0, 0]]),
        ([[1, 1], [0, 2], [0, 1]], [[1, 1], [0, 2], [0, 1]]),
        (0, [[0, 0], [0, 0], [0, 0]]),
    ],
)
def test_amounts_have_short_forms(amounts: Any, pairs: list[list[int]]) -> None:
    """One number is for all sides, one for an axis for both of its sides, and channels may be padded, too."""
    inputs = numbers(1, 4, 5, 2)

    output = Pad(amounts)(inputs)

    np.testing.assert_array_equal(output, np.pad(inputs, [[0, 0], *pairs]))


def test_pieces_turned_round_are_a_symmetric_border() -> None:
    """What stands in for PyTorch's symmetric padding gives what NumPy gives."""
    inputs = numbers(2, 4, 5, 3)

    output = mirror_axes(inputs, ((4, 0), (2, 5), (0, 0)))

    np.testing.assert_array_equal(output, np.pad(inputs, ((0, 0), (4, 0), (2, 5), (0, 0)), mode="symmetric"))


def test_sizes_may_be_unknown() -> None:
    """Of a sequence of any length, the length stays unknown, and the border is right."""
    symbolic = keras.Input((None, 3))
    model = keras.Model(symbolic, Pad([[2, 0]], mode="reflect")(symbolic))
    inputs = numbers(1, 6, 3)

    output = model(inputs)

    assert model.output_shape == (None, None, 3)
    np.testing.assert_array_equal(output, np.pad(inputs, ((0, 0), (2, 0), (0, 0)), mode="reflect"))


@pytest.mark.parametrize(
    ("mode", "mask"),
    [("constant", [0, 0, 1, 1, 1, 0, 0]), ("reflect", [1, 1, 1, 1, 1, 0, 1]), ("symmetric", [1, 1, 1, 1, 1, 0, 0])],
)
def test_added_steps_have_a_mask(mode: str, mask: list[int]) -> None:
    """Steps of a constant border are masked; mirrored ones are masked like those that they mirror."""
    inputs = np.array([[[1.0], [2.0], [3.0], [0.0]]], "float32")
    masked = keras.layers.Masking()(inputs)

    output = Pad([[2, 1]], mode=mode)(masked)

    np.testing.assert_array_equal(output._keras_mask, [np.array(mask, bool)])


@pytest.mark.parametrize(
    ("amounts", "mode", "message"),
    [
        ([[1, 1]], "constant", "`amounts` gives one entry for each of the 2 axes between batch and channels, and may"),
        ([4, 1], "reflect", "`reflect` needs an axis of at least 5 to mirror 4 of it. Received: an axis of 4"),
        ([1, 6], "symmetric", "`symmetric` needs an axis of at least 6 to mirror 6 of it. Received: an axis of 5"),
    ],
)
def test_a_border_that_does_not_fit_is_refused(amounts: Any, mode: str, message: str) -> None:
    """An image of 4 by 5 is told what it lacks."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 # the whole message is compared below
        Pad(amounts, mode=mode)(numbers(1, 4, 5, 2))

    assert message in str(refusal.value)


@pytest.mark.parametrize("amounts", [-1, [[1, -1]], [[1, 2, 3]], 1.5, True, "1", []])
def test_amounts_that_are_none_are_refused(amounts: Any) -> None:
    """Only whole numbers from 0, and pairs of them, are amounts."""
    with pytest.raises(ValueError, match=r"^`amounts` is a whole number from 0, or for each axis"):
        Pad(amounts)


def test_another_mode_is_refused() -> None:
    """The message names the three."""
    with pytest.raises(ValueError, match=r"^`mode` is one of constant, reflect, symmetric\. Received: mode=wrap$"):
        Pad(1, mode="wrap")
