"""Blocks: whole records, none lost, each at its line, wherever the reading happens to stop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from archcli.data.sources.blocks import Start, cut_blocks, find_first_row
from archcli.recipe.delimited import Record, cut_records, read_records


def records_in_blocks(path: Path, size: int, delimiter: str = ",") -> list[Record]:
    """Return all records below the header, read a block at a time."""
    start = find_first_row(path, next(read_records(path, delimiter)))
    return [
        record
        for block in cut_blocks(path, delimiter, start, size=size)
        for record in cut_records(block.data, path, delimiter, offset=block.offset, line=block.line)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,2\n3,4\n",
        "a,b\n1,2\n3,4",
        "\ufeffa,b\r\n1,2\r\n\r\n3,4\r\n",
        "a,b\r1,2\r3,4\r",
        '"a","b\nc"\n"1","2\r\n3"\n"4,\n","5"\n',
        'a,b\n"say ""hi""\n","""\n"""\n3,4\n',
        'a,b\n5" pipe,6" pipe\n"7\n",8"\n9,"x"y"\n',
        'a,b\n1,"2\n3,4\n',
        "a,b\ngröße,年\n",
    ],
)
def test_blocks_hold_the_records_of_the_file(tmp_path: Path, content: str, size: int) -> None:
    """Texts and lines are those of reading the file in one go."""
    path = tmp_path / "any.csv"
    path.write_bytes(content.encode())

    assert records_in_blocks(path, size) == list(read_records(path, ","))[1:]


def test_blocks_of_any_text(tmp_path: Path) -> None:
    """Quotes anywhere, delimiters, every line end: the same records whatever the size of a block."""
    path = tmp_path / "any.csv"
    chance = np.random.default_rng(2)
    for _ in range(300):
        pieces = chance.choice(["a", '"', '""', ",", "\n", "\r\n", "\r", "é", '","', '"\n"'], 30).tolist()
        path.write_bytes(("a,b\n" + "".join(pieces)).encode())

        assert records_in_blocks(path, int(chance.integers(1, 40))) == list(read_records(path, ","))[1:]


def test_a_block_says_where_it_begins(tmp_path: Path) -> None:
    """The byte and the line, from which a record can be read again."""
    path = tmp_path / "any.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n" + b"1,2\r\n" * 5)

    blocks = list(cut_blocks(path, ",", find_first_row(path, next(read_records(path, ","))), size=8))

    assert [(block.offset, block.line) for block in blocks] == [(8, 2), (13, 3), (18, 4), (23, 5), (28, 6)]
    assert b"".join(block.data for block in blocks) == b"1,2\r\n" * 5
    assert next(read_records(path, ",", offset=18, line=4)) == list(read_records(path, ","))[3]


def test_only_the_last_block_is_open(tmp_path: Path) -> None:
    """A quote that is not closed takes the rest of the file."""
    path = tmp_path / "any.csv"
    path.write_text('a,b\n1,2\n3,"4\n5,6\n7,8\n', encoding="utf-8")

    blocks = list(cut_blocks(path, ",", Start(4, 2), size=6))

    assert [block.is_open for block in blocks] == [False, True]
    assert blocks[1].data == b'3,"4\n5,6\n7,8\n'


def test_a_header_alone_has_no_blocks(tmp_path: Path) -> None:
    """There is nothing below it."""
    path = tmp_path / "any.csv"
    path.write_text("a,b", encoding="utf-8")

    assert records_in_blocks(path, 10) == []
