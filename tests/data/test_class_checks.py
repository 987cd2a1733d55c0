"""Classes that are absent from a part: refused, told with their counts, and allowed where the recipe says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset
from archcli.errors import DataError

Load = Callable[..., Dataset]
Shown = Callable[..., str]

LATE = "a,b,kind\n" + "".join(f"{row},0,{'x' if row % 2 or row == 19 else 'y'}\n" for row in range(20))
RARE = "a,b,kind\n" + "".join(f"{row},0,{'z' if row == 1 else 'xy'[row % 2]}\n" for row in range(20))
ALLOWING = "or write `split: {absent_classes: allow}`"


def test_class_that_no_test_example_has_is_named_with_its_counts(load: Load, shown: Shown) -> None:
    """The order of time puts the last example, which is of one class, into the test."""
    assert shown(DataError, load, LATE, test=0.05, time=True) == (
        """\
error[class-absent]: class `y` of `kind` has no example in the test part (training 10, test 0)
 --> recipe.yaml:5:1
hint: keep larger parts, join it with another class, or write `split: {absent_classes: allow}`: the order of time decides the rest
"""  # noqa: E501 -- as it is shown
    )


def test_class_that_two_parts_lack_is_one_problem(load: Load, shown: Shown) -> None:
    """It names both; a class with fewer examples than there are parts cannot be in all of them."""
    assert shown(DataError, load, RARE, validation=0.2, test=0.2, time=True) == (
        """\
error[class-absent]: class `z` of `kind` has no example in the validation and the test part (training 1, validation 0, test 0)
 --> recipe.yaml:5:1
hint: add examples of it, join it with another class, leave it out, or write `split: {absent_classes: allow}`
"""  # noqa: E501 -- as it is shown
    )


@pytest.mark.parametrize(
    ("split", "hint"),
    [
        (
            {"test": 0.05},
            f"give every part its share of each class by `stratify: true`, keep larger parts, {ALLOWING}",
        ),
        (
            {"test": 0.05, "group": "a"},
            f"keep larger parts, split with another `seed`, join it with another class, {ALLOWING}",
        ),
    ],
)
def test_hint_is_about_the_way_of_dividing(load: Load, shown: Shown, split: dict[str, Any], hint: str) -> None:
    """What mends a random split does not mend one by group."""
    lines = shown(DataError, load, LATE, **split).splitlines()

    assert lines[0].startswith("error[class-absent]: class ")
    assert lines[-1] == f"hint: {hint}"


def test_split_may_allow_it(load: Load) -> None:
    """The class is trained, and is measured nowhere."""
    dataset = load(LATE, test=0.05, time=True, absent_classes="allow")

    assert dataset.describe()["classes"] == {"kind": {"training": {"x": 9, "y": 10}, "test": {"x": 1, "y": 0}}}


def test_folds_are_looked_at_before_the_first_is_trained(load: Load, shown: Shown) -> None:
    """A class of two examples is in the test of two of three folds, whichever fold is asked for."""
    content = "a,b,kind\n" + "".join(f"{row},0,{'z' if row < 2 else 'xy'[row % 2]}\n" for row in range(30))

    said = [shown(DataError, load, content, folds=3, fold=fold, test=1 / 3, seed=1) for fold in (None, 1, 2, 3)]

    assert set(said) == {said[0]}
    assert said[0] == (
        """\
error[class-absent]: class `z` of `kind` has no example in the test part of fold 1 (all folds 2)
 --> recipe.yaml:5:1
hint: add examples of it, join it with another class, leave it out, or write `split: {absent_classes: allow}`
"""
    )


def test_labels_at_each_step_are_looked_for_too(load: Load, shown: Shown) -> None:
    """A class that is at no step of any sequence of the test is not measured; -1 is no label."""
    labels = np.zeros((10, 4), np.int64)
    labels[:8, 1], labels[:, 3] = 1, -1

    assert shown(DataError, load, {"x": np.zeros((10, 4, 1)), "kind": labels}, test=0.2, time=True) == (
        """\
error[class-absent]: class `1` of `kind` has no label in the test part (training 8, test 0)
 --> recipe.yaml:5:1
hint: keep larger parts, join it with another class, or write `split: {absent_classes: allow}`: the order of time decides the rest
"""  # noqa: E501 -- as it is shown
    )


def test_many_absent_classes_are_counted(load: Load, shown: Shown) -> None:
    """Five are shown."""
    content = "a,b,kind\n" + "".join(f"{row},0,class {row}\n" for row in range(8)) + "8,0,class 0\n"

    said = shown(DataError, load, content, test=0.1, time=True)

    assert said.count("error[class-absent]") == 5
    assert said.splitlines()[-1] == "error[more-problems]: 2 more classes of `kind` are absent from a part"


def test_several_labels_an_example_may_lack_one(load: Load) -> None:
    """Each label of a multilabel is a question of its own, and rare ones are the rule."""
    content = "a,b,kind\n" + "1,0,x\n1,0,y\n" * 5 + "1,0,x\n"

    dataset = load(content, targets={"kind": ("multilabel", {})}, test=0.1, time=True)

    assert dataset.describe()["classes"]["kind"]["test"] == {"x": 1, "y": 0}
