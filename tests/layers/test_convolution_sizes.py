"""Output sizes and padding of convolution and pooling are those of the formulas that are taught.

With size n, kernel k, stride s and p added in all, out = floor((n + p - k) / s) + 1. `valid` adds nothing; `same` gives
ceil(n / s) and adds max((out - 1) s + k - n, 0), the odd one at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import keras
import numpy as np
import pytest

SIZES, KERNELS, STRIDES = (4, 5, 8, 9), (2, 3, 4, 5), (1, 2, 3)


def grid() -> Iterator[tuple[int, int, int]]:
    """Give every size, kernel and stride where the kernel fits."""
    return ((n, k, s) for n, k, s in product(SIZES, KERNELS, STRIDES) if k <= n)


def added(n: int, k: int, s: int, padding: str) -> tuple[int, int]:
    """Return what is added before and after an axis."""
    total = max((math.ceil(n / s) - 1) * s + k - n, 0) if padding == "same" else 0
    return total // 2, total - total // 2


def size_of(n: int, k: int, s: int, padding: str) -> int:
    """Return the size of the output."""
    return (n + sum(added(n, k, s, padding)) - k) // s + 1


def windows(image: Any, k: int, s: int, padding: str, *, filled_with: float) -> Any:
    """Return the windows of an image, `(rows, columns, k, k)`, cut out of it by hand."""
    border = [added(n, k, s, padding) for n in image.shape]
    padded = np.pad(image, border, constant_values=filled_with)
    rows, columns = (size_of(n, k, s, padding) for n in image.shape)
    return np.array([[padded[i * s : i * s + k, j * s : j * s + k] for j in range(columns)] for i in range(rows)])


def image_of(n: int) -> Any:
    """Return a random image, wider by one than high."""
    return np.random.default_rng(n).normal(size=(n, n + 1)).astype("float32")


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_convolution_follows_the_formulas(padding: str) -> None:
    """For every size, kernel and stride, Conv2D is the sum of products over windows cut out by hand, and no flip."""
    for n, k, s in grid():
        image, kernel = image_of(n), np.random.default_rng(k).normal(size=(k, k)).astype("float32")
        layer = keras.layers.Conv2D(1, k, strides=s, padding=padding, use_bias=False)
        layer.build((None, n, n + 1, 1))
        layer.set_weights([kernel[..., None, None]])

        output = np.asarray(layer(image[None, ..., None]))[0, ..., 0]

        expected = (windows(image, k, s, padding, filled_with=0) * kernel).sum(axis=(2, 3))
        assert layer.compute_output_shape((None, n, n + 1, 1)) == (None, *expected.shape, 1)
        np.testing.assert_allclose(output, expected, atol=1e-4, err_msg=f"n={n} k={k} s={s}")


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_max_pooling_follows_the_formulas(padding: str) -> None:
    """For every size, window and stride, the greatest real pixel of each window comes out."""
    for n, k, s in grid():
        image = image_of(n) - 5  # all below 0: a border of zeros would show

        output = keras.layers.MaxPooling2D(k, strides=s, padding=padding)(image[None, ..., None])

        expected = windows(image, k, s, padding, filled_with=-np.inf).max(axis=(2, 3))
        np.testing.assert_array_equal(np.asarray(output)[0, ..., 0], expected, err_msg=f"n={n} k={k} s={s}")


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_average_pooling_divides_by_real_pixels(padding: str) -> None:
    """For every size, window and stride, the mean is that of the real pixels of each window."""
    for n, k, s in grid():
        image = image_of(n)

        output = keras.layers.AveragePooling2D(k, strides=s, padding=padding)(image[None, ..., None])

        expected = np.nanmean(windows(image, k, s, padding, filled_with=np.nan), axis=(2, 3))
        np.testing.assert_allclose(
            np.asarray(output)[0, ..., 0], expected, rtol=1e-4, atol=1e-5, err_msg=f"n={n} k={k} s={s}"
        )


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_one_and_three_dimensions_have_the_same_sizes(padding: str) -> None:
    """Sequences and volumes follow the formulas, axis by axis."""
    for (n, k, s), m in product([(8, 3, 2), (9, 4, 3), (5, 2, 1), (4, 4, 3)], (4, 7)):
        sizes = (n, m, n)
        volume = keras.layers.Conv3D(2, k, strides=s, padding=padding)(np.zeros((1, *sizes, 1), "float32"))
        sequence = keras.layers.Conv1D(2, k, strides=s, padding=padding)(np.zeros((1, n, 1), "float32"))

        assert volume.shape == (1, *(size_of(size, k, s, padding) for size in sizes), 2)
        assert sequence.shape == (1, size_of(n, k, s, padding), 2)


def test_the_odd_pixel_is_at_the_bottom_and_right() -> None:
    """Of one pixel to add, none is added at the top and left: a kernel that picks its first cell finds the image."""
    image = image_of(6)
    layer = keras.layers.Conv2D(1, 2, padding="same", use_bias=False)
    layer.build((None, 6, 7, 1))
    layer.set_weights([np.array([[1, 0], [0, 0]], "float32")[..., None, None]])

    np.testing.assert_allclose(np.asarray(layer(image[None, ..., None]))[0, ..., 0], image)


def test_explicit_padding_before_a_valid_convolution_is_same() -> None:
    """What `same` adds by itself can be written down: ZeroPadding2D with its amounts gives the same."""
    image = image_of(9)[None, ..., None]
    (top, bottom), (left, right) = (added(n, 4, 3, "same") for n in image.shape[1:3])
    same = keras.layers.Conv2D(2, 4, strides=3, padding="same")
    valid = keras.layers.Conv2D(2, 4, strides=3)
    same.build(image.shape)
    valid.build(image.shape)
    valid.set_weights(same.get_weights())

    padded = keras.layers.ZeroPadding2D(((top, bottom), (left, right)))(image)

    np.testing.assert_allclose(valid(padded), same(image), atol=1e-6)


def test_full_padding_sees_every_overlap() -> None:
    """Padded by k - 1 on either side, n + k - 1 places come out."""
    padded = keras.layers.ZeroPadding2D(3)(image_of(5)[None, ..., None])

    assert keras.layers.Conv2D(1, 4)(padded).shape == (1, 5 + 3, 6 + 3, 1)
