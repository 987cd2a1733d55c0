"""What was found in data that can be used: something to look at, which may be as it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.errors import Problem

SHOWN: Final = 5
"""How many rows, columns or values are named; all others are counted."""

KEPT: Final = 100
"""How many rows a finding holds."""


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes:
        problem: Its code, message and hint; it has no place.
        columns: The columns concerned, as the data call them.
        rows: The first hundred of the examples concerned, by where they stand in the source, from 1, ascending.
        count: How many examples are concerned; 0: it is about none in particular.
    """

    problem: Problem
    columns: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    count: int = 0


def about_rows(problem: Problem, rows: NDArray[np.int64], columns: Sequence[str] = ()) -> Finding:
    """Make a finding about examples, of which the first are kept."""
    return Finding(problem, tuple(columns), tuple(sorted(rows.tolist())[:KEPT]), len(rows))


def join_words(words: Sequence[str], *, more: int = 0) -> str:
    """Write `a`, `a and b`, `a, b and c`, `a, b and 7 more`."""
    listed = [*words, *([f"{more:,} more"] if more else [])]
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)


def quote_all(names: Sequence[str]) -> str:
    """Name columns or values, the first of them in backticks: `a`, `b` and 7 more."""
    return join_words([f"`{name}`" for name in names[:SHOWN]], more=max(0, len(names) - SHOWN))


def count_of(count: int, noun: str) -> str:
    """Write `1 example`, `2,000 examples`."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def write_number(value: float) -> str:
    """Write a number with up to four digits that tell: `3`, `0.1235`, `1.234e+06`, `12345`."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.4g}"
