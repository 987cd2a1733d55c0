"""Cells as numbers and texts: what pyarrow reads in one go and what is looked at one by one are the same."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from archcli.data.sources.columns import (
    NumberCells,
    NumberColumns,
    TextColumn,
    is_number,
    numbers_of_coded,
    numbers_of_floats,
    numbers_of_texts,
)
from archcli.data.texts import CodedTexts


def told(cells: NumberCells | None) -> tuple[list[float], list[int]]:
    """Return the numbers, -1 for those that are none, and which of them are wrong."""
    assert cells is not None
    assert cells.values.dtype == np.float32
    return np.nan_to_num(cells.values, nan=-1).tolist(), cells.wrong.tolist()


def test_null_is_missing_and_infinite_is_wrong() -> None:
    """As pyarrow reads a column of numbers."""
    chunks = pa.chunked_array([pa.array([1.5, None]), pa.array([float("inf"), 2.0])])

    values, wrong = told(numbers_of_floats(chunks))

    assert values[0] == 1.5
    assert (values[1], values[3]) == (-1, 2)
    assert wrong == [2]


def test_a_number_beyond_float32_is_wrong() -> None:
    """It is read, and becomes infinite."""
    assert told(numbers_of_floats(pa.chunked_array([pa.array([1e39, 3.0])])))[1] == [0]


def test_a_nan_that_is_no_null_is_looked_at() -> None:
    """Only its text tells whether it says that nothing is there."""
    assert numbers_of_floats(pa.chunked_array([pa.array([float("nan")])])) is None


@pytest.mark.parametrize(
    ("texts", "values", "wrong"),
    [
        (["1", " 2.5 ", "+3", "4e0", "5."], [1, 2.5, 3, 4, 5], []),
        (["1", "", "  ", "NA", "n/A", "?", "-", "nUlL"], [1, -1, -1, -1, -1, -1, -1, -1], []),
        (["1", "one", "1_000", "0x10", "1,5"], [1, -1, -1, -1, -1], [1, 2, 3, 4]),
        (["nan", "-NaN", "1"], [-1, -1, 1], [1]),
    ],
)
def test_texts_as_numbers(texts: list[str], values: list[float], wrong: list[int]) -> None:
    """Blanks around them do not matter; words for nothing are missing, not wrong."""
    assert told(numbers_of_texts(pa.array(texts, pa.string()))) == (values, wrong)
    assert told(numbers_of_coded(CodedTexts(np.arange(len(texts), dtype=np.int32), tuple(texts)))) == (values, wrong)


@pytest.mark.parametrize("expected", [0, 3, 100])
def test_columns_grow_side_by_side(expected: int) -> None:
    """What is wrong or missing keeps its place, however many rows were expected; nobody writes into another's."""
    columns = NumberColumns(["a", "b"])
    for texts in (["1", "x"], ["", "2", "NA"]):
        cells = numbers_of_texts(pa.array(texts, pa.string()))
        columns.add({"a": cells, "b": cells}, len(texts), expected=expected)

    whole = columns.columns()

    assert told(whole["a"]) == told(whole["b"]) == ([1, -1, -1, 2, -1], [1])
    assert whole["a"].missing.tolist() == [2, 4]
    assert whole["a"].values.base is whole["b"].values.base
    assert not whole["a"].values.flags.writeable
    cut = whole["b"].slice(1, 4)
    assert told(cut) == ([-1, -1, 2], [0])
    assert cut.missing.tolist() == [1]


def test_texts_are_held_once() -> None:
    """In the order in which they come, whatever pyarrow calls them by; null is an empty text."""
    column = TextColumn()
    column.add(
        pa.chunked_array([pa.array(["b", "a", "b"]).dictionary_encode(), pa.array(["c", "b"]).dictionary_encode()])
    )
    column.add_chunk(pa.array(["a", None, "d"]))

    texts = column.texts()

    assert list(texts) == ["b", "a", "b", "c", "b", "a", "", "d"]
    assert texts.words == ("b", "a", "c", "d", "")
    assert list(texts[2:4]) == ["b", "c"]
    assert texts[2:4].different() == ("b", "c")
    assert texts[-1] == "d"
    assert list(TextColumn().texts()) == []


@pytest.mark.parametrize(
    ("text", "expected"), [("1e-3", True), ("-inf", True), ("1e", False), ("", False), ("½", False)]
)
def test_what_is_a_number(text: str, expected: bool) -> None:  # noqa: FBT001 -- a parameter of a test
    """Digits of ASCII, a sign, a dot, an exponent."""
    assert is_number(text) is expected
