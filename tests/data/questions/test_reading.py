"""Examples are read part by part; one that cannot be used ends it all, or is left out and told."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from archcli.data.questions.asked import Asked
from archcli.data.questions.reading import Questions, read_questions
from archcli.errors import DataError, Location, Source
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.recipe import Named

Shown = Callable[..., str]
PLACE = Location(Source("recipe.yaml"), 1)
CSV = Named("csv", {"path": "old.csv"}, PLACE)
NUMBERS = Facts({"x": InputFacts("x", (2,), ("a", "b"))}, {}, 7)
CITY = InputFacts("city", (1,), ("city",), dtype="int32", kind="category", words=("Bonn",), fill_word=None)
MIXED = Facts({"x": NUMBERS.inputs["x"], "city": CITY}, {}, 7)
SERIES = Facts({"past": InputFacts("past", (3, 1), ("load",), kind="series")}, {}, 7)
WALKS = Facts({"signal": InputFacts("signal", (None, 1), ("ax",), kind="sequence")}, {}, 7)
PHOTOS = Facts({"photo": InputFacts("photo", (1, 1, 1), ("file",), kind="image")}, {}, 7)
KIND = TargetFacts("kind", "category", (), ("kind",), ("cat", "dog"), (3, 4))
WRONG = "a,b,city,name\n1,2,Bonn,p\nx,2,Rome,q\n\n3,4,Rome,r\n5,?,,s\n7,8,Rome\n9,10,Ulm,u\n"


def write(name: str, text: str) -> Path:
    """Write a file into the folder that the test stands in."""
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def read(asked: Asked, facts: Facts, source: Named = CSV) -> list[Questions]:
    """Read all parts."""
    return list(read_questions(asked, facts, source))


def joined(parts: list[Questions], name: str) -> Any:
    """Return the values of an input of all parts."""
    return np.concatenate([part.inputs[name] for part in parts if len(part.rows)]).tolist()


def test_a_csv_comes_in_parts() -> None:
    """Rows are numbered in the file, what is carried along stands beside them."""
    path = write("new.csv", "name,b,a\n" + "".join(f"n{row},{row},{-row}\n" for row in range(1, 8)))

    parts = read(Asked(path, id_column="name", rows=3), NUMBERS)

    assert [row for part in parts for row in part.rows.tolist()] == list(range(1, 8))
    assert max(len(part.rows) for part in parts) <= 3
    assert [name for part in parts for name in part.ids or ()] == [f"n{row}" for row in range(1, 8)]
    assert {part.id_name for part in parts} == {"name"}
    assert joined(parts, "x") == [[-row, row] for row in range(1, 8)]


def test_a_target_does_not_matter() -> None:
    """Labels that the model does not know are no fault of a question."""
    path = write("new.csv", "a,b,kind\n1,2,never seen\n")
    facts = replace(NUMBERS, targets={"kind": KIND})

    assert joined(read(Asked(path), facts), "x") == [[1, 2]]


def test_what_cannot_be_used_is_left_out_and_told() -> None:
    """Numbers, missing words, ragged rows: each with its row in the file; an unknown word is no fault."""
    path = write("new.csv", WRONG)

    parts = read(Asked(path, id_column="name", leaves_out=True), MIXED)

    assert [row for part in parts for row in part.rows.tolist()] == [1, 3, 6]
    assert [name for part in parts for name in part.ids or ()] == ["p", "r", "u"]
    assert joined(parts, "x") == [[1, 2], [3, 4], [9, 10]]
    assert joined(parts, "city") == [["Bonn"], ["Rome"], ["Ulm"]]
    assert sum(part.left_out for part in parts) == 3
    assert [problem.message for part in parts for problem in part.problems] == [
        "row 5 has the wrong number of cells: expected 4 as in the header, found 3",
        "row 2 of column `a`: expected a number, found `x`",
        "row 4 of column `b` is missing, expected a number, found `?`",
        "row 4 of column `city` is empty, expected a text",
    ]


def test_without_leave_it_ends(shown: Shown) -> None:
    """All that is wrong with the part is shown together, each at its place."""
    path = write("new.csv", "a,b\n1,x\n,2\n")

    assert shown(DataError, read, Asked(path), NUMBERS) == (
        """\
error[not-a-number]: row 1 of column `b`: expected a number, found `x`
 --> new.csv:2:3
  |
2 | 1,x
  |   ^
hint: correct it, or leave the row out

error[missing-value]: row 2 of column `a` is empty, expected a number
 --> new.csv:3:1
  |
3 | ,2
  | ^
hint: fill it in, or leave the row out
"""
    )


def test_many_are_counted_and_few_described() -> None:
    """All rows are left out, however many there are."""
    path = write("new.csv", "a,b\n" + "x,1\n" * 500 + "1,2\n")

    parts = read(Asked(path, leaves_out=True, rows=100), NUMBERS)

    assert sum(part.left_out for part in parts) == 500
    assert sum(len(part.problems) for part in parts) == 10
    assert [row for part in parts for row in part.rows.tolist()] == [501]


def test_a_stream_is_a_csv_or_lines_of_json() -> None:
    """Problems call it standard input."""
    table = io.BytesIO(b"a,b\n1,2\nx,4\n")
    lines = io.BytesIO(b'{"a": 1, "b": 2}\n{"a": 3}\n')

    of_table = read(Asked(stream=table, leaves_out=True), NUMBERS)
    of_lines = read(Asked(stream=lines, kind="jsonl", leaves_out=True), NUMBERS)

    assert joined(of_table, "x") == joined(of_lines, "x") == [[1, 2]]
    place = of_table[0].problems[0].location
    assert place is not None
    assert (place.source.name, place.line) == ("standard input", 3)


def test_windows_come_in_parts() -> None:
    """A window counts as one; what is carried along is of its last line; the order is that of time."""
    source = Named("csv", {"path": "old.csv", "time": "hour"}, PLACE)
    path = write("new.csv", "hour,load\n" + "".join(f"{hour},{hour * 10}\n" for hour in (2, 1, 3, 4, 5, 6)))

    parts = read(Asked(path, id_column="hour", rows=3), SERIES, source)

    assert [len(part.rows) for part in parts] == [3, 1]
    assert joined(parts, "past")[0] == [[10], [20], [30]]
    assert joined(parts, "past")[3] == [[40], [50], [60]]
    assert [row for part in parts for row in part.rows.tolist()] == [1, 2, 3, 4]
    assert [hour for part in parts for hour in part.ids or ()] == ["3", "4", "5", "6"]


def test_windows_with_what_cannot_be_used_are_left_out() -> None:
    """All that hold it; it is told once."""
    path = write("new.csv", "load\n" + "".join(f"{'x' if row == 4 else row}\n" for row in range(1, 10)))

    parts = read(Asked(path, leaves_out=True, rows=2), SERIES)

    assert [row for part in parts for row in part.rows.tolist()] == [1, 5, 6, 7]
    assert sum(part.left_out for part in parts) == 3
    assert [problem.message for part in parts for problem in part.problems] == [
        "row 4 of column `load`: expected a number, found `x`"
    ]


def test_sequences_with_what_cannot_be_used_are_left_out() -> None:
    """A sequence counts as one."""
    source = Named("csv", {"path": "old.csv", "id": "walk"}, PLACE)
    path = write("new.csv", "walk,ax,who\nb,1,Ann\na,2,Bob\nb,x,Ann\na,4,Bob\n")

    (part,) = read(Asked(path, id_column="who", leaves_out=True), WALKS, source)

    assert part.rows.tolist() == [2]
    assert part.ids == ["Bob"]
    assert part.inputs["signal"].tolist() == [[[2], [4]]]
    assert [problem.message for problem in part.problems] == ["row 3 of column `ax`: expected a number, found `x`"]


def test_broken_images_are_left_out() -> None:
    """The names of files are carried along; a picture of another size is made to fit."""
    for name, size in (("a", 2), ("b", 3), ("c", 1)):
        Image.new("L", (size, size), 8).save(f"{name}.png")
    Path("b.png").write_bytes(b"no image")

    (first, second) = read(Asked(Path(), leaves_out=True, rows=2), PHOTOS)

    assert (first.ids, second.ids, second.rows.tolist()) == (["a.png"], ["c.png"], [3])
    assert [problem.message for problem in first.problems] == [
        "row 2 of column `file`: `b.png` is no image, or is cut off"
    ]


def test_one_text_and_one_image() -> None:
    """One example each."""
    words = Facts({"said": InputFacts("said", (None,), ("said",), kind="text")}, {}, 7)
    Image.new("L", (2, 2), 8).save("a.png")

    assert joined(read(Asked(text="good day"), words), "said") == [["good day"]]
    assert joined(read(Asked(Path("a.png")), PHOTOS), "photo") == [[[[8]]]]
    assert joined(read(Asked(write("new.txt", "one\n\ntwo\n")), words), "said") == [["one"], ["two"]]


def test_a_long_text_is_cut_as_in_training() -> None:
    """Into windows, the last one whole."""
    leaf = InputFacts("letters", (3,), ("letters",), kind="text", split="character")
    source = Named("text", {"path": "old.txt"}, PLACE)

    parts = read(Asked(write("new.txt", "abcdefgh")), Facts({"letters": leaf}, {}, 7), source)

    assert joined(parts, "letters") == [["abc"], ["def"]]


@pytest.mark.parametrize("name", ["new.npz", "new.npy"])
def test_arrays(name: str) -> None:
    """An array without a name is the only one that the model reads."""
    image = np.arange(12.0).reshape(3, 2, 2)
    if name.endswith("z"):
        np.savez(name, image=image)
    else:
        np.save(name, image)

    parts = read(Asked(Path(name), rows=2), Facts({"i": InputFacts("i", (2, 2), ("image",))}, {}, 7))

    assert [part.rows.tolist() for part in parts] == [[1, 2], [3]]
    assert joined(parts, "i") == image.tolist()


def test_arrays_of_another_shape_cannot_be_left_out(shown: Shown) -> None:
    """It is wrong with all of them."""
    np.savez("new.npz", image=np.ones((3, 2)))
    facts = Facts({"i": InputFacts("i", (2, 2), ("image",))}, {}, 7)

    assert shown(DataError, read, Asked(Path("new.npz"), leaves_out=True), facts) == (
        "error[wrong-shape]: `new.npz`: one example of `image` has the shape (2,), expected (2, 2)\n"
        "hint: give examples of the shape that it was trained on\n"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            Asked(Path("new.csv"), id_column="nane"),
            (
                "error[column-not-found]: `new.csv` has no column `nane`, which `--id` names\n"
                " --> new.csv:1:1\n  |\n1 | a,b,name\n  | ^^^^^^^^\nhint: did you mean `name`?\n"
            ),
        ),
        (
            Asked(Path("new.jsonl")),
            "error[column-not-found]: `new.jsonl` has no key `a`, which `x` is read from\nhint: did you mean `A`?\n",
        ),
        (Asked(Path("blank.jsonl")), "error[no-rows]: `blank.jsonl` holds no example\n"),
    ],
)
def test_what_is_not_there(shown: Shown, asked: Asked, said: str) -> None:
    """Named, with what may have been meant."""
    write("new.csv", "a,b,name\n1,2,p\n")
    write("new.jsonl", '{"A": 1, "b": 2}\n')
    write("blank.jsonl", "\n\n")

    assert shown(DataError, read, asked, NUMBERS) == said


def test_parquet() -> None:
    """Numbers, and what is carried along, as texts."""
    parquet.write_table(pa.table({"a": [1.0, None], "b": [2, 3], "name": ["p", "q"]}), "new.parquet")

    (part,) = read(Asked(Path("new.parquet"), id_column="name", leaves_out=True), NUMBERS)

    assert part.inputs["x"].tolist() == [[1, 2]]
    assert (part.ids, part.rows.tolist(), part.left_out) == (["p"], [1], 1)
