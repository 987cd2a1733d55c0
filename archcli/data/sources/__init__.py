"""The sources: each opens into a table. What a recipe may say of them is in `archcli.recipe.sources`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from archcli.data.sources.csv import CsvTable, open_csv, open_csv_in_parts
from archcli.data.sources.fetched import open_fetched
from archcli.data.sources.npz import open_npz
from archcli.data.sources.parquet import ParquetTable, open_parquet, open_parquet_in_parts
from archcli.data.sources.records import Skip
from archcli.data.sources.scikit_learn import open_digits, open_measurements
from archcli.data.sources.tasks import TASKS
from archcli.data.table import Table
from archcli.errors import Location
from archcli.recipe.built_in import BuiltInSet, built_in_set
from archcli.recipe.headers import source_delimiter, source_path
from archcli.recipe.parquet_names import is_parquet
from archcli.recipe.recipe import Named

BUILT_IN: Final[Mapping[str, Callable[[BuiltInSet], Table]]] = {
    "digits": open_digits,
    "iris": open_measurements,
    "wine": open_measurements,
    "breast_cancer": open_measurements,
    "diabetes": open_measurements,
    **dict.fromkeys(("mnist", "fashion_mnist", "cifar10", "imdb", "reuters"), open_fetched),
    **TASKS,
}
"""What opens each built-in set."""


PartTable = CsvTable | ParquetTable
"""A part of a file: besides what every table gives, its `rows` are the numbers of its rows in the file."""

PART_ROWS: Final = 1 << 16
"""How many rows a part has at most, where nothing else is asked."""


def open_source(source: Named, columns: Sequence[str], *, numbers: Collection[str] = ()) -> Table:
    """Open the source that a recipe names and read the `columns`, all of which it has.

    Args:
        source: The source.
        columns: The columns.
        numbers: Those of them that are asked for as numbers alone, which makes reading quicker.

    Raises:
        DataError: A file is missing or cannot be read as what it is said to be.
    """
    if source.name in BUILT_IN:
        return BUILT_IN[source.name](built_in_set(source.name, source.arguments))
    location = source.argument_locations.get("path", source.location)
    if source.name == "npz":
        return open_npz(source_path(source), columns, location=location)
    delimiter = source_delimiter(source)
    return open_file(source_path(source), columns, delimiter=delimiter, numbers=numbers, location=location)


def open_file(
    path: Path,
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    numbers: Collection[str] = (),
    location: Location | None = None,
) -> Table:
    """Open a file of any kind and read the `columns`, all of which it has.

    Args:
        path: An NPZ, known by the end of its name, a Parquet file, known by that or by its first bytes, or else a CSV.
        columns: The columns.
        delimiter: What stands between two cells of a CSV.
        numbers: Those of them that are asked for as numbers alone, which makes reading quicker.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: The file is missing or cannot be read as what it is said to be.
    """
    if path.suffix.lower() == ".npz":
        return open_npz(path, columns, location=location)
    if is_parquet(path):
        return open_parquet(path, columns, location=location)
    return open_csv(path, columns, delimiter=delimiter, numbers=numbers, location=location)


def open_in_parts(
    path: Path,
    columns: Sequence[str],
    *,
    delimiter: str = ",",
    rows: int = PART_ROWS,
    location: Location | None = None,
    numbers: Collection[str] = (),
    skip: Skip | None = None,
) -> Iterator[PartTable]:
    """Read the `columns` of a CSV or of a Parquet file that has all of them, in parts, in constant memory.

    Args:
        path: The file.
        columns: The columns.
        delimiter: What stands between two cells of a CSV.
        rows: How many rows a part has at most, from 1.
        location: Where the recipe or the command line names the file.
        numbers: Those of the columns that are asked for as numbers alone, which makes reading quicker.
        skip: Takes each record of a CSV that is no row, which is left out; None: it is raised.

    Yields:
        Parts, in order. They know where their rows stand in the file, so that problems name the right ones.

    Raises:
        DataError: The file is missing, cannot be read as what it is said to be, or has no rows; what is wrong with a
            row is raised only when its part is reached.
    """
    if is_parquet(path):
        return open_parquet_in_parts(path, columns, rows=rows, location=location)
    return open_csv_in_parts(
        path, columns, rows=rows, delimiter=delimiter, numbers=numbers, location=location, skip=skip
    )
