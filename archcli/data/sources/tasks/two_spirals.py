"""Two spirals: 194 points, a famously hard problem for back-propagation (Lang and Witbrock, 1988)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_two_spirals(described: BuiltInSet) -> ArrayTable:
    """Open the points: of each radius, from the outside in, one of spiral 1 and its mirror image of spiral 0.

    With 97 points on each, point `i` has the angle `i pi/16` and the radius `6.5 (104 - i)/104`; with more or fewer the
    same three turns hold them.
    """
    arguments = described.arguments
    place = np.linspace(0, 96, arguments.whole("points"))
    angle, radius = place * np.pi / 16, 6.5 * (104 - place) / 104
    x, y = radius * np.sin(angle), radius * np.cos(angle)
    points = np.stack([np.stack([x, y], axis=1), np.stack([-x, -y], axis=1)], axis=1).reshape(-1, 2)
    points += arguments.number("noise") * Draws(arguments.whole("seed")).normal(*points.shape)
    spiral = np.tile([1, 0], len(place))
    return make_table(described, {"x": points[:, 0], "y": points[:, 1], "spiral": spiral})
