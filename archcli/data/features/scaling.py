"""Means and deviations along the last axis, in float64 whatever the numbers are."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import Numbers

_MOST: Final = 1 << 20
"""How many numbers are turned into float64 as a whole."""

_AT_ONCE: Final = 1 << 16
"""How many are, of more: what a processor keeps near."""


def means(values: Numbers) -> tuple[float, ...]:
    """Return the mean of `(examples, *shape)` for each index of the last axis."""
    return tuple(map(float, values.mean(axis=tuple(range(values.ndim - 1)), dtype=np.float64)))


def deviations(values: Numbers) -> tuple[float, ...]:
    """Return the standard deviation (of a population) for each index of the last axis; 1 where all are equal."""
    axes = tuple(range(values.ndim - 1))
    spread = values.std(axis=axes, dtype=np.float64) if values.size <= _MOST else _deviate_by_blocks(values)
    # Rounding leaves equal numbers a deviation of its own size, which would blow noise up.
    spread[values.min(axis=axes) == values.max(axis=axes)] = 1
    return tuple(map(float, spread))


def _deviate_by_blocks(values: Numbers) -> NDArray[np.float64]:
    """Do what `numpy.std` does without a copy of everything."""
    flat = values.reshape(-1, values.shape[-1])
    mean = flat.mean(axis=0, dtype=np.float64)
    rows = max(1, _AT_ONCE // flat.shape[1])
    squares = np.zeros_like(mean)
    for start in range(0, len(flat), rows):
        away = flat[start : start + rows] - mean
        squares += np.einsum("ij,ij->j", away, away)
    spread: NDArray[np.float64] = np.sqrt(squares / len(flat))
    return spread
