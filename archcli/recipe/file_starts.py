"""What a file is, told by its first bytes: one that is something else than it is taken for, or in another encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import Record, shown_path
from archcli.recipe.suggestions import near_match

PARQUET: Final = b"PAR1"
"""What a Parquet file begins and ends with."""

_SNIFFED_BYTES: Final = 4096
_EMPTY: Final = "see whether it was saved, or copied, to its end"
_PACKED: Final = "unpack it first: `{tool} < {path} > {stem}-plain.csv`"
_SHEET: Final = "open it there and save the sheet as CSV, UTF-8"
_FORMATS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (PARQUET, "a Parquet file", "write `source: {{parquet: {path}}}`"),
    (b"PK\x03\x04", "a zip archive or a spreadsheet", "save it as CSV, or read arrays with `npz`"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", _SHEET),
    (b"\x1f\x8b", "compressed by gzip", _PACKED.format(tool="gunzip", path="{path}", stem="{stem}")),
    (b"BZh", "compressed by bzip2", _PACKED.format(tool="bunzip2", path="{path}", stem="{stem}")),
    (b"\xfd7zXZ", "compressed by xz", _PACKED.format(tool="unxz", path="{path}", stem="{stem}")),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", _PACKED.format(tool="unzstd", path="{path}", stem="{stem}")),
    (b"\x93NUMPY", "a NumPy array", "save it by `numpy.savez` and read it with `npz`"),
    (b"\x89HDF", "an HDF5 file", "save its arrays by `numpy.savez` and read them with `npz`"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"ARROW1", "an Arrow file", "save it as Parquet: `pyarrow.parquet.write_table`"),
)
_GUESSED: Final = {"LATIN1": "Latin-1", "WINDOWS-1252": "Windows-1252"}
_MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


def read_start(path: Path, location: Location | None) -> bytes:
    """Return the first bytes of a file that is there, can be read and is not empty.

    Raises:
        DataError: It is not.
    """
    if path.is_dir():
        message = f"`{shown_path(path)}` is a folder, expected a file"
        raise DataError(Problem("not-readable", message, location, "name a file in it"))
    try:
        with path.open("rb") as file:
            start = file.read(_SNIFFED_BYTES)
    except FileNotFoundError:
        raise DataError(file_not_found(path, location)) from None
    except OSError as error:
        message = f"`{shown_path(path)}` cannot be read: {error.strerror}"
        raise DataError(Problem("not-readable", message, location, f"look with `ls -l {shown_path(path)}`")) from None
    if not start:
        raise DataError(Problem("empty-file", f"`{shown_path(path)}` is empty", location, _EMPTY))
    return start


def check_is_csv(path: Path, location: Location | None) -> None:
    """See that a file may be a delimited text in UTF-8, as far as its first bytes tell.

    Raises:
        DataError: It is not there, cannot be read, is empty, something else, or in another encoding.
    """
    start = read_start(path, location)
    shown = shown_path(path)
    for magic, what, hint in _FORMATS:
        if start.startswith(magic):
            message = f"`{shown}` is {what}, expected a CSV"
            told = hint.format(path=shown, stem=shown_path(path.with_suffix("")))
            raise DataError(Problem("not-a-csv", message, location, told))
    encoding = wide_encoding(start)
    if encoding is not None:
        message = f"`{shown}` is {encoding}, expected UTF-8"
        raise DataError(Problem("not-utf8", message, location, encoding_hint(path, encoding)))
    if b"\0" in start:
        message = f"`{shown}` is a binary file, expected a CSV"
        raise DataError(Problem("not-a-csv", message, location, "export the table as CSV, in UTF-8"))
    if not start.removeprefix(b"\xef\xbb\xbf").strip():
        raise DataError(Problem("empty-file", f"`{shown}` is empty, expected a CSV", location, _EMPTY))


def encoding_hint(path: Path, encoding: str) -> str:
    """Say how a file in another encoding is made UTF-8."""
    new = shown_path(path.with_name(f"{path.stem}-utf8{path.suffix}"))
    command = f"save it as UTF-8: `iconv -f {encoding} -t UTF-8 {shown_path(path)} > {new}`"
    return f"it seems to be {_GUESSED[encoding]}; {command}" if encoding in _GUESSED else command


def guess_encoding(found: bytes) -> str:
    """Name the encoding that bytes seem to be in that are no UTF-8: what the western world had before it.

    Latin-1 has no characters from 80 to 9F, where Windows has quotation marks and dashes.
    """
    return "WINDOWS-1252" if any(0x80 <= byte < 0xA0 for byte in found) else "LATIN1"


def not_utf8(record: Record) -> Problem | None:
    """Describe bytes that are no UTF-8; None where there are none."""
    if record.foreign_bytes is None:
        return None
    start, stop = record.foreign_bytes
    found = record.text[start:stop].encode("utf-8", "surrogateescape")
    return Problem(
        "not-utf8",
        f"expected UTF-8, found the byte{'s' if len(found) > 1 else ''} `{found[:8].hex(' ')}`",
        record.locate_characters(start, stop),
        encoding_hint(record.path, guess_encoding(found)),
    )


def file_not_found(path: Path, location: Location | None) -> Problem:
    """Describe a file or folder that is not there, with one of a name like it."""
    # Without a location it was typed, not read in a recipe.
    relative = "paths are relative to the recipe that names them" if location else None
    if not path.parent.is_dir():
        return Problem("file-not-found", f"there is no folder `{shown_path(path.parent)}`", location, relative)
    try:
        match = near_match(path.name, [other.name for other in path.parent.iterdir()])
    except OSError:
        match = None
    hint = f"did you mean `{match}`?" if match else relative
    return Problem("file-not-found", f"there is no file `{shown_path(path)}`", location, hint)


def wide_encoding(start: bytes) -> str | None:
    """Name the encoding of a text that begins with its mark, or has two bytes a character, one of them mostly zero.

    None: it is none.
    """
    marked = next((name for mark, name in _MARKS if start.startswith(mark)), None)
    if marked is not None:
        return marked
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) / 2
    if max(even, odd) < 0.7 * half or min(even, odd) > 0.01 * half:
        return None
    return "UTF-16LE" if odd > even else "UTF-16BE"
