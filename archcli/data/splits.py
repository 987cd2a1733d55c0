"""Training, validation and test: which example goes where.

Written out rather than left to scikit-learn, whose stratified split refuses a class of which one example is left when
the second part is drawn, leaves a small class out of a small part, and may draw otherwise in its next release.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from archcli.errors import DataError, Problem
from archcli.recipe.recipe import Split

PartName = Literal["training", "validation", "test"]
PART_NAMES: Final[tuple[PartName, ...]] = ("training", "validation", "test")

Indices = NDArray[np.int64]

_SHOWN: Final = 5
_FEW: Final = 20
_TRAIN_ON_ALL: Final = "to train on all examples write `split: {validation: 0, test: 0}`"


def split_examples(examples: int, split: Split) -> Mapping[PartName, Indices]:
    """Divide examples at random, always in the same way for the same seed.

    Args:
        examples: How many there are.
        split: The shares, of all examples, and the seed; `stratify` does not matter.

    Returns:
        The example numbers (from 0) of each part, ascending, disjoint and together all; a part whose share is 0 is
        left out.

    Raises:
        DataError: A part would be empty.
    """
    counts = _count_parts(examples, split)
    _check_sizes(counts, split, 1)
    alike = _divide_by_rank(examples, counts, split.seed)
    return _divide(np.zeros(examples, np.int32), counts, split.seed) if alike is None else alike


def split_by_class(
    class_numbers: NDArray[np.int32], split: Split, *, classes: Sequence[str], target: str
) -> Mapping[PartName, Indices]:
    """Divide examples as `split_examples` does, each class in proportion and at least once in every part.

    Args:
        class_numbers: The class number of each example, `(examples,)`.
        split: The shares, of all examples, and the seed.
        classes: The labels in the order of their numbers.
        target: What the recipe calls them.

    Raises:
        DataError: A part would be smaller than the number of classes, or a class has fewer examples than there are
            parts.
    """
    counts = _count_parts(len(class_numbers), split)
    _check_classes(class_numbers, counts, split, classes, target)
    _check_sizes(counts, split, len(classes))
    return _divide(class_numbers, counts, split.seed)


def split_in_order(examples: int, split: Split, *, overlap: int) -> Mapping[PartName, Indices]:
    """Divide examples that follow each other in time: training first, then validation, then test.

    Args:
        examples: How many there are, in order.
        split: The shares, of all examples; seed and `stratify` do not matter.
        overlap: How many examples after it each shares something with. As many are left out before each border, so that
            nothing that is tested was seen.

    Raises:
        DataError: A part would be empty.
    """
    counts = _count_parts(examples, split)
    _check_sizes(counts, split, 1)
    parts: dict[PartName, Indices] = {}
    start = 0
    for name in PART_NAMES:
        if name in counts:
            stop = start + counts[name]
            parts[name] = np.arange(start, stop if stop == examples else stop - overlap)
            start = stop
    empty = [name for name, indices in parts.items() if not len(indices)]
    if empty:
        message = (
            f"{counts[empty[0]]} of {examples} examples for {empty[0]} all overlap with what follows, "
            f"expected more than {overlap}"
        )
        raise DataError(
            Problem("split-too-small", message, split.location, "change the shares, or take shorter windows")
        )
    return parts


def split_by_group(groups: Sequence[str], split: Split) -> Mapping[PartName, Indices]:
    """Divide examples at random so that all of a group are in the same part.

    Args:
        groups: The group of each example.
        split: The shares, of all examples, which are met as nearly as the groups allow, and the seed.

    Raises:
        DataError: There are fewer groups than parts.
    """
    counts = _count_parts(len(groups), split)
    names, numbers = np.unique(np.asarray(groups, np.object_), return_inverse=True)
    if len(names) < len(counts):
        message = f"`{split.group}` has {len(names)} groups, expected at least {len(counts)}: one for each part"
        raise DataError(Problem("split-too-small", message, split.location, "change the shares, or the column"))
    sizes = np.bincount(numbers)
    rest = np.argsort(np.random.PCG64(split.seed).random_raw(len(names)), kind="stable").tolist()
    given: dict[PartName, list[int]] = {}
    for position, name in enumerate(part for part in ("test", "validation") if part in counts):
        others = len(counts) - position - 1  # a group is left for each part that comes after
        given[name] = _take_groups(rest, sizes, counts[name], keep=others)
        rest = [group for group in rest if group not in given[name]]
    given["training"] = rest
    return {name: np.flatnonzero(np.isin(numbers, given[name])) for name in counts}


def _take_groups(groups: Sequence[int], sizes: NDArray[np.int64], count: int, *, keep: int) -> list[int]:
    """Take groups in order, at least one, as long as that brings their number nearer to `count`; leave `keep`."""
    taken: list[int] = []
    reached = 0
    for group in groups[: len(groups) - keep]:
        size = int(sizes[group])
        if taken and abs(reached + size - count) >= abs(reached - count):
            continue
        taken.append(group)
        reached += size
    return taken


def _count_parts(examples: int, split: Split) -> dict[PartName, int]:
    """Return how many examples each part gets whose share is not 0."""
    shares: dict[PartName, float] = {"validation": split.validation, "test": split.test}
    held_out: dict[PartName, int] = {
        name: math.floor(share * examples + 0.5) for name, share in shares.items() if share
    }
    return {"training": examples - sum(held_out.values()), **held_out}


def _divide(class_numbers: NDArray[np.int32], counts: Mapping[PartName, int], seed: int) -> Mapping[PartName, Indices]:
    # Of all that is random in NumPy only the raw stream of a bit generator is promised never to change.
    stream = np.random.PCG64(seed)
    rest = _order(stream.random_raw(len(class_numbers)))
    parts: dict[PartName, Indices] = {}
    for name in ("test", "validation"):
        if name in counts:
            taken = _take_in_proportion(class_numbers[rest], counts[name], stream)
            parts[name], rest = rest[taken], rest[~taken]
    parts["training"] = rest
    _spread_small_classes(parts, class_numbers)
    return {name: np.sort(parts[name]) for name in counts}


def _divide_by_rank(examples: int, counts: Mapping[PartName, int], seed: int) -> Mapping[PartName, Indices] | None:
    """Do what `_divide` does where all are of one class, without sorting; None where two numbers are equal."""
    numbers = np.random.PCG64(seed).random_raw(examples)
    parts: dict[PartName, Indices] = {}
    left, taken = np.ones(examples, np.bool_), 0
    for name in ("test", "validation"):
        if counts.get(name):
            taken += counts[name]
            is_in = left & (numbers <= np.partition(numbers, taken - 1)[taken - 1])
            parts[name] = np.flatnonzero(is_in)
            if len(parts[name]) != counts[name]:
                return None
            left &= ~is_in
    parts["training"] = np.flatnonzero(left)
    return {name: parts[name] for name in counts}


def _order(numbers: NDArray[np.uint64]) -> Indices:
    """Return the places of numbers in ascending order, equal ones in the order in which they come."""
    order: Indices = np.argsort(numbers)  # several times as fast as a stable sort, and the same where none are equal
    ordered = np.sort(numbers)
    return np.argsort(numbers, kind="stable") if (ordered[1:] == ordered[:-1]).any() else order


def _take_in_proportion(class_numbers: NDArray[np.int32], count: int, stream: np.random.PCG64) -> NDArray[np.bool_]:
    """Choose `count` examples, of each class its share rounded down or up, by the largest remainders."""
    sizes = np.bincount(class_numbers)
    quotas, remainders = np.divmod(sizes * count, len(class_numbers))
    equal_chance = stream.random_raw(len(sizes))
    quotas[np.lexsort((equal_chance, -remainders))[: count - quotas.sum()]] += 1
    by_class = np.argsort(class_numbers, kind="stable")
    place_in_class = np.arange(len(class_numbers)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    taken = np.zeros(len(class_numbers), np.bool_)
    taken[by_class] = place_in_class < np.repeat(quotas, sizes)
    return taken


def _spread_small_classes(parts: Mapping[PartName, Indices], class_numbers: NDArray[np.int32]) -> None:
    """Give every part an example of every class, by exchanges that leave the sizes as they are.

    A class can be so small that its share of a part is rounded to nothing. `parts` is changed.
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


def _check_sizes(counts: Mapping[PartName, int], split: Split, class_count: int) -> None:
    examples = sum(counts.values())
    expected = f"at least one of each of the {class_count} classes" if class_count > 1 else "at least one"
    problems = []
    for name, count in counts.items():
        if count >= class_count:
            continue
        found = f"the split leaves {max(0, count)} of {examples} examples for training"
        if name != "training":
            share = split.validation if name == "validation" else split.test
            found = f"a share of {share:g} of {examples} examples is {count} for {name}"
        hint = _TRAIN_ON_ALL if examples < _FEW else "change the shares"
        problems.append(Problem("split-too-small", f"{found}, expected {expected}", split.location, hint))
    if problems:
        raise DataError(*problems)


def _check_classes(
    class_numbers: NDArray[np.int32],
    counts: Mapping[PartName, int],
    split: Split,
    classes: Sequence[str],
    target: str,
) -> None:
    sizes = np.bincount(class_numbers, minlength=len(classes)).tolist()
    small = [number for number, size in enumerate(sizes) if size < len(counts)]
    if not small:
        return
    parts = " and ".join([", ".join(list(counts)[:-1]), list(counts)[-1]])
    hint = "add examples of it, leave them out, or write `stratify: false`"
    if len(small) == len(classes) > 2:
        hint = f"if `{target}` is a quantity, make it a `number`"
    elif len(class_numbers) < _FEW:
        hint = _TRAIN_ON_ALL
    problems = [
        Problem(
            "class-too-small",
            f"class `{classes[number]}` of `{target}` has {sizes[number]} example{'s' * (sizes[number] > 1)}, "
            f"expected at least {len(counts)}: one each for {parts}",
            split.location,
            hint,
        )
        for number in small[:_SHOWN]
    ]
    if len(small) > _SHOWN:
        problems.append(Problem("more-problems", f"{len(small) - _SHOWN} more classes of `{target}` are too small"))
    raise DataError(*problems)
