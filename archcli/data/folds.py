"""Folds: the examples cut into as many parts, each of which is the test once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.splits import Indices, PartName, split_by_class, split_by_group, split_examples
from archcli.errors import DataError, Location, Problem
from archcli.recipe.recipe import Split

_SHOWN: Final = 5


@dataclass(frozen=True)
class ClassNames:
    """The classes of a target.

    Attributes:
        names: The labels, in the order of their numbers.
        location: Where the recipe asks for it.
    """

    names: Sequence[str]
    location: Location | None = None


def split_folds(
    split: Split, by: Sequence[str] | NDArray[np.int32] | None, examples: int, *, target: ClassNames | None = None
) -> tuple[Mapping[PartName, Indices], ...]:
    """Cut the examples into folds; each is the test once, and what is left then is divided.

    Args:
        split: The number of folds, the share of validation in all examples, the seed.
        by: Groups that stay together, as texts; class numbers that are shared out; None: neither.
        examples: How many there are.
        target: Whose classes are shared out; None: those of none.

    Returns:
        The example numbers of each part, of each fold in order, as `archcli.data.splits.split_examples` has them.

    Raises:
        DataError: There are fewer examples, or groups, than folds, a part would be empty, or all examples of a class
            are in one fold: none is trained where another one could not be.
    """
    from sklearn.model_selection import (  # noqa: PLC0415 -- it takes a second, which others need not wait for
        GroupKFold,
        KFold,
        StratifiedKFold,
    )

    folds, kept = split.folds or 2, np.arange(examples)
    groups = (
        None
        if by is None or isinstance(by, np.ndarray)
        else np.unique(np.asarray(by, np.object_), return_inverse=True)[1]
    )
    classes = by if isinstance(by, np.ndarray) else None
    available = examples if groups is None else int(groups.max()) + 1
    if available < folds:
        what = "examples" if groups is None else f"groups in `{split.group}`"
        message = f"there are {available} {what}, expected at least {folds}: one for each fold"
        raise DataError(Problem("split-too-small", message, split.location, "take fewer `folds`"))
    cut: Any = KFold(folds, shuffle=True, random_state=split.seed)
    if groups is not None:
        cut = GroupKFold(folds, shuffle=True, random_state=split.seed)
    elif classes is not None and np.bincount(classes).min() >= folds:
        cut = StratifiedKFold(folds, shuffle=True, random_state=split.seed)
    shares = list(cut.split(kept, classes, groups))
    if classes is not None and target is not None:
        _check_folds([rest for rest, _ in shares], classes, target)
    return tuple(
        {
            **{name: rest[numbers] for name, numbers in _divide_rest(rest, split, examples, groups, classes).items()},
            "test": np.asarray(test, np.int64),
        }
        for rest, test in shares
    )


def _divide_rest(
    rest: NDArray[np.int64],
    split: Split,
    examples: int,
    groups: NDArray[np.int64] | None,
    classes: NDArray[np.int32] | None,
) -> Mapping[PartName, Indices]:
    """Divide what is no test into training and validation, each class in proportion where there is enough of it."""
    within = replace(split, validation=split.validation * examples / len(rest), test=0.0)
    if groups is not None:
        return split_by_group([str(group) for group in groups[rest]], within)
    if classes is not None and within.validation:
        labels, numbers, counts = np.unique(classes[rest], return_inverse=True, return_counts=True)
        kept = within.validation * len(rest)
        if counts.min() > 1 and len(labels) <= kept <= len(rest) - len(labels):
            names = [str(label) for label in labels]
            return split_by_class(numbers.astype(np.int32), within, classes=names, target="")
    return split_examples(len(rest), within)


def _check_folds(rests: Sequence[NDArray[np.int64]], classes: NDArray[np.int32], target: ClassNames) -> None:
    """See that each class is there whichever fold is held back."""
    problems = [
        Problem(
            "class-too-small",
            f"all examples of class `{target.names[number]}` are in fold {fold}, expected some to train on beside it",
            target.location,
            "add examples of it, or leave them out",
        )
        for fold, rest in enumerate(rests, start=1)
        for number in np.setdiff1d(classes, classes[rest]).tolist()
    ]
    if problems:
        raise DataError(*problems[:_SHOWN])
