"""Shapes: their areas are those of geometry."""

from __future__ import annotations

import math

import numpy as np
import pytest

from archcli.data.sources.tasks.drawing import coverage


@pytest.mark.parametrize(
    ("kind", "area"), [("disc", math.pi * 100), ("square", 400), ("triangle", math.sqrt(3) / 4 * 400)]
)
def test_a_shape_has_its_area_and_its_width(kind: str, area: float) -> None:
    """With a half width of ten pixels."""
    covered = coverage(kind, 41, row=20, column=20, radius=10)

    assert abs(covered.sum() / area - 1) < 0.03
    columns = np.flatnonzero((covered >= 0.5).any(axis=0))
    assert abs(np.ptp(columns) - 20) <= 2  # the corners of a triangle are less than half a pixel


def test_a_triangle_stands_on_its_base() -> None:
    """Wider below than above, and the same on both sides."""
    covered = coverage("triangle", 41, row=20, column=20, radius=10)

    np.testing.assert_allclose(covered, covered[:, ::-1])
    assert covered[24].sum() > covered[14].sum() > 0
