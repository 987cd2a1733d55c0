"""The names of the columns of a Parquet file, without reading its rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from archcli.errors import DataError, Location, Source
from archcli.recipe.headers import file_delimiter, find_column_problems, read_names
from archcli.recipe.parquet_names import is_parquet, read_parquet_names
from archcli.recipe.recipe import Data, Named, Split

PLACE = Location(Source("recipe.yaml"), 2)


@pytest.fixture
def flats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a Parquet file of two columns."""
    monkeypatch.chdir(tmp_path)
    parquet.write_table(pa.table({"rooms": [1, 2], "Age (years)": [3.0, 4.0]}), "flats.parquet")
    return Path.cwd() / "flats.parquet"


def test_names_in_order(flats: Path) -> None:
    """As they were written; any file is asked in the same way."""
    assert read_parquet_names(flats) == ("rooms", "Age (years)")
    assert (read_names(flats).names, read_names(flats).noun) == (("rooms", "Age (years)"), "column")


def test_a_file_is_known_by_its_name_or_its_first_bytes(flats: Path) -> None:
    """One that is not there is not known."""
    renamed = flats.rename(flats.with_name("flats.data"))

    assert is_parquet(renamed)
    assert is_parquet(Path("new.pq"))
    assert not is_parquet(Path("new.csv"))


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"", "`flats.parquet` is empty", "see whether it was saved, or copied, to its end"),
        (
            b"a,b\n1,2\n",
            "`flats.parquet` is no Parquet file",
            "write `source: {csv: flats.parquet}` if it is one",
        ),
        (
            b"\0\1\2\3",
            "`flats.parquet` is no Parquet file",
            "save it by `pandas.DataFrame.to_parquet` or `pyarrow.parquet.write_table`",
        ),
        (
            b"PAR1 and then nothing",
            "`flats.parquet` is a Parquet file that is damaged or cut off",
            "copy it again, or save it by `pandas.DataFrame.to_parquet` or `pyarrow.parquet.write_table`",
        ),
    ],
)
def test_files_that_are_no_parquet(flats: Path, content: bytes, message: str, hint: str | None) -> None:
    """Each is called what it is."""
    flats.write_bytes(content)

    with pytest.raises(DataError) as raised:
        read_parquet_names(flats)

    (problem,) = raised.value.problems
    assert (problem.message, problem.hint) == (message, hint)


def test_a_recipe_is_checked_against_the_file(flats: Path) -> None:
    """A column that is not there, of an input, a time or an order, is offered the nearest."""
    source = Named("parquet", {"path": str(flats), "id": "rooms", "order": "romms"}, PLACE)
    inputs = {"x": Named("sequence", {"columns": ("Age (years)", "age")}, PLACE)}
    targets = {"rooms": Named("number", {}, PLACE)}

    problems = find_column_problems(
        Data(source, inputs, targets, Split(0, 0, stratify=False, seed=0, location=PLACE), PLACE)
    )

    assert [(problem.message, problem.hint) for problem in problems] == [
        ("`flats.parquet` has no column `age`", "it has `rooms`, `Age (years)`"),
        ("`flats.parquet` has no column `romms`", "did you mean `rooms`?"),
    ]


@pytest.mark.parametrize(
    ("path", "trained_on", "written", "expected"),
    [
        ("new.csv", "old.csv", None, ","),
        ("new.tsv", "old.csv", None, "\t"),
        ("new.TAB", "old.csv", ";", "\t"),
        ("new.csv", "old.csv", ";", ";"),
        ("new.txt", "old.csv", "|", "|"),
        ("new.csv", "old.tsv", None, ","),
        ("new.csv", "old.tsv", ";", ","),
        ("old.tsv", "old.tsv", ";", ";"),
    ],
)
def test_the_delimiter_of_a_file(path: str, trained_on: str, written: str | None, expected: str) -> None:
    """A `.tsv` has tabs without being told; what a recipe says holds for files of the same kind."""
    arguments = {"path": trained_on} | ({} if written is None else {"delimiter": written})

    assert file_delimiter(Path(path), Named("csv", arguments, PLACE)) == expected
    assert file_delimiter(Path(path)) == ("," if path.endswith(("csv", "txt")) else "\t")
