"""Tables of files whose examples stand on lines or in records."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.records import RecordTable
from archcli.data.table import ArrayTable

STEPS = {
    "walk": [np.array([[1], [2]], np.float32), np.array([[3]], np.float32)],
    "turn": [np.array([[5], [6]], np.float32), np.array([[7]], np.float32)],
}


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RecordTable:
    """Two examples, on the second and the fourth line of a file."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "walks.ts"
    path.write_text("@data\n1,2:cat\n\n3:dog\n")
    arrays = {"kind": np.array(["cat", "dog"], np.object_), "size": np.array([1.0, np.nan])}
    return RecordTable(ArrayTable("walks.ts", "column", arrays, 2), path, STEPS, (2, 4))


def test_columns_of_steps_stand_side_by_side(table: RecordTable) -> None:
    """Padded by NaN to the longest."""
    read = table.sequences(["turn", "walk"], Faults())

    np.testing.assert_array_equal(read, [[[5, 1], [6, 2]], [[7, 3], [np.nan, np.nan]]])


def test_columns_of_unequal_steps_do_not(table: RecordTable) -> None:
    """The example is named."""
    steps = {**STEPS, "turn": [STEPS["turn"][0], np.zeros((2, 1), np.float32)]}
    faults = Faults()

    RecordTable(table.table, table.path, steps, table.lines).sequences(["walk", "turn"], faults)

    (cell,) = faults.cells
    assert cell.message == "row 2: `walk` has 1, `turn` has 2 steps, expected as many in each"


def test_other_columns_are_the_arrays(table: RecordTable) -> None:
    """Numbers, labels, texts."""
    assert list(table.labels("kind", Faults())) == ["cat", "dog"]
    assert list(table.texts("kind", Faults())) == ["cat", "dog"]
    np.testing.assert_array_equal(table.numbers("size", Faults(), may_miss=True), [1, np.nan])
    assert table.class_numbers("walk") is None
    assert table.padding("walk") is None


def test_what_has_no_steps_is_no_sequence(table: RecordTable) -> None:
    """The hint says what it may be."""
    faults = Faults()

    table.sequences(["size"], faults)

    (problem,) = faults.problems
    assert problem.message == "column `size` of `walks.ts` has no steps"
    assert problem.hint == "read it as `numeric`, or as a `category`"


def test_cells_are_located_on_their_lines(table: RecordTable) -> None:
    """Two cells of one example on the same."""
    places = table.locate([(1, "kind"), (2, "kind"), (2, "walk")])

    assert {cell: (place.line, place.source.line(place.line)) for cell, place in places.items()} == {
        (1, "kind"): (2, "1,2:cat"),
        (2, "kind"): (4, "3:dog"),
        (2, "walk"): (4, "3:dog"),
    }
