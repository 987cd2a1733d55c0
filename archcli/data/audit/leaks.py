"""Inputs that tell a target by themselves: mostly something that is known only after what is to be told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.columns import ENOUGH, is_id
from archcli.data.audit.finding import Finding
from archcli.data.audit.variables import Variable
from archcli.errors import Problem

CORRELATED: Final = 0.999
"""The correlation with a target from which an input is suspect."""

EACH: Final = 5
"""A category tells a target only if on average so many examples have it, a number a class only if it has so many."""


def find_tell_tales(variables: Sequence[Variable]) -> Iterator[Finding]:
    """Find columns of an input that determine a target by themselves in the training examples."""
    inputs = [one for one in variables if one.role == "input" and one.is_single and not is_id(one)]
    targets = [one for one in variables if one.role == "target" and one.is_single]
    for target in targets:
        for given in inputs:
            found = _tell(given, target)
            if found is not None:
                hint = "is it known when the model is asked? if it follows from the target, leave it out"
                message = f"column `{given.name}` {found} `{target.name}` in the training examples"
                yield Finding(Problem("input-tells-target", message, hint=hint), (given.name, target.name))


def _tell(given: Variable, target: Variable) -> str | None:
    """Say how a column tells a target, as a verb; None: it does not."""
    is_there = _is_there(given.training) & _is_there(target.training)
    values, told = given.training[is_there], target.training[is_there]
    if len(told) < ENOUGH or bool((told == told[0]).all()):
        return None
    if given.holds == "numbers" and target.holds == "numbers":
        return _correlate(values, told)
    if given.holds == "numbers":
        return "has a range of its own for each class of" if _has_own_ranges(values, told) else None
    return "determines" if _determines(values, told) else None


def _correlate(values: NDArray[Any], told: NDArray[Any]) -> str | None:
    if bool((values == told).all()):
        return "is equal to"
    first, second = (column.astype(np.float64) - column.mean(dtype=np.float64) for column in (values, told))
    size = np.sqrt((first @ first) * (second @ second))
    if not size or not np.isfinite(size):
        return None
    correlation = float(first @ second / size)
    return f"has a correlation of {correlation:.6g} with" if abs(correlation) > CORRELATED else None


def _has_own_ranges(values: NDArray[Any], classes: NDArray[Any]) -> bool:
    """Tell whether numbers are in ranges that do not overlap, one for each class, or are few and each of one class."""
    present, counts = np.unique(classes, return_counts=True)
    if counts.min() < EACH:
        return False
    order = np.argsort(values, kind="stable")
    ordered, classed = values[order], classes[order]
    changes = np.flatnonzero(classed[1:] != classed[:-1])
    if len(changes) == len(present) - 1 and bool((ordered[changes] < ordered[changes + 1]).all()):
        return True
    different, numbered = np.unique(values, return_inverse=True)
    return len(different) * EACH <= len(values) and _is_function(numbered, classes)


def _determines(categories: NDArray[Any], told: NDArray[Any]) -> bool:
    """Tell whether all examples of a category have one and the same target."""
    different = np.count_nonzero(np.bincount(categories))
    return bool(1 < different <= len(categories) / EACH) and _is_function(categories, told)


def _is_function(numbered: NDArray[Any], told: NDArray[Any]) -> bool:
    """Tell whether examples of one number have one target."""
    order = np.argsort(numbered, kind="stable")
    first, second = numbered[order], told[order]
    return bool((second[1:] == second[:-1])[first[1:] == first[:-1]].all())


def _is_there(values: NDArray[Any]) -> NDArray[np.bool_]:
    there: NDArray[np.bool_] = ~np.isnan(values) if values.dtype.kind == "f" else values >= 0
    return there
