"""Past against future: at every step half of what decides is still to come (a test for bidirectional networks)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

_MIDDLE_THIRD = 0.4307272992954576
"""Within so many deviations of the mean lies a third of a normal distribution."""


def open_past_vs_future(described: BuiltInSet) -> ArrayTable:
    """Open numbers from -1 to 1 and how the `span` before each step sum, compared to the `span` after it.

    The step itself does not count, nor does what lies beyond the ends. The difference of the sums has the variance
    `2 span/3`; with three classes it is `equal` within 0.43 deviations, which holds a third of all steps away from the
    ends.
    """
    arguments = described.arguments
    steps, span = arguments.whole("steps"), arguments.whole("span")
    signal = Draws(arguments.whole("seed")).uniform(-1, 1, described.examples, steps)
    difference = _sum_before(signal, span) - _sum_before(signal[:, ::-1], span)[:, ::-1]
    if arguments.whole("classes") == 2:
        label = (difference > 0).astype(np.int64)
    else:
        margin = _MIDDLE_THIRD * np.sqrt(2 * span / 3)
        label = np.where(np.abs(difference) < margin, 0, np.where(difference < 0, 1, 2))
    return make_table(described, {"signal": signal[..., np.newaxis], "label": label})


def _sum_before(signal: NDArray[np.float64], span: int) -> NDArray[np.float64]:
    """Return at each step the sum of the `span` steps before it, `(examples, steps)`."""
    steps = signal.shape[1]
    sums = np.zeros((len(signal), steps + 1))
    sums[:, 1:] = signal.cumsum(axis=1)
    ends = np.arange(steps)
    before: NDArray[np.float64] = sums[:, ends] - sums[:, np.maximum(ends - span, 0)]
    return before
