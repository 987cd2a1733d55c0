"""The sources that have a form of their own, neither a table nor arrays: a recipe's, and new files of the same form."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from archcli.data.records import RecordTable
from archcli.data.sources.folder import FolderKind, open_folder
from archcli.data.sources.lines import open_lines, open_lines_in_parts
from archcli.data.sources.tfrecord import open_tfrecord, open_tfrecord_in_parts
from archcli.data.sources.ts import open_ts, open_ts_in_parts
from archcli.data.table import ArrayTable
from archcli.errors import Location
from archcli.recipe.own_columns import OWN_FORMS, own_columns
from archcli.recipe.recipe import Named

_TABLES: Final = (".csv", ".npy", ".npz", ".parquet", ".tsv")
_KINDS: Final[tuple[FolderKind, ...]] = ("image", "audio", "text")


def has_own_form(path: Path, source: Named | None, kinds: Collection[str]) -> bool:
    """Tell whether a new file is to be read as the source that a model was trained on.

    A folder is, whatever the source, where an input is read from files; a table or arrays, by the ends of their names,
    are not unless the source's own file ends so.

    Args:
        path: The file or folder.
        source: What the recipe says of the file that it trains on.
        kinds: The types of the inputs.
    """
    if path.is_dir():
        return any(kind in kinds for kind in _KINDS)
    if source is None or source.name not in OWN_FORMS:
        return False
    own = Path(str(source.arguments["path"])).suffix.lower()
    return path.suffix.lower() not in _TABLES or path.suffix.lower() == own


def list_own_columns(
    path: Path, source: Named | None, kinds: Collection[str], *, location: Location | None
) -> tuple[str, ...]:
    """Return what the columns of a file of such a form are called.

    Raises:
        DataError: The file is not there, cannot be read, or is not of the form.
    """
    if path.is_dir():
        return tuple(open_folder(path, folder_kind(kinds), location=location).arrays)
    return own_columns(path, source, location=location) if source is not None else ()


def open_own(
    path: Path,
    source: Named | None,
    columns: Sequence[str],
    kinds: Collection[str],
    *,
    location: Location | None,
    sequences: Collection[str] = (),
) -> ArrayTable | RecordTable:
    """Open a file of such a form and read the `columns`, all of which it has.

    Args:
        path: The file or folder.
        source: What the recipe says of the file that it trains on.
        columns: The columns.
        kinds: The types of the inputs.
        location: Where the recipe or the command line names the file.
        sequences: The columns that a model reads as sequences, even if they are equally long here.

    Raises:
        DataError: The file cannot be read as what it is said to be.
    """
    if path.is_dir() or source is None:
        return open_folder(path, folder_kind(kinds), location=location)
    if source.name == "lines":
        return open_lines(path, location=location)
    if source.name == "ts":
        return open_ts(path, columns, location=location)
    return open_tfrecord(path, columns, sequences=sequences, compression=_compression(source), location=location)


def open_own_in_parts(
    path: Path, source: Named | None, columns: Sequence[str], kinds: Mapping[str, str], *, rows: int
) -> Iterator[ArrayTable | RecordTable]:
    """Read the `columns` of a file of such a form, at most `rows` examples at a time; of a folder, its files' names.

    Args:
        path: The file or folder.
        source: What the recipe says of the file that it trains on.
        columns: The columns, all of which it has.
        kinds: The types of the inputs, by the columns that they are read from.
        rows: How many examples come at once at most, from 1.

    Raises:
        DataError: The file cannot be read as what it is said to be; as far as it is read.
    """
    if path.is_dir() or source is None:
        whole = open_folder(path, folder_kind(kinds.values()))
        yield from (whole.slice(start, start + rows) for start in range(0, whole.examples, rows))
    elif source.name == "lines":
        yield from open_lines_in_parts(path, rows=rows)
    elif source.name == "ts":
        yield from open_ts_in_parts(path, columns, rows=rows)
    else:
        sequences = [column for column, kind in kinds.items() if kind == "sequence"]
        how = _compression(source)
        yield from open_tfrecord_in_parts(path, columns, rows=rows, sequences=sequences, compression=how)


def folder_kind(kinds: Collection[str]) -> FolderKind:
    """Return what is read of a folder, by the types of the inputs."""
    return next((kind for kind in _KINDS if kind in kinds), "image")


def _compression(source: Named) -> str | None:
    said = source.arguments.get("compression")
    return said if isinstance(said, str) else None
