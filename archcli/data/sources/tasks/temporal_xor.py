"""Temporal exclusive or: two random bits, their exclusive or, two more, and so on (Elman, 1990)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_temporal_xor(described: BuiltInSet) -> ArrayTable:
    """Open one stream cut into windows without gap or overlap; only every third bit can be foretold, half the time."""
    arguments = described.arguments
    steps = arguments.whole("steps")
    count = described.examples * steps
    # One bit more than goes in, to be the last target.
    pairs = Draws(arguments.whole("seed")).below(2, count // 3 + 1, 2)
    stream = np.column_stack([pairs, pairs[:, 0] ^ pairs[:, 1]]).ravel()
    bits, following = stream[:count], stream[1 : count + 1]
    return make_table(described, {"bit": bits.reshape(-1, steps, 1), "next": following.reshape(-1, steps)})
