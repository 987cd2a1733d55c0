"""Discs, squares and triangles as soft-edged pictures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def coverage(kind: str, size: int, *, row: float, column: float, radius: float) -> NDArray[np.float64]:
    """Return how far each pixel is covered by a shape.

    Args:
        kind: `disc`, `square` or `triangle` (upright, with equal sides).
        size: Height and width of the picture, in pixels.
        row: Its centre, in pixels from the top.
        column: Its centre, in pixels from the left.
        radius: Half its width, in pixels.

    Returns:
        From 0 (outside) to 1, `(size, size)`; edges are a pixel wide.
    """
    down, across = np.indices((size, size), np.float64)
    down -= row
    across -= column
    match kind:
        case "disc":
            inside = radius - np.hypot(down, across)
        case "square":
            inside = radius - np.maximum(abs(down), abs(across))
        case _:
            side = abs(across) * np.cos(np.pi / 6) - down * np.sin(np.pi / 6)
            inside = radius / np.sqrt(3) - np.maximum(side, down)
    covered: NDArray[np.float64] = np.clip(inside + 0.5, 0, 1)
    return covered
