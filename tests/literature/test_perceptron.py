"""Rosenblatt's rule in a recipe: what it learns, that it says what it cannot, and scikit-learn's weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import Perceptron

if TYPE_CHECKING:
    from pathlib import Path

    from tests.literature.conftest import Train, Trained

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
LABELS = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1]}
AS_THERE = ("train.optimizer={SGD: 1.0}", "train.shuffle=false")
IRIS = """
archcli: 1
name: iris
data:
  source: iris
  inputs: {flower: {numeric: {columns: [sepal_length, sepal_width, petal_length, petal_width]}}}
  split: {validation: 0, test: 0, stratify: false}
model:
  architecture: {perceptron: {rule: perceptron}}
"""


def _weights(trained: Trained) -> tuple[Any, Any]:
    """Return what scikit-learn calls `coef_` and `intercept_`."""
    kernel, threshold = trained.prepared.core.layers[-1].get_weights()
    return kernel.T, threshold


@pytest.mark.parametrize("function", ["and", "or"])
def test_what_a_line_can_tell_apart_is_learned_without_a_mistake(train: Train, function: str) -> None:
    """Novikoff's theorem, 1962: and and or take fewer than 20 epochs, the last of them without a mistake."""
    trained = train("perceptron-and", f"data.source={function}")

    epochs = trained.outcome.epochs_done
    assert epochs < 20
    assert trained.outcome.notes == (f"converged: epoch {epochs} was without mistakes",)
    assert trained.scores["accuracy"] == 1.0


def test_exclusive_or_is_reported_not_to_be_separable(train: Train) -> None:
    """No line has more than three of the four corners on the right side, and the rule never comes to an end."""
    trained = train("perceptron-xor")

    note = "not linearly separable, or not yet: no epoch of 100 was without mistakes"
    assert trained.outcome.notes == (note,)
    assert trained.scores["accuracy"] <= 0.75


@pytest.mark.parametrize("function", ["and", "or"])
def test_converged_weights_are_those_of_scikit_learn(train: Train, function: str) -> None:
    """After as many epochs in the same order; of the two scores the second is scikit-learn's only one."""
    trained = train("perceptron-and", f"data.source={function}", *AS_THERE)
    theirs = Perceptron(max_iter=trained.outcome.epochs_done, tol=None, shuffle=False)
    theirs.fit(CORNERS, LABELS[function])

    weights, thresholds = _weights(trained)

    assert trained.outcome.notes[0].startswith("converged")
    np.testing.assert_array_equal(weights[1:], theirs.coef_)
    np.testing.assert_array_equal(thresholds[1:], theirs.intercept_)


def test_weights_on_iris_are_those_of_scikit_learn(train: Train, tmp_path: Path) -> None:
    """After one pass through three kinds of flowers in the order of the data, one score against all others each."""
    path = tmp_path / "iris.yaml"
    path.write_text(IRIS, encoding="utf-8")
    flowers, kinds = load_iris(return_X_y=True)
    theirs = Perceptron(max_iter=1, tol=None, shuffle=False).fit(flowers.astype("float32"), kinds)

    weights, thresholds = _weights(train(str(path), *AS_THERE, "train.epochs=1"))

    np.testing.assert_allclose(weights, theirs.coef_, rtol=1e-5)
    np.testing.assert_allclose(thresholds, theirs.intercept_, rtol=1e-5)
