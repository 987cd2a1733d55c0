"""Every way of writing a named thing into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import data_of
from archcli.recipe.schema import RECIPE
from archcli.recipe.types import Object

if TYPE_CHECKING:
    from tests.recipe.conftest import Load

SHORT_FORMS = [
    ("layer", "Flatten", {"Flatten": {}}),
    ("layer", "Flatten:", {"Flatten": {}}),
    ("layer", "{Flatten}", {"Flatten": {}}),
    ("layer", "Flatten: {}", {"Flatten": {}}),
    ("layer", "Dropout: 0.25", {"Dropout": {"rate": 0.25}}),
    ("layer", "Dropout: $rate", {"Dropout": {"rate": "$rate"}}),
    ("layer", "Dense: {units: 3}", {"Dense": {"units": 3}}),
    ("layer", "ZeroPadding2D: [[1, 2], [0, 1]]", {"ZeroPadding2D": {"padding": [[1, 2], [0, 1]]}}),
    ("layer", "MaxPool2D: 2", {"MaxPooling2D": {"pool_size": 2}}),
    ("layer", "Convolution2D: {filters: 3, kernel_size: 3}", {"Conv2D": {"filters": 3, "kernel_size": 3}}),
    (
        "layer",
        "Dense: {units: 3, kernel_initializer: he_normal, kernel_regularizer: l2, kernel_constraint: {MaxNorm: 3}}",
        {
            "Dense": {
                "units": 3,
                "kernel_initializer": {"HeNormal": {}},
                "kernel_regularizer": {"L2": {}},
                "kernel_constraint": {"MaxNorm": {"max_value": 3}},
            }
        },
    ),
    (
        "layer",
        "Dense: {units: 3, kernel_regularizer: {L2: 1e-4}}",
        {"Dense": {"units": 3, "kernel_regularizer": {"L2": {"l2": 1e-4}}}},
    ),
    ("layer", "Dense: {units: 3, activation: relu}", {"Dense": {"units": 3, "activation": "relu"}}),
    ("layer", "Bidirectional: {LSTM: 32}", {"Bidirectional": {"layer": {"LSTM": {"units": 32}}}}),
    ("layer", "Bidirectional: LSTM", {"Bidirectional": {"layer": {"LSTM": {}}}}),
    (
        "layer",
        "Bidirectional: {layer: {LSTM: {units: 32, return_sequences: true}}, merge_mode: sum}",
        {"Bidirectional": {"layer": {"LSTM": {"units": 32, "return_sequences": True}}, "merge_mode": "sum"}},
    ),
    (
        "layer",
        "Bidirectional: {layer: {LSTM: 8}, merge_mode: null}",
        {"Bidirectional": {"layer": {"LSTM": {"units": 8}}, "merge_mode": None}},
    ),
    (
        "layer",
        "TimeDistributed: [Conv2D: {filters: 8, kernel_size: 3}, MaxPooling2D: 2, Flatten]",
        {
            "TimeDistributed": {
                "layer": [
                    {"Conv2D": {"filters": 8, "kernel_size": 3}},
                    {"MaxPooling2D": {"pool_size": 2}},
                    {"Flatten": {}},
                ]
            }
        },
    ),
    (
        "layer",
        "TimeDistributed: {Dense: {units: 8, activation: relu}}",
        {"TimeDistributed": {"layer": {"Dense": {"units": 8, "activation": "relu"}}}},
    ),
    ("layer", "RNN: {LSTMCell: 8}", {"RNN": {"cell": {"LSTMCell": {"units": 8}}}}),
    (
        "layer",
        "RNN: {cell: [LSTMCell: 32, GRUCell: 16], return_sequences: true}",
        {"RNN": {"cell": [{"LSTMCell": {"units": 32}}, {"GRUCell": {"units": 16}}], "return_sequences": True}},
    ),
    (
        "layer",
        "RNN: [LSTMCell: 8, LSTMCell: 4]",
        {"RNN": {"cell": [{"LSTMCell": {"units": 8}}, {"LSTMCell": {"units": 4}}]}},
    ),
    (
        "layer",
        "RNN: {StackedRNNCells: [LSTMCell: 8]}",
        {"RNN": {"cell": {"StackedRNNCells": {"cells": [{"LSTMCell": {"units": 8}}]}}}},
    ),
    ("layer", "[Dense: 3, Flatten]", [{"Dense": {"units": 3}}, {"Flatten": {}}]),
    ("layer", "Add: {name: sum}", {"Add": {"name": "sum"}}),
    ("optimizer", "adam", {"Adam": {}}),
    ("optimizer", "Adam: 1e-3", {"Adam": {"learning_rate": 1e-3}}),
    ("optimizer", "sgd: {momentum: 0.9}", {"SGD": {"momentum": 0.9}}),
    (
        "optimizer",
        "Adam: {CosineDecay: {initial_learning_rate: 1e-3, decay_steps: $training_steps}}",
        {"Adam": {"learning_rate": {"CosineDecay": {"initial_learning_rate": 1e-3, "decay_steps": "$training_steps"}}}},
    ),
    (
        "optimizer",
        "SGD: {learning_rate: {CosineDecay: 0.1}}",
        {"SGD": {"learning_rate": {"CosineDecay": {"initial_learning_rate": 0.1}}}},
    ),
    ("loss", "mse", {"MeanSquaredError": {}}),
    ("loss", "Huber: 0.5", {"Huber": {"delta": 0.5}}),
    ("metric", "accuracy", {"accuracy": {}}),
    ("metric", "acc", {"accuracy": {"name": "acc"}}),
    ("metric", "mae", {"MeanAbsoluteError": {"name": "mae"}}),
    ("metric", "mae: {name: error}", {"MeanAbsoluteError": {"name": "error"}}),
    ("metric", "SparseTopKCategoricalAccuracy: 2", {"SparseTopKCategoricalAccuracy": {"k": 2}}),
    ("initializer", "normal", {"RandomNormal": {}}),
    ("initializer", "Constant: 0.1", {"Constant": {"value": 0.1}}),
    ("source", "iris", {"iris": {}}),
    ("source", "csv: flats.csv", {"csv": {"path": "flats.csv"}}),
    ("source", "digits: rows", {"digits": {"as": "rows"}}),
    ("input", "numeric", {"numeric": {}}),
    ("input", "numeric: [rooms, area]", {"numeric": {"columns": ["rooms", "area"]}}),
    ("input", "numeric: Age (years)", {"numeric": {"columns": "Age (years)"}}),
    ("target", "category: Survived", {"category": {"columns": "Survived"}}),
]


@pytest.mark.parametrize(
    ("category", "short", "long"), SHORT_FORMS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_short_form_stands_for_one_long_form(category: str, short: str, long: object, load: Load) -> None:
    """Names, first arguments, Keras's strings and second names, layers and chains as arguments."""
    node = to_long_form(load(short), Object(category))

    assert data_of(node) == long


@pytest.mark.parametrize(("category", "short"), [(category, short) for category, short, _ in SHORT_FORMS])
def test_the_long_form_of_a_long_form_is_itself(category: str, short: str, load: Load) -> None:
    """Writing out what is written out changes nothing."""
    once = to_long_form(load(short), Object(category))

    assert to_long_form(once, Object(category)) == once


@pytest.mark.parametrize(
    ("category", "text"),
    [
        ("layer", "Densee: 3"),
        ("layer", "5"),
        ("layer", "{}"),
        ("layer", "{Dense: 3, Flatten: }"),
        ("layer", "null"),
        ("initializer", "RandomNormal: 0.05"),
        ("source", "iris: rows"),
        ("layer", "$block"),
    ],
)
def test_what_is_no_named_thing_stays_as_it_is(category: str, text: str, load: Load) -> None:
    """It is for checking to report, at its place."""
    node = load(text)

    assert to_long_form(node, Object(category)) == node


def test_a_recipe_is_written_out_at_every_depth(load: Load) -> None:
    """Sections, maps and lists are walked; what is unknown is left alone."""
    text = """
data: {source: iris, inputs: {a: numeric}, unknown: iris}
model: {layers: [Flatten, Dense: 3]}
train: {optimizer: adam, metrics: [accuracy, AUC], epochs: 3, class_weight: balanced}
"""

    node = to_long_form(load(text), RECIPE)

    assert data_of(node) == {
        "data": {"source": {"iris": {}}, "inputs": {"a": {"numeric": {}}}, "unknown": "iris"},
        "model": {"layers": [{"Flatten": {}}, {"Dense": {"units": 3}}]},
        "train": {
            "optimizer": {"Adam": {}},
            "metrics": [{"accuracy": {}}, {"AUC": {}}],
            "epochs": 3,
            "class_weight": "balanced",
        },
    }
