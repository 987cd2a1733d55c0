"""The columns of the sources that have a form of their own, neither a table nor arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from archcli.errors import Location
from archcli.recipe.features import LINE_LABEL, LINE_TEXT
from archcli.recipe.file_starts import read_start
from archcli.recipe.recipe import Named
from archcli.recipe.tfrecord_names import read_feature_names
from archcli.recipe.ts_header import read_ts_header

OWN_FORMS: Final = ("lines", "ts", "tfrecord")
"""The sources of one file each."""


def own_columns(path: Path, source: Named, *, location: Location | None = None) -> tuple[str, ...]:
    """Return what the columns of a file are called, from as little of it as tells.

    Args:
        path: The file, of the form that `source` says.
        source: What the recipe says of the file that it trains on.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: The file is not there, cannot be read, or is not of the form.
    """
    read_start(path, location)
    if source.name == "lines":
        return (LINE_LABEL, LINE_TEXT) if has_labels(path) else (LINE_TEXT,)
    if source.name == "ts":
        return read_ts_header(path).columns
    compression = source.arguments.get("compression")
    return read_feature_names(
        path, compression=compression if isinstance(compression, str) else None, location=location
    )


def has_labels(path: Path) -> bool:
    """Tell whether any line of a file of lines has a tab, the first one mostly tells; of nothing but blanks, yes."""
    is_blank = True
    with path.open("rb") as file:
        for line in file:
            if not line.isspace():
                is_blank = False
                if b"\t" in line.rstrip(b"\r\n"):
                    return True
    return is_blank
