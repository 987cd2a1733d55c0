"""Two spirals, against the program that Lang and Witbrock published."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def test_points_are_lang_and_witbrocks(make: Callable[..., Any]) -> None:
    """The loop of their C program: 97 radii, each with a point and its mirror image."""
    expected = []
    for i in range(97):
        angle, radius = i * math.pi / 16, 6.5 * (104 - i) / 104
        x, y = radius * math.sin(angle), radius * math.cos(angle)
        expected += [(x, y, 1), (-x, -y, 0)]

    arrays = make("two_spirals")

    np.testing.assert_allclose(np.column_stack([arrays[c] for c in ("x", "y", "spiral")]), expected, atol=1e-6)


def test_more_points_lie_on_the_same_spirals(make: Callable[..., Any]) -> None:
    """Three turns, from a radius of 6.5 to one of 0.5."""
    arrays = make("two_spirals", points=1000)

    radius = np.hypot(arrays["x"], arrays["y"])
    np.testing.assert_allclose([radius.max(), radius.min()], [6.5, 0.5], atol=1e-6)


def test_noise_has_the_deviation_that_is_asked_for(make: Callable[..., Any]) -> None:
    """Of x and of y alike."""
    clean, noisy = make("two_spirals", points=5000), make("two_spirals", points=5000, noise=0.3)

    for axis in ("x", "y"):
        assert abs(np.std(noisy[axis] - clean[axis]) - 0.3) < 0.01
