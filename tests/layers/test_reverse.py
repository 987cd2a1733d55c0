"""Sequences are turned round, each as long as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archcli.layers.reverse import Reverse

INPUTS = np.arange(2 * 4 * 3, dtype="float32").reshape(2, 4, 3)


def turned(mask: list[int], values: list[int]) -> list[int]:
    """Return one sequence of numbers, turned round under `mask`."""
    answers = Reverse()(np.array([values]), mask=np.array([mask], bool))
    return list(keras.ops.convert_to_numpy(answers)[0])


@pytest.mark.parametrize("axis", [1, 2, -1, -2])
def test_without_a_mask_the_axis_is_turned_round(axis: int) -> None:
    """Time by default, or any other but the batch, counted from either end."""
    assert np.array_equal(Reverse(axis)(INPUTS), np.flip(INPUTS, axis))
    assert np.array_equal(Reverse()(INPUTS), INPUTS[:, ::-1])


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ([1, 1, 1, 0, 0], [3, 2, 1, 4, 5]),
        ([0, 0, 1, 1, 1], [1, 2, 5, 4, 3]),
        ([1, 0, 1, 1, 0], [4, 2, 3, 1, 5]),
        ([0, 0, 1, 0, 0], [1, 2, 3, 4, 5]),
        ([0, 0, 0, 0, 0], [1, 2, 3, 4, 5]),
        ([1, 1, 1, 1, 1], [5, 4, 3, 2, 1]),
    ],
    ids=str,
)
def test_what_the_mask_keeps_is_turned_round(mask: list[int], expected: list[int]) -> None:
    """Padding stays where it is, right, left or both; so does a gap."""
    assert turned(mask, [1, 2, 3, 4, 5]) == expected


def test_every_feature_of_a_step_moves_with_it() -> None:
    """Of sequences of vectors and of images, each in its own order."""
    mask = np.array([[True, True, False, False], [True, True, True, False]])
    frames = INPUTS[..., None] + np.zeros(2, "float32")  # (sequences, steps, 3, 2)

    vectors, images = Reverse()(INPUTS, mask=mask), Reverse()(frames, mask=mask)

    order = [[1, 0, 2, 3], [2, 1, 0, 3]]
    assert np.array_equal(vectors, np.stack([INPUTS[0, order[0]], INPUTS[1, order[1]]]))
    assert np.array_equal(images, np.stack([frames[0, order[0]], frames[1, order[1]]]))


def test_another_axis_is_turned_round_whatever_the_mask() -> None:
    """A mask is of steps, not of features."""
    mask = np.zeros((2, 4), bool)

    assert np.array_equal(Reverse(2)(INPUTS, mask=mask), INPUTS[:, :, ::-1])


def test_the_mask_is_handed_on_as_it_is() -> None:
    """A recurrent layer behind it, padded right or left, reads each sequence from its end."""
    for mask in (np.array([[1, 1, 1, 0], [1, 0, 0, 0]], bool), np.array([[0, 1, 1, 1], [0, 0, 0, 1]], bool)):
        inputs, masks = keras.Input((None, 3)), keras.Input((None,), dtype="bool")
        rnn = keras.layers.SimpleRNN(2)
        rnn_backwards = keras.layers.SimpleRNN(2, go_backwards=True)
        reverse = Reverse()
        behind = rnn(reverse(inputs, mask=masks), mask=reverse.compute_mask(inputs, masks))
        model = keras.Model([inputs, masks], [behind, rnn_backwards(inputs, mask=masks)])
        rnn_backwards.set_weights(rnn.get_weights())

        from_end, backwards = model([INPUTS / 10, mask])

        assert np.allclose(from_end, backwards, atol=1e-6)


def test_twice_is_once_back() -> None:
    """In a model, where the mask comes from the layer before, and again when the model is loaded."""
    model = keras.Sequential([keras.Input((None, 3)), keras.layers.Masking(-1.0), Reverse(), Reverse()])
    padded = INPUTS.copy()
    padded[0, 2:] = -1

    assert np.array_equal(model(padded)[1], INPUTS[1])
    assert np.array_equal(model(padded)[0, :2], INPUTS[0, :2])
    assert not np.array_equal(keras.Sequential(model.layers[:-1])(padded)[0, :2], INPUTS[0, :2])


def test_it_is_saved_with_its_axis(tmp_path: Path) -> None:
    """A loaded model turns the same axis round, as a graph and by XLA."""
    model = keras.Sequential([keras.Input((4, 3)), Reverse(2)])

    model.save(tmp_path / "model.keras")
    loaded: Any = keras.models.load_model(tmp_path / "model.keras")
    loaded.compile(jit_compile=True)

    assert np.array_equal(loaded.predict(INPUTS, verbose=0), INPUTS[:, :, ::-1])
    assert loaded.output_shape == (None, 4, 3)


@pytest.mark.parametrize("dtype", ["int32", "bool", "float16"])
def test_any_type_is_turned_round(dtype: str) -> None:
    """Numbers of words as well as vectors."""
    words = np.array([[3, 1, 0, 0], [5, 6, 7, 0]]).astype(dtype)

    answers = Reverse(dtype=dtype)(words, mask=words != 0)

    assert np.array_equal(answers, np.array([[1, 3, 0, 0], [7, 6, 5, 0]]).astype(dtype))


@pytest.mark.parametrize(("axis", "shape"), [(3, (None, 4, 3)), (-3, (None, 4, 3)), (1, (None,))])
def test_an_axis_that_is_not_there_is_refused(axis: int, shape: tuple[int | None, ...]) -> None:
    """The batch counted from the end is none either."""
    message = f"`axis` should be one of the input's. Received: axis={axis}, input_shape={shape}"

    with pytest.raises(ValueError, match=re.escape(message)):
        Reverse(axis).build(shape)


def test_the_batch_is_not_turned_round() -> None:
    """The message says which axes there are."""
    message = "`axis` should be one of an example's, from 1, and not the batch. Received: axis=0"

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Reverse(0)
