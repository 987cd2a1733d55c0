"""Lines that are not in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.finding import Finding, about_rows
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable
from archcli.data.dataset import Dataset
from archcli.data.windows import WindowedTable
from archcli.errors import Problem
from archcli.recipe.recipe import Data


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
