"""Temporal exclusive or, as Elman describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def test_every_third_bit_is_the_exclusive_or_of_the_two_before(make: Callable[..., Any]) -> None:
    """All 3,000 bits of the stream, and all other bits fair and free."""
    arrays = make("temporal_xor")

    stream = arrays["bit"].ravel().astype(int)
    assert len(stream) == 3000
    assert all(stream[i + 2] == stream[i] ^ stream[i + 1] for i in range(0, 3000, 3))
    pairs = stream.reshape(-1, 3)[:, :2]
    assert abs(np.bincount(2 * pairs[:, 0] + pairs[:, 1]) - 250).max() < 50


def test_the_target_is_the_next_bit(make: Callable[..., Any]) -> None:
    """Across windows too, which lie end to end, also where a window is no whole number of triples."""
    arrays = make("temporal_xor", steps=31)

    stream, following = arrays["bit"].ravel(), arrays["next"].ravel()
    np.testing.assert_array_equal(following[:-1], stream[1:])
    assert len(stream) == 3100
    assert following[-1] in {0, 1}
