"""The sources: each opens into a table. What a recipe may say of them is in `archcli.recipe.sources`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from archcli.data.sources.csv import open_csv
from archcli.data.sources.fetched import open_fetched
from archcli.data.sources.folder import open_folder
from archcli.data.sources.npz import open_npz
from archcli.data.sources.scikit_learn import open_digits, open_measurements
from archcli.data.sources.tasks import TASKS
from archcli.data.table import Table
from archcli.errors import Location
from archcli.recipe.built_in import BuiltInSet, built_in_set
from archcli.recipe.headers import source_delimiter, source_path
from archcli.recipe.recipe import Named

BUILT_IN: Final[Mapping[str, Callable[[BuiltInSet], Table]]] = {
    "digits": open_digits,
    "iris": open_measurements,
    "wine": open_measurements,
    "breast_cancer": open_measurements,
    "diabetes": open_measurements,
    **dict.fromkeys(("mnist", "fashion_mnist", "cifar10"), open_fetched),
    **TASKS,
}
"""What opens each built-in set."""


def open_source(source: Named, columns: Sequence[str]) -> Table:
    """Open the source that a recipe names and read the `columns`, all of which it has.

    Raises:
        DataError: A file is missing or cannot be read as what it is said to be.
    """
    if source.name in BUILT_IN:
        return BUILT_IN[source.name](built_in_set(source.name, source.arguments))
    location = source.argument_locations.get("path", source.location)
    if source.name == "npz":
        return open_npz(source_path(source), columns, location=location)
    if source.name == "folder":
        return open_folder(source_path(source), location=location)
    return open_csv(source_path(source), columns, delimiter=source_delimiter(source), location=location)


def open_file(path: Path, columns: Sequence[str], *, delimiter: str = ",", location: Location | None = None) -> Table:
    """Open an NPZ, known by the end of its name, or else a CSV, and read the `columns`, all of which it has.

    Raises:
        DataError: The file is missing or cannot be read as what it is said to be.
    """
    if path.suffix.lower() == ".npz":
        return open_npz(path, columns, location=location)
    return open_csv(path, columns, delimiter=delimiter, location=location)
