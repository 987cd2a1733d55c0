"""Inputs that tell a target by themselves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from archcli.data.audit.leaks import find_tell_tales
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]
Told = Callable[..., list[tuple[str, str]]]
DRAWN = np.random.default_rng(0)


def test_input_that_is_the_target_is_found(column: Column, told: Told) -> None:
    """Number for number."""
    numbers = DRAWN.normal(size=40)

    found = told(find_tell_tales([column(numbers), column(numbers, name="t", role="target")]))

    assert found == [("input-tells-target", "column `a` is equal to `t` in the training examples")]


@pytest.mark.parametrize(("noise", "count"), [(1e-3, 1), (0.2, 0)])
def test_correlation_is_that_of_numpy(column: Column, told: Told, noise: float, count: int) -> None:
    """A line with little noise is found, in the other direction too; one with more noise is not."""
    numbers = DRAWN.normal(size=200).astype(np.float32)
    target = (5 - 3 * numbers + DRAWN.normal(size=200) * noise).astype(np.float32)

    found = told(find_tell_tales([column(numbers), column(target, name="t", role="target")]))

    correlation = np.corrcoef(numbers.astype(float), target.astype(float))[0, 1]
    expected = f"column `a` has a correlation of {correlation:.6g} with `t` in the training examples"
    assert found == [("input-tells-target", expected)] * count


def test_classes_with_ranges_of_their_own_are_found(column: Column, told: Told) -> None:
    """Where the ranges touch, nothing is told."""
    target = column(["p"] * 20 + ["q"] * 20, name="t", role="target")
    apart = column([*range(20), *range(20, 40)])
    mixed = column([*range(20), *range(19, 39)], name="b")

    assert told(find_tell_tales([apart, mixed, target])) == [
        ("input-tells-target", "column `a` has a range of its own for each class of `t` in the training examples")
    ]


def test_category_that_has_one_target_each_is_found(column: Column, told: Told) -> None:
    """One exception is enough to say nothing."""
    target = column([1.0, 2.0, 3.0] * 10, name="t", role="target")
    telling = column(["x", "y", "z"] * 10)
    other = column(["y", *["x", "y", "z"] * 9, "y", "z"], name="b")

    assert told(find_tell_tales([telling, other, target])) == [
        ("input-tells-target", "column `a` determines `t` in the training examples")
    ]


def test_logical_and_is_told_by_no_single_input(column: Column, told: Told) -> None:
    """Only both together tell."""
    first, second = column([0.0, 0.0, 1.0, 1.0] * 10), column([0.0, 1.0, 0.0, 1.0] * 10, name="b")
    target = column(["no", "no", "no", "yes"] * 10, name="t", role="target")

    assert told(find_tell_tales([first, second, target])) == []


def test_few_examples_tell_nothing(column: Column, told: Told) -> None:
    """With fewer than twenty it may be chance."""
    numbers = list(range(19))

    assert told(find_tell_tales([column(numbers), column(numbers, name="t", role="target")])) == []
