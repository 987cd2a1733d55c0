"""Whether the classes of the targets can be learned and measured: two at least, and each of them in every part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.dividing import Divided
from archcli.data.splits import PartName
from archcli.data.table import TargetValues
from archcli.errors import DataError, Problem
from archcli.recipe.facts import Facts, TargetFacts
from archcli.recipe.recipe import Data

_SHOWN: Final = 5
_ALLOW: Final = "or write `split: {absent_classes: allow}`"


def check_class_counts(data: Data, targets: Mapping[str, TargetValues]) -> None:
    """See that there is something to tell apart.

    Raises:
        DataError: All examples are of one class, or there are fewer than two labels.
    """
    problems = [
        Problem(
            "one-class-only",
            f"every example of `{name}` is of the class `{target.classes[0]}`, expected at least two classes",
            data.targets[name].location,
            "add examples of another class, or see whether this is the column that was meant",
        )
        for name, target in targets.items()
        if len(target.classes) == 1 and data.targets[name].name != "multilabel"
    ]
    problems += [
        Problem(
            "one-class-only",
            f"`{name}` has {len(target.classes)} different label{'s' * (not target.classes)}, expected at least two",
            data.targets[name].location,
            "is `separator` right? what has one label an example is a `category`",
        )
        for name, target in targets.items()
        if len(target.classes) < 2 and data.targets[name].name == "multilabel"
    ]
    if problems:
        raise DataError(*problems)


def find_absent_from_training(data: Data, facts: Facts) -> Iterator[Problem]:
    """Find classes that could never be answered: no example that is trained on has them."""
    for name, target in facts.targets.items():
        if target.kind in ("category", "multilabel") and target.shift_of is None:
            for label, count in zip(target.classes, target.class_counts, strict=True):
                if not count:
                    message = f"class `{label}` of `{name}` has no example in the training part"
                    yield Problem(
                        "class-absent-from-training", message, data.targets[name].location, _training_hint(data, target)
                    )


def find_absent_from_parts(data: Data, targets: Mapping[str, TargetValues], divided: Divided) -> Iterator[Problem]:
    """Find classes that are trained and not measured: no example of validation, or of the test, has them.

    Args:
        data: The recipe's section; a split that allows it has no such problems.
        targets: Those that are read from columns; only categories are looked at, of one label or of one at each step.
        divided: The parts; of folds those of all, so that it is known before the first is trained.
    """
    if data.split.absent_classes == "allow":
        return
    for name, target in targets.items():
        if data.targets[name].name != "category":
            continue
        counts = [
            {part: _count(target.values[rows], len(target.classes)) for part, rows in parts.items()}
            for parts in divided
        ]
        problems = list(_find_absent(data, name, target, counts))
        yield from problems[:_SHOWN]
        if len(problems) > _SHOWN:
            message = f"{len(problems) - _SHOWN} more classes of `{name}` are absent from a part"
            yield Problem("more-problems", message)


def _find_absent(
    data: Data, name: str, target: TargetValues, counts: Sequence[Mapping[PartName, NDArray[np.int64]]]
) -> Iterator[Problem]:
    for number, label in enumerate(target.classes):
        absent: list[tuple[PartName, int]] = [
            (part, fold)
            for part in ("validation", "test")
            for fold, found in enumerate(counts, start=1)
            if part in found and found["training"][number] and not found[part][number]
        ]
        if not absent:
            continue
        found = counts[absent[0][1] - 1]
        total = sum(int(of_part[number]) for of_part in found.values())
        told = ", ".join(f"{part} {of_part[number]:,}" for part, of_part in found.items())
        if data.split.folds is not None:
            told = f"all folds {total:,}"
        what = "example" if target.values.ndim == 1 else "label"
        message = f"class `{label}` of `{name}` has no {what} in {_name_parts(data, absent)} ({told})"
        is_too_rare = total < (data.split.folds or len(found)) and target.values.ndim == 1
        yield Problem("class-absent", message, data.split.location, _part_hint(data, target, is_too_rare=is_too_rare))


def _name_parts(data: Data, absent: Sequence[tuple[PartName, int]]) -> str:
    if data.split.folds is None:
        return f"the {' and the '.join(part for part, _ in absent)} part"
    told = []
    for part, places in groupby(absent, key=lambda place: place[0]):
        folds = [str(fold) for _, fold in places]
        listed = " and ".join([", ".join(folds[:-1]), folds[-1]] if len(folds) > 1 else folds)
        told.append(f"the {part} part of fold{'s' * (len(folds) > 1)} {listed}")
    return ", and ".join(told)


def _count(numbers: NDArray[np.generic], classes: int) -> NDArray[np.int64]:
    """Count the labels of each class; what has no label has a negative number."""
    flat = numbers.astype(np.int64, copy=False).ravel()
    return np.bincount(flat[flat >= 0], minlength=classes)


def _training_hint(data: Data, target: TargetFacts) -> str:
    if data.split.time:
        return "keep fewer examples out of it, or leave out those of that class: the order of time decides the rest"
    if data.split.group is not None or target.shape:
        return "split with another `seed`, or keep fewer examples out of it"
    return "give every part its share of each class by `stratify: true`, or split with another `seed`"


def _part_hint(data: Data, target: TargetValues, *, is_too_rare: bool) -> str:
    if is_too_rare:
        return f"add examples of it, join it with another class, leave it out, {_ALLOW}"
    if data.split.folds is not None:
        return f"take fewer `folds`, join it with another class, {_ALLOW}"
    if data.split.time:
        return f"keep larger parts, join it with another class, {_ALLOW}: the order of time decides the rest"
    if data.split.group is None and not data.split.stratify and target.values.ndim == 1:
        return f"give every part its share of each class by `stratify: true`, keep larger parts, {_ALLOW}"
    return f"keep larger parts, split with another `seed`, join it with another class, {_ALLOW}"
