"""Input `date`: raw the text as written; the saved model tells its parts, fills and scales them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from math import cos, pi, sin
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import is_missing
from archcli.data.faults import CellFault, Faults
from archcli.data.features.category import as_column
from archcli.data.features.numeric import fit_numeric
from archcli.data.table import Table
from archcli.recipe.facts import Calendar, InputFacts
from archcli.recipe.features import DATE_PATTERN, USUAL_DATE_PARTS
from archcli.recipe.recipe import Named

_DIGITS: Final = 6
_PATTERN: Final = re.compile(DATE_PATTERN)
_FOREIGN: Final = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}.*")
_FIRST: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- a zone is not applied

_PARTS: Final[dict[str, tuple[Callable[[datetime], float], tuple[int, int] | None]]] = {
    "year": (lambda date: date.year, None),
    "month": (lambda date: date.month, (1, 12)),
    "day": (lambda date: date.day, (1, 31)),
    "weekday": (lambda date: date.isoweekday(), (1, 7)),
    "day_of_year": (lambda date: date.timetuple().tm_yday, (1, 366)),
    "hour": (lambda date: date.hour, (0, 24)),
    "minute": (lambda date: date.minute, (0, 60)),
    "second": (lambda date: date.second, (0, 60)),
    "days": (lambda date: (date - _FIRST).total_seconds() / 86400, None),
}
"""How each part is told, and of those that begin anew the lowest number and after how many they do."""


def read_dates(table: Table, columns: Sequence[str], faults: Faults, *, may_miss: bool = False) -> NDArray[np.object_]:
    """Read a column of dates as texts, `(examples, 1)`; one that is missing, where it may be, is an empty text."""
    column = columns[0]
    texts = table.texts(column, faults, may_miss=True)
    wrong: list[CellFault] = []
    for row, text in enumerate(texts, start=1):
        if is_missing(text.strip()):
            if not may_miss:
                wrong.append(_missing(row, column, text.strip(), table.noun))
        elif read_date(text) is None:
            message = (
                f"row {row} of {table.noun} `{column}`: expected a date such as `2024-05-31 14:00`, found `{text}`"
            )
            wrong.append(CellFault("not-a-date", row, column, message, _hint(text)))
    faults.add_cells(column, wrong, count=len(wrong))
    return as_column("" if is_missing(text.strip()) else text for text in texts)


def fit_dates(name: str, feature: Named, columns: Sequence[str], training: NDArray[np.object_]) -> InputFacts:
    """Describe dates, what fills and scales their numbers fitted on the `training` examples.

    Raises:
        DataError: No example has a date to fill the missing ones from.
    """
    written = feature.arguments.get("parts")
    parts = tuple(map(str, written)) if isinstance(written, tuple) else USUAL_DATE_PARTS
    calendar = Calendar(parts, cyclic=bool(feature.arguments.get("cyclic")))
    numbers = np.array([tell_parts(text, calendar) for text in training[:, 0]], np.float32)
    facts = fit_numeric(name, feature, columns, numbers, padding=None)
    return replace(facts, kind="date", calendar=calendar)


def read_date(text: str) -> datetime | None:
    """Return the date that a text writes, its zone left out; None where it writes none."""
    found = _PATTERN.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(group or 0) for group in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- a zone is not applied
    except ValueError:
        return None


def tell_parts(text: str, calendar: Calendar) -> list[float]:
    """Return the numbers of a date, as `archcli.layers.DateParts` does; NaN where it is missing."""
    date = read_date(text)
    numbers: list[float] = []
    for part in calendar.parts:
        tell, turn = _PARTS[part]
        number = float("nan") if date is None else tell(date)
        if turn is None or not calendar.cyclic:
            numbers.append(number)
        else:
            angle = 2 * pi * (number - turn[0]) / turn[1]
            # Rounded as float32 is: what is all but 0 in every example must not be stretched.
            numbers += [round(sin(angle), _DIGITS), round(cos(angle), _DIGITS)]
    return numbers


def _missing(row: int, column: str, text: str, noun: str) -> CellFault:
    found = f"is missing, expected a date, found `{text}`" if text else "is empty, expected a date"
    hint = "fill it in, leave the row out, or write what stands for it: `missing: median`"
    return CellFault("missing-value", row, column, f"row {row} of {noun} `{column}` {found}", hint)


def _hint(text: str) -> str | None:
    if _PATTERN.fullmatch(text) is not None:
        return "there is no such day or time"
    if _FOREIGN.fullmatch(text.strip()):
        return "write the year first, then month and day with two digits: `2024-05-31`"
    return None
