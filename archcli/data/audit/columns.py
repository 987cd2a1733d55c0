"""What single columns show: nothing, one value, an id, values far from all others, categories that training has not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.finding import (
    SHOWN,
    Finding,
    about_rows,
    count_of,
    join_words,
    quote_all,
    write_number,
)
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable
from archcli.data.splits import PartName
from archcli.errors import Problem

MOSTLY: Final = 0.9
"""The share of missing values from which a column is hardly there, and of different ones from which it is an id."""

FAR: Final = 10.0
"""An outlier is farther from the middle half of the training examples than so many times the width of that half."""

ENOUGH: Final = 20
"""Training examples without which nothing is said of a distribution."""

Rows = Mapping[PartName, NDArray[np.int64]]


def find_constant(variables: Sequence[Variable]) -> Iterator[Finding]:
    """Find columns with one value in all training examples, those that `find_mostly_missing` tells of left out."""
    constant = [one for one in variables if _is_constant(one) and _missing_share(one) < MOSTLY]
    if not constant:
        return
    names = [one.name for one in constant]
    does = f"column `{names[0]}` has" if len(names) == 1 else f"{len(names)} columns have"
    which = "" if len(names) == 1 else f": {quote_all(names)}"
    message = f"{does} one value in all {count_of(len(constant[0].training), 'training example')}{which}"
    hint = "there is nothing to learn from it: leave it out"
    if len(names) > 1:
        hint = "there is nothing to learn from them: leave them out"
    yield Finding(Problem("constant-column", message, hint=hint), tuple(names))


def find_mostly_missing(variables: Sequence[Variable]) -> Iterator[Finding]:
    """Find columns of which nearly all values are missing in the training examples."""
    shares = {one.name: _missing_share(one) for one in variables if one.holds != "flags"}
    empty = {name: share for name, share in shares.items() if share >= MOSTLY}
    if not empty:
        return
    listed = [f"`{name}` in {_percent(share)}" for name, share in empty.items()]
    shown = join_words(listed[:SHOWN], more=max(0, len(listed) - SHOWN))
    columns = "a column is" if len(empty) == 1 else f"{len(empty)} columns are"
    message = f"{columns} missing in nearly all training examples: {shown}"
    hint = "what fills it is nearly all that is learned of it: leave it out, or learn whether it is there"
    yield Finding(Problem("mostly-missing", message, hint=hint), tuple(empty))


def find_ids(variables: Sequence[Variable]) -> Iterator[Finding]:
    """Find inputs that are categories and differ in nearly every training example."""
    for one in variables:
        if not is_id(one):
            continue
        counts = one.count_classes("training")
        different = np.count_nonzero(counts)
        message = f"category `{one.name}` has {different:,} different values in {counts.sum():,} training examples"
        hint = "it looks like an id, of which nothing can be learned for new examples: leave it out"
        yield Finding(Problem("looks-like-an-id", message, hint=hint), (one.name,))


def is_id(variable: Variable) -> bool:
    """Tell whether a column is an input of categories of which there are nearly as many as training examples."""
    if variable.role != "input" or variable.holds != "classes" or not variable.is_single:
        return False
    counts = variable.count_classes("training")
    return bool(counts.sum() >= ENOUGH and np.count_nonzero(counts) >= MOSTLY * counts.sum())


def find_unknown_categories(variables: Sequence[Variable], rows: Rows, names: RowNames) -> Iterator[Finding]:
    """Find categories that no training example has and those of another part do; those of an id are left out."""
    for one in variables:
        if one.role != "input" or one.holds != "classes" or is_id(one):
            continue
        is_known = one.count_classes("training") > 0
        for part, values in one.parts.items():
            new = np.flatnonzero(~is_known & (one.count_classes(part) > 0))
            if not len(new):
                continue
            where = rows[part][np.isin(values, new)]
            what = "category" if len(new) == 1 else "categories"
            listed = quote_all([one.classes[number] for number in new.tolist()])
            message = (
                f"{what} of `{one.name}` that no training example has {'is' if len(new) == 1 else 'are'} in "
                f"{count_of(len(where), f'{part} example')}: {listed} ({names.list(where)})"
            )
            hint = "the model takes each for unknown, as it will any new one"
            yield about_rows(Problem("unknown-categories", message, hint=hint), where, [one.name])


def find_outliers(variables: Sequence[Variable], rows: Rows, names: RowNames) -> Iterator[Finding]:
    """Find numbers that are far from the middle half of the training examples: mistakes, units, or a long tail.

    Of sequences each step counts; of windows, pictures and other arrays nothing is told.
    """
    for one in variables:
        if one.holds != "numbers" or not (one.is_single or _has_steps(one)) or one.kind == "series":
            continue
        bounds = _bounds(one.training)
        if bounds is None:
            continue
        low, high = bounds
        width = FAR * (high - low)
        where, values = _beyond(one.parts, rows, low - width, high + width)
        if not len(where):
            continue
        farthest = values[np.argmax(np.maximum(values - high, low - values))]
        shown = write_number(float(farthest))
        found = f"`{one.name}` is {shown}" if len(values) == 1 else f"`{one.name}` is up to {shown}"
        if len(values) > 1 and farthest < low:
            found = f"`{one.name}` is down to {shown}"
        half = f"half of all are between {write_number(low)} and {write_number(high)}"
        message = f"{found} in {names.list(where)}, and {half}"
        hint = "a slip, another unit, or a code for a missing value? if it is right, its logarithm may learn better"
        yield about_rows(Problem("outliers", message, hint=hint), where, [one.name])


def _has_steps(variable: Variable) -> bool:
    """Tell whether a column has one number at each step of sequences."""
    return variable.kind == "sequence" and len(variable.shape) == 1


def _bounds(training: NDArray[Any]) -> tuple[float, float] | None:
    """Return the first and third quartile; None where there are few numbers or more than half are equal."""
    there = training[~np.isnan(training)]
    if len(there) < ENOUGH:
        return None
    low, high = (float(bound) for bound in np.percentile(there, [25, 75]))
    return None if low == high else (low, high)


def _beyond(
    parts: Mapping[PartName, NDArray[Any]], rows: Rows, low: float, high: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which examples of all parts have a number outside, and these numbers."""
    outside = {part: (values < low) | (values > high) for part, values in parts.items()}
    where = [rows[part][is_out.reshape(len(is_out), -1).any(axis=1)] for part, is_out in outside.items()]
    values = [parts[part][is_out].astype(np.float64) for part, is_out in outside.items()]
    return np.concatenate(where), np.concatenate(values)


def _is_constant(variable: Variable) -> bool:
    values = variable.training
    if variable.holds in ("texts", "flags") or len(values) < 2:
        return False
    if variable.holds == "classes":
        return variable.role == "input" and np.count_nonzero(variable.count_classes("training")) == 1
    if np.isnan(values.min()):
        values = values[~np.isnan(values)]
    return bool(values.size) and bool(values.min() == values.max())


def _missing_share(variable: Variable) -> float:
    """Return the share of the training examples that have no value; of steps, the share of those without one."""
    values = variable.training
    if variable.holds != "numbers" or values.ndim < 2 or values.dtype.kind != "f" or variable.role == "target":
        return variable.count_missing("training") / max(1, len(values))
    missing = np.isnan(values)
    if variable.lengths is None:
        return float(missing.mean()) if missing.size else 0.0
    within = np.arange(values.shape[1]) < variable.lengths["training"][:, np.newaxis]
    counted = missing[within]
    return float(counted.mean()) if counted.size else 0.0


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
