"""Noisy patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def test_a_share_of_the_units_is_turned_round(make: Callable[..., Any]) -> None:
    """Six of 64, never the same ones for long; what is wanted is one of five patterns of 1 and -1."""
    arrays = make("noisy_patterns")

    turned = arrays["noisy"] != arrays["clean"]
    assert set(turned.sum(axis=1)) == {6}
    assert (arrays["noisy"][turned] == -arrays["clean"][turned]).all()
    assert turned.any(axis=0).all()
    patterns = np.unique(arrays["clean"], axis=0)
    assert patterns.shape == (5, 64)
    assert set(np.unique(patterns)) == {-1, 1}
    for number in range(5):
        assert len(np.unique(arrays["clean"][arrays["pattern"] == number], axis=0)) == 1
