"""What a cell can hold that is no value, and what is said of it."""

from __future__ import annotations

from typing import Final

import numpy as np

from archcli.data.faults import CellFault, Faults
from archcli.data.texts import Labels, find_texts

MISSING: Final = frozenset({"na", "n/a", "nan", "null", "none", "?", "-"})
"""Words that say that there is no value, written small."""


def is_missing(text: str) -> bool:
    """Tell whether a cell without its blanks says that there is no value: `NA`, `?`, nothing at all."""
    return not text or text.lower() in MISSING


def find_missing(texts: Labels, column: str, noun: str, expected: str, faults: Faults) -> None:
    """Put the texts of a column that are empty or blank into `faults`, where a `label` or a `text` is expected."""
    missing = find_texts(texts, lambda text: not text.strip())
    cells = [
        CellFault(
            "missing-value",
            row,
            column,
            f"row {row} of {noun} `{column}` is empty, expected a {expected}",
            "fill it in, or leave the row out",
        )
        for row in (missing[: faults.most] + 1).tolist()
    ]
    faults.add_cells(column, cells, count=len(missing), rows=missing)


def number_fault(row: int, column: str, noun: str, text: str, value: float | None, *, where: str = "") -> CellFault:
    """Describe what is no finite number.

    Args:
        row: The example, from 1.
        column: The column.
        noun: What the column is called.
        text: What was found, as written.
        value: The number that it is; None: it is none.
        where: The place inside the row, with a blank before it.
    """
    place = f"row {row} of {noun} `{column}`{where}"
    if not text:
        return CellFault(
            "missing-value", row, column, f"{place} is empty, expected a number", "fill it in, or leave the row out"
        )
    if text.lower() in MISSING or (value is not None and np.isnan(value)):
        message = f"{place} is missing, expected a number, found `{text}`"
        return CellFault("missing-value", row, column, message, "fill it in, or leave the row out")
    if value is None:
        message = f"{place}: expected a number, found `{text}`"
        return CellFault("not-a-number", row, column, message, _number_hint(text))
    if np.isinf(value):
        return CellFault("not-finite", row, column, f"{place}: expected a finite number, found `{text}`", _MEND)
    message = f"{place}: expected a number below 3.4e38, the largest of float32, found `{text}`"
    return CellFault("not-finite", row, column, message, _MEND)


_MEND: Final = "correct it, or leave the row out"
_TRUTHS: Final = ("true", "false", "yes", "no")
_SEPARATORS: Final = str.maketrans("", "", ",'_ \u00a0\u202f")


def _number_hint(text: str) -> str:
    """Say how what is no number is mended; one in a notation of its own, such as `1.234,5`, by writing it otherwise."""
    plain = text.translate(_SEPARATORS)
    if plain != text and plain.replace(".", "").lstrip("+-").isdecimal():
        return "write a dot before decimals and nothing between thousands: `1234.5`"
    if text.strip().lower() in _TRUTHS:
        return "what is true or false is a `category`"
    return _MEND
