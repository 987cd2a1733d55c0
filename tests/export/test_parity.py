"""Whether answers count as the same."""

from __future__ import annotations

import numpy as np
import pytest

from archcli.export.format import Quantize
from archcli.export.parity import Parity, compare
from archcli.recipe.facts import TargetFacts

SPECIES = TargetFacts("species", "category", (), ("species",), ("iris", "lily", "rose"), (5, 5, 5))
SEX = TargetFacts("sex", "category", (), ("sex",), ("female", "male"), (5, 5))
GENRES = TargetFacts("genres", "multilabel", (2,), ("genres",), ("crime", "love"), (5, 5), separator=",")
PRICE = TargetFacts("price", "number", (1,), ("price",))


def test_differences_are_the_largest_and_the_mean() -> None:
    """Of answers 0, 1, 2 and 3, two of which are off by 0.5 and 1."""
    parity = compare(np.array([[0.0], [1.5], [2.0], [2.0]]), np.array([[0.0], [1.0], [2.0], [3.0]]), PRICE)

    assert (parity.largest_difference, parity.mean_difference) == (1.0, 0.375)
    # The root mean square of 0, 0.5, 0, 1 over the standard deviation of 0, 1, 2, 3.
    assert parity.relative_error == pytest.approx(np.sqrt(1.25 / 4) / np.std([0, 1, 2, 3]))
    assert parity.agreement is None


def test_tolerance_grows_with_the_answers_and_is_never_below_its_least() -> None:
    """A hundred-thousandth of the largest answer, of 1 where that is less."""
    assert compare(np.array([[5000.0]]), np.array([[-5000.0]]), PRICE).tolerance == pytest.approx(0.05)
    assert compare(np.array([[0.1]]), np.array([[0.1]]), PRICE).tolerance == 1e-5


def test_agreement_of_classes_is_that_of_the_largest_score() -> None:
    """Of three examples one is told otherwise."""
    expected = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.4, 0.3, 0.3]])
    given = np.array([[0.6, 0.2, 0.2], [0.2, 0.7, 0.1], [0.3, 0.4, 0.3]])

    assert compare(given, expected, SPECIES).agreement == pytest.approx(2 / 3)


def test_agreement_of_two_classes_in_one_number_is_by_the_half() -> None:
    """0.4 and 0.45 tell the first class, 0.5 the second."""
    parity = compare(np.array([[0.4], [0.5]]), np.array([[0.45], [0.49]]), SEX)

    assert parity.agreement == 0.5


def test_agreement_of_several_labels_counts_each() -> None:
    """One of four labels is told otherwise."""
    parity = compare(np.array([[0.9, 0.2], [0.6, 0.7]]), np.array([[0.8, 0.1], [0.4, 0.9]]), GENRES)

    assert parity.agreement == 0.75


def test_what_is_no_number_on_both_sides_is_the_same() -> None:
    """Where only one is none, the difference is infinite."""
    both = compare(np.array([[np.nan], [1.0]]), np.array([[np.nan], [1.0]]), PRICE)
    one = compare(np.array([[np.nan], [1.0]]), np.array([[2.0], [1.0]]), PRICE)

    assert (both.largest_difference, both.is_same(None)) == (0.0, True)
    assert (one.largest_difference, one.is_same(None)) == (np.inf, False)


def test_answers_of_another_shape_are_not_the_same() -> None:
    """However alike the numbers are."""
    assert not compare(np.zeros((2, 1)), np.zeros((2, 2)), PRICE).is_same(None)


@pytest.mark.parametrize(
    ("quantize", "parity", "is_same"),
    [
        (None, Parity(2e-5, 0, 1e-5, 0, 1.0), False),
        (None, Parity(9e-6, 0, 1e-5, 0, 1.0), True),
        ("float16", Parity(0.1, 0, 1e-5, 0.02, 0.985), False),
        ("float16", Parity(0.1, 0, 1e-5, 0.02, 0.99), True),
        ("dynamic", Parity(0.1, 0, 1e-5, 0.05, None), True),
        ("dynamic", Parity(0.1, 0, 1e-5, 0.06, 0.96), False),
        ("int8", Parity(0.1, 0, 1e-5, 0.3, 0.95), True),
        ("int8", Parity(0.1, 0, 1e-5, 0.09, 0.5), True),
        ("int8", Parity(0.1, 0, 1e-5, 0.11, None), False),
    ],
)
def test_bounds_are_those_that_are_documented(
    quantize: Quantize | None,
    parity: Parity,
    is_same: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    """float32 by the largest difference; smaller numbers by agreement or relative error."""
    assert parity.is_same(quantize) is is_same


def test_what_is_beyond_its_bound_is_said() -> None:
    """In float32 the difference, for smaller numbers what would do."""
    parity = Parity(0.25, 0.1, 1e-5, 0.125, 0.9)

    assert parity.describe(None) == "by up to 0.25, where 1e-05 is allowed"
    assert parity.describe("int8") == (
        "with a relative error of 0.12, where 0.1 is allowed, and tells the same in 90.0%, where 95% would do"
    )
