"""The adding problem, both forms, checked row by row and against the constants of the literature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize("vary", [False, True])
@pytest.mark.parametrize("form", ["modern", "original"])
def test_the_target_follows_from_the_two_that_are_marked(form: str, vary: bool, make: Callable[..., Any]) -> None:  # noqa: FBT001 -- a row of the table
    """Two markers of 1 in each sequence, and the formula of the paper."""
    arrays = make("adding", form=form, vary=vary, length=100, examples=1000)

    lengths = set()
    for padded, total in zip(arrays["numbers"], arrays["sum"], strict=True):
        rows = [row for row in padded if row[1] != -2]
        marked = [value for value, marker in rows if marker == 1]
        assert len(marked) == 2
        expected = sum(marked) if form == "modern" else 0.5 + sum(marked) / 4
        np.testing.assert_allclose(total, expected, atol=1e-6)
        assert (np.abs(padded[len(rows) :]) == 2).all()
        lengths.add(len(rows))
    assert lengths == (set(range(100, 111)) if vary else {100})


def test_modern_markers_lie_one_in_each_half(make: Callable[..., Any]) -> None:
    """Everywhere in it; values from 0 to 1; all other markers 0."""
    numbers = make("adding", length=20)["numbers"]

    first, second = np.argwhere(numbers[..., 1] == 1)[:, 1].reshape(-1, 2).T
    assert (set(first), set(second)) == (set(range(10)), set(range(10, 20)))
    assert set(np.unique(numbers[..., 1])) == {0, 1}
    assert 0 <= numbers[..., 0].min() < 0.001
    assert 0.999 < numbers[..., 0].max() <= 1


def test_original_markers_are_those_of_the_paper(make: Callable[..., Any]) -> None:
    """One of the first ten, one of the first T/2 - 1 that are left, -1 at both ends, a marked first pair 0."""
    numbers = make("adding", form="original", length=100, examples=20_000)["numbers"]

    early = set()
    for marked in np.argwhere(numbers[..., 1] == 1)[:, 1].reshape(-1, 2):
        assert marked[0] < 10
        assert marked[1] < 50
        early.add(int(marked[1]))
    assert max(early) == 49
    first_is_marked = numbers[:, 0, 1] == 1
    assert set(numbers[~first_is_marked, 0, 1]) == {-1}
    assert (numbers[first_is_marked, 0, 0] == 0).all()
    assert (numbers[:, -1, 1] == -1).all()
    assert set(np.unique(numbers[:, 1:-1, 1])) == {0, 1}
    assert abs(first_is_marked.mean() - (0.1 + 0.9 / 49)) < 0.01
    assert -1 <= numbers[..., 0].min() < -0.999


@pytest.mark.parametrize(
    ("form", "constant", "error"),
    # With both values drawn it is 1/24 = 0.0417; a first pair that is marked has the value 0.
    [("modern", 1, 1 / 6), ("original", 0.5, (2 - 0.1 - 0.9 / 49) / 48)],
)
def test_who_always_says_the_mean_has_the_known_error(
    form: str, constant: float, error: float, make: Callable[..., Any]
) -> None:
    """Analytic: 0.1667 for the modern form, just below 0.0417 for the original."""
    totals = make("adding", form=form, length=100, examples=40_000)["sum"]

    np.testing.assert_allclose(np.mean((totals - constant) ** 2), error, rtol=0.02)
