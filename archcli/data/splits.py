"""Training, validation and test: which example goes where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from archcli.errors import DataError, Problem
from archcli.recipe.recipe import Split

PartName = Literal["training", "validation", "test"]
PART_NAMES: Final[tuple[PartName, ...]] = ("training", "validation", "test")

Indices = NDArray[np.int64]

_SHOWN: Final = 5


def split_examples(
    examples: int,
    split: Split,
    *,
    classes: Sequence[str] = (),
    class_numbers: NDArray[np.int32] | None = None,
    target: str = "",
) -> Mapping[PartName, Indices]:
    """Divide examples at random, always in the same way for the same seed.

    Args:
        examples: How many there are.
        split: The shares, of all examples, and the seed.
        classes: The labels, where every part is to get the same share of each class.
        class_numbers: The class number of each example, `(examples,)`; None: do not look at classes.
        target: The name of the target that the classes are of.

    Returns:
        The example numbers (from 0) of each part, ascending, disjoint and together all; a part whose share is 0 is
        left out.

    Raises:
        DataError: A part would be empty, or a class has too few examples to be in every part.
    """
    counts: dict[PartName, int] = {"training": 0, "validation": 0, "test": 0}
    counts["validation"] = math.floor(split.validation * examples + 0.5)
    counts["test"] = math.floor(split.test * examples + 0.5)
    counts["training"] = examples - counts["validation"] - counts["test"]
    shares = {"training": 1.0, "validation": split.validation, "test": split.test}
    wanted = [name for name in PART_NAMES if shares[name] > 0]
    _check_sizes(counts, wanted, split, classes)
    if class_numbers is not None:
        _check_classes(class_numbers, classes, wanted, split, target)
    rest: Indices = np.arange(examples)
    parts: dict[PartName, Indices] = {}
    for name in wanted[1:]:
        strata = None if class_numbers is None else class_numbers[rest]
        rest, parts[name] = train_test_split(rest, test_size=counts[name], stratify=strata, random_state=split.seed)
    parts["training"] = rest
    if class_numbers is not None:
        _spread_small_classes(parts, class_numbers)
    return {name: np.sort(parts[name]) for name in wanted}


def _check_sizes(
    counts: Mapping[PartName, int], wanted: Sequence[PartName], split: Split, classes: Sequence[str]
) -> None:
    examples = sum(counts.values())
    problems = []
    for name in wanted:
        if counts[name] >= max(1, len(classes)):
            continue
        if name == "training":
            found = f"the split leaves {max(0, counts[name])} of {examples} examples for training"
        else:
            share = split.validation if name == "validation" else split.test
            found = f"a share of {share:g} of {examples} examples is {counts[name]} for {name}"
        expected = f"at least one of each of the {len(classes)} classes" if classes else "at least one"
        hint = (
            "split with `validation: 0` and `test: 0` to train on all examples"
            if examples < 20
            else "change the shares"
        )
        problems.append(Problem("split-too-small", f"{found}, expected {expected}", split.location, hint))
    if problems:
        raise DataError(*problems)


def _check_classes(
    class_numbers: NDArray[np.int32], classes: Sequence[str], wanted: Sequence[PartName], split: Split, target: str
) -> None:
    sizes = np.bincount(class_numbers, minlength=len(classes))
    small = [index for index in range(len(classes)) if sizes[index] < len(wanted)]
    if not small:
        return
    parts = " and ".join([", ".join(wanted[:-1]), wanted[-1]])
    problems = [
        Problem(
            "class-too-small",
            f"class `{classes[index]}` of `{target}` has {sizes[index]} "
            f"example{'s' if sizes[index] > 1 else ''}, expected at least {len(wanted)}: one each for {parts}",
            split.location,
            f"if `{target}` is a quantity, make it a `number`"
            if len(small) == len(classes) and len(classes) > 2
            else "add examples of it, leave them out, or write `stratify: false`",
        )
        for index in small[:_SHOWN]
    ]
    if len(small) > _SHOWN:
        problems.append(Problem("more-problems", f"{len(small) - _SHOWN} more classes of `{target}` are too small"))
    raise DataError(*problems)


def _spread_small_classes(parts: dict[PartName, Indices], class_numbers: NDArray[np.int32]) -> None:
    """Give every part an example of every class, by exchanges that leave the sizes as they are.

    scikit-learn rounds a small class down to nothing in a small part.
    """
    class_count = int(class_numbers.max()) + 1
    sizes = {name: np.bincount(class_numbers[indices], minlength=class_count) for name, indices in parts.items()}
    for name, indices in parts.items():
        for missing in np.flatnonzero(sizes[name] == 0).tolist():
            giver = _part_with_most(sizes, missing)
            plenty = int(np.argmax(sizes[name]))
            given = np.flatnonzero(class_numbers[parts[giver]] == missing)[0]
            taken = np.flatnonzero(class_numbers[indices] == plenty)[0]
            parts[giver][given], indices[taken] = indices[taken], parts[giver][given]
            for part, sign in ((name, 1), (giver, -1)):
                sizes[part][missing] += sign
                sizes[part][plenty] -= sign


def _part_with_most(sizes: Mapping[PartName, NDArray[np.int64]], class_number: int) -> PartName:
    return max(sizes, key=lambda name: int(sizes[name][class_number]))
