"""Moving bars: the video is played again by rolling its first frame."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

NAMES = ("down", "left", "right", "up")
STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}


def test_each_frame_is_the_last_one_moved_on(make: Callable[..., Any]) -> None:
    """By a pixel, and round the edge; a bar has two lines of twelve."""
    arrays = make("moving_bars", noise=0)

    for video, direction in zip(arrays["video"][..., 0], arrays["direction"], strict=True):
        step = STEPS[NAMES[direction]]
        for before, after in pairwise(video):
            np.testing.assert_array_equal(after, np.roll(before, step, axis=(0, 1)))
        lines = video[0].all(axis=1 if step[0] else 0)
        assert lines.sum() == 2
        assert video[0].sum() == 24


def test_a_single_frame_does_not_tell_the_direction(make: Callable[..., Any]) -> None:
    """What goes up looks like what goes down."""
    arrays = make("moving_bars", noise=0)

    frames = {
        name: {frame.tobytes() for frame in arrays["video"][arrays["direction"] == number, 0]}
        for number, name in enumerate(NAMES)
    }
    assert frames["up"] == frames["down"]
    assert frames["left"] == frames["right"]
