"""Folds: each example tested once, classes shared out, groups kept together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcli.data.folds import ClassNames, split_folds
from archcli.errors import DataError, Location, Source
from archcli.recipe.recipe import Split

PLACE = Location(Source("recipe.yaml"), 5)


def folded(folds: int, **changes: Any) -> Split:
    """Return a split into folds, a tenth of all examples kept for validation."""
    return Split(0.1, 1 / folds, stratify=False, seed=0, location=PLACE, folds=folds, **changes)


def test_each_example_is_in_the_test_of_one_fold() -> None:
    """The folds' tests are disjoint and together all; each part has its share (Stone, 1974)."""
    parts = split_folds(folded(5), None, 103)

    assert sorted(np.concatenate([part["test"] for part in parts]).tolist()) == list(range(103))
    for part in parts:
        together = np.concatenate([part[name] for name in ("training", "validation", "test")])
        assert sorted(together.tolist()) == list(range(103))
        assert len(part["validation"]) == 10
        assert len(part["test"]) in (20, 21)


def test_folds_share_out_classes_and_keep_groups_together() -> None:
    """Each fold's test has its part of a rare class; no group is in two parts."""
    classes = np.repeat(np.arange(2, dtype=np.int32), (90, 10))
    parts = split_folds(folded(5), classes, 100)
    tests = [np.bincount(classes[part["test"]]) for part in parts]
    validations = [np.bincount(classes[part["validation"]]) for part in parts]
    groups = [f"building {number // 4}" for number in range(100)]
    by_group = split_folds(folded(5, group="building"), groups, 100)[1]

    assert [count.tolist() for count in tests] == [[18, 2]] * 5
    assert [count.tolist() for count in validations] == [[9, 1]] * 5
    kept = [{groups[row] for row in by_group[name]} for name in ("training", "validation", "test")]
    assert sum(map(len, kept)) == len(set.union(*kept)) == 25


def test_a_class_that_is_in_one_fold_alone(shown: Callable[..., str]) -> None:
    """It is said before the first is trained: the one that holds it back could not be."""
    classes = np.array([0, 1] * 10 + [2], np.int32)

    target = ClassNames(("a", "b", "c"))

    assert shown(DataError, split_folds, folded(3), classes, 21, target=target) == (
        "error[class-too-small]: all examples of class `c` are in fold 1, expected some to train on beside it\n"
        "hint: add examples of it, or leave them out\n"
    )


def test_fewer_groups_than_folds_are_refused() -> None:
    """Three groups cannot make five folds; the message counts them."""
    with pytest.raises(DataError) as stopped:
        split_folds(folded(5, group="building"), ["a", "b", "c"] * 10, 30)

    (problem,) = stopped.value.problems
    assert (problem.code, problem.message) == (
        "split-too-small",
        "there are 3 groups in `building`, expected at least 5: one for each fold",
    )
