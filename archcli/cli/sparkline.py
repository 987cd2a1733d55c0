"""Numbers drawn on one line, and the marks that a terminal can show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console


@dataclass(frozen=True)
class Marks:
    """Characters to draw with.

    Attributes:
        levels: From low to high.
        blocks: A bar's last cell, from an eighth or less to full.
        arrow: From what is read to what the network gets.
        more: In place of what is cut off.
    """

    levels: str
    blocks: str
    arrow: str
    more: str


UNICODE: Final = Marks("▁▂▃▄▅▆▇█", "▏▎▍▌▋▊▉█", "→", "…")
PLAIN: Final = Marks("0123456789", "#", "->", "...")


def choose_marks(console: Console) -> Marks:
    """Return what the encoding of a terminal or pipe can write."""
    return UNICODE if console.encoding.startswith("utf") else PLAIN


def draw_sparkline(values: Sequence[float], *, width: int, marks: Marks) -> str:
    """Draw numbers in order, from the lowest to the highest level.

    Args:
        values: The numbers; a blank stands for what is not finite.
        width: Cells, from 1; where there are more numbers, each cell is the mean of several.
        marks: What to draw with.
    """
    points = _squeeze(values, width)
    finite = [point for point in points if math.isfinite(point)]
    if not finite:
        return " " * len(points)
    low, span = min(finite), max(finite) - min(finite)
    top = len(marks.levels) - 1
    return "".join(
        marks.levels[round((point - low) / span * top) if span else 0] if math.isfinite(point) else " "
        for point in points
    )


def draw_bar(share: float, *, width: int, marks: Marks) -> str:
    """Draw a bar of `share`, 0 to 1, of `width` cells; anything above 0 is seen."""
    steps = len(marks.blocks)
    length = max(round(share * width * steps), 1 if share > 0 else 0)
    full, rest = divmod(length, steps)
    return marks.blocks[-1] * full + (marks.blocks[rest - 1] if rest else "")


def _squeeze(values: Sequence[float], width: int) -> list[float]:
    """Return at most `width` numbers, each the mean of as many as fall together."""
    count = len(values)
    if count <= width:
        return list(values)
    edges = [index * count // width for index in range(width + 1)]
    return [_mean(values[start:stop]) for start, stop in pairwise(edges)]


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else math.nan
