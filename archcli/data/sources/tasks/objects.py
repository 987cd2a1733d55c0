"""Objects seen from afar: two inputs that must be put together, two things to say."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.drawing import coverage
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.pictures import OBJECT_SIZE, SHAPES


def open_objects(described: BuiltInSet) -> ArrayTable:
    """Open pictures of one object each, its distance from 1 to 4, the light from 0.4 to 1, its kind and its size.

    Its half width in the picture, in pixels, is its size divided by its distance; it is as bright as the light.
    """
    arguments = described.arguments
    draws = Draws(arguments.whole("seed"))
    count = described.examples
    kind = draws.below(len(SHAPES), count)
    distance, light = draws.uniform(1, 4, count), draws.uniform(0.4, 1, count)
    radius = draws.uniform(2.5, 5.5, count)
    centre = radius[:, np.newaxis] + draws.uniform(0, 1, count, 2) * (OBJECT_SIZE - 1 - 2 * radius[:, np.newaxis])
    image = np.stack(
        [
            brightness * coverage(SHAPES[k], OBJECT_SIZE, row=row, column=column, radius=r)
            for k, (row, column), r, brightness in zip(kind, centre, radius, light, strict=True)
        ]
    )
    image += arguments.number("noise") * draws.normal(*image.shape)
    arrays = {
        "image": image[..., np.newaxis],
        "distance": distance,
        "light": light,
        "kind": kind,
        "size": radius * distance,
    }
    return make_table(described, arrays)
