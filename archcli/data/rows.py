"""New raw examples for a trained model, read as strictly as those it was trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.corpus import Windows, open_corpus
from archcli.data.faults import Faults
from archcli.data.features import INPUTS, TARGETS, ReadOptions
from archcli.data.opening import open_groups, open_windows
from archcli.data.sources import open_file
from archcli.data.sources.own_forms import has_own_form, list_own_columns, open_own
from archcli.data.table import ArrayTable, Raw
from archcli.data.targets import shift_known_inputs, shift_targets
from archcli.data.windows import leave_out_gaps
from archcli.errors import DataError, Location, Problem, Source
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.headers import FileNames, column_hint, file_delimiter, read_names
from archcli.recipe.recipe import Named

_TEXT_ENDINGS: Final = ("", ".txt", ".text")


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
    """Read the examples of a file: of the form that the run was trained on, or an NPZ, a Parquet file or a CSV.

    Columns that are neither input nor target are left alone; a target is read where the file has all its columns. The
    next values of a series, which are in its own columns, are read only if they are needed: then the last windows,
    which nothing follows, are left out.

    Args:
        path: The file, or a folder of images, sounds or texts.
        facts: What the model was trained on.
        source: The source it was trained on: a CSV is read with the same delimiter, and its lines ordered alike.
        location: Where the command line names the file.
        needs_targets: Whether answers are to be compared with what follows in a series.

    Raises:
        DataError: The file cannot be read, a column is missing, a value cannot be used, or a label is no class of
            the model.
    """
    delimiter = file_delimiter(path, source)
    names = _list_names(path, facts, source, delimiter=delimiter, location=location)
    check_columns(path, facts, names, location)
    known = {
        name: target
        for name, target in facts.targets.items()
        if _is_known(target, names.names, needs_targets=needs_targets)
    }
    wanted = [column for given in facts.inputs.values() for column in given.columns]
    wanted += [column for target in known.values() for column in target.columns]
    table = _open(path, facts, source, wanted, delimiter=delimiter, location=location, needs_targets=needs_targets)
    faults = Faults()
    inputs = {leaf.name: read_leaf(path, table, leaf, faults) for leaf in raw_leaves(facts)}
    targets = {
        name: TARGETS["series" if target.is_series else target.kind].read_known(table, target, faults)
        for name, target in known.items()
    }
    for name, target in known.items():
        if not target.padded:
            _check_shape(path, target.columns, targets[name].values.shape[1:], target.shape, faults)
    faults.raise_all(table)
    targets |= shift_known_inputs(facts, inputs)
    values = {name: target.values for name, target in targets.items()}
    inputs |= shift_targets(facts.inputs, facts.targets, values)
    return Rows(inputs, values, np.arange(1, table.examples + 1))


def has_targets(path: Path, facts: Facts, source: Named | None) -> bool:
    """Tell whether a file has what the answers to it are to be compared with: `read_rows` finds targets in it.

    Raises:
        DataError: It is nothing that `read_rows` reads.
    """
    names = _list_names(path, facts, source, delimiter=file_delimiter(path, source))
    return any(_is_known(target, names.names, needs_targets=True) for target in facts.targets.values())


def _list_names(
    path: Path, facts: Facts, source: Named | None, *, delimiter: str, location: Location | None = None
) -> FileNames:
    kinds = input_kinds(facts)
    if is_corpus(path, facts, source):
        return FileNames(tuple(facts.inputs), "column")
    if has_own_form(path, source, kinds):
        return FileNames(list_own_columns(path, source, kinds, location=location), "column")
    return read_names(path, delimiter=delimiter, location=location)


def _is_known(target: TargetFacts, names: Sequence[str], *, needs_targets: bool) -> bool:
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
    kinds = input_kinds(facts)
    if is_corpus(path, facts, source):
        return open_new_corpus(path, facts, ahead=max([0, *(-target.shift_by for target in facts.targets.values())]))
    if has_own_form(path, source, kinds):
        steps = {column for leaf in raw_leaves(facts) if leaf.kind == "sequence" for column in leaf.columns}
        return open_own(path, source, columns, kinds, location=location, sequences=steps)
    if source is not None and "series" in kinds:
        past = max(leaf.shape[0] or 1 for leaf in raw_leaves(facts))
        ahead = max(target.shape[0] for target in facts.targets.values()) if needs_targets else 0
        windowed = open_windows(path, source, columns, past, ahead, 1, location=location)
        skipping = {
            column: target.shape[0]
            for target in facts.targets.values()
            if needs_targets and target.skips_missing
            for column in target.columns
        }
        return leave_out_gaps(windowed, skipping, location=location)
    if source is not None and "sequence" in kinds:
        keys = {str(source.arguments.get(argument)) for argument in ("id", "time")}
        return open_groups(path, source, columns, location=location, numbers=number_columns(facts) - keys)
    return open_file(path, columns, delimiter=delimiter, numbers=number_columns(facts), location=location)


def raw_leaves(facts: Facts) -> tuple[InputFacts, ...]:
    """Return what is read from columns, one for each raw tensor."""
    return tuple(leaf for given in facts.inputs.values() for leaf in given.leaves if leaf.kind != "shift")


def number_columns(facts: Facts) -> set[str]:
    """Return the columns that a model reads as numbers and as nothing else."""
    read = [(leaf.kind in ("numeric", "sequence"), column) for leaf in raw_leaves(facts) for column in leaf.columns]
    read += [(target.kind == "number", column) for target in facts.targets.values() for column in target.columns]
    return {column for is_number, column in read if is_number} - {column for is_number, column in read if not is_number}


def input_kinds(facts: Facts) -> set[str]:
    """Return the types of what is read from columns."""
    return {leaf.kind for leaf in raw_leaves(facts)}


def read_leaf(path: Path, table: Any, leaf: InputFacts, faults: Faults) -> Raw:
    """Read what one raw tensor takes, `(examples, *shape)`; what is wrong goes to `faults`."""
    values = INPUTS[leaf.kind].read(table, leaf.columns, faults, ReadOptions.of(leaf))
    if leaf.kind == "numeric":
        _check_shape(path, leaf.columns, values.shape[1:], leaf.shape, faults)
    return values


def is_corpus(path: Path, facts: Facts, source: Named | None) -> bool:
    """Tell whether a file is one long text, as the run was trained on: by its name a text, and no table."""
    is_text = input_kinds(facts) == {"text"} and len(facts.inputs) == 1 and not path.is_dir()
    return is_text and source is not None and source.name == "text" and path.suffix.lower() in _TEXT_ENDINGS


def open_new_corpus(path: Path, facts: Facts, *, ahead: int) -> ArrayTable:
    """Cut a new long text as the one that the run was trained on, `ahead` symbols after each window with it.

    Raises:
        DataError: The file cannot be read, or is shorter than one window.
    """
    (leaf,) = raw_leaves(facts)
    arguments = {"split": leaf.split, "standardize": leaf.standardize, "window": leaf.shape[0]}
    feature = Named("text", arguments, Location(Source("command line"), 1))
    return open_corpus(path, Windows(leaf.columns[0], feature, ahead))


def check_columns(
    path: Path,
    facts: Facts,
    names: FileNames,
    location: Location | None = None,
    *,
    needs_targets: bool = True,
) -> None:
    """Find all input columns, and all or none of each target's.

    Args:
        path: The file.
        facts: What the model was trained on.
        names: What the file has.
        location: Where the command line names it.
        needs_targets: Whether targets matter.

    Raises:
        DataError: A column is missing, or the file cannot hold what the model reads.
    """
    unfit = () if names.header is None else _find_no_table(path, facts, location)
    if unfit:
        raise DataError(*unfit)
    wanted = {column: given.name for given in facts.inputs.values() for column in given.columns}
    for target in facts.targets.values() if needs_targets else ():
        if set(target.columns) & set(names.names) and not target.is_series:
            wanted |= dict.fromkeys(target.columns, target.name)
    place = location if names.header is None else names.header.record.locate_characters()
    problems = [
        Problem(
            "column-not-found",
            f"`{path.name}` has no {names.noun} `{column}`, which `{owner}` is read from",
            place,
            column_hint(column, names.names, names.header, is_new=True),
        )
        for column, owner in wanted.items()
        if column not in names.names
    ]
    if problems:
        raise DataError(*problems)


def _find_no_table(path: Path, facts: Facts, location: Location | None) -> tuple[Problem, ...]:
    """Say which inputs a CSV cannot hold: it has one number a column."""
    return tuple(
        Problem(
            "not-a-table",
            f"a CSV cannot hold `{leaf.name}`: one example has the shape {leaf.shape}",
            location,
            f"save the examples in an NPZ: `numpy.savez({path.stem!r}, {leaf.columns[0]}=...)`",
        )
        for leaf in raw_leaves(facts)
        if leaf.kind == "numeric" and leaf.shape != (len(leaf.columns),)
    )


def _check_shape(
    path: Path, columns: Sequence[str], found: tuple[int, ...], expected: tuple[int | None, ...], faults: Faults
) -> None:
    fits = len(found) == len(expected) and all(
        size in (None, actual) for size, actual in zip(expected, found, strict=True)
    )
    if not fits:
        message = f"`{path.name}`: one example of `{columns[0]}` has the shape {found}, expected {expected}"
        hint = "give examples of the shape that it was trained on"
        faults.problems.append(Problem("wrong-shape", message, hint=hint))
