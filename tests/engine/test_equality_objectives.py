"""Every loss, regularizer, constraint and metric: fifty steps of the loop are fifty steps of plain Keras.

Networks have one part for each, so that what TensorFlow has to compile stays little. The tables are held against the
catalogue of the recipe language: what is added there fails here until it has a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.build.classes import CLASSES
from archcli.engine.feeding import Examples
from archcli.recipe.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

# Keras's own callbacks and metrics read variables in a way that NumPy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
layers = keras.layers
Case = tuple[keras.Model, Examples]
COUNT, CLASS_COUNT = 106, 3
SEEDED = np.random.default_rng
ROW = SEEDED(0).normal(size=(COUNT, 6)).astype("float32")
INDEX = SEEDED(1).integers(0, CLASS_COUNT, COUNT)
TARGETS: Mapping[str, Any] = {
    "index": INDEX,
    "one_hot": np.eye(CLASS_COUNT, dtype="float32")[INDEX],
    "labels": SEEDED(2).integers(0, 2, (COUNT, CLASS_COUNT)).astype("float32"),
    "signs": SEEDED(2).integers(0, 2, (COUNT, CLASS_COUNT)).astype("float32") * 2 - 1,
    "number": SEEDED(3).uniform(1, 2, (COUNT, CLASS_COUNT)).astype("float32"),
    "sequence": SEEDED(4).integers(1, CLASS_COUNT, (COUNT, 2)),
}

# What each loss is told, what it compares with, and the activation before it.
LOSSES: dict[str, tuple[dict[str, Any], str, str]] = {
    "BinaryCrossentropy": ({"from_logits": True, "label_smoothing": 0.1}, "labels", "linear"),
    "BinaryFocalCrossentropy": ({"gamma": 1.5, "apply_class_balancing": True}, "labels", "sigmoid"),
    "CTC": ({}, "sequence", "linear"),
    "CategoricalCrossentropy": ({"from_logits": True, "label_smoothing": 0.1}, "one_hot", "linear"),
    "CategoricalFocalCrossentropy": ({"alpha": 0.3, "gamma": 1.5}, "one_hot", "softmax"),
    "CategoricalGeneralizedCrossEntropy": ({"q": 0.6}, "index", "softmax"),
    "CategoricalHinge": ({}, "one_hot", "linear"),
    "Circle": ({"gamma": 4.0, "margin": 0.3}, "index", "tanh"),
    "CosineSimilarity": ({}, "number", "linear"),
    "Dice": ({}, "labels", "sigmoid"),
    "Hinge": ({}, "signs", "linear"),
    "Huber": ({"delta": 0.5}, "number", "linear"),
    "KLDivergence": ({}, "one_hot", "softmax"),
    "LogCosh": ({}, "number", "linear"),
    "MeanAbsoluteError": ({"reduction": "sum"}, "number", "linear"),
    "MeanAbsolutePercentageError": ({}, "number", "linear"),
    "MeanSquaredError": ({}, "number", "linear"),
    "MeanSquaredLogarithmicError": ({}, "number", "softplus"),
    "Poisson": ({}, "number", "softplus"),
    "SparseCategoricalCrossentropy": ({"from_logits": True}, "index", "linear"),
    "SquaredHinge": ({}, "signs", "linear"),
    "Tversky": ({"alpha": 0.3, "beta": 0.7}, "labels", "sigmoid"),
}

REGULARIZERS: dict[str, dict[str, Any]] = {
    "L1": {"l1": 0.02},
    "L2": {"l2": 0.02},
    "L1L2": {"l1": 0.01, "l2": 0.01},
    "OrthogonalRegularizer": {"factor": 0.05, "mode": "columns"},
}
CONSTRAINTS: dict[str, dict[str, Any]] = {
    "MaxNorm": {"max_value": 0.7, "axis": 1},
    "MinMaxNorm": {"min_value": 0.3, "max_value": 0.6, "rate": 0.5, "axis": 1},
    "NonNeg": {},
    "UnitNorm": {"axis": 1},
}

# What each metric is told, by the output that it measures.


def plainly(*names: str) -> dict[str, dict[str, Any]]:
    """Make a row for each name, with nothing said."""
    return {name: {} for name in names}


METRICS: Mapping[str, dict[str, dict[str, Any]]] = {
    "index": {
        "SparseCategoricalAccuracy": {},
        "SparseCategoricalCrossentropy": {},
        "SparseTopKCategoricalAccuracy": {"k": 2},
    },
    "one_hot": {
        **plainly("CategoricalAccuracy", "CategoricalCrossentropy", "CategoricalHinge", "KLDivergence"),
        "F1Score": {"average": "macro"},
        "FBetaScore": {"average": "macro", "beta": 2.0},
        "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]},
        "OneHotMeanIoU": {"num_classes": 3},
        "TopKCategoricalAccuracy": {"k": 2},
    },
    "labels": {
        **plainly("Accuracy", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "Precision", "Recall"),
        **plainly("FalseNegatives", "FalsePositives", "TrueNegatives", "TruePositives"),
        "AUC": {"num_thresholds": 20},
        "IoU": {"num_classes": 2, "target_class_ids": [0]},
        "MeanIoU": {"num_classes": 2},
        "PrecisionAtRecall": {"recall": 0.5, "num_thresholds": 20},
        "RecallAtPrecision": {"precision": 0.5, "num_thresholds": 20},
        "SensitivityAtSpecificity": {"specificity": 0.5, "num_thresholds": 20},
        "SpecificityAtSensitivity": {"sensitivity": 0.5, "num_thresholds": 20},
    },
    "signs": {"Hinge": {}, "SquaredHinge": {}},
    "number": {
        **plainly("ConcordanceCorrelation", "CosineSimilarity", "LogCoshError", "PearsonCorrelation"),
        **plainly("MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredError"),
        **plainly("MeanSquaredLogarithmicError", "Poisson", "R2Score", "RootMeanSquaredError"),
    },
}
ROUNDED = {"number_ConcordanceCorrelation", "number_PearsonCorrelation"}
"""Quotients of means over a batch, which `fit`, compiled for batches of any size, rounds in another way."""


def heads(rows: Mapping[str, tuple[Any, str, str]], **options: Any) -> Case:
    """Make a network with an output for each row: loss, what it is compared with, and activation."""
    given = keras.Input((6,))
    outputs = {}
    for name, (_, target, activation) in rows.items():
        scores = layers.Dense(12 if target == "sequence" else CLASS_COUNT, activation=activation, name=name)(given)
        outputs[name] = layers.Reshape((4, CLASS_COUNT), name=name + "_")(scores) if target == "sequence" else scores
    model = keras.Model(given, outputs)
    losses = {name: loss for name, (loss, _, _) in rows.items()}
    model.compile(keras.optimizers.SGD(0.05), losses, jit_compile=False, **options)
    return model, Examples(ROW, {name: TARGETS[target] for name, (_, target, _) in rows.items()})


def losing(*names: str) -> Case:
    """Make an output for each of the losses, each weighted in another way."""
    rows = {name: LOSSES[name] for name in names}
    made = {name: (CLASSES["loss"][name](**told), target, act) for name, (told, target, act) in rows.items()}
    return heads(made, loss_weights={name: 0.5 + index / 10 for index, name in enumerate(names)})


def held() -> Case:
    """Make a layer for each regularizer, of its weights and of what it gives, and for each constraint."""
    given = keras.Input((6,))
    parts = {}
    for name, told in REGULARIZERS.items():
        made = CLASSES["regularizer"][name](**told)
        of_output = None if name == "OrthogonalRegularizer" else made
        parts[name] = layers.Dense(3, kernel_regularizer=made, activity_regularizer=of_output, name=name)
    for name, told in CONSTRAINTS.items():
        parts[name] = layers.Dense(3, kernel_constraint=CLASSES["constraint"][name](**told), name=name)
    joined = layers.Concatenate()([part(given) for part in parts.values()])
    model = keras.Model(given, layers.Dense(3)(joined))
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse", jit_compile=False)
    return model, Examples(ROW, TARGETS["number"])


def measuring() -> Case:
    """Make an output for each kind of target, with all the metrics that can compare it."""
    acts = {"index": "softmax", "one_hot": "softmax", "labels": "sigmoid", "signs": "tanh", "number": "softplus"}
    losses = {"index": "sparse_categorical_crossentropy"}
    metrics = {
        target: [CLASSES["metric"][name](**told, name=name) for name, told in rows.items()]
        for target, rows in METRICS.items()
    }
    return heads({target: (losses.get(target, "mse"), target, acts[target]) for target in METRICS}, metrics=metrics)


@pytest.mark.slow
@pytest.mark.parametrize("names", [[name for name in LOSSES if name != "CTC"], ["CTC"]], ids=["losses", "CTC"])
def test_fifty_graph_steps_of_every_loss_are_those_of_keras(differ: Any, names: list[str]) -> None:
    """The weights of each output, which learns by its own loss, are equal bit for bit."""
    assert differ(lambda: losing(*names)) == {}


@pytest.mark.slow
def test_fifty_graph_steps_of_what_is_regularized_and_constrained_are_those_of_keras(differ: Any) -> None:
    """The weights of each layer, held in its own way, are equal bit for bit."""
    assert differ(held) == {}


@pytest.mark.slow
def test_fifty_xla_steps_of_what_is_regularized_and_constrained_are_those_of_keras_under_xla(differ: Any) -> None:
    """The weights of each layer, held in its own way, are within 1e-6."""
    assert differ(held, mode="xla", tolerance=1e-6) == {}


@pytest.mark.slow
def test_every_metric_of_every_epoch_is_that_of_fit(train: Any) -> None:
    """Each begins anew with the epoch and ends it, partial batch and all, with the bits that `fit` has."""
    keras.utils.set_random_seed(7)
    ours, examples = measuring()
    keras.utils.set_random_seed(7)
    theirs, _ = measuring()

    outcome = train(ours, examples, shuffle=False, epochs=2)
    history = theirs.fit(examples.inputs, examples.targets, batch_size=16, epochs=2, shuffle=False, verbose=0).history

    measured = {name: [row.metrics[name] for row in outcome.rows] for name in outcome.rows[0].metrics}
    other = {name: (values, history[name]) for name, values in measured.items() if values != history[name]}
    assert other.keys() <= ROUNDED
    assert all(ours == pytest.approx(theirs, abs=1e-6) for ours, theirs in other.values())
    assert set(measured) == set(history)


@pytest.mark.parametrize(
    ("category", "compared"),
    [
        ("loss", {name: told for name, (told, _, _) in LOSSES.items()}),
        ("regularizer", REGULARIZERS),
        ("constraint", CONSTRAINTS),
        ("metric", {name: told for rows in METRICS.values() for name, told in rows.items()}),
    ],
)
def test_all_of_the_catalogue_is_compared(category: Any, compared: dict[str, dict[str, Any]]) -> None:
    """Each name that a recipe may write has a row."""
    assert set(compared) == set(catalogue().entries(category))


@pytest.mark.parametrize(("category", "compared"), [("regularizer", REGULARIZERS), ("constraint", CONSTRAINTS)])
def test_weights_are_held_with_every_argument(category: Any, compared: dict[str, dict[str, Any]]) -> None:
    """Each argument of what holds weights is given."""
    known = {name: set(entry.arguments) for name, entry in catalogue().entries(category).items()}

    assert {name: set(told) for name, told in compared.items()} == known
