"""Everything that is wrong with the data, shown at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from archcli.data.faults import CellFault, Faults
from archcli.errors import DataError, Location


class Nowhere:
    """A table whose cells stand nowhere."""

    name = "flats.csv"
    noun = "column"

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Say nothing of `cells`."""
        del cells
        return {}


def _faults(kind: str, *rows: int) -> list[CellFault]:
    return [CellFault(kind, row, "photo", f"row {row} of column `photo`: {kind}") for row in rows]


def _messages(faults: Faults) -> list[str]:
    with pytest.raises(DataError) as caught:
        faults.raise_all(Nowhere())
    return [problem.message for problem in caught.value.problems]


def test_what_is_found_of_a_column_at_different_times_is_told_together() -> None:
    """Cells that are empty and files that are broken stand in the order of their rows."""
    faults = Faults()

    faults.add_cells("photo", _faults("empty", 2), count=1)
    faults.add_cells("photo", _faults("broken", 1, 3), count=2)

    assert _messages(faults) == [
        "row 1 of column `photo`: broken",
        "row 2 of column `photo`: empty",
        "row 3 of column `photo`: broken",
    ]
    assert faults.counts == {"photo": 3}
    assert sorted(np.concatenate(faults.rows)) == [0, 1, 2]


def test_a_column_that_is_read_twice_is_told_once() -> None:
    """Two inputs of one column find the same; of a row the first fault is kept."""
    faults = Faults()

    for _ in range(2):
        faults.add_cells("photo", _faults("empty", 2, 4), count=30)
    faults.add_cells("photo", _faults("broken", 4), count=1)

    assert _messages(faults) == [
        "row 2 of column `photo`: empty",
        "row 4 of column `photo`: empty",
        "28 more cells are wrong in `flats.csv`: 28 in column `photo`",
    ]


def test_no_column_pushes_out_the_others() -> None:
    """Ten cells are shown in all, and no more of a column are kept than were asked for."""
    faults = Faults(most=4)

    faults.add_cells("photo", _faults("empty", 1, 2, 3), count=3)
    faults.add_cells("photo", _faults("broken", 4, 5, 6), count=3, rows=np.array([3, 4, 5]))

    assert [cell.row for cell in faults.cells] == [1, 2, 3, 4]
    assert faults.counts == {"photo": 6}
    assert faults.has_all_rows
