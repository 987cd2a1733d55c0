"""Sequences of a long table come when they have ended, whole, as if the table were read at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.groups import group_rows
from archcli.data.questions.sequences import JoinedTable, are_contiguous, groups_in_parts
from archcli.data.sources import open_file, open_in_parts
from archcli.errors import DataError

Shown = Callable[..., str]

LENGTHS = (3, 1, 1, 7, 2, 4, 1, 9)


def write(path: Path, *, spoilt: int | None = None) -> Path:
    """Write walks of several lengths; the value of the row `spoilt`, from 1, is no number."""
    rows = [(f"n{walk}", step) for walk, length in enumerate(LENGTHS) for step in range(length)]
    lines = [f"{name},{step},{'x' if spoilt == row else row}" for row, (name, step) in enumerate(rows, start=1)]
    path.write_text("\n".join(["walk,step,value", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 28, 100])
def test_parts_hold_whole_sequences(tmp_path: Path, rows: int) -> None:
    """However many rows are read at once, and wherever a sequence goes on in the next part."""
    path = write(tmp_path / "walks.csv")
    columns = ["walk", "step", "value"]
    expected = group_rows(open_file(path, columns), "walk", order="step")

    parts = list(groups_in_parts(open_in_parts(path, columns, rows=rows), "walk", order="step"))

    found = [part.sequences(["value"], Faults()) for part in parts]
    walks = [walk[~np.isnan(walk).any(axis=-1)].ravel().tolist() for part in found for walk in part]
    whole = expected.sequences(["value"], Faults())
    assert walks == [walk[~np.isnan(walk).any(axis=-1)].ravel().tolist() for walk in whole]
    assert [name for part in parts for name in part.texts("walk", Faults())] == [f"n{n}" for n in range(len(LENGTHS))]
    assert rows == 100 or len(parts) > 1


def test_rows_out_of_order_are_ordered(tmp_path: Path) -> None:
    """Within their sequence, by the column of the order."""
    path = tmp_path / "walks.csv"
    path.write_text("walk,step,value\na,2,20\na,1,10\nb,1,30\n", encoding="utf-8")

    parts = list(groups_in_parts(open_in_parts(path, ["walk", "step", "value"], rows=1), "walk", order="step"))

    assert [part.sequences(["value"], Faults()).tolist() for part in parts] == [[[[10.0], [20.0]]], [[[30.0]]]]


@pytest.mark.parametrize(
    ("ids", "expected"), [("aabbc", True), ("a", True), ("aabba", False), ("abab", False), ("aaaaaaa", True)]
)
def test_an_id_that_comes_back_is_found(tmp_path: Path, ids: str, *, expected: bool) -> None:
    """Then no sequence has ended before the file has."""
    path = tmp_path / "walks.csv"
    path.write_text("walk\n" + "".join(f"{one}\n" for one in ids), encoding="utf-8")

    for rows in (1, 2, 3, 10):
        assert are_contiguous(open_in_parts(path, ["walk"], rows=rows), "walk") == expected


@pytest.mark.parametrize("rows", [2, 5, 100])
@pytest.mark.parametrize("spoilt", [1, 9, 13, 28])
def test_what_is_wrong_is_found_where_it_stands(tmp_path: Path, shown: Shown, rows: int, spoilt: int) -> None:
    """By its row and its line in the file, whatever part it is read in."""
    path = write(tmp_path / "walks.csv", spoilt=spoilt)

    def read() -> None:
        for part in groups_in_parts(open_in_parts(path, ["walk", "value"], rows=rows), "walk", order=None):
            faults = Faults()
            part.sequences(["value"], faults)
            faults.raise_all(part)

    said = shown(DataError, read)

    assert f"row {spoilt} of column `value`: expected a number, found `x`" in said
    assert f"walks.csv:{spoilt + 1}:" in said


def test_joined_parts_are_one_table(tmp_path: Path) -> None:
    """Labels and texts one after another, each row under its number in the file."""
    path = write(tmp_path / "walks.csv")
    first, second, third, *_ = open_in_parts(path, ["walk", "value"], rows=4)

    joined = JoinedTable((second, third))

    start, end = first.examples, first.examples + second.examples + third.examples
    whole = open_file(path, ["walk", "value"])
    assert joined.examples == end - start
    assert list(joined.labels("walk", Faults())) == list(whole.labels("walk", Faults()))[start:end]
    assert list(joined.texts("walk", Faults())) == list(whole.texts("walk", Faults()))[start:end]
    assert joined.row_number(1) == start + 1
    assert joined.row_number(joined.examples) == end
