"""Objects: their size is their width in the picture times their distance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def test_the_size_takes_picture_and_distance(make: Callable[..., Any]) -> None:
    """Half of how far the object reaches from side to side, measured in the picture, times its distance."""
    arrays = make("objects", noise=0)

    lit = arrays["image"][..., 0] / arrays["light"][:, np.newaxis, np.newaxis]
    widths = (lit.max(axis=1) * 1.0).sum(axis=1)
    np.testing.assert_allclose(widths / 2 * arrays["distance"], arrays["size"], rtol=0.2)


def test_neither_input_alone_tells_the_size(make: Callable[..., Any]) -> None:
    """Each explains part of it, both together all."""
    arrays = make("objects")

    radius = arrays["size"] / arrays["distance"]
    alone = [np.corrcoef(arrays["size"], given)[0, 1] ** 2 for given in (radius, arrays["distance"], arrays["light"])]
    assert alone[0] < 0.5
    assert alone[1] < 0.85
    assert alone[2] < 0.02


def test_an_object_is_as_bright_as_the_light(make: Callable[..., Any]) -> None:
    """At its brightest pixel."""
    arrays = make("objects", noise=0)

    np.testing.assert_allclose(arrays["image"].max(axis=(1, 2, 3)), arrays["light"], rtol=1e-6)
