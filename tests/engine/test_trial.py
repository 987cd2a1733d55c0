"""Steps that are run for their memory."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine.feeding import Examples
from archcli.engine.settings import Settings
from archcli.engine.steps import build_step
from archcli.engine.trial import Trial, variables_kept
from archcli.engine.variables import capture

OUTPUT = 64 * 2**16 * 4
"""Bytes of the widest layer of `_wide` for 64 examples."""


def _settings(**options: Any) -> Settings:
    return Settings(**{"epochs": 2, "batch_size": 64, "seed": 0, "monitor": "loss", "mode": "graph", **options})


def _wide(*, count: int = 512, width: int = 2**16) -> tuple[keras.Model, Examples]:
    """Make a network whose middle is 256 KiB an example, and examples for it."""
    keras.utils.set_random_seed(0)
    layers = keras.layers
    body = [layers.Dense(4), layers.Reshape((4, 1)), layers.UpSampling1D(width // 4), layers.Activation("tanh")]
    model = keras.Sequential([keras.Input((3,)), *body, layers.GlobalAveragePooling1D(), layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)
    generator = np.random.default_rng(0)
    return model, Examples(generator.normal(size=(count, 3)).astype("float32"), generator.normal(size=(count, 1)))


@pytest.fixture(scope="module")
def peaks() -> dict[str, int]:
    """What steps took at most, in bytes.

    Measured in a process of its own: what other tests have given back to TensorFlow would be used again, and so not be
    seen.
    """
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {name: int(peak) for name, peak in json.loads(done.stdout).items()}


def test_memory_of_a_step_is_what_its_layers_hold_at_a_time(peaks: dict[str, int]) -> None:
    """The output of the widest layer and its gradient, and four times as much for four times the batch."""
    assert 1.5 * OUTPUT <= peaks["64"] <= 6 * OUTPUT
    assert peaks["256"] == pytest.approx(4 * peaks["64"], rel=0.35)


def test_evaluation_of_larger_batches_counts(peaks: dict[str, int]) -> None:
    """It keeps nothing for a gradient, and takes four times the batch: here that is more."""
    assert peaks["64 and evaluation"] > peaks["64"] + OUTPUT
    assert peaks["64 and evaluation"] >= 3.5 * OUTPUT


@pytest.mark.parametrize("mode", ["graph", "xla", "eager"])
def test_step_is_run_in_the_mode_that_training_has(mode: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Since each takes memory of its own."""
    model, examples = _wide(count=8, width=8)
    asked: list[dict[str, Any]] = []
    function = tf.function

    def noting(*arguments: Any, **options: Any) -> Any:
        asked.append(options)
        return function(*arguments, **options)

    monkeypatch.setattr(tf, "function", noting)

    Trial(model, examples, None, _settings(mode=mode)).measure(4)

    compiled = [options["jit_compile"] for options in asked if "jit_compile" in options]
    assert compiled == {"graph": [False], "xla": [True], "eager": []}[mode]


def test_variables_are_put_back() -> None:
    """Weights, momentum, running metrics and the seeds of dropout are as if nothing had been run."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse", metrics=["mae"], jit_compile=False)
    generator = np.random.default_rng(0)
    examples = Examples(generator.normal(size=(32, 3)).astype("float32"), generator.normal(size=(32, 1)))
    build_step(model, examples, batch_size=8)
    before = capture(model)

    with variables_kept(model):
        Trial(model, examples, examples, _settings()).measure(8)
        during = capture(model)

    assert any(not np.array_equal(one, other) for one, other in zip(before, during, strict=True))
    assert all(np.array_equal(one, other) for one, other in zip(before, capture(model), strict=True))


def test_windows_of_sequences_are_measured_as_they_are_trained(peaks: dict[str, int]) -> None:
    """Truncated backpropagation keeps one window at a time: a 32nd of what whole sequences keep, and what is fixed.

    In all it takes about a quarter, tracing included, which is not the same each time.
    """
    assert peaks["window of 8"] < 0.5 * peaks["whole sequences"]


def _measure_alone() -> dict[str, int]:
    """Measure steps in a process that has done nothing else."""
    model, examples = _wide()
    training, both = Trial(model, examples, None, _settings()), Trial(model, examples, examples, _settings())
    both.measure(4)  # whatever TensorFlow takes once
    return {
        "64": training.measure(64),
        "256": training.measure(256),
        "64 and evaluation": both.measure(64),
        "whole sequences": _measure_sequences(window=None),
        "window of 8": _measure_sequences(window=8),
    }


def _measure_sequences(*, window: int | None) -> int:
    """Measure a step on 2048 sequences of 256 steps; states of them are 128 MiB."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(2048, 256, 8)).astype("float32")
    examples = Examples(inputs, generator.normal(size=(2048, 256, 1)).astype("float32"))
    keras.utils.set_random_seed(0)
    layers = [keras.layers.SimpleRNN(64, return_sequences=True), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((256, 8)), *layers])
    model.compile("sgd", "mse", jit_compile=False)
    trial = Trial(model, examples, None, _settings(window=window))
    trial.measure(16)
    return trial.measure(2048)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure_alone()))
