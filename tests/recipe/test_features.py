"""The columns that features are read from."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.errors import Location, Source
from archcli.recipe.features import has_windows, read_columns, side_by_side
from archcli.recipe.recipe import Named

PLACE = Location(Source("recipe.yaml"), 1)


def named(name: str, **arguments: Any) -> Named:
    """Make a feature."""
    return Named(name, arguments, PLACE)


ROOMS = named("numeric", columns=("rooms", "area"))
CITY = named("category", columns="town")
INNER = named("side_by_side", parts=(CITY, named("date")))


@pytest.mark.parametrize(
    ("feature", "columns"),
    [
        (ROOMS, ("rooms", "area")),
        (CITY, ("town",)),
        (named("category"), ("x",)),
        (named("shift", of="y"), ()),
        (named("side_by_side", parts=(ROOMS, INNER)), ("rooms", "area", "town", "x")),
    ],
)
def test_columns_are_those_written_or_the_name(feature: Named, columns: tuple[str, ...]) -> None:
    """A shift has none, and inputs side by side have those of all parts."""
    assert read_columns(feature, "x") == columns


def test_a_list_within_a_list_is_one_list() -> None:
    """What stands alone is itself."""
    assert side_by_side(named("side_by_side", parts=(ROOMS, INNER))) == (ROOMS, CITY, named("date"))
    assert side_by_side(CITY) == (CITY,)


def test_series_and_long_texts_are_windows() -> None:
    """A text without a window is one example as it is."""
    assert has_windows(named("series", window=3))
    assert has_windows(named("text", window=3))
    assert not has_windows(named("text", window=None))
