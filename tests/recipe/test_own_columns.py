"""The columns of files that are neither tables nor arrays, read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.errors import DataError, Location, Source
from archcli.recipe.own_columns import own_columns
from archcli.recipe.recipe import Named

PLACE = Location(Source("recipe.yaml"), 1)


def columns(name: str, content: str) -> tuple[str, ...]:
    """Return the columns of a file that holds `content`."""
    path = Path("said.txt").absolute()
    path.write_text(content)
    return own_columns(path, Named(name, {"path": str(path)}, PLACE), location=PLACE)


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("good\tso\nbad\tno\n", ("label", "text")),
        ("so it is\nno\n", ("text",)),
        ("so it is\nbad\tno\n", ("label", "text")),
    ],
)
def test_lines_have_labels_where_any_has_a_tab(content: str, expected: tuple[str, ...]) -> None:
    """Reading them says which one lacks it."""
    assert columns("lines", content) == expected


def test_series_have_what_their_head_says() -> None:
    """All dimensions, each, and the class."""
    assert columns("ts", "@dimensions 1\n@classLabel true a\n@data\n1,2:a\n") == ("values", "dim_0", "class")


@pytest.mark.parametrize(("name", "code"), [("ts", "not-a-ts"), ("tfrecord", "not-a-tfrecord")])
def test_a_file_of_another_form(name: str, code: str) -> None:
    """Is told from its first lines or records."""
    with pytest.raises(DataError) as raised:
        columns(name, "a,b,c\n1,2,3\n")

    assert [problem.code for problem in raised.value.problems] == [code]


@pytest.mark.parametrize("name", ["lines", "ts", "tfrecord"])
def test_a_file_that_is_not_there_or_empty(name: str) -> None:
    """The same words as for a table."""
    with pytest.raises(DataError) as empty:
        columns(name, "")
    with pytest.raises(DataError) as absent:
        own_columns(Path("none.txt").absolute(), Named(name, {"path": "none.txt"}, PLACE))

    assert [problem.code for problem in empty.value.problems] == ["empty-file"]
    assert [problem.code for problem in absent.value.problems] == ["file-not-found"]
