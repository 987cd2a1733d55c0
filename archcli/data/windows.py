"""Windows of a series: the lines of a CSV in the order of time, and what stands around each point in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults
from archcli.data.table import Numbers, Table, Timed
from archcli.errors import DataError, Location, Problem

_SHOWN: Final = 10


@dataclass(frozen=True)
class WindowedTable:
    """Windows of a CSV, each an example.

    Attributes:
        table: The file.
        order: Its rows, from 0, in the order of time.
        past: How many values each window has behind it.
        ahead: How many it has before it.
        stride: How many steps after it the next window is.
        kept: Which of the windows are there, from 0, ascending; None: all.
    """

    table: Table
    order: NDArray[np.int64]
    past: int
    ahead: int
    stride: int
    kept: NDArray[np.int64] | None = None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.table.name

    @property
    def noun(self) -> str:
        """What its columns are called."""
        return self.table.noun

    @property
    def examples(self) -> int:
        """How many windows there are."""
        return self.possible if self.kept is None else len(self.kept)

    @property
    def possible(self) -> int:
        """How many windows the lines are enough for."""
        return max(0, (len(self.order) - self.past - self.ahead) // self.stride + 1)

    @property
    def overlap(self) -> int:
        """How many windows after it each shares a value with."""
        return (self.past + self.ahead - 1) // self.stride

    def windows(
        self, columns: Sequence[str], faults: Faults, *, first: int, length: int, may_miss: bool = False
    ) -> Numbers:
        """Read windows, `(examples, length, columns)`, float32.

        Args:
            columns: The columns of numbers.
            faults: Takes what is no number.
            first: Where a window begins: 0 is the first value ahead.
            length: How many values it has.
            may_miss: Whether a number may be missing; it is a NaN then.
        """
        numbers = [self.table.numbers(column, faults, may_miss=may_miss) for column in columns]
        read = np.stack(numbers, axis=-1)[self.order]
        begin = self.past + first
        stop = begin + (self.possible - 1) * self.stride + length
        cut = sliding_window_view(read[begin:stop], length, axis=0)[:: self.stride]  # (examples, columns, length)
        cut = cut if self.kept is None else cut[self.kept]
        return np.ascontiguousarray(np.moveaxis(cut, -1, 1), np.float32)

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the places of cells."""
        return self.table.locate(cells)


def cut_windows(
    table: Table, *, time: str | None, past: int, ahead: int, stride: int, location: Location | None
) -> WindowedTable:
    """Put the lines of a CSV in order and cut windows.

    Args:
        table: The file.
        time: The column that orders its lines; None: they are in order.
        past: How many values each window has behind it.
        ahead: How many it has before it.
        stride: How many steps after it the next window is.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: A time cannot be read or stands twice, or there are fewer lines than one window needs.
    """
    order = np.arange(table.examples) if time is None else order_in_time(table, time, is_series=True)
    windowed = WindowedTable(table, order, past, ahead, stride)
    if not windowed.examples:
        rows = f"{table.examples} row{'s' * (table.examples != 1)}"
        message = f"`{table.name}` has {rows}, expected at least {past + ahead}: one window needs as many"
        hint = "give more rows, or train with a shorter window"
        raise DataError(Problem("series-too-short", message, location, hint))
    return windowed


def leave_out_gaps(windowed: WindowedTable, horizons: Mapping[str, int], *, location: Location | None) -> WindowedTable:
    """Leave out the windows after which a value is missing that is to be foretold.

    Args:
        windowed: All windows.
        horizons: How many values are foretold, by their column.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: No window is left.
    """
    is_whole = np.ones(windowed.examples, np.bool_)
    for column, horizon in horizons.items():
        following = windowed.windows([column], Faults(), first=0, length=horizon, may_miss=True)
        is_whole &= ~np.isnan(following).any(axis=(1, 2))
    if is_whole.all():
        return windowed
    if not is_whole.any():
        message = f"`{windowed.name}` has no window after which all of the next values are there"
        raise DataError(Problem("series-too-short", message, location, "take a shorter `horizon`"))
    return replace(windowed, kept=np.flatnonzero(is_whole))


def order_in_time(table: Table, column: str, *, is_series: bool) -> NDArray[np.int64]:
    """Return the rows of a CSV, from 0, in the order of time, those of one time in the order of the file.

    Args:
        table: The CSV, opened with the column.
        column: The column of times: numbers, or dates as ISO 8601 has them.
        is_series: Whether each time may stand there but once.

    Raises:
        DataError: A time cannot be read, or stands twice in a series.
    """
    faults = Faults()
    texts = table.times(column, faults) if isinstance(table, Timed) else table.texts(column, faults)
    times = [read_time(text.strip()) for text in texts]
    wrong = [row for row, time in enumerate(times) if time is None and texts[row].strip()]
    cells = [
        CellFault(
            "not-a-time",
            row + 1,
            column,
            f"row {row + 1} of column `{column}`: expected a number or a time such as `2024-05-31 14:00`, "
            f"found `{texts[row]}`",
            "write the year first, then month and day with two digits: `2024-05-31`",
        )
        for row in wrong[:_SHOWN]
    ]
    faults.add_cells(column, cells, count=len(wrong))
    faults.raise_all(table)
    exact = np.array([time if time is not None else 0 for time in times], np.float64)
    order = np.argsort(exact, kind="stable")
    if not is_series:
        return order
    again = order[1:][np.diff(exact[order]) == 0]
    cells = [
        CellFault(
            "repeated-time",
            int(row) + 1,
            column,
            f"row {int(row) + 1} of column `{column}`: the time `{texts[int(row)]}` stands there a second time",
            "a series has one line for each time",
        )
        for row in sorted(again.tolist())[:_SHOWN]
    ]
    faults.add_cells(column, cells, count=len(again))
    faults.raise_all(table)
    return order


def read_time(text: str) -> float | None:
    """Return a time as a number: a number as it is, a date in ISO 8601 as seconds; None for anything else."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
