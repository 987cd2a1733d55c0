"""What is said of a cell that holds no value."""

from __future__ import annotations

import pytest

from archcli.data.cells import find_missing, is_missing, number_fault
from archcli.data.faults import Faults


@pytest.mark.parametrize("text", ["", "?", "NaN", "n/a", "NULL", "-"])
def test_words_that_say_that_nothing_is_there(text: str) -> None:
    """However large they are written."""
    assert is_missing(text)


def test_a_zero_is_a_value() -> None:
    """So is any other word."""
    assert not is_missing("0")
    assert not is_missing("no")


def test_blank_texts_are_missing() -> None:
    """Each by its row; as many as are shown are described, and all are counted."""
    faults = Faults(most=1)

    find_missing(["a", " ", ""], "kind", "column", "label", faults)

    assert [cell.message for cell in faults.cells] == ["row 2 of column `kind` is empty, expected a label"]
    assert faults.counts == {"kind": 2}


@pytest.mark.parametrize(
    ("text", "value", "code", "message"),
    [
        ("", None, "missing-value", "row 3 of column `a` is empty, expected a number"),
        ("NA", None, "missing-value", "row 3 of column `a` is missing, expected a number, found `NA`"),
        ("two", None, "not-a-number", "row 3 of column `a`: expected a number, found `two`"),
        ("inf", float("inf"), "not-finite", "row 3 of column `a`: expected a finite number, found `inf`"),
        (
            "1e39",
            1e39,
            "not-finite",
            "row 3 of column `a`: expected a number below 3.4e38, the largest of float32, found `1e39`",
        ),
    ],
)
def test_what_is_no_number(text: str, value: float | None, code: str, message: str) -> None:
    """By what was written."""
    fault = number_fault(3, "a", "column", text, value)

    assert (fault.code, fault.message) == (code, message)


def test_a_notation_of_its_own_has_a_hint() -> None:
    """Commas and blanks of other countries."""
    assert number_fault(1, "a", "column", "1.234,5", None).hint == (
        "write a dot before decimals and nothing between thousands: `1234.5`"
    )
