"""Targets as loss and metrics take them, and what each label weighs."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from archcli.data.encoding import encode_target, weigh_labels
from archcli.errors import Location, RecipeError, Source
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Objective

INDEX = Objective("classification", "probabilities", "index")
ONE_HOT = Objective("classification", "probabilities", "one_hot")
BINARY = Objective("binary", "probabilities", "index")
NUMBER = Objective("regression", "values", "number")

STEPS = np.array([[0, 2, -1], [1, -1, -1]], np.int32)
LABELS = TargetFacts("label", "category", (3,), ("label",), ("a", "b", "c"), (1, 1, 1), padded=True)
NUMBERS = np.array([[[1, 2], [np.nan, np.nan]], [[3, 4], [5, 6]]], np.float32)
SUMS = TargetFacts("sum", "number", (2, 2), ("sum",), scale=(2.0, 4.0), offset=(1.0, 2.0), padded=True)


def test_labels_at_each_step_are_class_numbers() -> None:
    """Where there is no label stands class 0, which weighs nothing."""
    np.testing.assert_array_equal(encode_target(STEPS, LABELS, INDEX), [[0, 2, 0], [1, 0, 0]])
    np.testing.assert_array_equal(weigh_labels(STEPS, LABELS, None, {}), [[1, 1, 0], [1, 0, 0]])


def test_labels_at_each_step_are_rows_of_zero_and_one() -> None:
    """For losses that compare distributions."""
    encoded = encode_target(STEPS, LABELS, ONE_HOT)

    assert encoded.shape == (2, 3, 3)
    np.testing.assert_array_equal(encoded[0, 1], [0, 0, 1])


@pytest.mark.parametrize(("labels", "shape"), [([0, 1, 1], (3, 1)), ([[0, 1], [1, 1]], (2, 2, 1))])
def test_a_single_score_is_compared_with_zero_or_one(labels: list[int], shape: tuple[int, ...]) -> None:
    """At each step as for each example."""
    values = np.array(labels, np.int32)
    facts = TargetFacts("bit", "category", values.shape[1:], ("bit",), ("0", "1"), (1, 3))

    encoded = encode_target(values, facts, BINARY)

    assert encoded.shape == shape
    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded[..., 0], values)


def test_numbers_are_scaled_and_those_that_are_not_there_weigh_nothing() -> None:
    """The weight is of the step, not of its numbers."""
    np.testing.assert_array_equal(encode_target(NUMBERS, SUMS, NUMBER), [[[0, 0], [0, 0]], [[1, 0.5], [2, 1]]])
    np.testing.assert_array_equal(weigh_labels(NUMBERS, SUMS, None, {}), [[1, 0], [1, 1]])


def test_nothing_is_weighed_where_all_labels_count_the_same() -> None:
    """No array of ones is carried about."""
    whole = TargetFacts("label", "category", (), ("label",), ("a", "b"), (2, 1))

    assert weigh_labels(np.array([0, 1, 0], np.int32), whole, None, {}) is None


def test_balanced_weights_are_scikit_learns() -> None:
    """For one label an example."""
    labels = np.array([0, 0, 0, 1, 2, 2], np.int32)
    facts = TargetFacts("label", "category", (), ("label",), ("a", "b", "c"), (3, 1, 2))

    weights = weigh_labels(labels, facts, "balanced", {})

    assert weights is not None
    np.testing.assert_allclose(weights, compute_sample_weight("balanced", labels), rtol=1e-6)


def test_class_weights_and_missing_labels_go_together() -> None:
    """A step weighs what its class does, or nothing."""
    weights = weigh_labels(STEPS, LABELS, {"c": 5.0}, {})

    np.testing.assert_array_equal(weights, [[1, 5, 0], [1, 0, 0]])


def test_a_weight_for_no_class() -> None:
    """At its place in the recipe."""
    place = Location(Source("recipe.yaml"), 7)

    with pytest.raises(RecipeError) as refused:
        weigh_labels(STEPS, LABELS, {"d": 2.0}, {"class_weight.d": place})

    (problem,) = refused.value.problems
    assert problem.message == "`class_weight` names the class `d`, which `label` does not have"
    assert problem.location == place


def test_keras_leaves_out_what_weighs_nothing() -> None:
    """Whatever the model says where there is no label, the loss is that of the labels there are, over all steps."""
    scores = keras.random.uniform((2, 3, 3), seed=0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    encoded, weights = encode_target(STEPS, LABELS, INDEX), weigh_labels(STEPS, LABELS, None, {})

    probabilities = np.asarray(keras.ops.softmax(scores))
    expected = -np.log(probabilities[[0, 0, 1], [0, 1, 0], [0, 2, 1]]).sum() / 6

    np.testing.assert_allclose(loss(encoded, scores, sample_weight=weights), expected, rtol=1e-6)
