"""Parity, counted one bit at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("vary", [False, True])
def test_parity_is_counted_right(vary: bool, make: Callable[..., Any]) -> None:  # noqa: FBT001 -- a row of the table
    """At every step, and at the end for the whole; nothing is said after it."""
    arrays = make("parity", vary=vary, length=12)

    seen = set()
    for bits, parity, total in zip(arrays["bits"][..., 0], arrays["parity"], arrays["total"], strict=True):
        odd, length = 0, 0
        for bit, said in zip(bits, parity, strict=True):
            if bit == -1:
                assert said == -1
                continue
            odd, length = (odd + bit) % 2, length + 1
            assert said == odd
        assert total == odd
        seen.add(length)
    assert seen == (set(range(1, 13)) if vary else {12})
