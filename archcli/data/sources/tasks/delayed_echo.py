"""Delayed echo: say every bit again, some steps later."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_delayed_echo(described: BuiltInSet) -> ArrayTable:
    """Open random bits and the same bits `delay` steps later, after zeros."""
    arguments = described.arguments
    steps, delay = arguments.whole("steps"), arguments.whole("delay")
    signal = Draws(arguments.whole("seed")).below(2, described.examples, steps)
    echo = np.zeros_like(signal)
    echo[:, delay:] = signal[:, : steps - delay]
    return make_table(described, {"signal": signal[..., np.newaxis], "echo": echo})
