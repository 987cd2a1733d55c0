"""Small data, small models and a short way to train them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import pytest

from archcli.engine.compile_mode import ModeName
from archcli.engine.feeding import Array, Examples, cut_batches, order_epoch, place_examples
from archcli.engine.progress import SilentProgress
from archcli.engine.settings import Settings
from archcli.engine.steps import Loop, build_step, take_then
from archcli.engine.training import Outcome, train_model

FEATURES, CLASSES = 6, 3
STEPS, BATCH = 50, 16

Case = tuple[keras.Model, Examples]


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


class Differ(Protocol):
    """Says in what a model that the loop has trained differs from one that Keras has trained."""

    def __call__(
        self, make: Callable[[], Case], *, mode: ModeName = "graph", tolerance: float = 0.0, steps: int = STEPS
    ) -> dict[str, Any]:
        """Train the two models that `make` makes with the same seed, each on the same batches.

        Returns:
            The largest difference in each variable in which it is more than `tolerance`, and `not moved` for what the
            steps have left as it was although it is to be trained; empty: the two are equal, and trained.
        """


@pytest.fixture
def differ() -> Differ:
    """Compare fifty steps of the loop with fifty of Keras's `train_on_batch`; under XLA both are compiled by it."""

    def call(
        make: Callable[[], Case], *, mode: ModeName = "graph", tolerance: float = 0.0, steps: int = STEPS
    ) -> dict[str, Any]:
        keras.utils.set_random_seed(7)
        model, examples = make()
        keras.utils.set_random_seed(7)
        reference, _ = make()
        reference.jit_compile = mode == "xla"
        begun = [np.array(variable) for variable in reference.trainable_variables]
        run_loop(model, examples, mode=mode, steps=steps)
        run_keras(reference, examples, steps=steps)
        found = {path: gap for path, gap in measure_gaps(model, reference).items() if not gap <= tolerance}
        moved = zip(reference.trainable_variables, begun, strict=True)
        return found | {variable.path: "not moved" for variable, value in moved if np.array_equal(variable, value)}

    return call


def run_loop(model: keras.Model, examples: Examples, *, mode: ModeName, steps: int) -> None:
    """Train by the compiled loop, epoch after epoch, for exactly `steps`."""
    build_step(model, examples, batch_size=BATCH)
    loop, data = Loop(model, take_then(model.train_step), mode=mode), place_examples(examples)
    for order in orders(examples):
        batches, step = cut_batches(order, batch_size=BATCH), 0
        while step < batches.count and steps:
            loop._pace.step_count = min(loop._pace.step_count, steps)
            reached = loop.advance(data, batches, start=step)
            if not reached.finite:
                pytest.fail(f"the loss became {reached.metrics['loss']}")
            steps, step = steps - (reached.step - step), reached.step
        if not steps:
            return


def run_keras(model: keras.Model, examples: Examples, *, steps: int) -> None:
    """Train by `train_on_batch` with the batches of `run_loop`.

    Each size of batch has a function of its own: the one that Keras would make at the second size, for any, rounds in
    another way than its first.
    """
    model.optimizer.build(model.trainable_variables)
    functions: dict[int, Any] = {}
    parts = (examples.inputs, examples.targets, examples.sample_weight)
    cuts = (order[start : start + BATCH] for order in orders(examples) for start in range(0, len(order), BATCH))
    for rows in islice(cuts, steps):
        picked = keras.tree.map_structure(lambda array: None if array is None else array[rows], parts)  # noqa: B023
        model.train_function = functions.get(len(rows))
        model.train_on_batch(*picked)
        functions[len(rows)] = model.train_function


def orders(examples: Examples) -> Iterator[Array]:
    """Give the order of one epoch after another, without end."""
    return (order_epoch(examples.count, seed=5, epoch=epoch, shuffle=True) for epoch in count())


def measure_gaps(one: keras.Model, other: keras.Model) -> dict[str, float]:
    """Return the largest difference in each variable of two models and of their optimizers."""
    variables = [[*model.variables, *model.optimizer.variables] for model in (one, other)]
    return {
        b.path: float(np.abs(np.asarray(a, "float64") - np.asarray(b, "float64")).max(initial=0.0))
        for a, b in zip(*variables, strict=True)
    }
