"""Examples as numbers: equal where the examples are, and only there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from archcli.data.audit.hashing import hash_examples
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]


def test_equal_examples_of_two_parts_have_one_hash(column: Column) -> None:
    """Texts, categories and numbers, whichever part they are in."""
    text = column(["one two", "three"], kind="text", test=["three"])
    word = column(["x", "y"], name="b", test=["y"])
    number = column([1.0, float("nan")], name="c", test=[float("nan")])

    hashed = hash_examples([text, word, number], ["training", "test"])

    assert hashed["training"][1] == hashed["test"][0]
    assert hashed["training"][0] != hashed["test"][0]


def test_values_in_other_places_are_other_examples(column: Column) -> None:
    """`1, 2` is not `2, 1`, in columns as in arrays of any length."""
    for width in (1, 2, 40):
        ones = column(np.full((2, width), 1.0) * np.array([[1.0], [2.0]]))
        twos = column(np.full((2, width), 1.0) * np.array([[2.0], [1.0]]), name="b")

        hashed = hash_examples([ones, twos], ["training"])["training"]

        assert hashed[0] != hashed[1]


def test_a_hundred_thousand_different_examples_have_as_many_hashes(column: Column) -> None:
    """Neighbouring floats, which differ in their last bits."""
    numbers = np.arange(100_000, dtype=np.uint32).view(np.float32)

    hashed = hash_examples([column(numbers), column(np.ones(100_000), name="b")], ["training"])["training"]

    assert len(np.unique(hashed)) == 100_000
