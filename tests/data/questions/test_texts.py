"""Texts of the command line, or of the lines of a file."""

from __future__ import annotations

import io

import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.questions.texts import open_text, open_texts
from archcli.errors import DataError, Location, Problem, Source

LINES = b"one\n\nt\xffo\nthree\n"
PROBLEM = Problem(
    "not-utf8",
    "row 2: expected UTF-8, found other bytes",
    Location(Source("new.txt", "t\ufffdo", 3), 3, 2),
    "save the file as UTF-8",
)


def test_one_text_is_one_example() -> None:
    """Under the name that the model knows."""
    table = open_text("good day", "said")

    assert list(table.texts("said", Faults())) == ["good day"]


def test_a_line_is_a_text() -> None:
    """Blank lines do not count."""
    (part,) = open_texts(io.BytesIO(b"one\n\ntwo\n"), "new.txt", "said", rows=10, skip=None)

    assert list(part[0].texts("said", Faults())) == ["one", "two"]
    np.testing.assert_array_equal(part[1], [1, 2])


def test_bytes_that_are_no_utf8() -> None:
    """Said with their place, or left out."""
    taken: list[tuple[int, Problem]] = []

    (part,) = open_texts(
        io.BytesIO(LINES), "new.txt", "said", rows=10, skip=lambda row, problem: taken.append((row, problem))
    )
    with pytest.raises(DataError) as raised:
        list(open_texts(io.BytesIO(LINES), "new.txt", "said", rows=10, skip=None))

    assert raised.value.problems == (PROBLEM,)
    assert taken == [(2, PROBLEM)]
    assert list(part[0].texts("said", Faults())) == ["one", "three"]
    np.testing.assert_array_equal(part[1], [1, 3])
