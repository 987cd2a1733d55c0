"""Plan to sequence: what a network is told stays the same while what it does goes on (Jordan, 1986)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_plan_to_sequence(described: BuiltInSet) -> ArrayTable:
    """Open one-hot plans, held for all steps, with a random sequence of bits each, no two alike."""
    arguments = described.arguments
    plans, steps, bits = (arguments.whole(name) for name in ("plans", "steps", "bits"))
    draws = Draws(arguments.whole("seed"))
    sequences: dict[bytes, np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = {}
    while len(sequences) < plans:
        drawn = draws.below(2, steps, bits)
        sequences.setdefault(drawn.tobytes(), drawn)
    arrays = {
        "plan": np.repeat(np.eye(plans)[:, np.newaxis], steps, axis=1),
        "sequence": np.stack([*sequences.values()]),
    }
    return make_table(described, arrays)
