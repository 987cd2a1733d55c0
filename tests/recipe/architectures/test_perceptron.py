"""The perceptron, with gradients and with Rosenblatt's rule."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

CLASSES = Surroundings(("measured",), {}, "species", "category")
LABELS = Surroundings(("measured",), {}, "genres", "multilabel")
NUMBERS = Surroundings(("measured",), {}, "price", "number")


def test_classes_are_told_by_probabilities() -> None:
    """Without settings it is logistic regression."""
    found = expand("perceptron", {}, CLASSES)

    assert found.model == {"layers": [{"Flatten": {}}, {"Dense": {"units": "$classes", "activation": "softmax"}}]}
    assert found.train == {"optimizer": {"Adam": {"learning_rate": 0.03}}}


def test_numbers_are_told_by_sums() -> None:
    """Without settings it is linear regression."""
    found = expand("perceptron", {}, NUMBERS)

    assert found.model == {"layers": [{"Flatten": {}}, {"Dense": {"units": "$horizon", "activation": "linear"}}]}


def test_labels_are_told_each_by_itself() -> None:
    """A logistic regression for each."""
    found = expand("perceptron", {}, LABELS)

    assert found.model == {"layers": [{"Flatten": {}}, {"Dense": {"units": "$classes", "activation": "sigmoid"}}]}
    assert expand("perceptron", {"activation": "sigmoid"}, LABELS) == found


@pytest.mark.parametrize("settings", [{"rule": "perceptron"}, {"rule": "perceptron", "activation": "step"}])
def test_rosenblatts_rule_is_a_linear_layer_from_zero(settings: dict[str, Any]) -> None:
    """The threshold is the rule's: the layer only sums, and begins with nothing learned."""
    found = expand("perceptron", settings, CLASSES)

    assert found.model == {
        "layers": [{"Flatten": {}}, {"Dense": {"units": "$classes", "kernel_initializer": {"Zeros": {}}}}]
    }
    assert found.train == {"learning_rule": "perceptron"}


def test_a_sigmoid_is_one_score_of_two_classes() -> None:
    """And one for each number of a number target."""
    of_classes = expand("perceptron", {"activation": "sigmoid"}, CLASSES)
    of_numbers = expand("perceptron", {"activation": "sigmoid"}, NUMBERS)

    assert of_classes.model["layers"][-1] == {"Dense": {"units": 1, "activation": "sigmoid"}}
    assert of_numbers.model["layers"][-1] == {"Dense": {"units": "$horizon", "activation": "sigmoid"}}


@pytest.mark.parametrize(
    ("settings", "surroundings", "problem"),
    [
        (
            {"activation": "step"},
            CLASSES,
            (
                "settings-contradict",
                "`activation: step` has no slope, so `rule: gradient` cannot train it",
                "activation",
                "write `rule: perceptron`, or `activation: sigmoid`",
            ),
        ),
        (
            {"activation": "linear", "rule": "perceptron"},
            CLASSES,
            (
                "settings-contradict",
                "`rule: perceptron` decides by a step, found `activation: linear`",
                "activation",
                "leave `activation` out, or write `rule: gradient`",
            ),
        ),
        (
            {"rule": "perceptron"},
            NUMBERS,
            (
                "architecture-does-not-fit",
                "`rule: perceptron` tells classes apart, and the target `price` is a number",
                "rule",
                "write `rule: gradient`",
            ),
        ),
        (
            {"rule": "perceptron"},
            LABELS,
            (
                "architecture-does-not-fit",
                "`rule: perceptron` tells classes apart, and the target `genres` is a multilabel",
                "rule",
                "write `rule: gradient`",
            ),
        ),
        (
            {"activation": "softmax"},
            LABELS,
            (
                "architecture-does-not-fit",
                "`activation: softmax` gives probabilities of classes, and the target `genres` is a multilabel",
                "activation",
                "write `activation: sigmoid`",
            ),
        ),
        (
            {"activation": "softmax"},
            NUMBERS,
            (
                "architecture-does-not-fit",
                "`activation: softmax` gives probabilities of classes, and the target `price` is a number",
                "activation",
                "write `activation: linear`",
            ),
        ),
    ],
)
def test_contradictions(settings: dict[str, Any], surroundings: Surroundings, problem: tuple[str, ...]) -> None:
    """What cannot be trained together is found."""
    assert check_settings("perceptron", settings, surroundings) == [problem]
