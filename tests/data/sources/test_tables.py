"""What generators hand out: padding, one-hot rows, and class numbers under their labels."""

from __future__ import annotations

import numpy as np

from archcli.data.faults import Faults
from archcli.data.sources.tables import make_table, one_hot, pad
from archcli.recipe.built_in import BuiltInSet, Column


def test_sequences_are_padded_at_the_end() -> None:
    """Up to the longest, whatever a step holds."""
    short, long = np.array([[1, 2]]), np.array([[3, 4], [5, 6]])

    np.testing.assert_array_equal(pad([short, long], -1), [[[1, 2], [-1, -1]], [[3, 4], [5, 6]]])


def test_a_number_becomes_a_row() -> None:
    """A one at its place."""
    np.testing.assert_array_equal(one_hot(np.array([[2, 0]]), 3), [[[0, 0, 1], [1, 0, 0]]])


def test_columns_are_stored_as_they_are_described() -> None:
    """Numbers are float32, labels class numbers, and read as labels they have their names."""
    columns = (Column("size"), Column("kind", classes=("big", "small")), Column("said", text=True))
    described = BuiltInSet("toy", "A toy.", 2, columns, {}, {})

    table = make_table(described, {"size": np.array([1, 2]), "kind": np.array([1, 0]), "said": np.array(["a", "b"])})

    assert [table.arrays[name].dtype.kind for name in ("size", "kind", "said")] == ["f", "i", "U"]
    assert table.labels("kind", Faults()) == ["small", "big"]
    assert table.labels("said", Faults()) == ["a", "b"]
