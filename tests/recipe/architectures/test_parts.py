"""Parts that several architectures are made of."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.recipe.architectures.parts import dropout, layer, regularizer


@pytest.mark.parametrize(
    ("l1", "l2", "penalty"),
    [
        (0.0, 0, None),
        (0.1, 0.0, {"L1": {"l1": 0.1}}),
        (0.0, 0.2, {"L2": {"l2": 0.2}}),
        (0.1, 0.2, {"L1L2": {"l1": 0.1, "l2": 0.2}}),
    ],
)
def test_a_penalty_is_the_class_that_says_just_that(l1: float, l2: float, penalty: dict[str, Any] | None) -> None:
    """And none where there is nothing to say."""
    assert regularizer({"l1": l1, "l2": l2}) == penalty


def test_a_layer_is_written_without_what_goes_without_saying() -> None:
    """A value that is Keras's default is left out; None is a value like others."""
    given = {"units": 8, "dropout": 0.0, "merge_mode": None}

    assert layer("GRU", given, {"dropout": 0, "merge_mode": "concat"}) == {"GRU": {"units": 8, "merge_mode": None}}
    assert layer("GRU", given) == {"GRU": given}


def test_nothing_is_dropped_where_the_share_is_zero() -> None:
    """There is no layer then."""
    assert dropout(0) == dropout(0.0) == []
    assert dropout(0.1) == [{"Dropout": {"rate": 0.1}}]
