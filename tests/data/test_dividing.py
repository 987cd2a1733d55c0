"""The way in which examples are divided, by what the recipe says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcli.data.dividing import divide_examples
from archcli.data.table import TargetValues
from archcli.errors import RecipeError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]

NUMBER = {"y": TargetValues(np.arange(12, dtype=np.float32))}
KIND = {"y": TargetValues(np.arange(12, dtype=np.int32) % 3, ("a", "b", "c"))}
STEPS = {"y": TargetValues(np.zeros((12, 2), np.int32), ("a", "b"))}


def divide(section: Section, targets: dict[str, TargetValues], **options: Any) -> tuple[dict[str, list[int]], ...]:
    """Divide twelve examples of one target."""
    groups, overlap = options.pop("groups", None), options.pop("overlap", 0)
    kind = "category" if targets["y"].classes else "number"
    data = section("csv", {"path": "a.csv"}, {"x": ("numeric", {})}, {"y": (kind, {})}, **options)
    divided = divide_examples(data, targets, 12, groups=groups, overlap=overlap)
    return tuple({name: rows.tolist() for name, rows in parts.items()} for parts in divided)


def test_order_of_time_leaves_out_what_overlaps(section: Section) -> None:
    """The last of training shares a value with the first of the test."""
    (parts,) = divide(section, NUMBER, test=0.25, time=True, overlap=1)

    assert parts == {"training": [*range(8)], "test": [9, 10, 11]}


def test_groups_stay_together(section: Section) -> None:
    """Each letter is in one part."""
    groups = list("aaaabbbbcccc")

    (parts,) = divide(section, NUMBER, test=0.25, group="letter", groups=groups)

    assert not {groups[row] for row in parts["training"]} & {groups[row] for row in parts["test"]}


def test_classes_are_shared_out(section: Section) -> None:
    """One of each in the test; labels at each step are no class of an example, and divide nothing."""
    (parts,) = divide(section, KIND, test=0.25, stratify=True)
    (by_steps,) = divide(section, STEPS, test=0.25, stratify=True)

    assert sorted(row % 3 for row in parts["test"]) == [0, 1, 2]
    assert len(by_steps["test"]) == 3


def test_folds_are_all_there(section: Section) -> None:
    """Whichever is asked for: what is wrong with one is told before any is trained."""
    divided = divide(section, KIND, test=1 / 3, folds=3, fold=2, stratify=True)

    assert len(divided) == 3
    assert sorted(row for parts in divided for row in parts["test"]) == [*range(12)]


def test_numbers_have_no_classes_to_share_out(section: Section) -> None:
    """The recipe is wrong, not the data."""
    with pytest.raises(RecipeError) as raised:
        divide(section, NUMBER, test=0.25, stratify=True)

    assert raised.value.problems[0].code == "cannot-stratify"
