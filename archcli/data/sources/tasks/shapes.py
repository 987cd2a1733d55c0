"""Shapes before a noisy background, and what each pixel belongs to."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.drawing import coverage
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.pictures import SHAPES

_MOST = 3


def open_shapes(described: BuiltInSet) -> ArrayTable:
    """Open pictures of one to three shapes, of a grey from 0.4 to 1, the later before the earlier.

    A pixel belongs to a shape that covers half of it or more.
    """
    arguments = described.arguments
    size, kinds = arguments.whole("size"), arguments.truth("kinds")
    draws = Draws(arguments.whole("seed"))
    count = described.examples
    shapes = 1 + draws.below(_MOST, count)
    kind = draws.below(len(SHAPES), count, _MOST)
    grey = draws.uniform(0.4, 1, count, _MOST)
    radius = draws.uniform(size / 10, size / 5, count, _MOST)
    centre = radius[..., np.newaxis] + draws.uniform(0, 1, count, _MOST, 2) * (size - 1 - 2 * radius[..., np.newaxis])
    image = np.zeros((count, size, size))
    pixels = np.zeros((count, size, size), np.int64)
    for example in range(count):
        for shape in range(shapes[example]):
            place = example, shape
            row, column = centre[place]
            covered = coverage(SHAPES[kind[place]], size, row=row, column=column, radius=radius[place])
            image[example] += covered * (grey[place] - image[example])
            pixels[example][covered >= 0.5] = 1 + kind[place] if kinds else 1
    image += arguments.number("noise") * draws.normal(*image.shape)
    return make_table(described, {"image": image[..., np.newaxis], "pixels": pixels})
