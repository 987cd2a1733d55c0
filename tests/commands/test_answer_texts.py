"""Answers as text are what Python's own `csv` and `json` make of them, character by character."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pytest

from archcli.commands import answer_texts
from archcli.commands.answer_texts import csv_cell, csv_header, csv_lines, cut, json_lines, len_of, number_texts
from archcli.commands.answers import AnswerColumn, ClassColumn, NumberColumn, TextColumn

NAMES = ("plain", "a,b", 'say "so"', "two\nlines", "größer", "\ttab")


def answers(count: int = 500) -> dict[str, AnswerColumn]:
    """Make answers of every kind."""
    random = np.random.default_rng(0)
    numbers = random.integers(0, len(NAMES), count)
    return {
        "row": NumberColumn(np.arange(1, count + 1)),
        'the "kind", told': ClassColumn(numbers, NAMES),
        "share": NumberColumn(np.round(random.beta(0.1, 0.1, count), 6)),
        "price": NumberColumn((10.0 ** random.uniform(-9, 12, count)).astype(np.float32)),
        "text": TextColumn([NAMES[number] for number in numbers[::-1]]),
    }


def python_cells(table: dict[str, AnswerColumn]) -> list[tuple[Any, ...]]:
    """Return the rows of a table as Python's values."""
    return list(zip(*(column.cells() for column in table.values()), strict=True))


@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_a_csv_is_what_python_writes(delimiter: str) -> None:
    """Quotes where they must be, numbers with their fewest digits."""
    table = answers()
    expected = io.StringIO()
    writer = csv.writer(expected, lineterminator="\n", delimiter=delimiter)
    writer.writerow(table)
    writer.writerows(python_cells(table))

    written = csv_header(tuple(table), delimiter) + b"".join(bytes(text) for text in csv_lines(table, delimiter))

    assert written.decode() == expected.getvalue()


def test_json_lines_are_what_python_writes() -> None:
    """One object a line, in the order of the columns, in ASCII."""
    table = answers()
    expected = [json.dumps(dict(zip(table, cells, strict=True))) for cells in python_cells(table)]

    written = b"".join(bytes(text) for text in json_lines(table))

    assert written.decode("ascii").splitlines() == expected


def test_much_is_written_in_several_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut anywhere, it is the same."""
    whole = b"".join(bytes(text) for text in csv_lines(answers()))
    monkeypatch.setattr(answer_texts, "CELLS_AT_ONCE", 37)

    parts = [bytes(text) for text in csv_lines(answers())]

    assert len(parts) == 72
    assert b"".join(parts) == whole


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_numbers_have_the_digits_that_python_gives_them(dtype: str) -> None:
    """The fewest that their type needs, an exponent only where Python writes one; whole ones with a point."""
    special = [0.0, 1.0, -3.0, 1e-4, 9.9e-5, 1e-6, 1e7, 9999999.5, 123456789.0, 1e15, 1e16, 1e22, 0.1, -2.5e-7]
    random = np.random.default_rng(0)
    values = np.concatenate([special, random.normal(size=200) * 10.0 ** random.uniform(-12, 20, 200)]).astype(dtype)

    written = number_texts(values).to_pylist()

    assert written == [repr(float(str(value))) for value in values]
    assert number_texts(np.array([-0.0], dtype)).to_pylist() == ["0.0"]


def test_what_is_not_finite() -> None:
    """It has a name in a CSV, and is null in JSON, which has none."""
    table = {"price": NumberColumn(np.array([np.nan, np.inf, -np.inf, 0.5]))}

    assert b"".join(bytes(text) for text in csv_lines(table)) == b"nan\ninf\n-inf\n0.5\n"
    assert [json.loads(line)["price"] for text in json_lines(table) for line in bytes(text).splitlines()] == [
        None,
        None,
        None,
        0.5,
    ]


def test_no_answer_is_no_line() -> None:
    """A part may be empty."""
    assert list(csv_lines(answers(0))) == []


def test_half_a_surrogate_pair_is_written_out() -> None:
    """A file's name may hold one, and UTF-8 has no bytes for it."""
    table = {"file": TextColumn(["a\udcff.png"])}

    assert b"".join(bytes(text) for text in csv_lines(table)) == b"a\\udcff.png\n"


def test_a_table_is_cut() -> None:
    """Each kind of column keeps its kind."""
    table = answers(10)

    cells = [cut(column, 2, 4).cells() for column in table.values()]

    assert cells == [column.cells()[2:4] for column in table.values()]
    assert len_of(table) == len_of({"text": table["text"]}) == len_of({"kind": table['the "kind", told']}) == 10


def test_a_cell_is_quoted_only_where_it_must_be() -> None:
    """A comma needs no quotes between tabs."""
    assert [csv_cell("a,b"), csv_cell("a,b", "\t"), csv_cell('"'), csv_cell("")] == ['"a,b"', "a,b", '""""', ""]
