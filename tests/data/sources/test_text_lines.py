"""Lines come one after another, as a reader of the whole file has them."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.data.sources.text_lines import in_parts, stream_lines
from archcli.errors import DataError


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    """A mark at the start and both kinds of ends are left out, and nothing else; other separators are no ends."""
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffä \r\n\n\x0b\u2028 b\nlast".encode())

    assert list(stream_lines(path)) == [(1, "ä "), (2, ""), (3, "\x0b\u2028 b"), (4, "last")]


def test_a_line_in_another_encoding_is_found_by_its_byte(tmp_path: Path) -> None:
    """The lines before it are there."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"good\nb\xe4d\n")
    lines = stream_lines(path)

    assert next(lines) == (1, "good")
    with pytest.raises(DataError) as caught:
        next(lines)

    assert caught.value.problems[0].code == "not-utf8"
    assert "byte 7 is `0xe4`" in caught.value.problems[0].message


@pytest.mark.parametrize(("rows", "parts"), [(2, [[1, 2], [3]]), (3, [[1, 2, 3]]), (None, [[1, 2, 3]])])
def test_parts_have_so_many_at_most(rows: int | None, parts: list[list[int]]) -> None:
    """None stands for all; of nothing there is no part."""
    assert list(in_parts(iter([1, 2, 3]), rows)) == parts
    assert list(in_parts(iter([]), rows)) == []
