"""Random numbers: NumPy's own stream, and the distributions that they are said to have."""

from __future__ import annotations

from itertools import islice

import numpy as np

from archcli.data.sources.tasks.draws import Draws
from archcli.data.splits import split_examples
from archcli.errors import Location, Source
from archcli.recipe.recipe import Split


def test_uniform_numbers_are_those_of_numpys_generator() -> None:
    """`Generator.random` makes a float of the upper 53 bits, too."""
    expected = np.random.Generator(np.random.PCG64([5, 1])).random((3, 4))

    np.testing.assert_array_equal(Draws(5).uniform(0, 1, 3, 4), expected)


def test_what_is_drawn_does_not_decide_who_is_tested() -> None:
    """The same seed divides the examples at random, whatever was drawn first for each of them."""
    drawn = Draws(0).uniform(0, 1, 1000)

    test = split_examples(1000, Split(0, 0.5, stratify=False, seed=0, location=Location(Source("recipe.yaml"), 1)))[
        "test"
    ]

    assert abs(drawn[test].mean() - drawn.mean()) < 0.03


def test_uniform_numbers_stay_within_their_bounds() -> None:
    """The mean of many is the middle, the variance a twelfth of the width squared."""
    drawn = Draws(0).uniform(-1, 3, 100_000)

    assert drawn.min() >= -1
    assert drawn.max() < 3
    np.testing.assert_allclose([drawn.mean(), drawn.var()], [1, 16 / 12], atol=0.02)


def test_whole_numbers_are_equally_likely() -> None:
    """All below the bound, and none else."""
    counts = np.bincount(Draws(0).below(7, 70_000))

    assert len(counts) == 7
    assert abs(counts - 10_000).max() < 400


def test_each_whole_number_may_have_a_bound_of_its_own() -> None:
    """Below one there is only zero."""
    np.testing.assert_array_equal(Draws(0).below(np.array([1, 1, 1]), 3), [0, 0, 0])


def test_normal_numbers_are_normal() -> None:
    """Mean, deviation, skewness, kurtosis, and the share within one deviation."""
    drawn = Draws(0).normal(200_000)

    moments = [np.mean(drawn**power) for power in (1, 2, 3, 4)]
    np.testing.assert_allclose(moments, [0, 1, 0, 3], atol=0.05)
    assert abs(np.mean(abs(drawn) < 1) - 0.6827) < 0.005


def test_coins_are_fair_and_never_end() -> None:
    """More than one drawing's worth."""
    coins = list(islice(Draws(0).coins(), 10_000))

    assert set(coins) == {0, 1}
    assert abs(np.mean(coins) - 0.5) < 0.02
