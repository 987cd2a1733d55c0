"""Pairs of digits, looked up again in scikit-learn's set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.datasets import load_digits


def test_pairs_are_alike_where_it_is_said(make: Callable[..., Any]) -> None:
    """Two different pictures each, half of the pairs of one digit, and every digit on both sides."""
    bunch = load_digits()
    known = {image.tobytes(): digit for image, digit in zip(bunch.images, bunch.target, strict=True)}

    arrays = make("digit_pairs")

    sides = [[known[image[..., 0].tobytes()] for image in arrays[side]] for side in ("left", "right")]
    np.testing.assert_array_equal(np.equal(sides[0], sides[1]), arrays["same"])
    assert not any(np.array_equal(a, b) for a, b in zip(arrays["left"], arrays["right"], strict=True))
    assert abs(arrays["same"].mean() - 0.5) < 0.05
    assert set(sides[0]) == set(sides[1]) == set(range(10))
