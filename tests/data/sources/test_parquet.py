"""Parquet files: numbers stay numbers, texts are labels, null is missing, and all else is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from archcli.cli.render import render_problem
from archcli.data.dataset import load_dataset
from archcli.data.faults import Faults
from archcli.data.sources import open_file, open_in_parts
from archcli.data.sources.parquet import ParquetTable, open_parquet
from archcli.data.windows import order_in_time
from archcli.errors import DataError, Location, Source
from archcli.recipe.recipe import Data, Named, Split

PLACE = Location(Source("recipe.yaml"), 2, 18)


def write(path: Path, **columns: Any) -> Path:
    """Write columns into a Parquet file, row groups of two rows."""
    parquet.write_table(pa.table(columns), path, row_group_size=2)
    return path


def shown(function: Callable[[], object]) -> list[str]:
    """Call what must fail and return its problems as they are shown."""
    with pytest.raises(DataError) as raised:
        function()
    return [render_problem(problem).plain for problem in raised.value.problems]


def read(table: Any, column: str, kind: str, **options: Any) -> Any:
    """Read a column that must be right."""
    faults = Faults()
    values = getattr(table, kind)(column, faults, **options)
    faults.raise_all(table)
    return values


def test_a_parquet_file_gives_what_the_same_csv_gives(tmp_path: Path) -> None:
    """The same examples, facts and fingerprint."""
    rooms, kinds = [1.5, 2.0, 3.25, 7.0], ["x", "y", "x", "y"]
    write(tmp_path / "flats.parquet", rooms=rooms, kind=kinds, size=[3, 1, 4, 1])
    lines = [f"{r},{k},{s}\n" for r, k, s in zip(rooms, kinds, [3, 1, 4, 1], strict=True)]
    (tmp_path / "flats.csv").write_text("rooms,kind,size\n" + "".join(lines), encoding="utf-8")

    def load(ending: str) -> Any:
        arguments = {"path": str(tmp_path / f"flats.{ending}")}
        source = Named(ending, arguments, PLACE, {"path": PLACE})
        inputs = {"x": Named("numeric", {"columns": ("rooms", "size"), "scale": "standard"}, PLACE)}
        targets = {"kind": Named("category", {}, PLACE)}
        split = Split(0.25, 0, stratify=False, seed=0, location=PLACE, absent_classes="allow")
        return load_dataset(Data(source, inputs, targets, split, PLACE), batch_size=1)

    ours, theirs = load("parquet"), load("csv")

    assert ours.facts == theirs.facts
    assert ours.fingerprint == theirs.fingerprint
    np.testing.assert_array_equal(ours.training.inputs["x"], theirs.training.inputs["x"])


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, 3], pa.int8()),
        pa.array([1, 2, 3], pa.uint64()),
        pa.array([1, 2, 3], pa.float32()),
        pa.array([1, 2, 3], pa.float64()),
        pa.array([Decimal("1.00"), Decimal("2.00"), Decimal("3.00")]),
        pa.array([1, 2, 3]).dictionary_encode(),
    ],
)
def test_numbers_of_any_type(tmp_path: Path, values: Any) -> None:
    """All become float32."""
    table = open_parquet(write(tmp_path / "a.parquet", a=values), ["a"])

    numbers = read(table, "a", "numbers")

    np.testing.assert_array_equal(numbers, [1, 2, 3])
    assert numbers.dtype == np.float32


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array(["b", "a", "b"]), ["b", "a", "b"]),
        (pa.array(["b", "a", "b"], pa.large_string()), ["b", "a", "b"]),
        (pa.array(["b", "a", "b"]).dictionary_encode(), ["b", "a", "b"]),
        (pa.array([10, 9, 10]), ["10", "9", "10"]),
        (pa.array([True, False, True]), ["True", "False", "True"]),
        (pa.array([date(2024, 5, 31)] * 3), ["2024-05-31"] * 3),
        (pa.array([datetime(2024, 5, 31, 14, 30)] * 3, pa.timestamp("s")), ["2024-05-31 14:30:00"] * 3),  # noqa: DTZ001
    ],
)
def test_labels_and_texts_of_any_type(tmp_path: Path, values: Any, expected: list[str]) -> None:
    """Numbers as written, truth as Python has it, dates as ISO 8601 has them."""
    table = open_parquet(write(tmp_path / "a.parquet", a=values), ["a"])

    assert list(read(table, "a", "labels")) == expected
    assert list(read(table, "a", "texts")) == expected


@pytest.mark.parametrize(
    "times",
    [
        pa.array([2.5, 0.5, 1.5]),
        pa.array([20, 5, 15]),
        pa.array([date(2024, 5, day) for day in (31, 1, 2)]),
        pa.array([datetime(2024, 5, 1, 0, 0, 0, part) for part in (9, 1, 5)], pa.timestamp("us", "UTC")),  # noqa: DTZ001
        pa.array(["2024-05-31 14:00", "2024-05-01", "2024-05-02"]),
    ],
)
def test_times_of_any_type_order_the_rows(tmp_path: Path, times: Any) -> None:
    """Numbers with a fraction too, which are no labels."""
    table = open_parquet(write(tmp_path / "a.parquet", when=times), ["when"])

    assert order_in_time(table, "when", is_series=True).tolist() == [1, 2, 0]


def test_truth_is_a_number_too(tmp_path: Path) -> None:
    """1 and 0."""
    table = open_parquet(write(tmp_path / "a.parquet", a=[True, False]), ["a"])

    assert read(table, "a", "numbers").tolist() == [1, 0]


def test_null_is_missing(tmp_path: Path) -> None:
    """Where values may miss it is a NaN or an empty text, else a problem that names the row."""
    path = write(tmp_path / "a.parquet", a=[1.0, None, float("nan"), 4.0], kind=["x", None, "y", "z"])
    table = open_parquet(path, ["a", "kind"], location=PLACE)

    np.testing.assert_array_equal(read(table, "a", "numbers", may_miss=True), [1, np.nan, np.nan, 4])
    assert list(read(table, "kind", "texts", may_miss=True)) == ["x", "", "y", "z"]
    assert shown(lambda: read(table, "a", "numbers")) == [
        (
            "error[missing-value]: row 2 of column `a` is empty, expected a number\n"
            " --> recipe.yaml:2:18\nhint: fill it in, or leave the row out"
        ),
        (
            "error[missing-value]: row 3 of column `a` is empty, expected a number\n"
            " --> recipe.yaml:2:18\nhint: fill it in, or leave the row out"
        ),
    ]
    assert shown(lambda: read(table, "kind", "labels")) == [
        (
            "error[missing-value]: row 2 of column `kind` is empty, expected a label\n"
            " --> recipe.yaml:2:18\nhint: fill it in, or leave the row out"
        )
    ]


def test_infinite_and_too_large_numbers(tmp_path: Path) -> None:
    """As in a CSV; where values may miss they are no less wrong."""
    table = open_parquet(write(tmp_path / "a.parquet", a=[1.0, float("inf"), 1e39]), ["a"])

    found = shown(lambda: read(table, "a", "numbers", may_miss=True))

    messages, hints = zip(*(one.splitlines() for one in found), strict=True)
    assert messages == (
        "error[not-finite]: row 2 of column `a`: expected a finite number, found `inf`",
        "error[not-finite]: row 3 of column `a`: expected a number below 3.4e38, the largest of float32, found `1e+39`",
    )
    assert set(hints) == {"hint: correct it, or leave the row out"}


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pa.array([[1.0], [2.0]]), "numbers", "holds list<element: double>, expected numbers"),
        (pa.array([{"b": 1}, {"b": 2}]), "numbers", "holds struct<b: int64>, expected numbers"),
        (pa.array(["1", "2"]), "numbers", "holds string, expected numbers"),
        (pa.array([date(2024, 5, 31)] * 2), "numbers", "holds date32[day], expected numbers"),
        (pa.array([1.0, 2.0]), "labels", "holds double, expected labels: whole numbers or text"),
        (pa.array([b"1", b"2"]), "texts", "holds binary, expected texts"),
    ],
)
def test_types_that_do_not_fit(tmp_path: Path, values: Any, kind: str, expected: str) -> None:
    """The column and its type are named where the recipe names the file."""
    table = open_parquet(write(tmp_path / "a.parquet", a=values), ["a"], location=PLACE)

    (problem,) = shown(lambda: read(table, "a", kind))
    apart = "a row has one value in a column: give each of them a column of its own"
    cast = "save it as another type: `frame['a'].astype(...)`"
    hint = apart if pa.types.is_nested(values.type) else cast
    assert problem == f"error[wrong-dtype]: column `a` of `a.parquet` {expected}\n --> recipe.yaml:2:18\nhint: {hint}"


def test_a_file_without_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to learn from."""
    monkeypatch.chdir(tmp_path)
    path = write(Path.cwd() / "a.parquet", a=pa.array([], pa.float64()))

    assert shown(lambda: open_parquet(path, ["a"])) == [
        "error[no-rows]: `a.parquet` has columns and no rows, expected examples\nhint: write a row for each example"
    ]
    assert shown(lambda: list(open_in_parts(path, ["a"]))) == shown(lambda: open_parquet(path, ["a"]))


def test_a_column_that_is_there_twice(tmp_path: Path) -> None:
    """Which one is meant cannot be told."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)

    assert shown(lambda: open_parquet(path, ["a"])) == [
        "error[duplicate-column]: 2 columns are called `a`, expected one\nhint: give each column a name of its own"
    ]


def test_a_damaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the foot is cut off or a page holds nonsense."""
    monkeypatch.chdir(tmp_path)
    path = write(Path.cwd() / "a.parquet", a=np.random.default_rng(0).normal(size=5000))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    (cut_off,) = shown(lambda: open_parquet(path, ["a"]))
    path.write_bytes(whole[:100] + b"\xff" * 2000 + whole[2100:])
    (nonsense,) = shown(lambda: read(open_parquet(path, ["a"]), "a", "numbers"))

    start = "error[not-a-parquet]: `a.parquet` is a Parquet file that is damaged or cut off"
    assert cut_off.startswith(start)
    assert nonsense.startswith(start)
    assert "hint: copy it again" in cut_off


def test_parts_of_a_file_know_their_rows(tmp_path: Path) -> None:
    """Problems name the row of the file, not of the part."""
    path = write(tmp_path / "a.parquet", a=[1.0, 2, 3, 4, None], kind=list("xyxyx"))

    parts = list(open_in_parts(path, ["a", "kind"], rows=2))

    assert [type(part) for part in parts] == [ParquetTable] * 3
    assert [part.rows.tolist() for part in parts] == [[1, 2], [3, 4], [5]]
    assert [part.first_row for part in parts] == [1, 3, 5]
    assert [list(read(part, "kind", "labels")) for part in parts] == [["x", "y"], ["x", "y"], ["x"]]
    assert read(parts[1].slice(1, 2), "a", "numbers").tolist() == [4]
    assert parts[1].slice(1, 2).rows.tolist() == [4]
    assert shown(lambda: read(parts[2], "a", "numbers")) == [
        "error[missing-value]: row 5 of column `a` is empty, expected a number\nhint: fill it in, or leave the row out"
    ]


def test_a_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    """Whatever it is called."""
    path = write(tmp_path / "a.parquet", a=[1, 2]).rename(tmp_path / "a.data")

    assert isinstance(open_file(path, ["a"]), ParquetTable)
