"""Input `date`: what is read, what is fitted, and what is said of a date that is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcli.build.preprocessing import prepare_inputs
from archcli.data.dataset import Dataset
from archcli.data.description import describe_facts, facts_from_description
from archcli.errors import DataError

Load = Callable[..., Dataset]
Shown = Callable[..., str]

SALES = "when,shop,kind\n2024-01-01T06:00,1,x\n2024-07-02,2,y\n2023-12-31 18:30,3,x\n2024-02-29,4,y\n"
GAPS = SALES.replace("2024-07-02", "").replace("2024-02-29", "NA")


def read(load: Load, text: str = SALES, **options: Any) -> Dataset:
    """Read dates."""
    return load(text, inputs={"when": ("date", options)})


def test_raw_is_the_text_and_the_model_takes_numbers(load: Load) -> None:
    """Year, month, day, weekday and hour where the recipe does not say."""
    dataset = read(load)

    facts = dataset.facts.inputs["when"]
    prepared = prepare_inputs({"when": facts}, dataset.training.inputs)["when"]
    assert (facts.kind, facts.shape, facts.dtype) == ("date", (5,), "float32")
    assert dataset.training.inputs["when"].ravel().tolist()[:2] == ["2024-01-01T06:00", "2024-07-02"]
    np.testing.assert_array_equal(
        prepared, [[2024, 1, 1, 1, 6], [2024, 7, 2, 2, 0], [2023, 12, 31, 7, 18], [2024, 2, 29, 4, 0]]
    )


def test_scaling_is_fitted_on_what_the_layer_tells(load: Load) -> None:
    """What is fitted and what the saved model does are two ways to the same numbers."""
    parts = ("year", "month", "day", "weekday", "day_of_year", "hour", "minute", "second", "days")
    dataset = read(load, parts=parts, cyclic=True, scale="standard")

    facts = dataset.facts.inputs["when"]
    prepared = prepare_inputs({"when": facts}, dataset.training.inputs)["when"].astype(np.float64)
    assert facts.shape == (9 + 7,)
    np.testing.assert_allclose(prepared.mean(axis=0), 0, atol=1e-3)
    varies = prepared.std(axis=0) > 1e-3
    np.testing.assert_allclose(prepared.std(axis=0)[varies], 1, rtol=1e-3)
    assert varies.sum() == 9 + 7 - 3  # seconds are all 0, and the sine of 0 and 30 minutes is


def test_missing_dates_are_filled_part_by_part(load: Load) -> None:
    """By the median of each number, as in a table; raw they are empty."""
    dataset = read(load, GAPS, parts=("month", "hour"), missing="median")

    facts = dataset.facts.inputs["when"]
    assert dataset.training.inputs["when"][1, 0] == ""
    assert facts.fill == (6.5, 12.0)
    prepared = prepare_inputs({"when": facts}, dataset.training.inputs)["when"]
    np.testing.assert_array_equal(prepared, [[1, 6], [6.5, 12], [12, 18], [6.5, 12]])


def test_dates_stand_side_by_side_with_numbers(load: Load) -> None:
    """In one tensor."""
    beside = [("numeric", {"columns": "shop"}), ("date", {"columns": "when", "parts": ("month",)})]
    dataset = load(SALES, inputs={"all": beside})

    prepared = prepare_inputs(dataset.facts.inputs, dataset.training.inputs)["all"]
    np.testing.assert_array_equal(prepared, [[1, 1], [2, 7], [3, 12], [4, 2]])


def test_facts_are_written_and_read_back(load: Load) -> None:
    """As a run's `data.json` has them."""
    facts = read(load, GAPS, cyclic=True, missing="mean", scale="min_max").facts

    assert facts_from_description({"facts": describe_facts(facts)}) == facts


def test_dates_that_are_none(load: Load, shown: Shown) -> None:
    """All at once, each with what is wrong."""
    text = SALES.replace("2024-07-02", "2.7.2024").replace("2023-12-31 18:30", "").replace("2024-02-29", "2023-02-29")

    assert shown(DataError, read, load, text) == (
        """\
error[not-a-date]: row 2 of column `when`: expected a date such as `2024-05-31 14:00`, found `2.7.2024`
 --> flats.csv:3:1
  |
3 | 2.7.2024,2,y
  | ^^^^^^^^
hint: write the year first, then month and day with two digits: `2024-05-31`

error[missing-value]: row 3 of column `when` is empty, expected a date
 --> flats.csv:4:1
  |
4 | ,3,x
  | ^
hint: fill it in, leave the row out, or write what stands for it: `missing: median`

error[not-a-date]: row 4 of column `when`: expected a date such as `2024-05-31 14:00`, found `2023-02-29`
 --> flats.csv:5:1
  |
5 | 2023-02-29,4,y
  | ^^^^^^^^^^
hint: there is no such day or time
"""
    )


@pytest.mark.parametrize("missing", ["mean", "median"])
def test_no_date_at_all_cannot_be_filled(load: Load, shown: Shown, missing: str) -> None:
    """There is no mean of nothing."""
    text = "when,kind\n,x\nNA,y\n"

    assert shown(DataError, read, load, text, missing=missing).startswith(
        "error[nothing-to-fill-with]: column `when` has no number in the training part, expected some to take the "
        f"{missing} of\n"
    )
