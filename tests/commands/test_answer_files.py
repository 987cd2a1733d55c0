"""Answers arrive whole or not at all, in each of the formats."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from archcli.commands import answer_files
from archcli.commands.answer_files import WRITERS, AnswerFormat, write_answers
from archcli.commands.answer_texts import Table
from archcli.commands.answers import ClassColumn, NumberColumn, TextColumn
from archcli.errors import DataError, Problem


def tables(*counts: int) -> Iterator[Table]:
    """Make tables of so many answers each."""
    first = 1
    for count in counts:
        rows = np.arange(first, first + count)
        first += count
        names = TextColumn([f"n{row}" for row in rows.tolist()])
        kinds = ClassColumn(rows % 2, ("cat", "dog"))
        yield {"row": NumberColumn(rows), "name": names, "kind": kinds, "share": NumberColumn(rows / 8)}


def failing() -> Iterator[Table]:
    """Give two answers, and then fail."""
    yield from tables(2)
    raise DataError(Problem("not-a-number", "row 3 of column `x`: expected a number, found `y`"))


ROWS = [
    {"row": 1, "name": "n1", "kind": "dog", "share": 0.125},
    {"row": 2, "name": "n2", "kind": "cat", "share": 0.25},
    {"row": 3, "name": "n3", "kind": "dog", "share": 0.375},
]
CSV = "row,name,kind,share\n1,n1,dog,0.125\n2,n2,cat,0.25\n3,n3,dog,0.375\n"


@pytest.mark.parametrize(
    ("written_as", "expected"),
    [
        ("csv", CSV),
        ("tsv", CSV.replace(",", "\t")),
        ("jsonl", "".join(json.dumps(row) + "\n" for row in ROWS)),
        ("json", "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n"),
    ],
)
def test_formats_of_text(tmp_path: Path, written_as: AnswerFormat, expected: str) -> None:
    """The same in a file and in a stream, however many parts come; one of them may be empty."""
    stream = io.BytesIO()

    write_answers(tables(2, 0, 1), tmp_path / "answers", written_as)
    write_answers(tables(1, 2), stream, written_as)

    assert (tmp_path / "answers").read_text(encoding="utf-8") == expected
    assert stream.getvalue().decode() == expected


def test_no_answer_at_all(tmp_path: Path) -> None:
    """A CSV has its header, JSON an empty list."""
    write_answers(tables(0), tmp_path / "a.csv", "csv")
    write_answers(tables(0), tmp_path / "a.json", "json")
    write_answers(tables(0), tmp_path / "a.parquet", "parquet")

    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "row,name,kind,share\n"
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == []
    assert pq.read_table(tmp_path / "a.parquet").column_names == ["row", "name", "kind", "share"]


def test_parquet_keeps_types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Classes and texts are strings; parts are put together into row groups."""
    monkeypatch.setattr(answer_files, "ROWS_OF_GROUP", 3)

    write_answers(tables(2, 1, 1, 1), tmp_path / "a.parquet", "parquet")

    read = pq.ParquetFile(tmp_path / "a.parquet")
    assert read.read().to_pylist()[:3] == ROWS
    assert [str(field.type) for field in read.schema_arrow] == ["int64", "string", "string", "double"]
    assert [read.metadata.row_group(place).num_rows for place in range(read.num_row_groups)] == [3, 2]


@pytest.mark.parametrize("written_as", WRITERS)
def test_a_failure_leaves_what_was_there(tmp_path: Path, written_as: AnswerFormat) -> None:
    """No half-written file, and none beside it."""
    path = tmp_path / "answers"
    path.write_text("before", encoding="utf-8")

    with pytest.raises(DataError):
        write_answers(failing(), path, written_as)

    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_json_document_is_not_written() -> None:
    """To a stream it comes once it is whole; lines come as they are answered."""
    document, lines = io.BytesIO(), io.BytesIO()

    with pytest.raises(DataError):
        write_answers(failing(), document, "json")
    with pytest.raises(DataError):
        write_answers(failing(), lines, "jsonl")

    assert document.getvalue() == b""
    assert len(lines.getvalue().splitlines()) == 2


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="only Linux has such a device")
@pytest.mark.parametrize("name", ["standard output", "/dev/full"])
def test_a_full_disk_is_said(name: str) -> None:
    """A device is written to, and not replaced by a file."""
    path = Path("/dev/full")

    with path.open("wb", buffering=0) as stream, pytest.raises(DataError) as raised:
        write_answers(tables(2), stream if name == "standard output" else path, "csv")

    assert raised.value.problems == (
        Problem(
            "cannot-write",
            f"`{name}` cannot be written: no space left on device",
            hint="free some space on that disk",
        ),
    )
    assert not path.is_file()


def test_what_a_process_has_open_is_added_to(tmp_path: Path) -> None:
    """What was written to it before stays, and so does the file, though its name in `/proc` is a link to it."""
    path = tmp_path / "answers.csv"
    path.write_text("before\n", encoding="utf-8")
    number = path.stat().st_ino

    with path.open("ab") as file:
        write_answers(tables(1), Path(f"/proc/self/fd/{file.fileno()}"), "csv")

    assert path.read_text(encoding="utf-8").startswith("before\nrow,")
    assert path.stat().st_ino == number


def test_who_has_had_enough_ends_it() -> None:
    """A pipe that is closed at its other end is no fault of the machine."""
    reading, writing = os.pipe()
    os.close(reading)

    with pytest.raises(BrokenPipeError), os.fdopen(writing, "wb", buffering=0) as stream:
        write_answers(tables(2), stream, "csv")


def test_a_link_stays_one(tmp_path: Path) -> None:
    """What it points to is written."""
    (tmp_path / "link").symlink_to(tmp_path / "real")

    write_answers(tables(3), tmp_path / "link", "csv")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text(encoding="utf-8") == CSV
