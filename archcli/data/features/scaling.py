"""Means and deviations along the last axis, in float64 whatever the numbers are."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import Numbers

_SIZE: Final = 1 << 23
"""How many numbers are turned into float64 at once."""


def means(values: Numbers) -> tuple[float, ...]:
    """Return the mean of `(examples, *shape)` for each index of the last axis."""
    return tuple(map(float, values.mean(axis=tuple(range(values.ndim - 1)), dtype=np.float64)))


def deviations(values: Numbers) -> tuple[float, ...]:
    """Return the standard deviation (of a population) for each index of the last axis; 1 where all are equal."""
    axes = tuple(range(values.ndim - 1))
    spread = values.std(axis=axes, dtype=np.float64) if values.size <= _SIZE else _deviate_by_blocks(values)
    # Rounding leaves equal numbers a deviation of its own size, which would blow noise up.
    spread[values.min(axis=axes) == values.max(axis=axes)] = 1
    return tuple(map(float, spread))


def _deviate_by_blocks(values: Numbers) -> NDArray[np.float64]:
    """Do what `numpy.std` does without a copy of everything."""
    axes = tuple(range(values.ndim - 1))
    mean = values.mean(axis=axes, dtype=np.float64)
    rows = max(1, _SIZE // values[0].size)
    squares = [((values[start : start + rows] - mean) ** 2).sum(axis=axes) for start in range(0, len(values), rows)]
    spread: NDArray[np.float64] = np.sqrt(np.sum(squares, axis=0) * (values.shape[-1] / values.size))
    return spread
