"""A B A C, and what can be known of it without memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np


def test_letters_come_in_their_order(make: Callable[..., Any]) -> None:
    """Under a plan that never changes, in every example."""
    arrays = make("abac")

    assert {"".join("ABC"[letter] for letter in letters) for letters in arrays["letter"]} == {"ABACABACABAC"}
    assert (arrays["plan"] == 1).all()


def test_the_last_letter_alone_tells_three_in_four(make: Callable[..., Any]) -> None:
    """An accuracy of exactly 0.75, and a binary cross-entropy of ln 2/3 (analytic)."""
    letters = make("abac", periods=1000, examples=1)["letter"][0]
    last = [2, *letters[:-1]]  # before the first A comes what is before every A of the kind

    following: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for before, after in zip(last, letters, strict=True):
        following[before][after] += 1
    right = sum(max(counts.values()) for counts in following.values())
    entropy = 0.0
    for counts in following.values():
        shares = np.array([counts[letter] for letter in range(3)]) / counts.total()
        safe = np.clip(shares, 1e-15, 1 - 1e-15)
        per_step = -(shares * np.log(safe) + (1 - shares) * np.log(1 - safe)).mean()
        entropy += counts.total() * per_step / len(letters)

    assert right / len(letters) == 0.75
    np.testing.assert_allclose(entropy, np.log(2) / 3, atol=1e-6)
