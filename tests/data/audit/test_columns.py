"""Columns that hold one value, nothing, an id, values far from all others, or what training does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archcli.data.audit.columns import (
    find_constant,
    find_ids,
    find_mostly_missing,
    find_outliers,
    find_unknown_categories,
)
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]
Told = Callable[..., list[tuple[str, str]]]
Rows = Callable[[Variable], Any]
NAMES = RowNames("row")
NAN = float("nan")


def test_column_of_one_value_is_constant(column: Column, told: Told) -> None:
    """What is missing does not make it differ."""
    found = told(find_constant([column([3.0, 3.0, NAN]), column([1.0, 2.0, 3.0], name="b")]))

    assert found == [("constant-column", "column `a` has one value in all 3 training examples")]


def test_several_constant_columns_are_one_finding(column: Column, told: Told) -> None:
    """They are named, categories too."""
    found = told(find_constant([column([3.0, 3.0]), column(["x", "x"], name="b")]))

    assert found == [("constant-column", "2 columns have one value in all 2 training examples: `a` and `b`")]


def test_nearly_empty_column_is_found_and_is_not_constant(column: Column, told: Told) -> None:
    """Nine in ten that are missing are enough, eight are not."""
    nine = column([NAN] * 9 + [1.0])
    eight = column([NAN] * 8 + [1.0, 2.0], name="b")

    assert told(find_constant([nine, eight])) == []
    assert told(find_mostly_missing([nine, eight])) == [
        ("mostly-missing", "a column is missing in nearly all training examples: `a` in 90 %")
    ]


def test_category_that_differs_in_each_row_is_an_id(column: Column, told: Told) -> None:
    """A category with many values that come back is none."""
    names = column([f"k{index}" for index in range(30)])
    many = column([f"k{index // 2}" for index in range(30)], name="b")

    assert told(find_ids([names, many])) == [
        ("looks-like-an-id", "category `a` has 30 different values in 30 training examples")
    ]


def test_category_that_training_does_not_have_is_named(column: Column, rows: Rows, told: Told) -> None:
    """With the part and the rows that have it."""
    city = column(["Ulm", "Bonn", "Ulm"], name="city", test=["Bonn", "Jena", "Jena"])

    found = list(find_unknown_categories([city], rows(city), NAMES))

    assert told(found) == [
        (
            "unknown-categories",
            "category of `city` that no training example has is in 2 test examples: `Jena` (rows 5 and 6)",
        )
    ]
    assert (found[0].columns, found[0].rows, found[0].count) == (("city",), (5, 6), 2)


def test_outlier_is_named_with_its_row(column: Column, rows: Rows, told: Told) -> None:
    """The quartiles are those of the training examples; the outlier may be in another part."""
    drawn = np.arange(101.0)
    area = column(drawn, name="area", test=[50.0, 1e4])

    found = told(find_outliers([area], rows(area), NAMES))

    assert found == [("outliers", "`area` is 10000 in row 103, and half of all are between 25 and 75")]


def test_what_is_just_inside_ten_widths_is_no_outlier(column: Column, rows: Rows, told: Told) -> None:
    """Quartiles of 25 and 75 allow -475 to 575."""
    area = column(np.arange(101.0), test=[575.0, -475.0])

    assert told(find_outliers([area], rows(area), NAMES)) == []


def test_column_of_which_half_is_equal_has_no_outliers(column: Column, rows: Rows, told: Told) -> None:
    """There is no width to measure by."""
    counts = column([0.0] * 70 + [1.0] * 10 + [500.0])

    assert told(find_outliers([counts], rows(counts), NAMES)) == []


def test_outlier_in_a_sequence_is_told_of_by_its_sequence(column: Column, rows: Rows, told: Told) -> None:
    """What follows the end of a sequence is no number."""
    steps = np.arange(100.0).reshape(10, 10)
    steps[4, 3] = -5000
    steps[7, 5:] = NAN
    speed = column(steps, name="speed", kind="sequence")

    found = told(find_outliers([speed], rows(speed), RowNames("sequence")))

    low, high = np.nanpercentile(steps, [25, 75])
    assert found == [
        ("outliers", f"`speed` is -5000 in sequence 5, and half of all are between {low:.4g} and {high:.4g}")
    ]
