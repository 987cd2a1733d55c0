"""Whether a new file is read as the source that a model was trained on, or by the end of its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.data.sources.own_forms import folder_kind, has_own_form, list_own_columns, open_own
from archcli.errors import Location, Source
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
