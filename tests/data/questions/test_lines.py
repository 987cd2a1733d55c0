"""Lines come as they are there, and are numbered as they stand."""

from __future__ import annotations

import io
import os

import pytest

from archcli.data.questions import lines
from archcli.data.questions.lines import read_lines, report
from archcli.errors import DataError, Problem


def test_lines_are_numbered_and_blank_ones_left_out() -> None:
    """Whatever a line ends in; a mark of the byte order is none of the text."""
    stream = io.BytesIO(b"\xef\xbb\xbfone\r\n\n  \ntwo\nthree")

    assert list(read_lines(stream, rows=10)) == [[(1, b"one"), (4, b"two")], [(5, b"three")]]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_where_reading_is_cut_does_not_matter(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """A line may come in many pieces."""
    monkeypatch.setattr(lines, "AT_ONCE", size)

    read = read_lines(io.BytesIO(b"one\ntwo\r\n\nthree and more\n"), rows=2)

    assert [line for some in read for line in some] == [(1, b"one"), (2, b"two"), (4, b"three and more")]


def test_no_more_than_asked_for_come_at_once() -> None:
    """So that memory holds them."""
    assert [len(some) for some in read_lines(io.BytesIO(b"a\n" * 5), rows=2)] == [2, 2, 1]


def test_a_pipe_is_read_before_it_ends() -> None:
    """Its first line comes while the other end is open."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as other:
        other.write(b"one\ntw")
        come = read_lines(stream, rows=10)

        assert next(come) == [(1, b"one")]


def test_wrong_lines_are_raised_or_handed_over() -> None:
    """The first ten, and how many more there are."""
    problems = [(row, Problem("not-json", f"row {row} is no JSON")) for row in range(1, 13)]
    taken: list[tuple[int, Problem]] = []

    report(problems, lambda row, problem: taken.append((row, problem)))
    report([], None)
    with pytest.raises(DataError) as raised:
        report(problems, None)

    assert taken == problems
    assert len(raised.value.problems) == 11
    assert raised.value.problems[-1].message == "2 more lines are wrong"
