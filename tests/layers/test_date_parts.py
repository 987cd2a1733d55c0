"""The layer that tells the parts of dates, against Python's own calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.date_parts import PATTERN, ROUNDS, DateParts
from archcli.recipe.features import DATE_PARTS, DATE_PATTERN


def told(*texts: str, parts: tuple[str, ...], cyclic: bool = False) -> Any:
    """Return what the layer tells of texts."""
    layer = DateParts(parts, cyclic=cyclic)
    return layer(tf.constant([[text] for text in texts])).numpy()


def test_parts_are_those_of_pythons_calendar() -> None:
    """Over four centuries, with every leap day and the turn of every century."""
    first = datetime(1800, 1, 1)  # noqa: DTZ001 -- a zone is not applied
    dates = [first + timedelta(days=97 * step, seconds=13_331 * step) for step in range(1600)]
    parts = ("year", "month", "day", "weekday", "day_of_year", "hour", "minute", "second")

    numbers = told(*(date.strftime("%Y-%m-%dT%H:%M:%S") for date in dates), parts=parts)

    expected = [
        [*date.timetuple()[:3], date.isoweekday(), date.timetuple().tm_yday, *date.timetuple()[3:6]] for date in dates
    ]
    np.testing.assert_array_equal(numbers, expected)


@pytest.mark.parametrize(
    ("text", "days"), [("1970-01-01", 0), ("1969-12-31 12:00", -0.5), ("2000-02-29 06:00", 11016.25)]
)
def test_days_are_counted_from_1970_with_their_fractions(text: str, days: float) -> None:
    """As Unix counts its seconds, divided by those of a day."""
    assert told(text, parts=("days",)).tolist() == [[days]]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2024-05-31", [0, 0, 0]),
        ("2024-05-31T14", [14, 0, 0]),
        ("2024-05-31 14:05", [14, 5, 0]),
        (" 2024-05-31T14:05:09 ", [14, 5, 9]),
        ("2024-05-31T14:05:09.250", [14, 5, 9]),
        ("2024-05-31T14:05:09Z", [14, 5, 9]),
        ("2024-05-31T14:05+02:00", [14, 5, 0]),
        ("2024-05-31T14:05:09-0530", [14, 5, 9]),
    ],
)
def test_the_forms_of_iso_8601(text: str, time: list[int]) -> None:
    """What is not written is 0; a zone is not applied."""
    assert told(text, parts=("day", "hour", "minute", "second")).tolist() == [[31, *time]]


@pytest.mark.parametrize("text", ["", "NA", "31.5.2024", "2024-5-31", "2024-05-31T", "2024-05-31 14:5", "2024-05-31x"])
def test_what_is_no_date_is_not_a_number(text: str) -> None:
    """So that it can be filled."""
    assert np.isnan(told(text, parts=("year", "days"))).all()


def test_what_begins_anew_is_a_sine_and_a_cosine() -> None:
    """A quarter of a day, of a week's seven days the first, and a year as it is."""
    numbers = told("2024-01-01T06:00", parts=("hour", "year", "weekday"), cyclic=True)

    np.testing.assert_allclose(numbers, [[1, 0, 2024, 0, 1]], atol=1e-6)


def test_the_ends_of_a_round_stand_beside_its_begin() -> None:
    """December is as near to January as January to February."""
    december, january, february = told("2024-12-05", "2024-01-05", "2024-02-05", parts=("month",), cyclic=True)

    np.testing.assert_allclose(np.linalg.norm(december - january), np.linalg.norm(february - january), rtol=1e-5)


def test_recipe_and_layer_know_the_same_dates() -> None:
    """The layers need nothing of archcli, so each has its own table."""
    assert PATTERN == DATE_PATTERN
    assert {*ROUNDS, "year", "days"} == set(DATE_PARTS)


@pytest.mark.parametrize("cyclic", [False, True])
def test_it_is_saved_with_a_model(tmp_path: Path, *, cyclic: bool) -> None:
    """And takes text there."""
    text = keras.Input((1,), dtype="string")
    numbers = DateParts(("year", "hour"), cyclic=cyclic)(text)
    keras.Model(text, numbers).save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert numbers.shape == (None, 3 if cyclic else 2)
    assert loaded(tf.constant([["2024-05-31"]])).numpy().tolist() == ([[2024, 0, 1]] if cyclic else [[2024, 0]])
