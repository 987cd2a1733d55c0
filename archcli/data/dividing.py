"""Which way a recipe's examples are divided: in order, by group, by class, into folds, or at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.folds import ClassNames, split_folds
from archcli.data.splits import (
    Indices,
    PartName,
    split_by_class,
    split_by_group,
    split_examples,
    split_in_order,
)
from archcli.data.table import TargetValues
from archcli.data.texts import Labels
from archcli.errors import Problem, RecipeError
from archcli.recipe.recipe import Data

Divided = tuple[Mapping[PartName, Indices], ...]
"""The example numbers of each part: of each fold, or of the only way to divide them."""


def divide_examples(
    data: Data, targets: Mapping[str, TargetValues], examples: int, *, groups: Labels | None, overlap: int
) -> Divided:
    """Divide the examples of a recipe: in order, by group, or by the classes of the first category of one label each.

    Args:
        data: The recipe's section.
        targets: Those that are read from columns.
        examples: How many examples there are.
        groups: The group of each, where they are divided by group or each fold has groups of its own.
        overlap: How many examples after it each shares something with.

    Raises:
        RecipeError: It stratifies without a category.
        DataError: There are too few examples to divide.
    """
    split = data.split
    if split.folds is not None:
        first = next((name for name, one in targets.items() if one.classes and one.values.ndim == 1), None)
        names = None if first is None else ClassNames(targets[first].classes, data.targets[first].location)
        return split_folds(split, _folded_by(data, targets, groups), examples, target=names)
    if split.time:
        return (split_in_order(examples, split, overlap=overlap),)
    if groups is not None:
        return (split_by_group(groups, split),)
    if not split.stratify:
        return (split_examples(examples, split),)
    classed = {name: target for name, target in targets.items() if target.classes}
    if not classed:
        message = "`stratify` shares out classes, and no target is a category"
        raise RecipeError(Problem("cannot-stratify", message, split.location, "write `stratify: false`"))
    first = next((name for name, target in classed.items() if target.values.ndim == 1), None)
    if first is None:
        return (split_examples(examples, split),)
    numbers = targets[first].values.astype(np.int32, copy=False)
    return (split_by_class(numbers, split, classes=targets[first].classes, target=first),)


def _folded_by(
    data: Data, targets: Mapping[str, TargetValues], groups: Labels | None
) -> Sequence[str] | NDArray[np.int32] | None:
    """Return what folds keep together, groups, or share out, the classes of the first category; None: neither."""
    if groups is not None:
        return groups
    classed = (target.values for target in targets.values() if target.classes and target.values.ndim == 1)
    numbers = next(classed, None) if data.split.stratify else None
    return None if numbers is None else numbers.astype(np.int32, copy=False)
