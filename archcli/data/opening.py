"""A recipe's source, opened as a table of examples: lines as they are, windows of them, or groups of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from archcli.data.corpus import Windows, open_corpus
from archcli.data.faults import Faults
from archcli.data.groups import GroupedTable, group_rows
from archcli.data.sources import open_file, open_source
from archcli.data.sources.own_forms import open_own
from archcli.data.table import Table
from archcli.data.texts import Labels
from archcli.data.windows import WindowedTable, cut_windows, leave_out_gaps, order_in_time
from archcli.errors import Location
from archcli.recipe.built_in import BUILT_IN, built_in_set
from archcli.recipe.features import has_windows, read_columns, side_by_side
from archcli.recipe.headers import file_delimiter, source_path
from archcli.recipe.own_columns import OWN_FORMS
from archcli.recipe.recipe import Data, Named
from archcli.recipe.sources import TABLES

_OF_NUMBERS: Final = ("numeric", "number", "series", "sequence")
"""Types of inputs and targets that are read from numbers."""


@dataclass(frozen=True)
class Opened:
    """A table of examples, and what its order means.

    Attributes:
        table: What the features read.
        overlap: How many examples after it each shares something with.
        order: The examples, from 0, in the order of time; None: they are in it.
    """

    table: Table | WindowedTable | GroupedTable
    overlap: int = 0
    order: NDArray[np.int64] | None = None


def open_examples(data: Data) -> Opened:
    """Open the source of a recipe, all of whose columns are there.

    Raises:
        DataError: The source cannot be read, a time or an id cannot be used, or it is too short for a window.
    """
    source = data.source
    columns, numbers = used_columns(data), number_columns(data)
    location = source.argument_locations.get("path", source.location)
    if source.name in BUILT_IN:
        described = built_in_set(source.name, source.arguments)
        return Opened(open_source(source, columns), described.overlap)
    if source.name == "text":
        name, feature = next(iter(data.inputs.items()))
        ahead = max(0, *(0 - _whole(target, "by", -1) for target in data.targets.values()))
        table = open_corpus(source_path(source), Windows(name, feature, ahead), location=location)
        return Opened(table, min(1, ahead))
    if source.name in TABLES and any(map(has_windows, data.inputs.values())):
        past = max(_whole(feature, "window", 1) for feature in data.inputs.values())
        stride = max(_whole(feature, "stride", 1) for feature in data.inputs.values())
        ahead = max(_whole(feature, "horizon", 0) for feature in data.targets.values())
        windowed = open_windows(source_path(source), source, columns, past, ahead, stride, location=location)
        skipping = {
            column: _whole(feature, "horizon", 1)
            for name, feature in data.targets.items()
            if feature.name == "series" and feature.arguments.get("missing") is not None
            for column in read_columns(feature, name)
        }
        return Opened(leave_out_gaps(windowed, skipping, location=location), windowed.overlap)
    time = source.arguments.get("time")
    times = [time] if isinstance(time, str) and source.name in TABLES else []
    if source.name in TABLES and source.arguments.get("id") is not None:
        wanted = [*columns, *times]
        groups = open_groups(source_path(source), source, wanted, location=location, numbers=numbers)
        return Opened(groups, order=_order_groups(groups, times[0]) if times else None)
    if times:
        lines = _open_rows(source_path(source), source, [*columns, *times], location, numbers=numbers)
        return Opened(lines, order=order_in_time(lines, times[0], is_series=False))
    if source.name in (*OWN_FORMS, "folder"):
        kinds = {feature.name for feature in data.inputs.values()}
        return Opened(open_own(source_path(source), source, columns, kinds, location=location))
    return Opened(open_source(source, columns, numbers=numbers))


def open_windows(
    path: Path,
    source: Named,
    columns: Sequence[str],
    past: int,
    ahead: int,
    stride: int,
    *,
    location: Location | None,
) -> WindowedTable:
    """Open a CSV or a Parquet file as windows of a series.

    Args:
        path: The file.
        source: What the recipe says of the file that it trains on: the delimiter, the column of the time.
        columns: The columns to read.
        past: How many values each window has behind it.
        ahead: How many it has before it.
        stride: How many steps after it the next window is.
        location: Where the recipe or the command line names the file.

    Raises:
        DataError: The file cannot be read, a time cannot be used, or it is too short for a window.
    """
    time = source.arguments.get("time")
    key = time if isinstance(time, str) else None
    wanted = [*columns, *([key] if key else [])]
    table = _open_rows(path, source, wanted, location, numbers={*columns} - {key})
    return cut_windows(table, time=key, past=past, ahead=ahead, stride=stride, location=location)


def open_groups(
    path: Path,
    source: Named,
    columns: Sequence[str],
    *,
    location: Location | None,
    numbers: Collection[str] = (),
) -> GroupedTable:
    """Open a CSV or a Parquet file whose lines are steps of sequences.

    Args:
        path: The file.
        source: What the recipe says of the file that it trains on: the delimiter, the columns of id and order.
        columns: The columns to read.
        location: Where the recipe or the command line names the file.
        numbers: Those of them that are asked for as numbers alone, which makes reading quicker.

    Raises:
        DataError: The file cannot be read, or an id or a number of the order cannot be used.
    """
    identity, order = str(source.arguments["id"]), source.arguments.get("order")
    wanted = [*columns, identity, *([order] if isinstance(order, str) else [])]
    table = _open_rows(path, source, wanted, location, numbers=numbers)
    return group_rows(table, identity, order=order if isinstance(order, str) else None)


def read_groups(opened: Opened, data: Data) -> Labels | None:
    """Read which group each example belongs to, by which it is divided; None: each is on its own.

    Raises:
        DataError: A group is empty.
    """
    if data.split.group is None:
        return None
    table, faults = cast("Table", opened.table), Faults()
    groups = table.texts(data.split.group, faults)
    faults.raise_all(table)
    return groups


def _order_groups(groups: GroupedTable, time: str) -> NDArray[np.int64]:
    """Return sequences, from 0, in the order of the times of their first lines."""
    places = np.argsort(order_in_time(groups.table, time, is_series=False))
    return np.argsort(places[[rows[0] for rows in groups.rows]])


def used_columns(data: Data) -> list[str]:
    """Return all columns that a recipe reads examples from, each once."""
    features = [*data.inputs.items(), *data.targets.items()]
    columns = [column for name, feature in features for column in read_columns(feature, name)]
    return list(dict.fromkeys([*columns, *([data.split.group] if data.split.group else [])]))


def number_columns(data: Data) -> set[str]:
    """Return the columns that a recipe reads as numbers and as nothing else."""
    features = [*data.inputs.items(), *data.targets.items()]
    parts = [(name, part) for name, feature in features for part in side_by_side(feature)]
    read = [(part.name in _OF_NUMBERS, column) for name, part in parts for column in read_columns(part, name)]
    texts = {column for is_number, column in read if not is_number}
    texts |= {str(data.source.arguments.get(argument)) for argument in ("time", "id")}
    return {column for is_number, column in read if is_number} - texts - {str(data.split.group)}


def _open_rows(
    path: Path, source: Named, columns: Sequence[str], location: Location | None, *, numbers: Collection[str]
) -> Table:
    delimiter = file_delimiter(path, source)
    return open_file(path, list(dict.fromkeys(columns)), delimiter=delimiter, numbers=numbers, location=location)


def _whole(feature: Named, argument: str, default: int) -> int:
    value = feature.arguments.get(argument, default)
    return value if isinstance(value, int) else default
