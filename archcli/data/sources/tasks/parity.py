"""Parity: whether the ones so far are odd in number, which takes one bit of memory for any length."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import NO_LABEL, BuiltInSet
from archcli.recipe.built_in.logic import PARITY_PADDING


def open_parity(described: BuiltInSet) -> ArrayTable:
    """Open random bits, all equally long or from 1 to `length`, with the parity up to each step and of all."""
    arguments = described.arguments
    count, length = described.examples, arguments.whole("length")
    draws = Draws(arguments.whole("seed"))
    lengths = 1 + draws.below(length, count) if arguments.truth("vary") else np.full(count, length)
    bits = draws.below(2, count, length)
    parity = bits.cumsum(axis=1) % 2
    beyond = np.arange(length) >= lengths[:, np.newaxis]
    total = parity[np.arange(count), lengths - 1]
    longest = lengths.max()
    arrays = {
        "bits": np.where(beyond, PARITY_PADDING, bits)[:, :longest, np.newaxis],
        "parity": np.where(beyond, NO_LABEL, parity)[:, :longest],
        "total": total,
    }
    return make_table(described, arrays)
