"""Solids in volumes: each fills what geometry says of the box about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def test_solids_fill_their_boxes_as_they_should(make: Callable[..., Any]) -> None:
    """A ball pi/6, a cube all; a shell is hollow, and all lie within the volume."""
    arrays = make("volumes", noise=0, size=32, examples=60)

    for volume, kind in zip(arrays["volume"][..., 0], arrays["kind"], strict=True):
        places = np.argwhere(volume >= 0.5)
        low, high = places.min(axis=0), places.max(axis=0)
        if np.ptp(np.stack([low, high])) == 0 or (high - low).min() < 14:
            continue
        share = len(places) / np.prod(high - low + 1)
        middle = volume[tuple((low + high) // 2)]
        expected, filled = {0: (np.pi / 6, 1), 1: (1, 1), 2: (None, 0)}[int(kind)]
        assert middle == filled
        if expected is not None:
            assert abs(share - expected) < 0.06


def test_solids_lie_anywhere(make: Callable[..., Any]) -> None:
    """Near every side of the volume there is one."""
    volumes = make("volumes", noise=0)["volume"][..., 0]

    for axis in (1, 2, 3):
        others = tuple({1, 2, 3} - {axis})
        filled = (volumes >= 0.5).any(axis=others)
        assert filled[:, :2].any()
        assert filled[:, -2:].any()
