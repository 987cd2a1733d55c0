"""All that is found in data that have been read and divided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.columns import (
    find_constant,
    find_ids,
    find_mostly_missing,
    find_outliers,
    find_unknown_categories,
)
from archcli.data.audit.duplicates import find_duplicates
from archcli.data.audit.finding import Finding
from archcli.data.audit.groups import find_divided_groups
from archcli.data.audit.leaks import find_tell_tales
from archcli.data.audit.lengths import find_extreme_lengths
from archcli.data.audit.naming import RowNames, name_examples
from archcli.data.audit.order import find_disorder, find_early_dates, find_gaps
from archcli.data.audit.pictures import find_blank, find_different_sizes
from archcli.data.audit.shares import Balance, count_classes, find_rare_classes, find_small_parts
from archcli.data.audit.summaries import Summary, summarise
from archcli.data.audit.variables import Variable, list_variables
from archcli.data.dataset import Dataset
from archcli.data.faults import Faults
from archcli.data.features.image import find_pictures, image_shape
from archcli.data.inputs import find_leaves
from archcli.data.opening import Opened, open_examples
from archcli.data.splits import PartName
from archcli.data.windows import WindowedTable
from archcli.errors import Problem
from archcli.recipe.recipe import Data

Rows = Mapping[PartName, NDArray[np.int64]]


@dataclass(frozen=True)
class Audit:
    """What was found.

    Attributes:
        examples: How many each part has.
        summaries: The columns in figures, those of inputs first, in the recipe's order.
        balances: How many examples of each part have each class, for the targets that are one or several of some.
        findings: What a person should look at, the gravest first.
        noun: What an example is called: `row`, `window`.
    """

    examples: Mapping[PartName, int]
    summaries: tuple[Summary, ...]
    balances: tuple[Balance, ...]
    findings: tuple[Finding, ...]
    noun: str


def audit_dataset(dataset: Dataset) -> Audit:
    """Look through data that have been read and divided.

    Raises:
        DataError: A file has changed since.
    """
    variables = list_variables(dataset)
    opened = open_examples(dataset.data) if _needs_source(dataset.data) else None
    names = name_examples(dataset.data)
    balances = tuple(count_classes(one) for one in variables if _has_balance(one))
    return Audit(
        {name: len(part) for name, part in dataset.parts.items()},
        tuple(summarise(one) for one in variables),
        balances,
        tuple(_find_all(dataset, variables, balances, opened, names)),
        names.noun,
    )


def _find_all(
    dataset: Dataset,
    variables: tuple[Variable, ...],
    balances: tuple[Balance, ...],
    opened: Opened | None,
    names: RowNames,
) -> Iterator[Finding]:
    rows = {name: part.rows for name, part in dataset.parts.items()}
    yield from find_duplicates(variables, rows, names)
    yield from find_divided_groups(dataset)
    yield from find_tell_tales(variables)
    yield from find_small_parts({name: len(part) for name, part in dataset.parts.items()})
    for balance in balances:
        yield from find_rare_classes(balance)
    yield from find_mostly_missing(variables)
    yield from find_constant(variables)
    yield from find_ids(variables)
    yield from find_unknown_categories(variables, rows, names)
    yield from find_outliers(variables, rows, names)
    if opened is not None and isinstance(opened.table, WindowedTable):
        yield from _find_in_rows(opened.table, variables)
    yield from find_extreme_lengths(variables, rows, names)
    yield from find_blank(variables, rows, names)
    yield from find_early_dates(variables, dataset)
    if opened is None:
        return
    yield from find_disorder(opened.table, dataset.data)
    yield from find_gaps(opened.table, dataset.data)
    for leaf in find_leaves(dataset.data):
        if leaf.feature.name == "image" and not isinstance(opened.table, WindowedTable):
            pictures = find_pictures(opened.table, leaf.columns[0], Faults())
            files = [picture.file for picture in pictures if picture is not None]
            yield from find_different_sizes(leaf.columns[0], files, image_shape(leaf.feature))


def _find_in_rows(table: WindowedTable, variables: tuple[Variable, ...]) -> Iterator[Finding]:
    """Find windows that are left out, and the numbers of a series that are far from all others.

    Those are looked for in the rows of the file, not in all their windows.
    """
    left_out = table.possible - table.examples
    if left_out:
        message = f"{left_out:,} of {table.possible:,} windows are left out: what follows them is not all there"
        hint = "they are neither learned nor measured, as `missing: skip` says"
        yield Finding(Problem("windows-left-out", message, hint=hint), (), (), left_out)
    columns = dict.fromkeys(one.name for one in variables if one.kind == "series")
    read = {column: table.table.numbers(column, Faults(), may_miss=True) for column in columns}
    series = [
        Variable(column, column, "input", "numeric", "numbers", (), {"training": numbers})
        for column, numbers in read.items()
    ]
    rows: Rows = {"training": np.arange(1, 1 + len(table.order))}
    yield from find_outliers(series, rows, RowNames("row"))


def _needs_source(data: Data) -> bool:
    """Tell whether something is looked at that was not read: the rows of a series, the sizes of pictures."""
    has_pictures = any(leaf.feature.name == "image" for leaf in find_leaves(data))
    return has_pictures or any(feature.name == "series" for feature in data.inputs.values())


def _has_balance(variable: Variable) -> bool:
    """Tell whether a column's classes are counted: those of a target that are labels, not symbols of a text."""
    return variable.role == "target" and variable.kind in ("category", "multilabel")
