"""Rows of a CSV, block by block: the quick way and the slow one give the same, and no row loses its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.sources import PartTable, open_in_parts
from archcli.data.sources.csv import CsvTable
from archcli.data.sources.records import choose_columns, read_blocks
from archcli.errors import DataError, Problem
from archcli.recipe.headers import read_header

Shown = Callable[..., str]


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the folder of the data files, so that messages hold their names alone."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shown() -> Shown:
    """Call what must fail and return its problems as they are shown."""
    from archcli.cli.render import render_problem  # noqa: PLC0415

    def show(function: Callable[[], object]) -> str:
        with pytest.raises(DataError) as raised:
            function()
        return "\n\n".join(render_problem(problem).plain for problem in raised.value.problems) + "\n"

    return show


def write(text: str) -> Path:
    """Write a CSV into the folder the test stands in."""
    path = Path.cwd() / "flats.csv"
    path.write_bytes(text.encode())
    return path


def numbers(part: PartTable, column: str) -> list[float]:
    """Read a column that must be right."""
    faults = Faults()
    values = part.numbers(column, faults)
    faults.raise_all(part)
    return [float(value) for value in values]


def refuse(row: int, problem: Problem) -> None:
    """Fail: no record was to be skipped."""
    pytest.fail(f"row {row}: {problem.message}")


@pytest.mark.parametrize("size", [10, 50, 100_000])
def test_columns_of_numbers_and_of_texts_in_blocks(size: int) -> None:
    """Whether they are read as numbers at once, or as texts and then as numbers, is the same to the last bit."""
    chance = np.random.default_rng(0)
    cells = [[repr(float(chance.normal(0, 1e6))), str(chance.choice(["", "NA", "1e-3", "7"]))] for _ in range(200)]
    path = write("a,b\n" + "".join(",".join(row) + "\n" for row in cells))
    header = read_header(path)

    quick = list(read_blocks(choose_columns(path, header, ["a", "b"], {"a", "b"}), size=size, skip=refuse))
    slow = list(read_blocks(choose_columns(path, header, ["a", "b"], ()), size=size, skip=refuse))

    written = [float(a) for a, _ in cells]
    read = np.concatenate([block.numbers["a"].values for block in quick])
    np.testing.assert_array_equal(read, np.array(written, np.float32))
    gone = np.concatenate([np.isnan(block.numbers["b"].values) for block in quick])
    assert gone.tolist() == [b in ("", "NA") for _, b in cells]
    assert [text for block in slow for text in block.texts["a"].to_pylist()] == [a for a, _ in cells]
    assert sum(block.count for block in slow) == sum(block.count for block in quick) == 200
    assert [block.start for block in slow] == [block.start for block in quick]


def test_parts_know_their_rows_and_lines(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in a late part is shown with the row, the line and the column of the file."""
    monkeypatch.setattr("archcli.data.sources.csv.PART_BYTES", 40)
    rows = [f"{i},{'xy'[i % 2]}" for i in range(100)]
    rows[70] = '"oops",x'
    rows[3] = '"3","two\nlines"'
    path = write("a,kind\n" + "\n\n".join(rows) + "\n")

    parts = list(open_in_parts(path, ["a", "kind"], rows=3, numbers=["a"]))
    (bad,) = [part for part in parts if part.first_row <= 71 < part.first_row + part.examples]

    assert max(part.examples for part in parts) == 3
    assert np.concatenate([part.rows for part in parts]).tolist() == list(range(1, 101))
    assert [number for part in parts if part is not bad for number in numbers(part, "a")] == [
        float(i) for i in range(100) if i + 1 not in bad.rows
    ]
    assert shown(lambda: numbers(bad, "a")) == (
        """\
error[not-a-number]: row 71 of column `a`: expected a number, found `oops`
   --> flats.csv:143:1
    |
143 | "oops",x
    | ^^^^^^
hint: correct it, or leave the row out
"""
    )


def test_some_rows_of_a_part(shown: Shown) -> None:
    """They keep their numbers."""
    path = write("a,kind\n1,x\n2,\n3,z\n4,x\n")
    (part,) = open_in_parts(path, ["a", "kind"])

    cut = part.slice(1, 3)

    assert cut.rows.tolist() == [2, 3]
    assert numbers(cut, "a") == [2, 3]
    faults = Faults()
    assert list(cut.labels("kind", faults)) == ["", "z"]
    assert shown(lambda: faults.raise_all(cut)) == (
        """\
error[missing-value]: row 2 of column `kind` is empty, expected a label
 --> flats.csv:3:3
  |
3 | 2,
  |   ^
hint: fill it in, or leave the row out
"""
    )


def test_records_that_are_no_rows_can_be_skipped(shown: Shown) -> None:
    """Each is told with its number; those that are left keep theirs."""
    path = write("a,kind\n1,x\n2\n3,y,z\n4,x\n5,q\n")
    skipped: list[tuple[int, str]] = []

    (part,) = open_in_parts(
        path, ["a", "kind"], numbers=["a"], skip=lambda row, problem: skipped.append((row, problem.code))
    )

    assert skipped == [(2, "ragged-row"), (3, "ragged-row")]
    assert part.rows.tolist() == [1, 4, 5]
    assert part.first_row == 1
    assert numbers(part, "a") == [1, 4, 5]
    assert part.slice(1, 3).rows.tolist() == [4, 5]
    assert part.slice(1, 3).first_row == 4
    assert "row 2 has the wrong number of cells" in shown(lambda: list(open_in_parts(path, ["a"])))


def test_a_file_without_rows_has_no_parts(shown: Shown) -> None:
    """It says so."""
    path = write("a,kind\n\n")

    assert shown(lambda: list(open_in_parts(path, ["a"]))).startswith(
        "error[no-rows]: `flats.csv` has a header and no rows, expected examples\n"
    )


def test_faults_spread_over_a_file_are_all_found(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is looked up in its own block."""
    monkeypatch.setattr("archcli.data.sources.csv.BLOCK_BYTES", 30)
    lines = ["" if i in (3, 40) else "inf" if i == 77 else str(i) for i in range(80)]
    path = write("b,a\n" + "".join(f"0,{line}\n" for line in lines))

    from archcli.data.sources.csv import open_csv  # noqa: PLC0415

    table = open_csv(path, ["a"], numbers=["a"])
    faults = Faults()
    table.numbers("a", faults)

    assert isinstance(table, CsvTable)
    places = table.locate([(4, "a"), (41, "a"), (78, "a")])
    assert [(place.line, place.column) for place in places.values()] == [(5, 3), (42, 3), (79, 3)]
    assert shown(lambda: faults.raise_all(table)).count("error[") == 3


def test_a_nul_byte_is_no_text(shown: Shown) -> None:
    """Far down a file, where the first look does not reach."""
    path = write("a,kind\n" + "1,x\n" * 2000 + "2,\0y\n")

    assert shown(lambda: list(open_in_parts(path, ["kind"]))) == (
        """\
error[nul-byte]: row 2001 holds a NUL byte, expected text
    --> flats.csv:2002:3
     |
2002 | 2,\ufffdy
     |   ^
hint: the file is damaged, or no text; this takes them out: `tr -d '\\000' < flats.csv > flats-clean.csv`
"""
    )
