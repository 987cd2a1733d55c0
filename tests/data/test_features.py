"""Features: scaling as scikit-learn computes it, fitted on the training part alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from archcli.data.dataset import Dataset
from archcli.data.features import INPUTS, TARGETS
from archcli.recipe import features, input_types, target_types

Load = Callable[..., Dataset]


def test_the_types_that_recipes_may_name_are_the_types_that_there_are() -> None:
    """The table of words and the table of functions agree, but for what is read from no column of its own."""
    assert {*INPUTS, "shift", features.SIDE_BY_SIDE} == set(input_types.INPUTS)
    assert {*TARGETS, "shift"} == set(target_types.TARGETS)


@pytest.mark.parametrize(("scale", "scaler"), [("standard", StandardScaler()), ("min_max", MinMaxScaler())])
def test_scaling_is_scikit_learns_on_the_training_part(load: Load, scale: str, scaler: Any) -> None:
    """Raw values times `scale` plus `offset` are what a scaler fitted on the same rows gives."""
    x = np.random.default_rng(0).normal([1, 100, -5], [1, 30, 0.1], (200, 3)).astype(np.float32)

    dataset = load(
        {"x": x, "kind": np.arange(200) % 2},
        inputs={"x": ("numeric", {"scale": scale})},
        validation=0.1,
        test=0.2,
        stratify=True,
    )

    training, test = dataset.training, dataset.test
    assert test is not None
    fitted = scaler.fit(training.inputs["x"].astype(np.float64))
    facts = dataset.facts.inputs["x"]
    for part in (training, test):
        ours = part.inputs["x"] * np.array(facts.scale) + np.array(facts.offset)
        np.testing.assert_allclose(ours, fitted.transform(part.inputs["x"].astype(np.float64)), atol=1e-9)


@pytest.mark.parametrize("shape", [(40, 5, 3), (40, 4, 5, 2)])
def test_sequences_and_images_are_scaled_along_the_last_axis(load: Load, shape: tuple[int, ...]) -> None:
    """One mean and deviation for each feature or channel, over examples, steps and places."""
    x = np.random.default_rng(0).normal(3, 2, shape).astype(np.float32)

    facts = load({"x": x, "kind": np.arange(40) % 2}, inputs={"x": ("numeric", {"scale": "standard"})}).facts.inputs[
        "x"
    ]

    flat = x.reshape(-1, shape[-1]).astype(np.float64)
    np.testing.assert_allclose(facts.scale or (), 1 / flat.std(axis=0), rtol=1e-12)
    np.testing.assert_allclose(facts.offset or (), -flat.mean(axis=0) / flat.std(axis=0), rtol=1e-12)


@pytest.mark.parametrize("scale", ["standard", "min_max"])
def test_a_column_of_equal_numbers_becomes_zero(load: Load, scale: str) -> None:
    """It is moved, and neither divided by nothing nor by rounding noise."""
    x = np.column_stack([np.full(7, 0.1), np.arange(7)])

    facts = load({"x": x, "kind": np.arange(7) % 2}, inputs={"x": ("numeric", {"scale": scale})}).facts.inputs["x"]

    assert facts.scale is not None
    assert facts.offset is not None
    assert facts.scale[0] == 1
    assert abs(np.float32(0.1) * facts.scale[0] + facts.offset[0]) < 1e-9


def test_a_number_as_scale_multiplies(load: Load) -> None:
    """As `scale` of `Rescaling` does: one number for all."""
    facts = load("a,b,kind\n1,2,x\n3,4,y\n", inputs={"x": ("numeric", {"columns": ("a", "b"), "scale": 0.5})}).facts

    assert facts.inputs["x"].scale == (0.5,)
    assert facts.inputs["x"].offset == (0,)


@pytest.mark.parametrize("arguments", [{}, {"scale": None}])
def test_without_scale_numbers_go_in_as_they_are(load: Load, arguments: dict[str, None]) -> None:
    """Nothing is scaled that the recipe does not ask for."""
    dataset = load(
        "a,b\n1,2\n3,4\n",
        inputs={"a": ("numeric", arguments)},
        targets={"b": ("number", arguments)},
    )

    assert dataset.facts.inputs["a"].scale is None
    assert dataset.facts.inputs["a"].offset is None
    assert dataset.facts.targets["b"].scale is None
    assert dataset.facts.targets["b"].offset is None


def test_a_number_target_is_scaled_by_column(load: Load) -> None:
    """Means and deviations of the training part; the values themselves stay raw."""
    values = np.random.default_rng(0).normal([100, -2], [30, 0.5], (50, 2)).astype(np.float32)

    dataset = load(
        {"x": values, "y": values}, targets={"y": ("number", {"columns": "y", "scale": "standard"})}, test=0.2
    )

    facts = dataset.facts.targets["y"]
    training = dataset.training.targets["y"]
    np.testing.assert_allclose(facts.offset or (), training.mean(axis=0, dtype=np.float64))
    np.testing.assert_allclose(facts.scale or (), training.std(axis=0, dtype=np.float64))
    np.testing.assert_array_equal(training, values[dataset.training.rows - 1])


def test_columns_stand_in_the_order_of_the_recipe(load: Load) -> None:
    """Not in that of the file; and a column may be called anything."""
    dataset = load("Age (years),b,kind\n1,2,x\n3,4,y\n", inputs={"x": ("numeric", {"columns": ("b", "Age (years)")})})

    np.testing.assert_array_equal(dataset.training.inputs["x"], [[2, 1], [4, 3]])
    assert dataset.facts.inputs["x"].columns == ("b", "Age (years)")


def test_classes_are_counted_in_the_training_part(load: Load) -> None:
    """Class weights follow from them."""
    dataset = load("a,b,kind\n" + "1,2,x\n" * 30 + "3,4,y\n" * 10, test=0.5, stratify=True)

    assert dataset.facts.targets["kind"].class_counts == (15, 5)
    assert dataset.facts.training_examples == 20
