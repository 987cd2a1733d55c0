"""A loss curve drawn with letters: braille dots, four rows and two columns of them in each cell."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

TRAINING_STYLE = "blue"
VALIDATION_STYLE = "yellow"

_MOST_POINTS = 256
_DOT_ROWS, _DOT_COLUMNS = 4, 2
_BRAILLE = 0x2800
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # by row, then column, of a cell
_DASH, _DASH_AND_GAP = 4, 6
_RATIO_FOR_LOG = 100.0


@dataclass
class Series:
    """Values in order, however many, in at most 256 points: then each point is the mean of several values.

    Attributes:
        points: What to draw; NaN where no value was finite.
        count: How many values there were.
    """

    points: list[float] = field(default_factory=list)
    count: int = 0
    _values_per_point: int = 1
    _pending: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """Add one value."""
        self.count += 1
        self._pending.append(value)
        if len(self._pending) < self._values_per_point:
            return
        self.points.append(_mean(self._pending))
        self._pending.clear()
        if len(self.points) == _MOST_POINTS:
            self.points = [_mean(self.points[index : index + 2]) for index in range(0, _MOST_POINTS, 2)]
            self._values_per_point *= 2


@dataclass(frozen=True)
class Curve:
    """A drawn curve.

    Attributes:
        rows: The cells, from the top.
        low: Value at the bottom.
        high: Value at the top.
        is_log: Whether equal distances are equal ratios.
    """

    rows: tuple[Text, ...]
    low: float
    high: float
    is_log: bool


def draw_curve(training: Sequence[float], validation: Sequence[float], *, width: int, height: int) -> Curve | None:
    """Draw two curves over each other, the second one dashed, so that they differ without colours too.

    Args:
        training: Values at equal distances, from left to right; what is not finite leaves a gap.
        validation: The same; may be empty.
        width: In cells.
        height: In cells.

    Returns:
        None where there are fewer than two values to draw a line between.
    """
    finite = [value for value in (*training, *validation) if math.isfinite(value)]
    if len(finite) < 2 or max(len(training), len(validation)) < 2:
        return None
    low, high = min(finite), max(finite)
    is_log = low > 0 and high / low > _RATIO_FOR_LOG
    solid, dashed = (
        _draw_dots(_heights(values, low=low, high=high, is_log=is_log), width=width, height=height, dashed=dashed)
        for values, dashed in ((training, False), (validation, True))
    )
    rows = tuple(_join_cells(first, second) for first, second in zip(solid, dashed, strict=True))
    return Curve(rows, low, high, is_log)


def _mean(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return sum(finite) / len(finite) if finite else math.nan


def _heights(values: Sequence[float], *, low: float, high: float, is_log: bool) -> list[float]:
    """Return each value as a share of the height, 0 at the bottom, NaN where there is none."""
    if high == low:
        return [0.5 if math.isfinite(value) else math.nan for value in values]
    if is_log:
        bottom, span = math.log(low), math.log(high / low)
        return [(math.log(value) - bottom) / span if math.isfinite(value) else math.nan for value in values]
    return [(value - low) / (high - low) if math.isfinite(value) else math.nan for value in values]


def _draw_dots(heights: Sequence[float], *, width: int, height: int, dashed: bool) -> list[list[int]]:
    """Return the dots of one line as bits of braille cells, `(height, width)`, from the top."""
    columns, lowest = width * _DOT_COLUMNS, height * _DOT_ROWS - 1
    cells = [[0] * width for _ in range(height)]
    at = [_interpolate(heights, column / (columns - 1)) for column in range(columns)]
    rows = [None if math.isnan(share) else lowest - round(share * lowest) for share in at]
    for column, (row, next_row) in enumerate(pairwise([*rows, None])):
        if row is None or (dashed and column % _DASH_AND_GAP >= _DASH):
            continue
        # A steep piece fills the column up to where the next dot is.
        end = row if next_row is None else next_row + (row > next_row) - (row < next_row)
        for filled in range(min(row, end), max(row, end) + 1):
            bit = _BITS[filled % _DOT_ROWS][column % _DOT_COLUMNS]
            cells[filled // _DOT_ROWS][column // _DOT_COLUMNS] |= bit
    return cells


def _interpolate(heights: Sequence[float], share: float) -> float:
    """Return the height at `share` of the way from the first value to the last."""
    if len(heights) < 2:
        return math.nan
    position = share * (len(heights) - 1)
    left = min(int(position), len(heights) - 2)
    weight = position - left
    if weight == 0.0:
        return heights[left]
    return heights[left] * (1 - weight) + heights[left + 1] * weight


def _join_cells(solid: Sequence[int], dashed: Sequence[int]) -> Text:
    """Return one row of both lines: a cell in which they meet has the dots of both and the colour of the dashed one."""
    cells = zip(solid, dashed, strict=True)
    pieces = groupby(cells, key=lambda cell: VALIDATION_STYLE if cell[1] else TRAINING_STYLE)
    return Text.assemble(*(("".join(chr(_BRAILLE | a | b) for a, b in piece), style) for style, piece in pieces))
