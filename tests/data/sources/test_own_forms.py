"""Whether a new file is read as the source that a model was trained on, or by the end of its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.data.faults import Faults
from archcli.data.records import RecordTable
from archcli.data.sources.own_forms import folder_kind, has_own_form, list_own_columns, open_own, open_own_in_parts
from archcli.errors import DataError, Location, Source
from archcli.recipe.recipe import Named

PLACE = Location(Source("recipe.yaml"), 1)


def source(name: str, path: str) -> Named:
    """Return what a recipe says of its source."""
    return Named(name, {"path": path}, PLACE)


@pytest.mark.parametrize(
    ("file", "trained_on", "expected"),
    [
        ("new.txt", source("lines", "old.txt"), True),
        ("new", source("lines", "old.txt"), True),
        ("new.csv", source("lines", "old.txt"), False),
        ("new.tsv", source("lines", "old.tsv"), True),
        ("new.parquet", source("tfrecord", "old.tfrecord"), False),
        ("new.ts", source("ts", "old.ts"), True),
        ("new.txt", source("csv", "old.csv"), False),
        ("new.txt", None, False),
    ],
)
def test_what_a_new_file_is_read_as(file: str, trained_on: Named | None, *, expected: bool) -> None:
    """A table or arrays are what their names say, unless the source's own name ends so."""
    assert has_own_form(Path(file), trained_on, ("text",)) == expected


@pytest.mark.parametrize(
    ("kinds", "kind"), [(("text",), "text"), (("audio", "numeric"), "audio"), (("numeric",), None)]
)
def test_a_folder_is_read_by_the_type_of_the_input(tmp_path: Path, kinds: tuple[str, ...], kind: str | None) -> None:
    """Whatever the model was trained on."""
    assert has_own_form(tmp_path, None, kinds) == (kind is not None)
    assert folder_kind(kinds) == (kind or "image")


def test_a_new_folder_of_texts(tmp_path: Path) -> None:
    """Without a folder for each class there are no classes."""
    (tmp_path / "a.txt").write_text("so it is")

    assert set(list_own_columns(tmp_path, None, ("text",), location=None)) == {"file", "text"}
    assert open_own(tmp_path, None, ("text",), ("text",), location=None).examples == 1


def test_a_new_file_of_lines(tmp_path: Path) -> None:
    """With or without labels."""
    (tmp_path / "new.txt").write_text("so it is\nnot so\n")
    trained_on = source("lines", "old.txt")

    assert list_own_columns(tmp_path / "new.txt", trained_on, ("text",), location=None) == ("text",)
    assert open_own(tmp_path / "new.txt", trained_on, ("text",), ("text",), location=None).examples == 2


@pytest.mark.parametrize(
    ("form", "text", "column"),
    [
        ("lines", "a\tso it is\n\nb\tnot so\nb\tno\n", "text"),
        ("ts", "@dimensions 1\n@classLabel true a b\n@data\n1,2:a\n# note\n3,4:b\n5,6:b\n", "values"),
    ],
)
def test_parts_of_a_file_are_the_whole(tmp_path: Path, form: str, text: str, column: str) -> None:
    """Each example has the number and the line that it has in the file."""
    path = tmp_path / "new"
    path.write_text(text, encoding="utf-8")
    trained_on = source(form, "old")
    whole = open_own(path, trained_on, [column], (), location=None)

    parts = list(open_own_in_parts(path, trained_on, [column], {column: "text"}, rows=2))

    assert isinstance(whole, RecordTable)
    assert [part.examples for part in parts] == [2, 1]
    assert [number for part in parts for number in part.rows.tolist()] == [1, 2, 3]
    assert [line for part in parts if isinstance(part, RecordTable) for line in part.lines] == list(whole.lines)
    last = parts[-1]
    assert isinstance(last, RecordTable)
    if form == "ts":
        assert last.steps[column][0].tolist() == whole.steps[column][2].tolist()
    else:
        assert last.texts(column, Faults()) == ["no"]


def test_what_is_wrong_in_a_later_part_is_found_where_it_stands(tmp_path: Path) -> None:
    """What comes before it is there."""
    path = tmp_path / "new.ts"
    path.write_text("@dimensions 1\n@classLabel true a b\n@data\n1,2:a\n3,4:b\n5,x:b\n", encoding="utf-8")
    parts = open_own_in_parts(path, source("ts", "old.ts"), ["values"], {"values": "sequence"}, rows=2)

    assert next(parts).examples == 2
    with pytest.raises(DataError) as caught:
        next(parts)

    (problem,) = caught.value.problems
    assert problem.message == "line 6: expected a number, or `?` where it is missing, found `x`"
    assert problem.location is not None
    assert (problem.location.line, problem.location.column) == (6, 3)
