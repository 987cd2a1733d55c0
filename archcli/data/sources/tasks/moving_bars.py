"""Moving bars: every frame shows a bar, and only their order shows where it goes."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.pictures import DIRECTIONS


def open_moving_bars(described: BuiltInSet) -> ArrayTable:
    """Open videos of a bar that begins anywhere, moves by a pixel a frame and comes in again on the other side.

    Bars that go up or down lie, the others stand; they are a sixth of the frame thick.
    """
    arguments = described.arguments
    frames, size = arguments.whole("frames"), arguments.whole("size")
    draws = Draws(arguments.whole("seed"))
    direction = draws.below(len(DIRECTIONS), described.examples)
    begin = draws.below(size, described.examples)
    sign = np.array([{"down": 1, "right": 1}.get(name, -1) for name in DIRECTIONS])[direction]
    stands = np.array([name in {"left", "right"} for name in DIRECTIONS])[direction]
    position = begin[:, np.newaxis] + sign[:, np.newaxis] * np.arange(frames)
    # How far each line lies behind the bar's first, round the edge: (videos, frames, lines).
    behind = (np.arange(size) - position[..., np.newaxis]) % size
    bar = (behind < max(1, size // 6)).astype(np.float32)
    shape = (described.examples, frames, size, size)
    lying, standing = (np.broadcast_to(b, shape) for b in (bar[..., np.newaxis], bar[..., np.newaxis, :]))
    video = np.where(stands[:, np.newaxis, np.newaxis, np.newaxis], standing, lying)
    noisy = video + arguments.number("noise") * draws.normal(*shape)
    return make_table(described, {"video": noisy[..., np.newaxis], "direction": direction})
