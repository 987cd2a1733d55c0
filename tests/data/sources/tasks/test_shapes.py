"""Shapes and their pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def test_pixels_of_a_shape_are_bright_and_others_dark(make: Callable[..., Any]) -> None:
    """Without noise: half covered with grey from 0.4, or not."""
    arrays = make("shapes", noise=0)

    image, is_shape = arrays["image"][..., 0], arrays["pixels"] == 1
    assert image[is_shape].min() >= 0.2
    assert np.median(image[is_shape]) > 0.4
    assert image[~is_shape].max() < 0.75
    assert np.mean(image[~is_shape] == 0) > 0.9
    assert (is_shape.mean(axis=(1, 2)) > 0.01).all()


def test_kinds_are_told_apart_where_it_is_asked(make: Callable[..., Any]) -> None:
    """The same pictures; what was a shape is a disc, a square or a triangle."""
    plain, told = make("shapes"), make("shapes", kinds=True)

    np.testing.assert_array_equal(plain["image"], told["image"])
    np.testing.assert_array_equal(plain["pixels"], told["pixels"] > 0)


def test_a_square_fills_the_box_about_it(make: Callable[..., Any]) -> None:
    """A disc fills pi/4 of its own, a triangle half."""
    pixels = make("shapes", kinds=True, noise=0, size=256, examples=60)["pixels"]

    for kind, share in ((1, np.pi / 4), (2, 1), (3, 0.5)):
        fills = []
        for picture in pixels:
            if set(np.unique(picture)) == {0, kind}:
                rows, columns = np.nonzero(picture)
                fills.append(len(rows) / ((np.ptp(rows) + 1) * (np.ptp(columns) + 1)))
        # Where two of a kind lie apart, or one over the other, the box is about both.
        assert np.any(np.abs(np.array(fills) - share) < 0.03)
