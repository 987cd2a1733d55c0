"""New raw examples for a trained model, read as strictly as those it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features import TARGETS
from archcli.data.features.numeric import read_numeric
from archcli.data.sources import open_file
from archcli.errors import DataError, Location, Problem
from archcli.recipe.facts import Facts
from archcli.recipe.headers import Header, column_hint, read_array_names, read_header, source_delimiter
from archcli.recipe.recipe import Named


@dataclass(frozen=True)
class Rows:
    """Examples of a file.

    Attributes:
        inputs: Raw, by the names of the recipe: `(examples, *shape)`, float32.
        targets: Those that the file has, as in `archcli.data.dataset.Part`.
        rows: Where each example stands in the file, from 1, `(examples,)`; a CSV's header and empty lines do not
            count.
    """

    inputs: Mapping[str, NDArray[np.float32]]
    targets: Mapping[str, NDArray[np.int32] | NDArray[np.float32]]
    rows: NDArray[np.int64]


def read_rows(path: Path, facts: Facts, source: Named | None = None, *, location: Location | None = None) -> Rows:
    """Read the examples of an NPZ, known by the end of its name, or of a CSV.

    Columns that are neither input nor target are left alone; a target is read where the file has all its columns.

    Args:
        path: The file.
        facts: What the model was trained on.
        source: The source it was trained on: a CSV is read with the same delimiter.
        location: Where the command line names the file.

    Raises:
        DataError: The file cannot be read, a column is missing, a value cannot be used, or a label is no class of
            the model.
    """
    delimiter = source_delimiter(source if source is not None and source.name == "csv" else None)
    header: Header | None = None
    if path.suffix.lower() == ".npz":
        names: Sequence[str] = read_array_names(path, location=location)
    else:
        header = read_header(path, delimiter, location=location)
        names = header.names
        _check_table(path, facts, location)
    _check_columns(path, facts, names, header, location)
    known = {name: target for name, target in facts.targets.items() if set(target.columns) <= set(names)}
    wanted = [column for given in facts.inputs.values() for column in given.columns]
    wanted += [column for target in known.values() for column in target.columns]
    table = open_file(path, wanted, delimiter=delimiter, location=location)
    faults = Faults()
    inputs = {name: read_numeric(table, given.columns, faults) for name, given in facts.inputs.items()}
    targets = {name: TARGETS[target.kind].read_known(table, target, faults).values for name, target in known.items()}
    for name, given in facts.inputs.items():
        _check_shape(path, given.columns, inputs[name].shape[1:], given.shape, faults)
    for name, target in known.items():
        _check_shape(path, target.columns, targets[name].shape[1:], target.shape, faults)
    faults.raise_all(table)
    return Rows(inputs, targets, np.arange(1, table.examples + 1))


def _check_columns(
    path: Path, facts: Facts, names: Sequence[str], header: Header | None, location: Location | None
) -> None:
    """Find all input columns, and all or none of each target's."""
    wanted = {column: given.name for given in facts.inputs.values() for column in given.columns}
    for target in facts.targets.values():
        if set(target.columns) & set(names):
            wanted |= dict.fromkeys(target.columns, target.name)
    place = location if header is None else header.record.locate_characters()
    noun = "array" if header is None else "column"
    problems = [
        Problem(
            "column-not-found",
            f"`{path.name}` has no {noun} `{column}`, which `{owner}` is read from",
            place,
            column_hint(column, names, header),
        )
        for column, owner in wanted.items()
        if column not in names
    ]
    if problems:
        raise DataError(*problems)


def _check_table(path: Path, facts: Facts, location: Location | None) -> None:
    """See that a CSV can hold the inputs: one column for each number."""
    problems = [
        Problem(
            "not-a-table",
            f"a CSV cannot hold `{given.name}`: one example has the shape {given.shape}",
            location,
            f"save the examples in an NPZ: `numpy.savez({path.stem!r}, {given.columns[0]}=...)`",
        )
        for given in facts.inputs.values()
        if given.shape != (len(given.columns),)
    ]
    if problems:
        raise DataError(*problems)


def _check_shape(
    path: Path, columns: Sequence[str], found: tuple[int, ...], expected: tuple[int, ...], faults: Faults
) -> None:
    if found != expected:
        message = f"`{path.name}`: one example of `{columns[0]}` has the shape {found}, expected {expected}"
        faults.problems.append(Problem("wrong-shape", message))
