"""Rows that seem to belong together, by a column that the recipe does not divide by, and are in several parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from archcli.data.audit.finding import Finding, about_rows
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import number_texts
from archcli.data.dataset import Dataset
from archcli.data.faults import Faults
from archcli.data.sources import open_file
from archcli.data.splits import PartName
from archcli.errors import Problem
from archcli.recipe.features import has_windows
from archcli.recipe.headers import file_delimiter, read_names, source_path
from archcli.recipe.recipe import Data
from archcli.recipe.sources import TABLES

GROUPS: Final = frozenset(
    {
        *("id", "ids", "uid", "uuid", "user", "patient", "subject", "participant", "person", "customer", "client"),
        *("household", "family", "animal", "speaker", "author", "session", "visit", "device", "sensor", "group"),
    }
)
"""Words in the name of a column that tells which rows belong together."""

FEWEST: Final = 10
"""With fewer different values a column is a property, not a group."""

EACH: Final = 2
"""How many rows a group has on average, at least."""

_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def find_divided_groups(dataset: Dataset) -> Iterator[Finding]:
    """Find columns of a table, used or not, by whose names rows with one value belong together, and are divided.

    Raises:
        DataError: The file has changed since it was read.
    """
    parts: tuple[PartName, ...] = ("test", "validation")
    part = next((name for name in parts if name in dataset.parts), None)
    if part is None or not _is_divided_by_rows(dataset.data):
        return
    source, rows = dataset.data.source, {name: one.rows for name, one in dataset.parts.items()}
    path = source_path(source)
    delimiter = file_delimiter(path, source)
    names = read_names(path, delimiter=delimiter).names
    columns = [name for name in names if names.count(name) == 1 and _is_of_groups(name)]
    if not columns:
        return
    table = open_file(path, columns, delimiter=delimiter)
    for column in columns:
        texts = np.array(list(table.texts(column, Faults(), may_miss=True)), np.object_)
        groups, values = number_texts({name: texts[numbers - 1] for name, numbers in rows.items()})
        if not FEWEST <= len(values) <= len(texts) / EACH:
            continue
        shared = rows[part][(groups[part] >= 0) & np.isin(groups[part], groups["training"])]
        if len(shared):
            message = (
                f"{len(shared):,} of {len(rows[part]):,} {part} examples {'has' if len(shared) == 1 else 'have'} a "
                f"`{column}` that training has, too: {RowNames('row').list(shared)}"
            )
            hint = f"if rows of one `{column}` belong together, keep them in one part: `split: {{group: {column}}}`"
            yield about_rows(Problem("group-in-several-parts", message, hint=hint), shared, [column])


def _is_divided_by_rows(data: Data) -> bool:
    """Tell whether each row of a table is an example, and which part it is in depends on no group and no time."""
    if data.source.name not in TABLES or data.source.arguments.get("id") is not None:
        return False
    return not (data.split.group or data.split.time or any(map(has_windows, data.inputs.values())))


def _is_of_groups(column: str) -> bool:
    """Tell whether one of the words in a column's name is that of a group: `patient_id`, `userId`, `Speaker`."""
    return any(word.lower() in GROUPS for word in _WORD.findall(column))
