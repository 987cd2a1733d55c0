"""Splits: disjoint, whole, stable, in proportion."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

from archcli.data.splits import split_by_class, split_by_group, split_examples, split_in_order
from archcli.errors import DataError, Location, Source
from archcli.recipe.recipe import Split

Shown = Callable[..., str]

PLACE = Location(Source("recipe.yaml"), 5)


def make_split(validation: float, test: float, seed: int = 0, *, stratify: bool = True) -> Split:
    """Return a split at line 5 of the recipe."""
    return Split(validation, test, stratify, seed, PLACE)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("validation", "test"), [(0.1, 0.2), (0, 0.5), (0.25, 0), (0, 0)])
def test_parts_are_disjoint_and_whole(seed: int, validation: float, test: float) -> None:
    """Every example is in one part, in ascending order, and the sizes are the shares of all examples."""
    class_numbers = np.random.default_rng(seed).integers(0, 4, 103).astype(np.int32)

    for parts in (
        split_examples(103, make_split(validation, test, seed)),
        split_by_class(class_numbers, make_split(validation, test, seed), classes="abcd", target="kind"),
    ):
        assert list(parts) == [
            name for name, share in zip(("training", "validation", "test"), (1, validation, test), strict=True) if share
        ]
        np.testing.assert_array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(103))
        for name, share in (("validation", validation), ("test", test)):
            assert len(parts.get(name, ())) == round(share * 103)  # type: ignore[call-overload]
        assert all((np.diff(indices) > 0).all() for indices in parts.values())


@pytest.mark.parametrize("seed", range(6))
def test_each_class_is_shared_out_in_proportion(seed: int) -> None:
    """No count is a whole example away from its exact share, but for classes that are rarer than parts."""
    class_numbers = np.random.default_rng(seed).choice(3, 500, p=[0.7, 0.2, 0.1]).astype(np.int32)
    sizes = np.bincount(class_numbers)

    parts = split_by_class(class_numbers, make_split(0.15, 0.25, seed), classes="abc", target="kind")

    test = np.bincount(class_numbers[parts["test"]], minlength=3)
    assert (np.abs(test - sizes * 0.25) < 1).all()
    validation = np.bincount(class_numbers[parts["validation"]], minlength=3)
    assert (np.abs(validation - sizes * 0.15) < 1.5).all()  # rounded twice


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("validation", "test"), [(0.05, 0.05), (0.1, 0.2), (0.3, 0.6)])
def test_a_class_with_one_example_for_each_part_is_in_every_part(seed: int, validation: float, test: float) -> None:
    """Its share rounds to nothing, and scikit-learn would leave it out or refuse."""
    class_numbers = np.array([0] * 94 + [1] * 3 + [2] * 3, np.int32)

    parts = split_by_class(class_numbers, make_split(validation, test, seed), classes="abc", target="kind")

    for name, share in (("validation", validation), ("test", test)):
        assert len(parts[name]) == round(100 * share)  # type: ignore[index]
    for indices in parts.values():
        assert (np.bincount(class_numbers[indices], minlength=3) > 0).all()


def test_the_seed_decides() -> None:
    """The same seed gives the same parts, another seed others."""
    first, again = (split_examples(100, make_split(0.1, 0.2, 7)) for _ in range(2))
    other = split_examples(100, make_split(0.1, 0.2, 8))

    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert not np.array_equal(first["test"], other["test"])


def test_the_split_of_a_seed_never_changes() -> None:
    """Runs of older versions must be reproduced: the order is that of PCG64's first raw numbers."""
    order = np.argsort(np.random.PCG64(0).random_raw(10))

    parts = split_examples(10, make_split(0.2, 0.3, stratify=False))

    np.testing.assert_array_equal(parts["test"], np.sort(order[:3]))
    np.testing.assert_array_equal(parts["validation"], np.sort(order[3:5]))
    np.testing.assert_array_equal(parts["training"], np.sort(order[5:]))
    assert parts["test"].tolist() == [1, 2, 3]


@pytest.mark.parametrize("kinds", [2**60, 3])
def test_examples_are_shared_out_by_the_rank_of_their_numbers(kinds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lowest are the test, those after them the validation; of equal numbers the first comes first."""
    numbers = np.random.default_rng(0).integers(0, kinds, 1000, np.uint64)
    monkeypatch.setattr(
        "numpy.random.PCG64", lambda _: SimpleNamespace(random_raw=lambda count: numbers[:count].copy())
    )
    order = np.argsort(numbers, kind="stable")

    parts = split_examples(1000, make_split(0.1, 0.25))

    np.testing.assert_array_equal(parts["test"], np.sort(order[:250]))
    np.testing.assert_array_equal(parts["validation"], np.sort(order[250:350]))
    np.testing.assert_array_equal(parts["training"], np.sort(order[350:]))


def test_every_example_is_as_likely_in_the_test_part() -> None:
    """Over many seeds each example is tested on about as often as its share says."""
    counts = np.zeros(20)
    for seed in range(500):
        counts[split_examples(20, make_split(0.25, 0.25, seed))["test"]] += 1

    assert (np.abs(counts - 125) < 45).all()  # 4.6 standard deviations of a binomial


def test_a_share_that_is_less_than_an_example(shown: Shown) -> None:
    """Four examples cannot be shared out."""
    assert shown(DataError, split_examples, 4, make_split(0.1, 0.5)) == (
        """\
error[split-too-small]: a share of 0.1 of 4 examples is 0 for validation, expected at least one
 --> recipe.yaml:5:1
hint: to train on all examples write `split: {validation: 0, test: 0}`
"""
    )


def test_shares_that_leave_nothing_to_train_on(shown: Shown) -> None:
    """Shares below 1 may round to everything."""
    assert shown(DataError, split_examples, 30, make_split(0.49, 0.5)) == (
        """\
error[split-too-small]: the split leaves 0 of 30 examples for training, expected at least one
 --> recipe.yaml:5:1
hint: change the shares
"""
    )


def test_a_part_smaller_than_the_number_of_classes(shown: Shown) -> None:
    """Not every class can be in it."""
    class_numbers = np.repeat(np.arange(10, dtype=np.int32), 10)

    assert shown(
        DataError, split_by_class, class_numbers, make_split(0.05, 0.2), classes="0123456789", target="digit"
    ) == (
        """\
error[split-too-small]: a share of 0.05 of 100 examples is 5 for validation, expected at least one of each of \
the 10 classes
 --> recipe.yaml:5:1
hint: change the shares
"""
    )


def test_a_class_with_fewer_examples_than_parts(shown: Shown) -> None:
    """The class and its size are named."""
    class_numbers = np.array([0] * 30 + [1] + [2] * 2, np.int32)

    assert shown(
        DataError, split_by_class, class_numbers, make_split(0.2, 0.2), classes=("x", "y", "z"), target="kind"
    ) == (
        """\
error[class-too-small]: class `y` of `kind` has 1 example, expected at least 3: one each for training, \
validation and test
 --> recipe.yaml:5:1
hint: add examples of it, leave them out, or write `stratify: false`

error[class-too-small]: class `z` of `kind` has 2 examples, expected at least 3: one each for training, \
validation and test
 --> recipe.yaml:5:1
hint: add examples of it, leave them out, or write `stratify: false`
"""
    )


def test_a_quantity_taken_for_a_category(shown: Shown) -> None:
    """Where every class is too small, the target is likely a number."""
    class_numbers = np.arange(40, dtype=np.int32)
    classes = [str(number) for number in range(40)]

    text = shown(DataError, split_by_class, class_numbers, make_split(0, 0.2), classes=classes, target="price")

    assert text.startswith(
        """\
error[class-too-small]: class `0` of `price` has 1 example, expected at least 2: one each for training and test
 --> recipe.yaml:5:1
hint: if `price` is a quantity, make it a `number`
"""
    )
    assert text.endswith("error[more-problems]: 35 more classes of `price` are too small\n")


@pytest.mark.parametrize("overlap", [0, 1, 7])
def test_examples_in_order_are_cut_in_order(overlap: int) -> None:
    """Training first, test last; before each border as many are left out as share something with what follows."""
    parts = split_in_order(100, make_split(0.2, 0.3), overlap=overlap)

    assert {name: (int(part[0]), int(part[-1])) for name, part in parts.items()} == {
        "training": (0, 49 - overlap),
        "validation": (50, 69 - overlap),
        "test": (70, 99),
    }


def test_without_other_parts_nothing_is_left_out() -> None:
    """There is no border."""
    parts = split_in_order(10, make_split(0, 0), overlap=5)

    np.testing.assert_array_equal(parts["training"], np.arange(10))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("validation", "test"), [(0.1, 0.2), (0, 0.5), (0.25, 0), (0, 0)])
def test_a_group_stays_together(seed: int, validation: float, test: float) -> None:
    """Every example is in one part, and the shares are met as nearly as the groups allow."""
    groups = [f"g{number}" for number in np.random.default_rng(seed).integers(0, 60, 400)]

    parts = split_by_group(groups, make_split(validation, test, seed))

    np.testing.assert_array_equal(np.sort(np.concatenate(list(parts.values()))), np.arange(400))
    names = [{groups[index] for index in part} for part in parts.values()]
    assert sum(map(len, names)) == len(set(groups))
    largest = max(groups.count(name) for name in set(groups))
    for name, share in (("validation", validation), ("test", test)):
        assert abs(len(parts.get(name, ())) - share * 400) <= largest  # type: ignore[call-overload]


def test_every_part_gets_a_group() -> None:
    """However large the groups are."""
    parts = split_by_group(["a"] * 90 + ["b"] * 5 + ["c"] * 5, make_split(0.1, 0.2))

    assert {name: len(part) > 0 for name, part in parts.items()} == dict.fromkeys(
        ("training", "validation", "test"), True
    )
