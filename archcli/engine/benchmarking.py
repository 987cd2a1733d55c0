"""How fast a model trains: by the loop that trains it, in one mode, or by Keras's `Model.fit`.

What is timed is steps of training with their order and their running metrics, nothing else: no validation, no callback,
no checkpoint.
"""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.compile_mode import find_refused_layer
from archcli.engine.devices import describe_devices
from archcli.engine.faults import describe_building, describe_running
from archcli.engine.memory import GPU, Peak, measured_peak, used_memory
from archcli.engine.rules import make_rule
from archcli.engine.steps import build_step
from archcli.engine.stretch import Stretch
from archcli.engine.training_data import TrainingData
from archcli.errors import Problem, TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcli.engine.compile_mode import ModeName
    from archcli.engine.feeding import Examples
    from archcli.engine.settings import Settings
    from archcli.engine.streaming import Part

ENOUGH_OF_A_ROUND = 0.9
"""Share of a round's time after which no further epochs are begun for what is left of it."""

MATMUL_SIZES = {"cpu": 1024, "gpu": 4096}
MATMUL_SECONDS = 0.4


class Trainer(Protocol):
    """Something that trains a model and can be timed."""

    def compile(self) -> float:
        """Trace, compile and run the first step of each shape of batch; return the seconds that this took."""

    def train(self, seconds: float) -> Stretch:
        """Train on for about so many seconds, at least for a step."""


class LoopTrainer:
    """The loop that trains every run, in one mode."""

    def __init__(self, model: keras.Model, examples: Examples, settings: Settings, mode: ModeName) -> None:
        """Put `examples` on the device.

        Args:
            model: Built and compiled.
            examples: What it learns from.
            settings: How: learning rule, windows, batches by length, order; but for the mode.
            mode: How steps are run.

        Raises:
            RecipeError: The learning rule, the windows or the lengths do not fit.
            TrainingError: `out-of-memory`.
        """
        build_step(model, examples, batch_size=settings.batch_size)
        rule = make_rule(model, examples, settings)
        self._data = TrainingData(model, examples, settings, rule.step)
        self._loop = self._data.make_loop(mode, reset=rule.reset)
        self._count, self._size = examples.count, min(settings.batch_size, examples.count)
        self._parts, self._step = self._walk(), 0
        self._part: Part | None = None

    def compile(self) -> float:
        """See `Trainer`.

        Raises:
            RecipeError: `step-does-not-fit`.
            TrainingError: `out-of-memory`, `step-failed` or `loss-not-finite`.
        """
        began = time.perf_counter()
        sample = self._data.feed.sample()
        self._loop.warm_up(sample.data, sample.batches)
        self._advance()
        return time.perf_counter() - began

    def train(self, seconds: float) -> Stretch:
        """See `Trainer`; the next time goes on where this ends, in the middle of an epoch too.

        Raises:
            TrainingError: `out-of-memory`, `step-failed` or `loss-not-finite`.
        """
        steps = examples = 0
        began = time.perf_counter()
        while (elapsed := time.perf_counter() - began) < seconds or not steps:
            new_steps, new_examples = self._advance()
            steps, examples = steps + new_steps, examples + new_examples
        return Stretch(steps, examples, elapsed)

    def _advance(self) -> tuple[int, int]:
        """Run the next steps; return how many, and of how many examples."""
        if self._part is None or self._step == self._part.batches.stop:
            self._part = next(self._parts)
            self._step = self._part.batches.first
        start = self._step
        reached = self._loop.advance(self._part.data, self._part.batches, start=start)
        if not reached.finite:
            raise TrainingError(
                Problem(
                    "loss-not-finite",
                    f"the loss became {reached.metrics['loss']} while it was measured",
                    hint="lower the learning rate, or give the optimizer `global_clipnorm: 1.0`",
                )
            )
        self._step = reached.step
        return reached.step - start, min(reached.step * self._size, self._count) - start * self._size

    def _walk(self) -> Iterator[Part]:
        """Give the batches of one epoch after another, in parts."""
        for epoch in count():
            yield from self._data.parts(epoch)


class FitTrainer:
    """Keras's own `Model.fit`, with its defaults: the same model, examples, batches and shuffling."""

    def __init__(self, model: keras.Model, examples: Examples, settings: Settings) -> None:
        """Train `model`; `find_refusal` says whether it can be.

        Args:
            model: Built and compiled; its `jit_compile` becomes what Keras chooses by itself.
            examples: What it learns from.
            settings: Batch size and shuffling.
        """
        make_rule(model, examples, settings)
        model.jit_compile = model._resolve_auto_jit_compile()  # noqa: SLF001 -- what `compile` does by default
        self._model, self._examples, self._shuffle = model, examples, settings.shuffle
        self._size = min(settings.batch_size, examples.count)
        self._steps_per_epoch = math.ceil(examples.count / self._size)
        self._seconds_per_step = 0.0

    def compile(self) -> float:
        """See `Trainer`.

        Raises:
            RecipeError: `step-does-not-fit`.
            TrainingError: `out-of-memory` or `step-failed`.
        """
        began = time.perf_counter()
        self._fit(self._examples.first(self._size))
        rest = self._examples.count % self._size
        if rest:
            self._fit(self._examples.first(rest))
        seconds = time.perf_counter() - began
        self._seconds_per_step = self._fit(self._examples, steps=1)
        return seconds

    def train(self, seconds: float) -> Stretch:
        """See `Trainer`.

        The time between calls of `fit`, when it copies the examples, does not count: a training has one call.

        Raises:
            TrainingError: `out-of-memory` or `step-failed`.
        """
        steps, examples, elapsed = 0, 0, 0.0
        while elapsed < ENOUGH_OF_A_ROUND * seconds or not steps:
            wanted = max(1, round((seconds - elapsed) / self._seconds_per_step))
            epochs = wanted // self._steps_per_epoch
            if epochs:
                took = self._fit(self._examples, epochs=epochs)
                new_steps, new_examples = epochs * self._steps_per_epoch, epochs * self._examples.count
            else:  # the steps that are wanted are fewer than an epoch has, and so all of them are whole
                took = self._fit(self._examples, steps=wanted)
                new_steps, new_examples = wanted, wanted * self._size
            self._seconds_per_step = took / new_steps
            steps, examples, elapsed = steps + new_steps, examples + new_examples, elapsed + took
        return Stretch(steps, examples, elapsed)

    def _fit(self, examples: Examples, *, epochs: int = 1, steps: int | None = None) -> float:
        """Call `fit`; return the seconds from the beginning of its first epoch to the end of its last."""
        clock = _Clock()
        with describe_building(), describe_running():
            self._model.fit(
                keras.tree.map_structure(np.asarray, examples.inputs),
                examples.targets,
                sample_weight=examples.sample_weight,
                batch_size=self._size,
                shuffle=self._shuffle,
                epochs=epochs,
                steps_per_epoch=steps,
                verbose=0,
                callbacks=[clock],
            )
        return clock.seconds


class _Clock(keras.callbacks.Callback):  # type: ignore[misc] # Keras publishes no types
    """Times the epochs of one call of `fit`; it does nothing at a batch, which would cost time."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        del logs
        if epoch == 0:
            self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        del epoch, logs
        self.seconds = time.perf_counter() - self._began


class Gauge:
    """The most memory that a training holds at a time: model, examples, and what compiling and steps need.

    What reading the data took and gave back is not in it.
    """

    def __init__(self) -> None:
        """Take what is held now for nothing."""
        tf.zeros(1)  # what TensorFlow makes at its first operation is no part of any training
        self._peak, self._stack = Peak(), ExitStack()
        self._before, self._made = _held(), 0

    def begin(self) -> None:
        """Look for the peak from now on; what is held by now counts."""
        self._peak = self._stack.enter_context(measured_peak())
        self._made = max(0, _held() - self._before)

    def read(self) -> int:
        """Return the peak, in bytes, and look no longer."""
        self._stack.close()
        return self._made + self._peak.bytes


def _held() -> int:
    """Return the bytes that are held on the device that computes."""
    if describe_devices().kind == "gpu":
        return int(tf.config.experimental.get_memory_info(GPU)["current"])
    return used_memory()


def find_refusal_of_xla(model: keras.Model) -> str | None:
    """Say why XLA cannot be tried on a model, as a sentence without a full stop; None where it can."""
    layer = find_refused_layer(model)
    return None if layer is None else f"`{layer}` cannot be compiled by XLA"


def find_refusal_of_fit(settings: Settings) -> str | None:
    """Say why `Model.fit` does not do what the settings ask for, as a sentence without a full stop; None if it does."""
    if settings.learning_rule in {"perceptron", "storage"}:
        return f"Keras does not know the learning rule `{settings.learning_rule}`"
    if settings.window is not None:
        return "Keras does not train on windows with the state carried on (`train.tbptt`)"
    return None


def measure_matmul(device: str) -> tuple[float, int]:
    """Measure how fast the device multiplies matrices: the best of many products of two squares of float32.

    Args:
        device: `cpu` or `gpu`.

    Returns:
        Floating-point operations a second, a multiplication and an addition being two; and the side of the squares.

    Raises:
        TrainingError: `out-of-memory` or `step-failed`.
    """
    side = MATMUL_SIZES[device]
    multiply = tf.function(lambda a, b: tf.reduce_max(tf.linalg.matmul(a, b)), autograph=False)
    best, until = float("inf"), time.perf_counter() + MATMUL_SECONDS
    with describe_running():
        one, other = (tf.random.stateless_normal([side, side], seed=[0, number]) for number in (1, 2))
        float(multiply(one, other))
        while time.perf_counter() < until or math.isinf(best):
            began = time.perf_counter()
            float(multiply(one, other))  # waits for the device
            best = min(best, time.perf_counter() - began)
    return 2 * side**3 / best, side
