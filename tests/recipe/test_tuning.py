"""How trials are drawn."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from archcli.recipe.tuning import Choice, Dimension, Range, Setting, Tuning, draw_trials


def _values(dimension: Dimension, count: int, seed: int = 0) -> list[float]:
    trials = islice(draw_trials(Tuning(count, seed, (dimension,))), count)
    return [float(str(settings[0].value)) for settings in trials]


def test_a_trial_is_the_same_however_many_are_wanted() -> None:
    """Trial k of a seed depends on nothing but the seed and the space; these are what Python's generator gives."""
    space = (Range("parameters.rate", 0.0, 0.5), Choice("train.optimizer", ("SGD", {"Adam": 0.001})))

    few = list(islice(draw_trials(Tuning(2, 7, space)), 2))
    many = list(islice(draw_trials(Tuning(9, 7, space)), 9))
    other = list(islice(draw_trials(Tuning(2, 8, space)), 2))

    assert many[:2] == few
    assert other != few
    assert [setting.override for setting in few[0]] == ["parameters.rate=0.16192", "train.optimizer=SGD"]


def test_a_range_is_uniform() -> None:
    """Quarters of the range are as likely as each other, and none of its numbers lies outside."""
    drawn = np.array(_values(Range("x", -1.0, 3.0), 2000))

    assert (drawn.min() >= -1, drawn.max() <= 3) == (True, True)
    assert np.histogram(drawn, bins=4, range=(-1, 3))[0] == pytest.approx(500, abs=80)


def test_a_logarithmic_range_is_uniform_in_the_logarithm() -> None:
    """Each power of ten has as many."""
    drawn = np.array(_values(Range("x", 1e-4, 1e-1, logarithmic=True), 2000))

    assert (drawn.min() >= 1e-4, drawn.max() <= 1e-1) == (True, True)
    assert np.histogram(np.log10(drawn), bins=3, range=(-4, -1))[0] == pytest.approx(667, abs=90)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_range_of_whole_numbers_has_both_ends(logarithmic: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """Whole numbers only; asked for more trials than there are, all are tried, each once."""
    drawn = _values(Range("x", 2, 6, whole=True, logarithmic=logarithmic), 100)

    assert sorted(drawn) == [2, 3, 4, 5, 6]


def test_what_was_tried_is_not_tried_again() -> None:
    """All combinations of choices and whole numbers are each there once, and then it ends."""
    space = (Choice("a", ("x", "y", "x")), Range("b", 1, 3, whole=True))

    trials = list(draw_trials(Tuning(20, 0, space)))

    assert len(trials) == len({tuple(str(setting.value) for setting in settings) for settings in trials}) == 6


@pytest.mark.parametrize(
    ("low", "high", "logarithmic"),
    [(-1e15, 1e15, False), (0.0, 1e-300, False), (5e-324, 1e15, True), (1.0, 1.0001, True), (1.0, 1.0001, False)],
)
def test_ranges_of_any_size_are_drawn_from(low: float, high: float, logarithmic: bool) -> None:  # noqa: FBT001 -- likewise
    """No number lies outside, and a hundred are a hundred different ones."""
    drawn = _values(Range("x", low, high, logarithmic=logarithmic), 100)

    assert all(low <= value <= high for value in drawn)
    assert len(set(drawn)) == 100


@pytest.mark.parametrize(
    ("value", "typed"),
    [
        (64, "p=64"),
        (1e-05, "p=1e-05"),
        (None, "p=null"),
        ("relu", "p=relu"),
        ("5", "p='5'"),
        ({"SGD": {"learning_rate": 0.1}}, "p={SGD: {learning_rate: 0.1}}"),
        ([1, [2, 3]], "p=[1, [2, 3]]"),
    ],
)
def test_a_setting_is_typed_as_an_override(value: object, typed: str) -> None:
    """Text that would be read as a number is in quotes, anything nested stands in braces on one line."""
    assert Setting("p", value).override == typed
