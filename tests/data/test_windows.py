"""Windows of a series at the borders of parts: nothing that is measured was seen, whatever the sizes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from archcli.data.dataset import Dataset, load_dataset
from archcli.recipe.recipe import Data

Section = Callable[..., Data]

LINES = 240
SIZES = list(product((1, 5), (2, 7), (1, 4), (1, 3, 9)))
"""Shorter window, longer window, horizon, stride."""


def load(section: Section, short: int, long: int, horizon: int, stride: int) -> Dataset:
    """Load a series whose first channel counts and whose second counts down, read by windows of two lengths.

    Its lines stand in the file in any order, so that the order of time is that of the column alone.
    """
    order = np.random.default_rng(0).permutation(LINES)
    lines = [f"2024-01-01T{line // 60:02}:{line % 60:02},{line},{-line}\n" for line in order.tolist()]
    path = Path("load.csv").absolute()
    path.write_text("when,load,heat\n" + "".join(lines))
    inputs = {
        "near": ("series", {"columns": ("load", "heat"), "window": short, "stride": stride, "scale": "standard"}),
        "far": ("series", {"columns": ("heat", "load"), "window": long, "stride": stride}),
    }
    targets = {
        "next": ("series", {"columns": "load", "horizon": horizon, "scale": "standard"}),
        "cold": ("series", {"columns": "heat", "horizon": 1}),
    }
    shares = {"time": True, "validation": 0.2, "test": 0.2}
    return load_dataset(section("csv", {"path": str(path), "time": "when"}, inputs, targets, **shares), batch_size=1)


def times(part: Any) -> NDArray[np.float32]:
    """Return the times of all values that a part has, past and ahead, `(examples, values)`."""
    near, far = part.inputs["near"], part.inputs["far"]
    values = (near[..., 0], -near[..., 1], far[..., 1], -far[..., 0], part.targets["next"], -part.targets["cold"])
    return np.concatenate([value.reshape(len(part), -1) for value in values], axis=1)


@pytest.mark.parametrize(("short", "long", "horizon", "stride"), SIZES)
def test_no_value_is_in_two_parts(section: Section, short: int, long: int, horizon: int, stride: int) -> None:
    """Neither as past nor as what follows, in any channel; parts follow each other in time."""
    dataset = load(section, short, long, horizon, stride)

    parts = [times(dataset.parts[name]) for name in ("training", "validation", "test")]
    for earlier, later in pairwise(parts):
        assert earlier.max() < later.min()


@pytest.mark.parametrize(("short", "long", "horizon", "stride"), SIZES)
def test_what_is_foretold_follows_what_is_known(
    section: Section, short: int, long: int, horizon: int, stride: int
) -> None:
    """The first value ahead comes right after the last behind, however long windows are; the next is a stride on."""
    part = load(section, short, long, horizon, stride).training

    last = part.inputs["near"][:, -1, 0]
    np.testing.assert_array_equal(part.inputs["near"][:, :, 0], last[:, np.newaxis] + np.arange(1 - short, 1))
    np.testing.assert_array_equal(part.inputs["far"][:, :, 1], last[:, np.newaxis] + np.arange(1 - long, 1))
    np.testing.assert_array_equal(part.targets["next"], last[:, np.newaxis] + np.arange(1, horizon + 1))
    np.testing.assert_array_equal(part.targets["cold"][:, 0], -last - 1)
    assert set(np.diff(last)) == {stride}


@pytest.mark.parametrize(("short", "long", "horizon", "stride"), SIZES)
def test_no_example_is_left_out_without_need(
    section: Section, short: int, long: int, horizon: int, stride: int
) -> None:
    """One more before each border would share a value with the part behind it."""
    dataset = load(section, short, long, horizon, stride)

    parts = [times(part) for part in dataset.parts.values()]
    for earlier, later in pairwise(parts):
        assert earlier.max() + stride >= later.min()


def test_scaling_knows_the_training_part_alone(section: Section) -> None:
    """Mean and deviation of its windows, whatever comes later."""
    dataset = load(section, 5, 7, 4, 3)

    known = dataset.training.inputs["near"].astype(np.float64)
    facts = dataset.facts.inputs["near"]
    np.testing.assert_allclose(facts.scale or (), 1 / known.std(axis=(0, 1)), rtol=1e-5)
    assert dataset.facts.targets["next"].offset == pytest.approx((dataset.training.targets["next"].mean(),), rel=1e-5)
