"""Pipelined exclusive or, with the matrix of delays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("delay", [0, 1, 2, 19])
def test_the_label_is_of_the_bits_some_steps_before(delay: int, make: Callable[..., Any]) -> None:
    """And there is none as long as there were no such bits."""
    arrays = make("pipelined_xor", delay=delay)

    for bits, xor in zip(arrays["bits"], arrays["xor"], strict=True):
        for step, label in enumerate(xor):
            expected = -1 if step < delay else bits[step - delay, 0] != bits[step - delay, 1]
            assert label == expected
