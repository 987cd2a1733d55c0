"""Means and deviations along the last axis, in float64 whatever the numbers are."""

from __future__ import annotations

import numpy as np

from archcli.data.table import Numbers


def means(values: Numbers) -> tuple[float, ...]:
    """Return the mean of `(examples, *shape)` for each index of the last axis."""
    return tuple(map(float, values.mean(axis=tuple(range(values.ndim - 1)), dtype=np.float64)))


def deviations(values: Numbers) -> tuple[float, ...]:
    """Return the standard deviation (of a population) for each index of the last axis; 1 where all are equal."""
    axes = tuple(range(values.ndim - 1))
    spread = values.std(axis=axes, dtype=np.float64)
    # Rounding leaves equal numbers a deviation of its own size, which would blow noise up.
    spread[values.min(axis=axes) == values.max(axis=axes)] = 1
    return tuple(map(float, spread))
