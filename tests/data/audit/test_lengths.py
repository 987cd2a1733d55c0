"""Empty and very long sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archcli.data.audit.lengths import find_extreme_lengths
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]
Told = Callable[..., list[tuple[str, str]]]
Rows = Callable[[Variable], Any]


def test_empty_and_long_texts_are_named(column: Column, rows: Rows, told: Told) -> None:
    """Long is more than ten times the median, which is of the training examples."""
    text = column(["a"] * 4, name="review", kind="text", lengths={"training": [12, 0, 12, 121]})

    assert told(find_extreme_lengths([text], rows(text), RowNames("row"))) == [
        ("empty-sequence", "`review` has no symbol in 1 example: row 2"),
        ("extreme-length", "`review` has up to 121 symbols in row 4, and a median of 12"),
    ]


def test_short_sequences_are_never_extreme(column: Column, rows: Rows, told: Told) -> None:
    """Fifty steps cost nothing, however short the others are."""
    steps = column([[1.0]] * 4, lengths={"training": [1, 1, 1, 50]})

    assert told(find_extreme_lengths([steps], rows(steps), RowNames("row"))) == []
