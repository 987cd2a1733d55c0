"""All tasks: what is described is what is made, a seed decides all, and every setting counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from archcli.data.sources import BUILT_IN
from archcli.data.sources.tasks import TASKS
from archcli.recipe.built_in import NO_LABEL, SIGNATURES, built_in_set
from archcli.recipe.built_in.fetched import FETCHED

Make = Callable[..., dict[str, NDArray[Any]]]

OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    "abac": {"examples": 3, "periods": 2},
    "adding": {"form": "original", "length": 20, "vary": True, "examples": 30, "seed": 1},
    "copy": {"length": 5, "delay": 4, "examples": 30, "seed": 1},
    "dates": {"examples": 30, "seed": 1},
    "delayed_echo": {"delay": 5, "examples": 30, "steps": 12, "seed": 1},
    "digit_pairs": {"examples": 30, "seed": 1},
    "digits": {"as": "rows"},
    "embedded_reber": {"examples": 30, "seed": 1},
    "mackey_glass": {"examples": 30, "window": 5, "horizon": 6, "outputs": 3, "tau": 30, "seed": 1},
    "moving_bars": {"examples": 30, "frames": 3, "size": 7, "noise": 0, "seed": 1},
    "noisy_patterns": {"patterns": 3, "units": 20, "noise": 0.3, "examples": 30, "seed": 1},
    "objects": {"examples": 30, "noise": 0, "seed": 1},
    "parity": {"examples": 30, "length": 5, "vary": True, "seed": 1},
    "past_vs_future": {"examples": 30, "steps": 9, "span": 2, "classes": 2, "seed": 1},
    "pipelined_xor": {"delay": 2, "examples": 30, "steps": 9, "seed": 1},
    "plan_to_sequence": {"plans": 3, "steps": 5, "bits": 4, "seed": 1},
    "reber": {"examples": 30, "seed": 1},
    "shapes": {"examples": 5, "size": 32, "kinds": True, "noise": 0, "seed": 1},
    "temporal_xor": {"examples": 30, "steps": 9, "seed": 1},
    "two_spirals": {"points": 20, "noise": 0.1, "seed": 1},
    "volumes": {"examples": 30, "size": 9, "noise": 0, "seed": 1},
}
"""Each setting of each set, otherwise than by default."""

FORMS = [
    *((name, {}) for name in BUILT_IN if name not in {one.signature.name for one in FETCHED}),
    *((name, {setting: value}) for name, settings in OTHERWISE.items() for setting, value in settings.items()),
    *OTHERWISE.items(),
]
"""Every set that needs no network by default, with one setting changed, and with all."""


@pytest.mark.parametrize(("name", "arguments"), FORMS)
def test_what_is_described_is_what_is_made(name: str, arguments: dict[str, Any], make: Make) -> None:
    """Names, number of examples, shapes, kinds, classes that all occur, labels wherever a step is real."""
    described = built_in_set(name, arguments)

    arrays = make(name, **arguments)

    for column in described.columns:
        array = arrays[column.name]
        expected = [size or real for size, real in zip(column.shape, array.shape[1:], strict=True)]
        assert array.shape == (described.examples, *expected)
        if column.classes:
            assert array.dtype == np.int32
            assert set(np.unique(array)) - {NO_LABEL} == set(range(len(column.classes)))
            assert list(column.classes) == sorted(column.classes)
        elif column.text:
            assert array.dtype.kind == "U"
        else:
            assert np.isfinite(array).all()


@pytest.mark.parametrize(("name", "arguments"), FORMS)
def test_sequences_that_differ_in_length_are_padded(name: str, arguments: dict[str, Any], make: Make) -> None:
    """A step holds nothing but padding exactly where the sequence is over, in every column alike; labels end there."""
    described = built_in_set(name, arguments)
    lengths = []

    for column in described.columns:
        assert (column.padding is None) == (None not in column.shape or bool(column.classes))
        if None not in column.shape:
            continue
        array = make(name, **arguments)[column.name]
        over = array == (NO_LABEL if column.classes else column.padding)
        over = over.reshape(*over.shape[:2], -1).all(axis=2)
        lengths.append((~over).sum(axis=1))
        assert (over == (np.arange(over.shape[1]) >= lengths[-1][:, np.newaxis])).all()
        assert lengths[-1].min() < lengths[-1].max() == over.shape[1]
    assert all((other == lengths[0]).all() for other in lengths[1:])


@pytest.mark.parametrize("name", TASKS)
def test_a_seed_decides_everything(name: str, make: Make) -> None:
    """Twice the same; that another one makes something else is seen below."""
    first, again = make(name), make(name)

    assert all(np.array_equal(first[column], again[column]) for column in first)


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [(name, setting, value) for name, settings in OTHERWISE.items() for setting, value in settings.items()],
)
def test_every_setting_counts(name: str, setting: str, value: Any, make: Make) -> None:
    """What is made differs from what is made by default."""
    beside = {"noise": 0.1} if (name, setting) == ("two_spirals", "seed") else {}  # nothing else is drawn

    before, after = make(name, **beside), make(name, **beside, **{setting: value})

    assert before.keys() != after.keys() or any(not np.array_equal(before[key], after[key]) for key in before)


def test_every_setting_is_tried() -> None:
    """A setting without a row in the table fails here."""
    assert {name: set(found.arguments) for name, found in SIGNATURES.items() if found.arguments} == {
        name: set(settings) for name, settings in OTHERWISE.items()
    }
