"""Pairs of written digits, for networks that learn what makes two pictures alike."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.scikit_learn import read_digits
from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_digit_pairs(described: BuiltInSet) -> ArrayTable:
    """Open pairs of two different pictures, grey levels from 0 to 16; half show the same digit."""
    digits = read_digits()
    labels = digits.target.astype(np.int64)
    draws = Draws(described.arguments.whole("seed"))
    count = described.examples
    by_digit = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    begins = sizes.cumsum() - sizes
    same = draws.below(2, count)
    digit = draws.below(len(sizes), count)
    left = draws.below(sizes[digit], count)
    other_digit = (digit + 1 + draws.below(len(sizes) - 1, count)) % len(sizes)
    shares = draws.uniform(0, 1, count)
    other_picture = (left + 1 + (shares * (sizes[digit] - 1)).astype(np.int64)) % sizes[digit]
    right = np.where(same, other_picture, (shares * sizes[other_digit]).astype(np.int64))
    pictures = digits.values.reshape(-1, 8, 8, 1)
    arrays = {
        "left": pictures[by_digit[begins[digit] + left]],
        "right": pictures[by_digit[begins[np.where(same, digit, other_digit)] + right]],
        "same": same,
    }
    return make_table(described, arrays)
