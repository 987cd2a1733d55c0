"""How many examples have each class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archcli.data.audit.shares import count_classes, find_rare_classes, find_small_parts
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]
Told = Callable[..., list[tuple[str, str]]]


def test_classes_are_counted_in_each_part(column: Column) -> None:
    """Shares are of the part."""
    kind = column(["x", "y", "x", "x"], role="target", test=["y", "y"])

    balance = count_classes(kind)

    assert balance.counts == {"training": (3, 1), "test": (0, 2)}
    assert (balance.share("training", 0), balance.share("test", 0), balance.share("test", 1)) == (0.75, 0, 1)


def test_labels_of_several_are_counted_by_examples() -> None:
    """An example may have two, so that shares sum to more than 1."""
    flags: Any = {"training": np.array([[1, 1], [1, 0], [0, 0], [1, 0]])}
    balance = count_classes(Variable("a", "a", "target", "multilabel", "flags", (2,), flags, ("x", "y")))

    assert balance.counts == {"training": (3, 1)}
    assert balance.share("training", 0) == 0.75


def test_rare_and_absent_classes_are_named(column: Column, told: Told) -> None:
    """Four examples are few, whatever the share; a class that a part lacks is told of the part."""
    kind = column(["x"] * 30 + ["y"] * 30 + ["z"] * 4, name="kind", role="target", test=["x", "y"])

    assert told(find_rare_classes(count_classes(kind))) == [
        ("rare-class", "one class is rare among 64 training labels of `kind`: `z` (4)"),
        ("class-absent", "no test example of `kind` has the class `z`"),
    ]


def test_class_with_a_tenth_of_its_share_is_rare(column: Column, told: Told) -> None:
    """Of two classes each would have half: 49 of 1,000 are fewer than a tenth of that, 51 are not."""
    few = column(["x"] * 951 + ["y"] * 49, role="target")
    enough = column(["x"] * 949 + ["y"] * 51, role="target")

    assert told(find_rare_classes(count_classes(few))) == [
        ("rare-class", "one class is rare among 1,000 training labels of `a`: `y` (49)")
    ]
    assert told(find_rare_classes(count_classes(enough))) == []


def test_part_of_few_examples_is_found(told: Told) -> None:
    """Nine are few; training may have as few as it likes."""
    assert told(find_small_parts({"training": 4, "validation": 9, "test": 10})) == [
        ("small-part", "the validation part has 9 examples, and a score of so few says next to nothing")
    ]
