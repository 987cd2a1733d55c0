"""Records and the places of their cells."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from archcli.recipe.delimited import Record, read_records, shown_path


def read(path: Path, text: str, delimiter: str = ",") -> list[Record]:
    """Write a text and read its records."""
    path.write_bytes(text.encode())
    return list(read_records(path, delimiter))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_are_what_the_standard_library_reads(tmp_path: Path, delimiter: str) -> None:
    """Over many texts of quotes, delimiters and line ends of all kinds."""
    path = tmp_path / "any.csv"
    chance = np.random.default_rng(0)
    compared = 0
    for _ in range(400):
        pieces = chance.choice(["a", " ", '"', '""', delimiter, "\n", "\r", "\r\n", "é", '"b', f'c"{delimiter}'], 12)
        records = read(path, "".join(pieces.tolist()), delimiter)
        if records and records[-1].is_open:
            continue
        compared += 1
        with path.open(newline="", encoding="utf-8") as file:
            assert [record.cells for record in records] == [
                row or [""] for row in csv.reader(file, delimiter=delimiter)
            ]
    assert compared > 100


def test_a_cell_is_found_in_its_line_and_column(tmp_path: Path) -> None:
    """Quotes count as characters of the cell, and lines inside quotes are counted."""
    path = tmp_path / "places.csv"

    records = read(path, 'a,b\r\n1,"two\r\nlines",3\r\nlast,\n')

    places = [
        (place.line, place.column, place.length, place.source.line(place.line))
        for record in records
        for place in (record.locate(cell) for cell in range(len(record.cells)))
    ]
    assert places == [
        (1, 1, 1, "a,b"),
        (1, 3, 1, "a,b"),
        (2, 1, 1, '1,"two'),
        (2, 3, 4, '1,"two'),
        (3, 8, 1, 'lines",3'),
        (4, 1, 4, "last,"),
        (4, 6, 1, "last,"),
    ]


def test_an_open_quote_takes_the_rest_of_the_file(tmp_path: Path) -> None:
    """However long that is: no record is read again and again."""
    records = read(tmp_path / "open.csv", 'a,b\n1,"open\n' + "x,y\n" * 100_000)

    assert [record.is_open for record in records] == [False, True]
    assert records[1].cells[0] == "1"


def test_bytes_that_are_no_utf8_are_kept_apart(tmp_path: Path) -> None:
    """They are found by place and shown as replacement characters."""
    path = tmp_path / "latin.csv"
    path.write_bytes(b"a,b\n1,\xe4\xf6x\n")

    header, record = read_records(path, ",")

    assert header.foreign_bytes is None
    assert record.foreign_bytes == (2, 4)
    assert record.locate_characters(2, 4).source.text == "1,\ufffd\ufffdx"


def test_paths_are_shown_as_the_user_would_write_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative below the folder he is in, whole elsewhere."""
    monkeypatch.chdir(tmp_path)

    assert shown_path(tmp_path / "data" / "flats.csv") == str(Path("data") / "flats.csv")
    assert shown_path(tmp_path.parent / "flats.csv") == str(tmp_path.parent / "flats.csv")
    assert shown_path(Path("flats.csv")) == "flats.csv"
