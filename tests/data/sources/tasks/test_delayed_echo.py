"""Delayed echo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("delay", [1, 3, 29])
def test_every_bit_comes_again(delay: int, make: Callable[..., Any]) -> None:
    """Some steps later, after as many zeros."""
    arrays = make("delayed_echo", delay=delay)

    for signal, echo in zip(arrays["signal"][..., 0].tolist(), arrays["echo"].tolist(), strict=True):
        assert echo == [0] * delay + signal[:-delay]
