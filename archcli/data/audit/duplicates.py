"""Examples that are there twice: in one part, in two of them, or with different answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.finding import Finding, about_rows, count_of, quote_all
from archcli.data.audit.hashing import Hashes, combine, hash_examples
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable
from archcli.data.splits import PartName
from archcli.errors import Problem

_LEAKS: Final[tuple[tuple[PartName, PartName], ...]] = (
    ("training", "validation"),
    ("training", "test"),
    ("validation", "test"),
)


def find_duplicates(
    variables: Sequence[Variable], rows: Mapping[PartName, NDArray[np.int64]], names: RowNames
) -> Iterator[Finding]:
    """Find examples with the raw inputs of another one, compared exactly.

    Within a part: with the same targets, too, or with different ones. Between two parts: whatever the targets are.
    """
    inputs = [one for one in variables if one.role == "input"]
    targets = [one for one in variables if one.role == "target"]
    if not inputs:
        return
    parts = list(rows)
    given = hash_examples(inputs, parts)
    whole = given
    if targets:
        told = hash_examples(targets, parts)
        whole = {part: combine(given[part], told[part]) for part in parts}
    for part in parts:
        is_repeated, first = _find_repeated(whole[part])
        if len(first):
            yield _repeated(part, rows[part][is_repeated], rows[part][first], len(rows[part]), names)
    differing = rows["training"][_differ(given["training"], whole["training"])] if targets else rows["training"][:0]
    if len(differing):
        yield _differing(differing, [target.name for target in targets], names)
    for known, part in _LEAKS:
        if known in rows and part in rows:
            is_shared, like = _find_shared(given[part], given[known])
            if len(like):
                yield _leaked((known, part), rows[part][is_shared], rows[known][like], len(rows[part]), names)


def _find_repeated(hashes: Hashes) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Tell which examples are equal to one that comes before, and which is the first that each of them is equal to."""
    _, first, group = np.unique(hashes, return_index=True, return_inverse=True)
    is_repeated = np.ones(len(hashes), np.bool_)
    is_repeated[first] = False
    return is_repeated, first[group[is_repeated]]


def _find_shared(hashes: Hashes, known: Hashes) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Tell which examples are equal to one of `known`, and to which of them, the first if there are several."""
    different, first = np.unique(known, return_index=True)
    place = np.minimum(np.searchsorted(different, hashes), len(different) - 1)
    is_shared = different[place] == hashes
    return is_shared, first[place[is_shared]]


def _differ(given: Hashes, whole: Hashes) -> NDArray[np.bool_]:
    """Tell which examples have the inputs of another one whose targets are others."""
    _, group = np.unique(given, return_inverse=True)
    order = np.lexsort((whole, group))
    # In the order of groups, a group whose first and last examples differ holds different targets.
    sizes = np.bincount(group)
    last = np.cumsum(sizes) - 1
    ordered = whole[order]
    is_mixed = ordered[last - sizes + 1] != ordered[last]
    differing: NDArray[np.bool_] = is_mixed[group]
    return differing


def _repeated(
    part: PartName, rows: NDArray[np.int64], like: NDArray[np.int64], examples: int, names: RowNames
) -> Finding:
    is_one = len(rows) == 1
    message = (
        f"{len(rows):,} of {examples:,} {part} examples {'is' if is_one else 'are'} equal to an earlier one: "
        f"{names.list(rows, like=like)}"
    )
    hint = "if it was recorded twice, it counts twice: leave one out"
    if not is_one:
        hint = "if they were recorded twice, they count twice: leave all but one out"
    return about_rows(Problem("duplicate-examples", message, hint=hint), rows)


def _differing(rows: NDArray[np.int64], targets: Sequence[str], names: RowNames) -> Finding:
    message = (
        f"{count_of(len(rows), 'training example')} have the inputs of another one and a different "
        f"{quote_all(targets)}: {names.list(rows)}"
    )
    hint = "no model can be right on all of them: is a label wrong, or a column missing that tells them apart?"
    return about_rows(Problem("contradicting-examples", message, hint=hint), rows)


def _leaked(
    parts: tuple[PartName, PartName],
    rows: NDArray[np.int64],
    like: NDArray[np.int64],
    examples: int,
    names: RowNames,
) -> Finding:
    known, part = parts
    message = (
        f"{len(rows):,} of {examples:,} {part} examples {'has' if len(rows) == 1 else 'have'} the inputs of a {known} "
        f"example: {names.list(rows, like=like)}"
    )
    hint = (
        "the score is too good: leave doubles out, or keep what belongs together in one part by `split: {group: ...}`"
    )
    return about_rows(Problem("leak-between-parts", message, hint=hint), rows)
