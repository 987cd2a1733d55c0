"""Copy memory, written out as Bai, Kolter and Koltun do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(("length", "delay"), [(3, 10), (10, 100), (4, 1)])
def test_sequences_are_as_in_the_paper(length: int, delay: int, make: Callable[..., Any]) -> None:
    """T + 2 S steps: symbols from 1 to 8, zeros, S + 1 nines; the answer zeros, and the symbols at the end."""
    arrays = make("copy", length=length, delay=delay, examples=50)

    assert (arrays["symbols"].sum(axis=2) == 1).all()
    for given, answer in zip(arrays["symbols"].argmax(axis=2), arrays["copy"], strict=True):
        symbols = given[:length].tolist()
        assert given.tolist() == symbols + [0] * (delay - 1) + [9] * (length + 1)
        assert answer.tolist() == [0] * (delay + length) + symbols
        assert set(symbols) <= set(range(1, 9))


def test_who_remembers_nothing_has_the_known_loss(make: Callable[..., Any]) -> None:
    """Even odds for each of eight symbols at S of T + 2 S steps: S ln 8/(T + 2 S)."""
    answers = make("copy", length=10, delay=20, examples=5000)["copy"]

    shares = np.array([np.bincount(step, minlength=9) / len(answers) for step in answers.T])
    entropy = -(shares * np.log(np.maximum(shares, 1e-12))).sum(axis=1).mean()
    assert abs(entropy - 10 * np.log(8) / 40) < 1e-3
