"""Pipelined exclusive or: a function of each step's input, wanted some steps later (Williams and Zipser, 1989)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import NO_LABEL, BuiltInSet


def open_pipelined_xor(described: BuiltInSet) -> ArrayTable:
    """Open two random bits a step and the exclusive or of those `delay` steps before; the first steps have no label."""
    arguments = described.arguments
    steps, delay = arguments.whole("steps"), arguments.whole("delay")
    bits = Draws(arguments.whole("seed")).below(2, described.examples, steps, 2)
    xor = np.full(bits.shape[:2], NO_LABEL, np.int64)
    xor[:, delay:] = (bits[..., 0] ^ bits[..., 1])[:, : steps - delay]
    return make_table(described, {"bits": bits, "xor": xor})
