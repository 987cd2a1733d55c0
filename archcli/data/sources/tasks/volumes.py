"""Solids in small volumes, for convolutions in three dimensions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.pictures import SOLIDS

_LEAST_RADIUS = 2.5


def open_volumes(described: BuiltInSet) -> ArrayTable:
    """Open volumes with one solid of 1 in each, of any size that fits, anywhere; shells are 1.5 voxels thick."""
    arguments = described.arguments
    size = arguments.whole("size")
    draws = Draws(arguments.whole("seed"))
    count = described.examples
    kind = draws.below(len(SOLIDS), count)
    radius = draws.uniform(_LEAST_RADIUS, (size - 1) / 2, count)
    centre = radius[:, np.newaxis] + draws.uniform(0, 1, count, 3) * (size - 1 - 2 * radius[:, np.newaxis])
    volume = np.stack(
        [_solid(SOLIDS[k], size, c, r) for k, c, r in zip(kind.tolist(), centre, radius.tolist(), strict=True)]
    )
    volume += arguments.number("noise") * draws.normal(*volume.shape)
    return make_table(described, {"volume": volume[..., np.newaxis], "kind": kind})


def _solid(kind: str, size: int, centre: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Return how far each voxel is filled, `(size, size, size)`, from 0 to 1."""
    away = np.abs(np.indices((size, size, size)) - centre[:, np.newaxis, np.newaxis, np.newaxis])
    distance = np.sqrt((away**2).sum(axis=0))
    match kind:
        case "ball":
            inside = radius - distance
        case "cube":
            inside = radius - away.max(axis=0)
        case _:
            inside = 0.75 - np.abs(distance - (radius - 0.75))
    filled: NDArray[np.float64] = np.clip(inside + 0.5, 0, 1)
    return filled
