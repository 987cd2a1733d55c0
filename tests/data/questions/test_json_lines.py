"""An example is a line of JSON, read as strictly as a CSV, and lists of numbers are arrays."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.questions.json_lines import JsonTable, open_json_lines
from archcli.errors import DataError, Problem
from archcli.recipe.facts import InputFacts

Shown = Callable[..., str]
LEAVES = (
    InputFacts("x", (2,), ("a", "b")),
    InputFacts("image", (2, 3), ("image",)),
    InputFacts("steps", (None, 2), ("steps",), padding=0.0, raw_padding=0.0),
    InputFacts("filled", (1,), ("filled",), fill=(0.0,)),
    InputFacts("signal", (None, 2), ("ax", "ay"), kind="sequence"),
    InputFacts("past", (3, 1), ("load",), kind="series"),
)


def table(*lines: object, skip: Callable[[int, Problem], None] | None = None) -> JsonTable:
    """Open lines, each written as JSON if it is no text."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    stream = io.BytesIO("".join(line + "\n" for line in written).encode())
    (read,) = open_json_lines(stream, "new.jsonl", LEAVES, folder=Path(), rows=100, skip=skip)
    return read


def faults_of(read: JsonTable, act: Callable[[Faults], Any]) -> list[str]:
    """Return what is wrong, as it is said."""
    faults = Faults()
    act(faults)
    return [problem.message for problem in faults.describe_cells(read)]


def test_numbers_of_several_columns() -> None:
    """A list of one number is a number, and what is true is 1."""
    read = table({"a": 1, "b": [2.5]}, {"a": True, "b": -3})

    assert read.numbers("a", Faults()).tolist() == [1, 1]
    assert read.numbers("b", Faults()).tolist() == [2.5, -3]


def test_what_is_no_number(shown: Shown) -> None:
    """Each is shown at its line, in the words that a CSV has for it."""
    read, faults = table({"a": "x"}, {"a": None}, {"a": 1e39}, {"a": {"b": 1}}, {"b": 1}), Faults()

    read.numbers("a", faults)

    said = shown(DataError, faults.raise_all, read)
    assert [line for line in said.splitlines() if line.startswith("error")] == [
        "error[not-a-number]: row 1 of key `a`: expected a number, found `x`",
        "error[missing-value]: row 2 of key `a` is missing, expected a number, found `null`",
        "error[not-finite]: row 3 of key `a`: expected a number below 3.4e38, the largest of float32, found `1e+39`",
        'error[not-a-number]: row 4 of key `a`: expected a number, found `{"b": 1}`',
        "error[missing-value]: row 5 of key `a` is missing, expected a number, found `null`",
    ]
    assert ' --> new.jsonl:1:2\n  |\n1 | {"a": "x"}\n  |  ^^^\n' in said


def test_what_may_be_missing() -> None:
    """Null, nothing, and no key at all are NaN; other words are still wrong."""
    read = table({"filled": None}, {"filled": ""}, {}, {"filled": 4})
    faults = Faults()

    numbers = read.numbers("filled", faults, may_miss=True)

    np.testing.assert_array_equal(numbers, [np.nan, np.nan, np.nan, 4])
    assert not faults.counts


def test_lists_are_arrays() -> None:
    """Of the shape that the model has; short ones are padded where it has steps."""
    image = [[1, 2, 3], [4, 5, 6]]
    read = table({"image": image, "steps": [[1, 2]]}, {"image": image, "steps": [[1, 2], [3, 4]]})

    np.testing.assert_array_equal(read.numbers("image", Faults()), [image, image])
    np.testing.assert_array_equal(read.numbers("steps", Faults()), [[[1, 2], [0, 0]], [[1, 2], [3, 4]]])
    assert read.padding("steps") == 0.0


def test_lists_of_another_shape() -> None:
    """Each row is said by itself, so that it can be left out."""
    good = [[1, 2, 3], [4, 5, 6]]
    read = table({"image": [[1, 2], [3, 4]]}, {"image": good}, {"image": [[1], [2, 3]]}, {"image": 7}, {})

    assert faults_of(read, lambda faults: read.numbers("image", faults)) == [
        "row 1 of key `image`: expected 2x3 numbers, found 2x2",
        "row 3 of key `image`: expected 2x3 numbers in lists, found something else in them, or lists of unequal length",
        "row 4 of key `image`: expected 2x3 numbers, found one",
        "row 5 of key `image`: is missing, expected 2x3 numbers",
    ]


def test_a_sequence_is_a_list_for_each_column() -> None:
    """They end together; a shorter sequence is padded by NaN."""
    read = table({"ax": [1, 2], "ay": [3, 4]}, {"ax": [5], "ay": [6]})
    uneven = table({"ax": [1, 2], "ay": [3]})

    sequences = read.sequences(["ax", "ay"], Faults())

    np.testing.assert_array_equal(sequences, [[[1, 3], [2, 4]], [[5, 6], [np.nan, np.nan]]])
    assert faults_of(uneven, lambda faults: uneven.sequences(["ax", "ay"], faults)) == [
        "row 1 of key `ax`: expected lists of one length"
    ]


def test_a_window_is_a_list() -> None:
    """The last values of a series, as many as the model reads."""
    read = table({"load": [1, 2, 3]}, {"load": [4, 5]})

    assert faults_of(read, lambda faults: read.windows(["load"], faults, first=-3, length=3)) == [
        "row 2 of key `load`: expected 3 numbers, found 2"
    ]
    np.testing.assert_array_equal(read.slice(0, 1).windows(["load"], Faults(), first=-3, length=3), [[[1], [2], [3]]])


def test_texts() -> None:
    """What is no text is taken as JSON writes it, but for lists."""
    read = table({"a": "x"}, {"a": 12}, {"a": True}, {"a": None}, {"a": []})

    assert list(read.texts("a", Faults(), may_miss=True)) == ["x", "12", "true", "", "?"]
    assert faults_of(read, lambda faults: read.texts("a", faults, may_miss=True)) == [
        "row 5 of key `a`: expected a text, found a list"
    ]
    assert faults_of(read.slice(3, 4), lambda faults: read.slice(3, 4).labels("a", faults)) == [
        "row 4 of key `a` is empty, expected a text"
    ]


def test_lines_that_are_no_objects(shown: Shown) -> None:
    """Raised together with their places, or handed over and left out."""
    lines = ('{"a": 1}', "nope", "", "[1]", '{"a": 2}')
    taken: list[int] = []

    read = table(*lines, skip=lambda row, _: taken.append(row))
    assert shown(DataError, table, *lines) == (
        """\
error[not-json]: row 2 is no JSON: expecting value
 --> new.jsonl:2:1
  |
2 | nope
  | ^

error[not-json]: row 3: expected an object, found a list
 --> new.jsonl:4:1
  |
4 | [1]
  | ^^^
hint: write each example as `{"column": value, ...}` on a line of its own
"""
    )
    assert taken == [2, 3]
    assert read.rows.tolist() == [1, 4]
    assert read.row_number(2) == 4


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a": ' * 50_000])
def test_lists_in_lists_without_end(line: str) -> None:
    """They end no process."""
    with pytest.raises(DataError) as raised:
        table(line)

    assert raised.value.problems[0].code == "not-json"
