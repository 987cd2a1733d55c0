"""Lines that are not in the order of time, and times that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.finding import Finding, about_rows, write_number
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable
from archcli.data.dataset import Dataset
from archcli.data.faults import Faults
from archcli.data.windows import WindowedTable, read_time
from archcli.errors import Problem
from archcli.recipe.recipe import Data

GAP: Final = 1.5
"""A step of time is a gap if it is so many times as long as the median; months differ by less."""

_UNITS: Final = (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0))


def find_disorder(table: object, data: Data) -> Iterator[Finding]:
    """Find lines of a file of windows that stand after a later one."""
    if not isinstance(table, WindowedTable):
        return
    place = np.empty(len(table.order), np.int64)
    place[table.order] = np.arange(len(table.order))
    rows = 1 + np.flatnonzero(place < np.maximum.accumulate(place))
    if len(rows):
        hint = "they are put in order when they are read; is the file put together from several series?"
        yield _report(rows, len(place), str(data.source.arguments["time"]), hint)


def find_gaps(table: object, data: Data) -> Iterator[Finding]:
    """Find lines of a file of windows before which time goes on by more than it does from line to line."""
    column = data.source.arguments.get("time")
    if not isinstance(table, WindowedTable) or not isinstance(column, str):
        return
    texts = table.table.texts(column, Faults())
    is_date = _is_date(texts[0])
    times = np.array([read_time(texts[row].strip()) for row in table.order.tolist()], np.float64)
    steps = np.diff(times)
    usual = float(np.median(steps))
    is_gap = steps > GAP * usual
    rows = np.sort(1 + table.order[1:][is_gap])
    if len(rows):
        message = (
            f"`{column}` goes on by {_write_time(usual, is_date=is_date)} from row to row, and by more, up to "
            f"{_write_time(float(steps.max()), is_date=is_date)}, before {RowNames('row').list(rows)}"
        )
        hint = "a window takes its rows for equally far apart: add those that are missing, or cut the series there"
        yield about_rows(Problem("uneven-times", message, hint=hint), rows, [column])


def find_early_dates(variables: Sequence[Variable], dataset: Dataset) -> Iterator[Finding]:
    """Find dates that stand after a later one, where the examples are divided as they stand, not by a `time`."""
    if not dataset.data.split.time or dataset.data.source.arguments.get("time") is not None:
        return
    rows = np.concatenate([part.rows for part in dataset.parts.values()])
    for one in variables:
        if one.kind != "date":
            continue
        dates = np.concatenate(list(one.parts.values()))
        is_there = dates >= 0
        order = sorted(range(len(one.classes)), key=one.classes.__getitem__)
        place = np.argsort(order)[dates[is_there]]
        early = rows[is_there][place < np.maximum.accumulate(place)]
        if len(early):
            hint = "`split: {time: true}` takes the order of the file: sort the file by its dates"
            yield _report(early, len(rows), one.name, hint)


def _report(rows: NDArray[np.int64], examples: int, column: str, hint: str) -> Finding:
    which = "one row stands" if len(rows) == 1 else f"{len(rows):,} of {examples:,} rows stand"
    message = f"{which} after a later `{column}`: {RowNames('row').list(rows)}"
    return about_rows(Problem("not-in-order", message, hint=hint), rows, [column])


def _is_date(text: str) -> bool:
    """Tell whether a time is a date, read as seconds, and no number."""
    try:
        float(text)
    except ValueError:
        return True
    return False


def _write_time(length: float, *, is_date: bool) -> str:
    """Write a length of time; that of dates, in seconds, as days, hours, minutes or seconds."""
    if not is_date:
        return write_number(length)
    unit, seconds = next(((name, size) for name, size in _UNITS if length >= size), _UNITS[-1])
    return f"{write_number(length / seconds)} {unit}"
