"""The names of the columns of a Parquet file, read from its foot. PyArrow is imported only where there is one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.file_starts import PARQUET, read_start

ENDS: Final = (".parquet", ".pq")
"""How names of Parquet files end."""

_HINT: Final = "save it by `pandas.DataFrame.to_parquet` or `pyarrow.parquet.write_table`"


def is_parquet(path: Path) -> bool:
    """Tell whether a file is Parquet, by the end of its name or by its first bytes."""
    if path.suffix.lower() in ENDS:
        return True
    try:
        with path.open("rb") as file:
            return file.read(len(PARQUET)) == PARQUET
    except OSError:
        return False


def open_parquet_file(path: Path, *, location: Location | None = None) -> Any:
    """Open a Parquet file as pyarrow's `ParquetFile`.

    Raises:
        DataError: There is no such file, it cannot be read, is no Parquet file, or is cut off.
    """
    start = read_start(path, location)
    if not start.startswith(PARQUET):
        hint = f"write `source: {{csv: {shown_path(path)}}}` if it is one"
        message = f"`{shown_path(path)}` is no Parquet file"
        raise DataError(Problem("not-a-parquet", message, location, hint if b"\0" not in start else _HINT))
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except (pa.ArrowException, OSError):
        raise DataError(damaged(path, location)) from None


def read_parquet_names(path: Path, *, location: Location | None = None) -> tuple[str, ...]:
    """Read the names of the columns of a Parquet file.

    Raises:
        DataError: There is no such file, it cannot be read, is no Parquet file, or is cut off.
    """
    return tuple(open_parquet_file(path, location=location).schema_arrow.names)


def damaged(path: Path, location: Location | None) -> Problem:
    """Describe a Parquet file that pyarrow cannot read."""
    message = f"`{shown_path(path)}` is a Parquet file that is damaged or cut off"
    return Problem("not-a-parquet", message, location, f"copy it again, or {_HINT}")
