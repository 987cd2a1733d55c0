"""Rows that are not in the order of time, and times that are left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archcli.data.audit.auditing import audit_dataset
from archcli.data.audit.order import find_early_dates
from archcli.data.audit.variables import list_variables
from archcli.data.dataset import load_dataset
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
SERIES = ({"x": ("series", {"window": 3})}, {"next": ("series", {"columns": "x", "horizon": 1})})


@pytest.fixture
def found(section: Section, tmp_path: Path) -> Callable[[list[str]], list[tuple[str, str]]]:
    """Return what is found of times in a series with one row for each of some times."""

    def look(times: list[str]) -> list[tuple[str, str]]:
        rows = "\n".join(f"{time},{number * number}" for number, time in enumerate(times))
        (tmp_path / "a.csv").write_text(f"t,x\n{rows}\n", encoding="utf-8")
        data = section("csv", {"path": str(tmp_path / "a.csv"), "time": "t"}, *SERIES)
        audit = audit_dataset(load_dataset(data, batch_size=1))
        return [(one.problem.code, one.problem.message) for one in audit.findings]

    return look


def test_series_in_order_and_without_gaps_is_clean(found: Callable[[list[str]], Any]) -> None:
    """Months differ by up to three days, which is no gap."""
    assert found([f"2024-{month:02d}-01" for month in range(1, 13)]) == []


def test_missing_hours_are_found(found: Callable[[list[str]], Any]) -> None:
    """By the row after them, and how long they are."""
    times = [f"2024-05-01 {hour:02d}:00" for hour in range(24) if hour not in (5, 6, 15)]

    assert found(times) == [
        ("uneven-times", "`t` goes on by 1 h from row to row, and by more, up to 3 h, before rows 6 and 14")
    ]


def test_times_may_be_numbers(found: Callable[[list[str]], Any]) -> None:
    """They have no unit; rows that stand too late are told of, and are put in order first."""
    assert found(["1", "2", "3", "5", "4", "6", "7", "10"]) == [
        ("not-in-order", "one row stands after a later `t`: row 5"),
        ("uneven-times", "`t` goes on by 1 from row to row, and by more, up to 3, before row 8"),
    ]


@pytest.mark.parametrize(("split", "count"), [({"time": True, "test": 0.3}, 1), ({"test": 0.3}, 0)])
def test_dates_in_disorder_matter_where_the_file_is_cut(
    section: Section, tmp_path: Path, split: dict[str, Any], count: int
) -> None:
    """Training would know what comes after the test; a date that is missing stands nowhere."""
    dates = ["2024-01-05", "2024-01-06", "", "2024-01-02", *(f"2024-02-{day:02d}" for day in range(1, 10))]
    rows = "\n".join(f"{date},{number}" for number, date in enumerate(dates))
    (tmp_path / "a.csv").write_text(f"day,y\n{rows}\n", encoding="utf-8")
    inputs = {"day": ("date", {"missing": "zero"})}
    data = section("csv", {"path": str(tmp_path / "a.csv")}, inputs, {"y": ("number", {})}, **split)
    dataset = load_dataset(data, batch_size=1)

    found = list(find_early_dates(list_variables(dataset), dataset))

    assert [one.problem.message for one in found] == ["one row stands after a later `day`: row 4"] * count
