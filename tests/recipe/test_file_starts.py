"""What the first bytes of a file tell of it."""

from __future__ import annotations

import bz2
import lzma
import sqlite3
from pathlib import Path

import pytest

from archcli.errors import DataError
from archcli.recipe.file_starts import check_is_csv, encoding_hint, guess_encoding, read_start


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in the folder of the data files, so that messages hold their names alone."""
    monkeypatch.chdir(tmp_path)


def refused(content: bytes) -> tuple[str, str, str | None]:
    """Return code, message and hint of what is no CSV."""
    path = Path.cwd() / "flats.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        check_is_csv(path, None)
    (problem,) = raised.value.problems
    return problem.code, problem.message, problem.hint


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (bz2.compress(b"a,b\n"), "compressed by bzip2", "unpack it first: `bunzip2 < flats.csv > flats-plain.csv`"),
        (lzma.compress(b"a,b\n"), "compressed by xz", "unpack it first: `unxz < flats.csv > flats-plain.csv`"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook", "open it there and save the sheet as CSV, UTF-8"),
        (b"ARROW1\0\0", "an Arrow file", "save it as Parquet: `pyarrow.parquet.write_table`"),
        (b"PAR1\0", "a Parquet file", "write `source: {parquet: flats.csv}`"),
    ],
)
def test_files_of_other_formats(content: bytes, message: str, hint: str) -> None:
    """Each is called what it is, with what makes it a CSV."""
    assert refused(content) == ("not-a-csv", f"`flats.csv` is {message}, expected a CSV", hint)


def test_a_database() -> None:
    """As SQLite itself writes it."""
    with sqlite3.connect("base.db") as base:
        base.execute("create table flats (rooms)")
    base.close()

    assert refused(Path("base.db").read_bytes())[1] == "`flats.csv` is an SQLite database, expected a CSV"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings(encoding: str) -> None:
    """With a byte-order mark or without one; what the hint names is what `iconv` and Python call it."""
    text = "rooms,price\n" + "3,1200\n" * 20
    named = {"utf-16": "UTF-16", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE", "utf-32": "UTF-32"}[encoding]

    code, message, hint = refused(text.encode(encoding))

    assert (code, message) == ("not-utf8", f"`flats.csv` is {named}, expected UTF-8")
    assert hint == f"save it as UTF-8: `iconv -f {named} -t UTF-8 flats.csv > flats-utf8.csv`"
    assert text.encode(encoding).decode(named) == text


def test_any_other_binary_file() -> None:
    """It is at least no text."""
    assert refused(b"\x01\x02\0\x03" * 10)[1] == "`flats.csv` is a binary file, expected a CSV"


def test_a_csv_is_let_through() -> None:
    """Whatever it holds below."""
    Path("flats.csv").write_bytes("größe,年\n1,2\n".encode() + b"\xff")

    check_is_csv(Path("flats.csv"), None)
    assert read_start(Path("flats.csv"), None).startswith("größe".encode())


@pytest.mark.parametrize(("text", "encoding"), [("café", "LATIN1"), ("“tea”", "WINDOWS-1252"), ("1 €", "WINDOWS-1252")])
def test_the_encoding_that_bytes_seem_to_be_in(text: str, encoding: str) -> None:
    """Python reads them by the name that is guessed, for which `iconv` has the same."""
    found = bytes(byte for byte in text.encode(encoding) if byte > 127)

    assert guess_encoding(found) == encoding
    assert text.encode(encoding).decode(encoding) == text
    assert f"iconv -f {encoding} -t UTF-8 flats.csv > flats-utf8.csv" in encoding_hint(Path("flats.csv"), encoding)
