"""Noisy patterns: what an associative memory is for (Hopfield, 1982)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_noisy_patterns(described: BuiltInSet) -> ArrayTable:
    """Open random patterns of 1 and -1, no two alike, each time with the same share of units turned round."""
    arguments = described.arguments
    patterns, units = arguments.whole("patterns"), arguments.whole("units")
    draws = Draws(arguments.whole("seed"))
    drawn: dict[bytes, np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = {}
    while len(drawn) < patterns:
        pattern = 2 * draws.below(2, units) - 1
        drawn.setdefault(pattern.tobytes(), pattern)
    which = draws.below(patterns, described.examples)
    clean = np.stack([*drawn.values()])[which]
    turned = round(arguments.number("noise") * units)
    order = draws.uniform(0, 1, *clean.shape).argsort(axis=1, kind="stable")
    noisy = clean.copy()
    np.put_along_axis(noisy, order[:, :turned], -np.take_along_axis(clean, order[:, :turned], axis=1), axis=1)
    return make_table(described, {"noisy": noisy, "clean": clean, "pattern": which})
