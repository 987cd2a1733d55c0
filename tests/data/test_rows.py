"""New rows for a trained model: as strict as training, forgiving only of columns that do not matter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.rows import read_rows
from archcli.errors import DataError, Location, Source
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.recipe import Named

Shown = Callable[..., str]

FACTS = Facts(
    {"x": InputFacts("x", (2,), ("a", "b"))},
    {"kind": TargetFacts("kind", "category", (), ("kind",), ("cat", "dog"), (3, 4))},
    7,
)
NUMBERS = Facts(FACTS.inputs, {"y": TargetFacts("y", "number", (2,), ("c", "d"))}, 7)
PICTURES = Facts({"image": InputFacts("image", (2, 2, 1), ("image",))}, FACTS.targets, 7)


def write(name: str, text: str) -> Path:
    """Write a file into the folder the test stands in."""
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_inputs_targets_and_rows_of_a_csv() -> None:
    """Columns in any order, more than are needed; labels become the numbers of the model's classes."""
    rows = read_rows(write("new.csv", "kind,b,note,a\ndog,2,?,1\n\ncat,4,,3\n"), FACTS)

    np.testing.assert_array_equal(rows.inputs["x"], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(rows.targets["kind"], [1, 0])
    np.testing.assert_array_equal(rows.rows, [1, 2])
    assert rows.inputs["x"].dtype == np.float32
    assert rows.targets["kind"].dtype == np.int32


def test_targets_may_be_absent() -> None:
    """They are what is asked for."""
    assert read_rows(write("new.csv", "a,b\n1,2\n"), FACTS).targets == {}


def test_one_class_and_one_row_are_enough() -> None:
    """Nothing is fitted to new rows."""
    rows = read_rows(write("new.csv", "a,b,kind\n1,2,dog\n"), FACTS)

    np.testing.assert_array_equal(rows.targets["kind"], [1])


def test_number_targets_stay_raw() -> None:
    """As they are in the file, one column for each number."""
    rows = read_rows(write("new.csv", "a,b,c,d\n1,2,3,4\n"), NUMBERS)

    np.testing.assert_array_equal(rows.targets["y"], [[3, 4]])


def test_the_delimiter_is_that_of_the_training_data() -> None:
    """A source of another kind has none: a comma then."""
    place = Location(Source("recipe.yaml"), 1)
    semicolon = Named("csv", {"path": "old.csv", "delimiter": ";"}, place)

    assert read_rows(write("new.csv", "a;b\n1;2\n"), FACTS, semicolon).inputs["x"].tolist() == [[1, 2]]
    assert read_rows(write("new.csv", "a,b\n1,2\n"), FACTS, Named("npz", {}, place)).inputs["x"].tolist() == [[1, 2]]


def test_arrays_of_an_npz() -> None:
    """Pictures need one."""
    pictures = np.arange(12.0).reshape(3, 2, 2, 1)
    np.savez("new.npz", image=pictures, kind=np.array(["dog", "cat", "dog"]), more=np.ones(2))

    rows = read_rows(Path("new.npz"), PICTURES)

    np.testing.assert_array_equal(rows.inputs["image"], pictures)
    np.testing.assert_array_equal(rows.targets["kind"], [1, 0, 1])


def test_a_label_that_the_model_does_not_know(shown: Shown) -> None:
    """With what it may have been, in its place."""
    path = write("new.csv", "a,b,kind\n1,2,dog\n3,4,Dog\n")

    assert shown(DataError, read_rows, path, FACTS) == (
        """\
error[unknown-class]: row 2 of column `kind`: the model knows no class `Dog`
 --> new.csv:3:5
  |
3 | 3,4,Dog
  |     ^^^
hint: did you mean `dog`?
"""
    )


def test_cells_are_checked_as_in_training(shown: Shown) -> None:
    """The same words, the same places."""
    assert shown(DataError, read_rows, write("new.csv", "a,b\n1,x\n,2\n"), FACTS) == (
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


def test_missing_input_columns(shown: Shown) -> None:
    """The file is wrong here, not the recipe."""
    assert shown(DataError, read_rows, write("new.csv", "A,kind\n1,dog\n"), FACTS) == (
        """\
error[column-not-found]: `new.csv` has no column `a`, which `x` is read from
 --> new.csv:1:1
  |
1 | A,kind
  | ^^^^^^
hint: did you mean `A`?

error[column-not-found]: `new.csv` has no column `b`, which `x` is read from
 --> new.csv:1:1
  |
1 | A,kind
  | ^^^^^^
hint: it has `A`, `kind`
"""
    )


def test_half_a_target_is_an_error(shown: Shown) -> None:
    """It is not left out in silence."""
    assert shown(DataError, read_rows, write("new.csv", "a,b,c\n1,2,3\n"), NUMBERS) == (
        """\
error[column-not-found]: `new.csv` has no column `d`, which `y` is read from
 --> new.csv:1:1
  |
1 | a,b,c
  | ^^^^^
hint: it has `a`, `b`, `c`
"""
    )


def test_a_csv_cannot_hold_pictures(shown: Shown) -> None:
    """The hint is the call that makes the right file."""
    assert shown(DataError, read_rows, write("new.csv", "image\n1\n"), PICTURES) == (
        """\
error[not-a-table]: a CSV cannot hold `image`: one example has the shape (2, 2, 1)
hint: save the examples in an NPZ: `numpy.savez('new', image=...)`
"""
    )


def test_pictures_of_another_size(shown: Shown) -> None:
    """Both shapes are named."""
    np.savez("new.npz", image=np.ones((3, 2, 2)))

    assert shown(DataError, read_rows, Path("new.npz"), PICTURES) == (
        "error[wrong-shape]: `new.npz`: one example of `image` has the shape (2, 2), expected (2, 2, 1)\n"
        "hint: give examples of the shape that it was trained on\n"
    )


def test_an_npz_without_the_array(shown: Shown) -> None:
    """The names that it has are named."""
    np.savez("new.npz", picture=np.ones((3, 2, 2, 1)))

    assert shown(DataError, read_rows, Path("new.npz"), PICTURES) == (
        "error[column-not-found]: `new.npz` has no array `image`, which `image` is read from\nhint: it has `picture`\n"
    )


@pytest.mark.parametrize("name", ["new.csv", "new.npz"])
def test_a_file_that_is_not_there(shown: Shown, name: str) -> None:
    """Near names in the folder are offered."""
    write(f"my_{name}", "")

    assert shown(DataError, read_rows, Path(name), FACTS) == (
        f"error[file-not-found]: there is no file `{name}`\nhint: did you mean `my_{name}`?\n"
    )


def test_repeated_columns(shown: Shown) -> None:
    """Only where they are needed is it a problem."""
    assert read_rows(write("new.csv", "a,b,c,c\n1,2,3,4\n"), FACTS).inputs["x"].tolist() == [[1, 2]]
    assert shown(DataError, read_rows, write("new.csv", "a,b,a\n1,2,3\n"), FACTS) == (
        """\
error[duplicate-column]: 2 columns are called `a`, expected one
 --> new.csv:1:5
  |
1 | a,b,a
  |     ^
hint: give each column a name of its own
"""
    )


def test_large_numbers_do_not_warn(recwarn: Any) -> None:
    """Too large for float32 is a problem of the data, shown as one."""
    with pytest.raises(DataError):
        read_rows(write("new.csv", "a,b\n1e300,2\n"), FACTS)

    assert not recwarn.list


WORDS = Facts(
    {
        "said": InputFacts(
            "said", (None,), ("said",), dtype="int32", kind="text", words=("o", "f"), split="character", padding=0.0
        ),
        "previous": InputFacts(
            "previous", (3,), (), dtype="int32", vocabulary=4, padding=0.0, kind="shift", shift_of="iso", shift_by=1
        ),
    },
    {
        "iso": TargetFacts(
            "iso",
            "text",
            (3,),
            ("iso",),
            ("[PADDING]", "[END]", "a", "b"),
            (0, 1, 1, 1),
            padded=True,
            split="character",
        )
    },
    7,
)


def test_texts_and_their_shifts_are_read_where_the_target_is() -> None:
    """To score them, the truth stands one step late; to answer new ones there is none."""
    known = read_rows(write("new.csv", "said,iso\nof,ab\nfo,a\n"), WORDS)
    asked = read_rows(write("ask.csv", "said\nof\n"), WORDS)

    assert known.inputs["said"].tolist() == [["of"], ["fo"]]
    assert known.targets["iso"].tolist() == [[2, 3, 1], [2, 1, -1]]
    assert known.inputs["previous"].tolist() == [[1, 2, 3], [1, 2, 0]]
    assert list(asked.inputs) == ["said"]


def test_a_text_may_be_longer_than_any_before() -> None:
    """Its target has as many steps as it needs."""
    rows = read_rows(write("new.csv", "said,iso\nof,abab\n"), WORDS)

    assert rows.targets["iso"].tolist() == [[2, 3, 2, 3, 1]]


def test_a_symbol_that_the_target_does_not_have(shown: Shown) -> None:
    """Shown where it stands."""
    assert shown(DataError, read_rows, write("new.csv", "said,iso\nof,aXb\n"), WORDS) == (
        """\
error[unknown-class]: row 1 of column `iso`: the model knows no character `X`
 --> new.csv:2:4
  |
2 | of,aXb
  |    ^^^
hint: one of `a`, `b`
"""
    )


def test_what_may_be_missing_is_read_as_missing() -> None:
    """The saved model fills it in."""
    parts = (
        InputFacts("x__numeric", (2,), ("a", "b"), fill=(0.0, 0.0)),
        InputFacts("x__city", (3,), ("city",), kind="category", words=("B", "U"), is_one_hot=True, fill_word="B"),
    )
    facts = Facts({"x": InputFacts("x", (5,), ("a", "b", "city"), kind="side_by_side", parts=parts)}, {}, 7)

    rows = read_rows(write("new.csv", "city,b,a\n,,1\nRome,3,4\n"), facts)

    np.testing.assert_array_equal(rows.inputs["x__numeric"], [[1, np.nan], [4, 3]])
    assert rows.inputs["x__city"].tolist() == [[""], ["Rome"]]


def test_labels_of_an_array_are_those_of_the_model(shown: Shown) -> None:
    """Class numbers of a file are renumbered; a class that the model does not have is a fault."""
    facts = Facts(
        {"x": InputFacts("x", (3, 1), ("x",))},
        {"kind": TargetFacts("kind", "category", (3,), ("kind",), ("3", "5", "7"), (1, 1, 1), padded=True)},
        7,
    )
    x = np.zeros((2, 3, 1))
    np.savez("new.npz", x=x, kind=[[5, 7, -1], [5, 5, 7]])
    np.savez("odd.npz", x=x, kind=[[5, 7, -1], [5, 4, 7]])

    assert read_rows(Path("new.npz"), facts).targets["kind"].tolist() == [[1, 2, -1], [1, 1, 2]]
    assert shown(DataError, read_rows, Path("odd.npz"), facts) == (
        "error[unknown-class]: row 2 of array `kind`: the model knows no class `4`\nhint: one of `3`, `5`, `7`\n"
    )


def test_the_next_symbols_of_new_texts_are_targets() -> None:
    """They are in the texts themselves."""
    facts = Facts(
        {"said": WORDS.inputs["said"]},
        {
            "next": TargetFacts(
                "next", "category", (2,), (), ("o", "f"), (1, 1), padded=True, shift_of="said", shift_by=-1
            )
        },
        7,
    )

    rows = read_rows(write("new.csv", "said\nof\nffo\n"), facts)

    assert rows.targets["next"].tolist() == [[1, -1, -1], [1, 0, -1]]
