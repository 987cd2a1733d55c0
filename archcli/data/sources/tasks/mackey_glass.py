"""The Mackey-Glass series: blood cells that are made according to how many there were some time ago (1977)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

STEPS_PER_UNIT = 10
"""How many steps of integration there are in a unit of time; the series is one value a unit."""

_TRANSIENT = 1000


def open_mackey_glass(described: BuiltInSet) -> ArrayTable:
    """Open windows of the series, each one step after the last, and the values `horizon` steps after their last.

    The seed draws the constant history, from 1.1 to 1.3; a thousand units are left out until the series has forgotten
    how it began.
    """
    arguments = described.arguments
    window, horizon, outputs = (arguments.whole(name) for name in ("window", "horizon", "outputs"))
    start = float(Draws(arguments.whole("seed")).uniform(1.1, 1.3))
    needed = described.examples + window - 1 + horizon + outputs - 1
    series = integrate(_TRANSIENT + needed, tau=arguments.whole("tau"), start=start)[_TRANSIENT:]
    windows = np.lib.stride_tricks.sliding_window_view(series, window)[: described.examples]
    ahead = np.lib.stride_tricks.sliding_window_view(series[window - 1 + horizon :], outputs)[: described.examples]
    return make_table(described, {"window": windows[..., np.newaxis], "ahead": ahead[:, 0] if outputs == 1 else ahead})


def integrate(count: int, *, tau: int, start: float) -> NDArray[np.float64]:
    """Integrate `dx/dt = 0.2 x(t - tau)/(1 + x(t - tau)^10) - 0.1 x(t)` by the fourth-order Runge-Kutta method.

    Ten steps a unit of time; between two of them the delayed value is their mean.

    Args:
        count: How many values are wanted, one a unit of time, from time 1.
        tau: The delay, in units.
        start: What x was up to time 0.

    Returns:
        The values, `(count,)`.
    """
    step, lag = 1 / STEPS_PER_UNIT, tau * STEPS_PER_UNIT
    series = [start] * (lag + 1)
    for now in range(lag, lag + count * STEPS_PER_UNIT):
        x, early, late = series[now], series[now - lag], series[now - lag + 1]
        made_early, made_late, made_between = _made(early), _made(late), _made((early + late) / 2)
        k1 = made_early - 0.1 * x
        k2 = made_between - 0.1 * (x + step / 2 * k1)
        k3 = made_between - 0.1 * (x + step / 2 * k2)
        k4 = made_late - 0.1 * (x + step * k3)
        series.append(x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(series[lag + STEPS_PER_UNIT :: STEPS_PER_UNIT])


def _made(delayed: float) -> float:
    return 0.2 * delayed / (1 + delayed**10)
