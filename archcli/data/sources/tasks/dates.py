"""Dates as people write them, and as ISO 8601 has them: a small translation with one right answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

_FIRST: Final = date(1900, 1, 1).toordinal()
_LAST: Final = date(2099, 12, 31).toordinal()


def _month(day: date) -> str:
    return MONTHS[day.month - 1]


_FORMS: Final[tuple[Callable[[date], str], ...]] = (
    lambda day: f"{day.day} {_month(day)} {day.year}",
    lambda day: f"{_month(day)} {day.day}, {day.year}",
    lambda day: f"{day.day} {_month(day)[:3]} {day.year}",
    lambda day: f"{_month(day)[:3]} {day.day}, {day.year}",
    lambda day: f"{day.day:02}.{day.month:02}.{day.year}",
)


def open_dates(described: BuiltInSet) -> ArrayTable:
    """Open days from 1900 to 2099, each written in one of five ways; 39 different characters are written in all."""
    draws = Draws(described.arguments.whole("seed"))
    ordinals = _FIRST + draws.below(_LAST + 1 - _FIRST, described.examples)
    forms = draws.below(len(_FORMS), described.examples)
    days = [date.fromordinal(ordinal) for ordinal in ordinals.tolist()]
    written = [_FORMS[form](day) for form, day in zip(forms.tolist(), days, strict=True)]
    return make_table(described, {"written": np.array(written), "iso": np.array([day.isoformat() for day in days])})
