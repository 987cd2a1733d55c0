"""Layers that learn, draw random numbers or behave in another way while training: fifty steps are those of plain Keras.

Each network holds several of them side by side, so that what TensorFlow has to compile stays little. A layer of the
catalogue that takes `training` fails here until it has a row.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.build.classes import CLASSES
from archcli.engine.feeding import Examples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

layers = CLASSES["layer"]
VECTOR, SEQUENCE, IMAGE = (6,), (4, 6), (8, 8, 3)


def chain(name: str, *others: tuple[str, dict[str, Any]], **arguments: Any) -> Callable[[], list[Any]]:
    """Make a maker of layers, one after another."""
    return lambda: [layers[one](**options) for one, options in ((name, arguments), *others)]


def reshaped(shape: tuple[int, ...], name: str, **arguments: Any) -> Callable[[], list[Any]]:
    """Make a maker of a layer that takes examples of another shape."""
    return lambda: [keras.layers.Reshape(shape), layers[name](**arguments)]


def held(name: str, **arguments: Any) -> Callable[[], list[Any]]:
    """Make a maker of a layer that is not trained."""
    return chain(name, trainable=False, **arguments)


PICTURES: Mapping[str, dict[str, Any]] = {
    "CutMix": {},
    "MixUp": {},
    "RandAugment": {"value_range": (0, 1)},
    "RandomBrightness": {"factor": 0.1, "value_range": (0, 1)},
    "RandomColorDegeneration": {"factor": 0.1},
    "RandomColorJitter": {"value_range": (0, 1)},
    "RandomContrast": {"factor": 0.1},
    "RandomErasing": {"value_range": (0, 1)},
    "RandomFlip": {},
    "RandomGaussianBlur": {},
    "RandomGrayscale": {},
    "RandomHue": {"factor": 0.1, "value_range": (0, 1)},
    "RandomInvert": {"value_range": (0, 1)},
    "RandomPerspective": {},
    "RandomPosterization": {"factor": 3, "value_range": (0, 1)},
    "RandomRotation": {"factor": 0.1},
    "RandomSaturation": {"factor": 0.1},
    "RandomSharpness": {"factor": 0.1},
    "RandomShear": {"x_factor": (0.0, 0.1), "y_factor": (0.0, 0.1)},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1},
    "RandomZoom": {"height_factor": 0.1},
}

GROUPS: Mapping[str, tuple[tuple[int, ...], Mapping[str, Callable[[], list[Any]]]]] = {
    "random": (
        SEQUENCE,
        {
            "AlphaDropout": chain("AlphaDropout", rate=0.2),
            "Dropout": chain("Dropout", rate=0.2),
            "GaussianDropout": chain("GaussianDropout", rate=0.2),
            "GaussianNoise": chain("GaussianNoise", stddev=0.2),
            "SpatialDropout1D": chain("SpatialDropout1D", rate=0.2),
            "SpatialDropout2D": reshaped((2, 2, 6), "SpatialDropout2D", rate=0.2),
            "SpatialDropout3D": reshaped((2, 2, 2, 3), "SpatialDropout3D", rate=0.2),
        },
    ),
    "norms": (
        VECTOR,
        {
            # Without a bias before it, whose gradient would be rounding noise.
            "BatchNormalization": chain(
                "Dense", ("BatchNormalization", {"momentum": 0.8}), units=3, use_bias=False, activation="tanh"
            ),
            "BatchNormalization: not trained": held("BatchNormalization"),
            "GroupNormalization": chain("GroupNormalization", groups=3),
            "LayerNormalization": chain("LayerNormalization"),
            "RMSNormalization": chain("RMSNormalization"),
            "SpectralNormalization": lambda: [
                layers["SpectralNormalization"](layers["Dense"](units=3), power_iterations=2)
            ],
            "UnitNormalization": chain("Dense", ("UnitNormalization", {}), units=3),
        },
    ),
    "dense": (
        VECTOR,
        {
            "Dense": chain("Dense", units=3, activation="tanh"),
            "Dense: not trained": chain("Dense", ("Dense", {"units": 2}), units=3, trainable=False),
            "EinsumDense": chain("EinsumDense", equation="ab,bc->ac", output_shape=3, bias_axes="c"),
            # With more steps TensorFlow adds up their gradients in another order inside a loop: see below.
            "Equilibrium": chain("Equilibrium", units=3, gradient_steps=1),
            "PReLU": chain("Dense", ("PReLU", {}), units=3),
            "Pipeline": lambda: [layers["Pipeline"]([layers["Dense"](units=2), layers["Dropout"](rate=0.1)])],
            "Step": chain("Dense", ("Step", {}), units=3),
            "ActivityRegularization": chain("Dense", ("ActivityRegularization", {"l1": 0.01, "l2": 0.02}), units=3),
        },
    ),
    "recurrent": (
        SEQUENCE,
        {
            "LSTM": chain("LSTM", units=2, dropout=0.2, recurrent_dropout=0.2),
            "GRU": chain("GRU", units=2, dropout=0.2, reset_after=False),
            "SimpleRNN": chain("SimpleRNN", units=2, recurrent_dropout=0.2, unroll=True),
            "Bidirectional": lambda: [layers["Bidirectional"](layers["SimpleRNN"](units=2))],
        },
    ),
    "cells": (
        SEQUENCE,
        {
            "RNN": lambda: [
                layers["RNN"](
                    layers["StackedRNNCells"](
                        [
                            layers["GRUCell"](units=2, dropout=0.2),
                            layers["LSTMCell"](units=2, recurrent_dropout=0.2),
                            layers["SimpleRNNCell"](units=2, dropout=0.2),
                        ]
                    )
                )
            ],
            "TimeDistributed": lambda: [
                layers["TimeDistributed"](keras.Sequential([layers["Dense"](units=2), layers["Dropout"](rate=0.2)]))
            ],
        },
    ),
    "own recurrent": (
        SEQUENCE,
        {
            "Elman": chain("Elman", units=3, output_units=2),
            "Jordan": chain("Jordan", units=3, output_units=2, feedback="scheduled", decay=0.5, state_update="ema"),
            "FullyRecurrent": chain("FullyRecurrent", units=3, output_units=2, ticks=2),
        },
    ),
    "convolutions": (
        IMAGE,
        {
            "Conv2D": chain("Conv2D", filters=2, kernel_size=3),
            "SeparableConv2D": chain("SeparableConv2D", filters=2, kernel_size=3),
            "DepthwiseConv2D": chain("DepthwiseConv2D", kernel_size=3),
            "Conv2DTranspose": chain("Conv2DTranspose", filters=2, kernel_size=3),
            "EdgeFilter": chain("EdgeFilter", trainable=True),
            "TrainableAveragePooling2D": chain("TrainableAveragePooling2D"),
            "Conv1D": reshaped((16, 12), "Conv1D", filters=2, kernel_size=3),
            "Conv3D": reshaped((4, 4, 4, 3), "Conv3D", filters=2, kernel_size=3),
        },
    ),
    "convolutions in time": (
        (3, 4, 2),
        {
            "ConvLSTM1D": chain("ConvLSTM1D", filters=2, kernel_size=3, dropout=0.2, recurrent_dropout=0.2),
            "ConvLSTM2D": reshaped((2, 2, 3, 2), "ConvLSTM2D", filters=1, kernel_size=2),
        },
    ),
    "random pictures": (
        IMAGE,
        {
            # Keras crops in training only, so that what comes after must take any size.
            "RandomCrop": chain("RandomCrop", ("GlobalAveragePooling2D", {}), height=4, width=4),
            **{name: chain(name, **arguments) for name, arguments in PICTURES.items()},
        },
    ),
}


WHOLE_BATCHES_ONLY = {"recurrent", "cells", "convolutions in time", "random pictures"}
"""Where a partial batch would cost seconds of compiling and the layers have it elsewhere, or do not mix examples."""

UNDER_XLA = ("random", "norms", "own recurrent")
"""Convolutions, pictures and Keras's recurrent layers take XLA minutes here, or are not run by it."""

REST = {
    **dict.fromkeys(
        ("AdditiveAttention", "Attention", "GroupedQueryAttention", "MultiHeadAttention"),
        "in `test_equality_networks.py`",
    ),
    "AugMix": "what it does is chosen by Python's `random` when a step is traced, and then the same in every step",
    "RandomElasticTransform": "as the others, and seconds to compile",
    "ConvLSTM3D": "as `ConvLSTM2D`",
    **dict.fromkeys(("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"), "in `RNN` above"),
    **dict.fromkeys(("AutoContrast", "CenterCrop", "ContrastLimitedAdaptiveHistogramEqualization"), "nothing random"),
    **dict.fromkeys(("Equalization", "MaxNumBoundingBoxes", "Resizing", "Solarization"), "nothing random"),
}
"""Layers that take `training` and have no row, and why."""


def network(group: str, *, count: int | None = None) -> tuple[keras.Model, Examples]:
    """Make a network of the layers of a group, side by side, and its examples."""
    shape, rows = GROUPS[group]
    count = count or (96 if group in WHOLE_BATCHES_ONLY else 106)
    given = keras.Input(shape)
    ends = []
    for make in rows.values():
        reached = given
        for layer in make():
            reached = layer(reached)
        ends.append(keras.layers.Flatten()(reached))
    joined = keras.layers.Concatenate()(ends)
    model = keras.Model(given, keras.layers.Dense(2, activation="tanh")(joined))
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=False)
    generator = np.random.default_rng(0)
    inputs, targets = generator.uniform(size=(count, *shape)), generator.normal(size=(count, 2))
    return model, Examples(inputs.astype("float32"), targets.astype("float32"))


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_fifty_graph_steps_are_those_of_keras(differ: Any, group: str) -> None:
    """Weights, moving statistics and seeds are equal bit for bit."""
    assert differ(lambda: network(group)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("group", UNDER_XLA)
def test_fifty_xla_steps_are_those_of_keras_under_xla(differ: Any, group: str) -> None:
    """Weights are within 1e-6 of those of `jit_compile=True`, in whole batches: it draws other random numbers."""
    assert differ(lambda: network(group, count=96), mode="xla", tolerance=1e-6) == {}


def test_every_layer_that_knows_of_training_is_compared() -> None:
    """The catalogue's layers whose `call` takes `training` have a row, or a reason."""
    calls: dict[str, Any] = {name: getattr(one, "call") for name, one in layers.items()}  # noqa: B009 -- typed as `type`
    knowing = {name for name, call in calls.items() if "training" in inspect.signature(call).parameters}
    compared = {name.partition(":")[0] for _, rows in GROUPS.values() for name in rows}

    assert not compared & REST.keys()
    assert knowing <= compared | REST.keys()
    assert REST.keys() <= knowing
