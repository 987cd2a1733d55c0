"""Small data, small models and a short way to train them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import pytest

from archcli.engine.feeding import Examples
from archcli.engine.progress import SilentProgress
from archcli.engine.settings import Settings
from archcli.engine.training import Outcome, train_model

FEATURES, CLASSES = 6, 3


@pytest.fixture
def examples() -> Examples:
    """96 examples of 6 features that tell 3 classes apart, not quite: 6 batches of 16."""
    return draw_examples(96, seed=0)


@pytest.fixture
def uneven_examples() -> Examples:
    """106 examples of the same kind: 6 batches of 16 and a partial one."""
    return draw_examples(106, seed=2)


@pytest.fixture
def validation() -> Examples:
    """40 examples of the same kind."""
    return draw_examples(40, seed=1)


def draw_examples(count: int, *, seed: int) -> Examples:
    """Draw examples whose class is where a noisy linear map of the features is largest."""
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(count, FEATURES)).astype("float32")
    scores = inputs[:, :CLASSES] - inputs[:, CLASSES:] + generator.normal(size=(count, CLASSES))
    return Examples(inputs, scores.argmax(axis=1))


class MakeClassifier(Protocol):
    """Makes a compiled network for `examples`."""

    def __call__(self, *, units: int = 8, dropout: float = 0.0, optimizer: Any = None, **options: Any) -> keras.Model:
        """Put `units` between input and output; `options` are those of `compile`."""


@pytest.fixture
def make_classifier() -> MakeClassifier:
    """Give a maker of small networks, the same each time it is called in the same way."""

    def make(*, units: int = 8, dropout: float = 0.0, optimizer: Any = None, **options: Any) -> keras.Model:
        keras.utils.set_random_seed(7)
        hidden = [keras.layers.Dense(units, activation="relu", name="hidden"), keras.layers.Dropout(dropout)]
        model = keras.Sequential([keras.Input((FEATURES,)), *hidden, keras.layers.Dense(CLASSES)])
        options = {"metrics": ["accuracy"], "jit_compile": False, **options}
        optimizer = optimizer or keras.optimizers.SGD(0.1, momentum=0.9)  # few operations: quick to compile
        model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
        return model

    return make


class Train(Protocol):
    """Trains a model with few words."""

    def __call__(
        self,
        model: keras.Model,
        training: Examples,
        validation: Examples | None = None,
        *,
        callbacks: Any = (),
        checkpoints: Path | None = None,
        progress: Any = None,
        resume: bool = False,
        **settings: Any,
    ) -> Outcome:
        """Train `model`; what is left out of `settings` is 3 epochs, batches of 16, seed 5, graph."""


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Give a short way to call `train_model`."""

    def call(
        model: keras.Model,
        training: Examples,
        validation: Examples | None = None,
        *,
        callbacks: Any = (),
        checkpoints: Path | None = None,
        progress: Any = None,
        resume: bool = False,
        **settings: Any,
    ) -> Outcome:
        monitor = "loss" if validation is None else "val_loss"
        chosen = {"epochs": 3, "batch_size": 16, "seed": 5, "monitor": monitor, "mode": "graph", **settings}
        return train_model(
            model,
            training,
            validation,
            Settings(**chosen),
            callbacks=callbacks,
            checkpoints=checkpoints or tmp_path / "checkpoints",
            progress=progress or SilentProgress(),
            resume=resume,
        )

    return call
