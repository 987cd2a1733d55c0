"""New raw examples for a trained model, read as strictly as those it was trained on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features import INPUTS, TARGETS, ReadOptions
from archcli.data.opening import open_groups, open_windows
from archcli.data.sources import open_file
from archcli.data.sources.folder import open_folder
from archcli.data.table import Raw
from archcli.data.targets import shift_known_inputs, shift_targets
from archcli.errors import DataError, Location, Problem
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.headers import Header, column_hint, read_array_names, read_header, source_delimiter
from archcli.recipe.recipe import Named


@dataclass(frozen=True)
class Rows:
    """Examples of a file.

    Attributes:
        inputs: Raw, as in `archcli.data.dataset.Part`; an input that is a target some steps late is there where the
            target is.
        targets: Those that the file has, as in `archcli.data.dataset.Part`.
        rows: Where each example stands in the file, from 1, `(examples,)`; a CSV's header and empty lines do not
            count.
    """

    inputs: Mapping[str, Raw]
    targets: Mapping[str, NDArray[np.int32] | NDArray[np.float32]]
    rows: NDArray[np.int64]


def read_rows(
    path: Path,
    facts: Facts,
    source: Named | None = None,
    *,
    location: Location | None = None,
    needs_targets: bool = False,
) -> Rows:
    """Read the examples of an NPZ, known by the end of its name, of a folder of images, or of a CSV.

    Columns that are neither input nor target are left alone; a target is read where the file has all its columns. The
    next values of a series, which are in its own columns, are read only if they are needed: then the last windows,
    which nothing follows, are left out.

    Args:
        path: The file.
        facts: What the model was trained on.
        source: The source it was trained on: a CSV is read with the same delimiter, and its lines ordered alike.
        location: Where the command line names the file.
        needs_targets: Whether answers are to be compared with what follows in a series.

    Raises:
        DataError: The file cannot be read, a column is missing, a value cannot be used, or a label is no class of
            the model.
    """
    delimiter = source_delimiter(source if source is not None and source.name == "csv" else None)
    header: Header | None = None
    if path.suffix.lower() == ".npz":
        names: Sequence[str] = read_array_names(path, location=location)
    elif path.is_dir() and all(leaf.kind == "image" for leaf in _leaves(facts)):
        names = tuple(open_folder(path, location=location).arrays)
    else:
        header = read_header(path, delimiter, location=location)
        names = header.names
        _check_table(path, facts, location)
    _check_columns(path, facts, names, header, location)
    known = {name: target for name, target in facts.targets.items() if _is_known(target, names, needs_targets)}
    wanted = [column for given in facts.inputs.values() for column in given.columns]
    wanted += [column for target in known.values() for column in target.columns]
    table = _open(path, facts, source, wanted, delimiter=delimiter, location=location, needs_targets=needs_targets)
    faults = Faults()
    inputs = {leaf.name: _read_leaf(table, leaf, faults) for leaf in _leaves(facts)}
    targets = {
        name: TARGETS["series" if target.is_series else target.kind].read_known(table, target, faults)
        for name, target in known.items()
    }
    for leaf in _leaves(facts):
        if leaf.kind == "numeric":
            _check_shape(path, leaf.columns, inputs[leaf.name].shape[1:], leaf.shape, faults)
    for name, target in known.items():
        if not target.padded:
            _check_shape(path, target.columns, targets[name].values.shape[1:], target.shape, faults)
    faults.raise_all(table)
    targets |= shift_known_inputs(facts, inputs)
    values = {name: target.values for name, target in targets.items()}
    inputs |= shift_targets(facts.inputs, facts.targets, values)
    return Rows(inputs, values, np.arange(1, table.examples + 1))


def _is_known(target: TargetFacts, names: Sequence[str], needs_targets: bool) -> bool:  # noqa: FBT001 -- its caller's
    if target.is_series:
        return needs_targets
    return bool(target.columns) and set(target.columns) <= set(names)


def _open(
    path: Path,
    facts: Facts,
    source: Named | None,
    columns: Sequence[str],
    *,
    delimiter: str,
    location: Location | None,
    needs_targets: bool,
) -> Any:
    """Open a file as what the features are read from: its lines, windows of them, or groups of them."""
    kinds = {leaf.kind for leaf in _leaves(facts)}
    if source is not None and "series" in kinds:
        past = max(leaf.shape[0] or 1 for leaf in _leaves(facts))
        ahead = max(target.shape[0] for target in facts.targets.values()) if needs_targets else 0
        return open_windows(path, source, columns, past, ahead, 1, location=location)
    if source is not None and "sequence" in kinds:
        return open_groups(path, source, columns, location=location)
    if path.is_dir():
        return open_folder(path, location=location)
    return open_file(path, columns, delimiter=delimiter, location=location)


def _leaves(facts: Facts) -> Iterator[InputFacts]:
    """Yield what is read from columns, one for each raw tensor."""
    for given in facts.inputs.values():
        yield from (leaf for leaf in given.leaves if leaf.kind != "shift")


def _read_leaf(table: Any, leaf: InputFacts, faults: Faults) -> Raw:
    asked = ReadOptions(may_miss=leaf.fill is not None or leaf.fill_word is not None, shape=leaf.shape)
    return INPUTS[leaf.kind].read(table, leaf.columns, faults, asked)


def _check_columns(
    path: Path, facts: Facts, names: Sequence[str], header: Header | None, location: Location | None
) -> None:
    """Find all input columns, and all or none of each target's."""
    wanted = {column: given.name for given in facts.inputs.values() for column in given.columns}
    for target in facts.targets.values():
        if set(target.columns) & set(names) and not target.is_series:
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
            f"a CSV cannot hold `{leaf.name}`: one example has the shape {leaf.shape}",
            location,
            f"save the examples in an NPZ: `numpy.savez({path.stem!r}, {leaf.columns[0]}=...)`",
        )
        for leaf in _leaves(facts)
        if leaf.kind == "numeric" and leaf.shape != (len(leaf.columns),)
    ]
    if problems:
        raise DataError(*problems)


def _check_shape(
    path: Path, columns: Sequence[str], found: tuple[int, ...], expected: tuple[int | None, ...], faults: Faults
) -> None:
    fits = len(found) == len(expected) and all(
        size in (None, actual) for size, actual in zip(expected, found, strict=True)
    )
    if not fits:
        message = f"`{path.name}`: one example of `{columns[0]}` has the shape {found}, expected {expected}"
        faults.problems.append(Problem("wrong-shape", message))
