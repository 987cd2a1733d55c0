"""Rows of one patient in training and test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archcli.data.audit.groups import find_divided_groups
from archcli.data.dataset import load_dataset
from archcli.recipe.recipe import Data

Found = Callable[..., list[str]]


@pytest.fixture
def found(section: Callable[..., Data], tmp_path: Path) -> Found:
    """Return what is found of a table of a hundred rows with a column of groups, which is no input."""

    def look(name: str, groups: list[str], *, ending: str = "csv", **split: Any) -> list[str]:
        lines = [f"{group},{row},{row % 7}" for row, group in enumerate(groups)]
        (tmp_path / f"a.{ending}").write_text(f"{name},x,y\n" + "\n".join(lines) + "\n", encoding="utf-8")
        arguments = {"path": str(tmp_path / f"a.{ending}")}
        data = section("csv", arguments, {"x": ("numeric", {})}, {"y": ("number", {})}, **split)
        return [one.problem.message for one in find_divided_groups(load_dataset(data, batch_size=1))]

    return look


PATIENTS = [f"p{row // 4}" for row in range(100)]


@pytest.mark.parametrize("name", ["patient_id", "Patient", "userId", "speaker", "ID"])
def test_group_that_is_in_several_parts_is_found(found: Found, name: str) -> None:
    """By its name, though the recipe does not use it."""
    messages = found(name, PATIENTS, test=0.1)

    assert [message.split(": ")[0] for message in messages] == [
        f"10 of 10 test examples have a `{name}` that training has, too"
    ]


@pytest.mark.parametrize("name", ["area", "idea", "width", "kidney"])
def test_column_of_another_name_is_none(found: Found, name: str) -> None:
    """Only whole words count."""
    assert found(name, PATIENTS, test=0.1) == []


def test_division_by_group_or_time_is_clean(found: Found) -> None:
    """So is one without a part that is measured on."""
    assert found("patient_id", PATIENTS, test=0.2, group="patient_id") == []
    assert found("patient_id", PATIENTS, test=0.2, time=True) == []
    assert found("patient_id", PATIENTS) == []


def test_id_of_rows_and_property_of_many_are_no_groups(found: Found) -> None:
    """A group has a few rows: neither one nor a tenth of all."""
    assert found("patient_id", [f"p{row}" for row in range(100)], test=0.2) == []
    assert found("device", [f"d{row % 9}" for row in range(100)], test=0.2) == []
