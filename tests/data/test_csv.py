"""Reading a CSV: right where it is right, placed to the character where it is wrong."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset
from archcli.data.sources.csv import open_csv
from archcli.errors import DataError

Load = Callable[..., Dataset]
Shown = Callable[..., str]


def test_numbers_and_labels_are_what_the_standard_library_reads(load: Load, tmp_path: Path) -> None:
    """An independent reader, `csv` and `float`, gives the same arrays."""
    numbers = np.random.default_rng(0)
    lines = [
        f"{float(numbers.normal(0, 1e6))!r},{numbers.choice(['red', 'dark red', 'x,y'])},{i}e-3" for i in range(50)
    ]
    quoted = [line.replace("x,y", '"x,y"') for line in lines]

    part = load("a,kind,b\n" + "\n".join(quoted) + "\n").training

    with (tmp_path / "flats.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    expected = np.array([[float(row["a"]), float(row["b"])] for row in rows], np.float32)
    classes = sorted({row["kind"] for row in rows})
    np.testing.assert_array_equal(part.inputs["x"], expected)
    assert part.inputs["x"].dtype == np.float32
    assert [classes[number] for number in part.targets["kind"]] == [row["kind"] for row in rows]
    assert part.targets["kind"].dtype == np.int32


@pytest.mark.parametrize(
    "content",
    [
        "a,b,kind\n1,2,x\n3,4,y\n",
        "a,b,kind\n1,2,x\n3,4,y",
        "\ufeffa,b,kind\r\n1,2,x\r\n3,4,y\r\n",
        "a,b,kind\r1,2,x\r3,4,y\r",
        '"a","b","kind"\n"1","2","x"\n"3","4","y"\n',
        "a,b,kind\n\n1,2,x\n\n\n3,4,y\n\n",
        "a,b,kind\n 1 ,+2,x\n3.,4e0,y\n",
        "kind,b,unused,a\nx,2,,1\ny,4,?,3\n",
        'a,b,kind,unused\n1,2,x,""\n3,4,y,""',
    ],
)
def test_the_same_table_in_many_spellings(load: Load, content: str) -> None:
    """Line ends, a byte-order mark, quotes, empty lines, blanks and unused columns do not matter."""
    part = load(content).training

    np.testing.assert_array_equal(part.inputs["x"], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(part.targets["kind"], [0, 1])
    np.testing.assert_array_equal(part.rows, [1, 2])


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(load: Load, delimiter: str) -> None:
    """The delimiter of the recipe parts cells, and a comma is then a character."""
    lines = [["a", "b", "kind"], ["1", "2", "p,q"], ["3", "4", "r"]]

    dataset = load("\n".join(delimiter.join(cells) for cells in lines), delimiter=delimiter)

    assert dataset.facts.targets["kind"].classes == ("p,q", "r")


def test_labels_are_text_as_written(load: Load) -> None:
    """`1` and `1.0`, ` x` and `x`, `true` and `True` are different classes."""
    dataset = load("a,b,kind\n" + "".join(f"1,2,{label}\n" for label in ("1", "1.0", " x", "x", "true", "True")))

    assert dataset.facts.targets["kind"].classes == (" x", "1", "1.0", "True", "true", "x")


def test_whole_number_labels_are_sorted_by_number(load: Load) -> None:
    """Class 10 comes after class 9, so that class numbers read as they are written."""
    dataset = load("a,b,kind\n" + "".join(f"1,2,{label}\n" for label in range(10, -2, -1)))

    assert dataset.facts.targets["kind"].classes == tuple(str(label) for label in range(-1, 11))


def test_quoted_cells_hold_line_ends_delimiters_and_quotes(load: Load) -> None:
    """RFC 4180: what is in quotes is the cell's."""
    dataset = load('a,b,kind\n1,2,"x\ny"\n3,4,"say ""a,b"""\n')

    assert dataset.facts.targets["kind"].classes == ('say "a,b"', "x\ny")


def test_a_quote_inside_a_cell_is_a_character(load: Load) -> None:
    """An inch mark opens nothing."""
    dataset = load('a,b,kind\n1,2,5" pipe\n3,4,6" pipe\n')

    assert dataset.facts.targets["kind"].classes == ('5" pipe', '6" pipe')


def test_a_record_longer_than_pyarrow_takes_is_read(load: Load) -> None:
    """A block is 8 MiB, which pyarrow does not go beyond; the slow way does."""
    long = "z" * (9 << 20)

    dataset = load(f"a,b,kind\n1,2,{long}\n3,4,y\n")

    assert dataset.facts.targets["kind"].classes == ("y", long)


def test_both_ways_of_reading_agree_on_any_text(tmp_path: Path) -> None:
    """What pyarrow reads, the standard library reads too, whatever the quotes and line ends."""
    path = tmp_path / "any.csv"
    chance = np.random.default_rng(1)
    compared = 0
    for _ in range(400):
        width = int(chance.integers(2, 4))
        end = str(chance.choice(["\n", "\r\n", "\r"]))

        def cell(line_end: str = end) -> str:
            text = "".join(chance.choice(["a", "1", " ", '"', ",", line_end, "é", ""], 4).tolist())
            return '"' + text.replace('"', '""') + '"' if chance.random() < 0.7 else text.replace(line_end, "")

        lines = [",".join("abc"[:width])] + [",".join(cell() for _ in range(width)) for _ in range(3)]
        path.write_bytes(end.join(lines).encode())
        with path.open(newline="", encoding="utf-8") as file:
            expected = [row for row in csv.reader(file) if row][1:]
        try:
            table = open_csv(path, list("abc"[:width]))
        except DataError as error:
            codes = {problem.code for problem in error.problems}
            assert "unclosed-quote" in codes or any(len(row) != width for row in expected)
            continue
        compared += 1
        read = zip(*(table.coded[name] for name in "abc"[:width]), strict=True)
        assert [list(row) for row in read] == expected
    assert compared > 100


def test_every_wrong_number_is_shown_in_its_place(load: Load, shown: Shown) -> None:
    """Text, empty, NaN, infinity, too large: each with its own words, all at once, in the order of the file."""
    content = 'a,b,kind\n1,abc,x\n,inf,y\nNaN,"1,5",x\n1e39,2,y\n'

    assert shown(DataError, load, content) == (
        """\
error[not-a-number]: row 1 of column `b`: expected a number, found `abc`
 --> flats.csv:2:3
  |
2 | 1,abc,x
  |   ^^^
hint: correct it, or leave the row out

error[missing-value]: row 2 of column `a` is empty, expected a number
 --> flats.csv:3:1
  |
3 | ,inf,y
  | ^
hint: fill it in, or leave the row out

error[not-finite]: row 2 of column `b`: expected a finite number, found `inf`
 --> flats.csv:3:2
  |
3 | ,inf,y
  |  ^^^
hint: correct it, or leave the row out

error[missing-value]: row 3 of column `a` is missing, expected a number, found `NaN`
 --> flats.csv:4:1
  |
4 | NaN,"1,5",x
  | ^^^
hint: fill it in, or leave the row out

error[not-a-number]: row 3 of column `b`: expected a number, found `1,5`
 --> flats.csv:4:5
  |
4 | NaN,"1,5",x
  |     ^^^^^
hint: write a dot before decimals and nothing between thousands: `1234.5`

error[not-finite]: row 4 of column `a`: expected a number below 3.4e38, the largest of float32, found `1e39`
 --> flats.csv:5:1
  |
5 | 1e39,2,y
  | ^^^^
hint: correct it, or leave the row out
"""
    )


def test_what_is_true_or_false_is_no_number(load: Load, shown: Shown) -> None:
    """What it is is said."""
    assert shown(DataError, load, "a,b,kind\n1,2,x\nTrue,2,y\n") == (
        """\
error[not-a-number]: row 2 of column `a`: expected a number, found `True`
 --> flats.csv:3:1
  |
3 | True,2,y
  | ^^^^
hint: what is true or false is a `category`
"""
    )


@pytest.mark.parametrize(
    "text", ["1_000", "0x10", "1 000", "1.2.3", "1,234.5", "five", "\u0661", "1e", "--1", "true", "12%"]
)
def test_what_only_looks_like_a_number_is_refused(load: Load, text: str) -> None:
    """Python's own `float` would take some of these."""
    with pytest.raises(DataError) as raised:
        load(f'a,b,kind\n"{text}",2,x\n3,4,y\n')

    assert [problem.message for problem in raised.value.problems] == [
        f"row 1 of column `a`: expected a number, found `{text}`"
    ]


@pytest.mark.parametrize("text", ["NA", "n/a", "null", "None", "?", "-", "nan", "NaN"])
def test_words_for_nothing_are_missing_values(load: Load, text: str) -> None:
    """They are told apart from text that was meant as a number."""
    with pytest.raises(DataError) as raised:
        load(f"a,b,kind\n1,{text},x\n3,4,y\n")

    assert [problem.code for problem in raised.value.problems] == ["missing-value"]


def test_a_wrong_column_does_not_drown_the_others(load: Load, shown: Shown) -> None:
    """Ten cells at most are shown, shared out among the columns; the rest are counted."""
    text = shown(DataError, load, "a,b,kind\n" + "bad,worse,\n" * 30)

    assert text.count("error[") == 10
    assert text.count("column `kind` is empty") == 3
    assert text.endswith(
        "error[more-problems]: 81 more cells are wrong in `flats.csv`: "
        "27 in column `a`, 27 in column `b`, 27 in column `kind`\n"
    )


def test_a_cell_far_down_a_large_file_is_shown_with_its_own_line(load: Load, shown: Shown) -> None:
    """Only the line itself is kept, under its true number."""
    rows = [f"{i},{i},{'xy'[i % 2]}" for i in range(20_000)]
    rows[15_000] = "15000,oops,x"

    assert shown(DataError, load, "a,b,kind\n" + "\n".join(rows)) == (
        """\
error[not-a-number]: row 15001 of column `b`: expected a number, found `oops`
     --> flats.csv:15002:7
      |
15002 | 15000,oops,x
      |       ^^^^
hint: correct it, or leave the row out
"""
    )


def test_lines_are_counted_through_quoted_line_ends(load: Load, shown: Shown) -> None:
    """A row may take several lines: rows and lines are then counted apart."""
    assert shown(DataError, load, 'a,b,kind\n1,2,"x\ny"\nq,2,"x\nz"\n') == (
        """\
error[not-a-number]: row 2 of column `a`: expected a number, found `q`
 --> flats.csv:4:1
  |
4 | q,2,"x
  | ^
hint: correct it, or leave the row out
"""
    )


def test_ragged_rows_and_an_open_quote(load: Load, shown: Shown) -> None:
    """The first cell too many is pointed at, a short row as a whole, a quote where it opens."""
    assert shown(DataError, load, 'a,b,kind\n1,2,x\n1,2,x,3\n5\n3,4,"open\n2,3,z\n') == (
        """\
error[ragged-row]: row 2 has the wrong number of cells: expected 3 as in the header, found 4
 --> flats.csv:3:7
  |
3 | 1,2,x,3
  |       ^
hint: put a text that holds the delimiter in quotes: `"a, b"`

error[ragged-row]: row 3 has the wrong number of cells: expected 3 as in the header, found 1
 --> flats.csv:4:1
  |
4 | 5
  | ^
hint: fill it up, or leave it out

error[unclosed-quote]: the quote that is opened here is never closed
 --> flats.csv:5:5
  |
5 | 3,4,"open
  |     ^
hint: close it, or double a quote that is part of the text: `""`
"""
    )


def test_many_ragged_rows_are_counted(load: Load) -> None:
    """Ten are shown, the others counted."""
    with pytest.raises(DataError) as raised:
        load("a,b,kind\n" + "1,2\n" * 25)

    assert len(raised.value.problems) == 11
    assert raised.value.problems[-1].message == "15 more rows are wrong in `flats.csv`"


def test_bytes_that_are_not_utf8(load: Load, shown: Shown) -> None:
    """The byte is named and pointed at."""
    assert shown(DataError, load, b"a,b,kind\n1,2,caf\xe9\n3,4,tea\n") == (
        """\
error[not-utf8]: expected UTF-8, found the byte `e9`
 --> flats.csv:2:8
  |
2 | 1,2,caf\ufffd
  |        ^
hint: it seems to be Latin-1; save it as UTF-8: `iconv -f LATIN1 -t UTF-8 flats.csv > flats-utf8.csv`
"""
    )


def test_an_empty_label_is_missing(load: Load, shown: Shown) -> None:
    """Blanks are no label."""
    assert shown(DataError, load, "a,b,kind\n1,2,x\n3,4,  \n") == (
        """\
error[missing-value]: row 2 of column `kind` is empty, expected a label
 --> flats.csv:3:5
  |
3 | 3,4,
  |     ^^
hint: fill it in, or leave the row out
"""
    )


def test_an_empty_line_in_a_file_of_one_column_is_an_empty_cell(load: Load, shown: Shown) -> None:
    """Were it left out, an example would be lost in silence."""
    options: dict[str, Any] = {
        "inputs": {"x": ("numeric", {"columns": "a"})},
        "targets": {"y": ("number", {"columns": "a"})},
    }

    assert shown(DataError, load, "a\n1\n\n2\n", **options) == (
        """\
error[missing-value]: row 2 of column `a` is empty, expected a number
 --> flats.csv:3:1
hint: fill it in, or leave the row out
"""
    )


def test_a_header_without_rows(load: Load, shown: Shown) -> None:
    """There is nothing to learn from."""
    assert shown(DataError, load, "a,b,kind\n") == (
        """\
error[no-rows]: `flats.csv` has a header and no rows, expected examples
 --> flats.csv:1:1
  |
1 | a,b,kind
  | ^^^^^^^^
hint: write a line for each example below it
"""
    )


def test_a_column_that_the_file_does_not_have(load: Load, shown: Shown) -> None:
    """Shown at the recipe's line, with the near match."""
    options = {"targets": {"species": ("category", {"columns": "knid"})}}

    assert shown(DataError, load, "a,b,kind\n1,2,x\n", **options) == (
        """\
error[column-not-found]: `flats.csv` has no column `knid`
 --> recipe.yaml:4:1
hint: did you mean `kind`?
"""
    )
