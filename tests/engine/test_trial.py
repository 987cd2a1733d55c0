"""Steps that are run for their memory."""

from __future__ import annotations

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


def test_memory_of_a_step_is_what_its_layers_hold_at_a_time() -> None:
    """At least the output of the widest layer and its gradient, and four times as much for four times the batch."""
    # In a process of its own: what other tests have given back to TensorFlow would be used again, and so not be seen.
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True)
    small, large = (int(word) for word in done.stdout.split())

    output = 64 * 2**16 * 4
    assert 2 * output <= small <= 6 * output
    assert large == pytest.approx(4 * small, rel=0.35)


def test_evaluation_of_larger_batches_counts() -> None:
    """It keeps nothing for a gradient, and takes four times the batch: here that is more."""
    model, examples = _wide()
    alone = Trial(model, examples, None, _settings()).measure(64)
    both = Trial(model, examples, examples, _settings()).measure(64)

    output = 64 * 2**16 * 4
    assert both > alone + output
    assert both >= 4 * output


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


def test_windows_of_sequences_are_measured_as_they_are_trained() -> None:
    """Truncated backpropagation keeps one window at a time: it takes less than whole sequences."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(2048, 64, 8)).astype("float32")
    examples = Examples(inputs, generator.normal(size=(2048, 64, 1)).astype("float32"))
    peaks = []
    for window in (None, 8):
        keras.utils.set_random_seed(0)
        layers = [keras.layers.SimpleRNN(64, return_sequences=True), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((64, 8)), *layers])
        model.compile("sgd", "mse", jit_compile=False)
        trial = Trial(model, examples, None, _settings(window=window))
        trial.measure(16)
        peaks.append(trial.measure(2048))

    assert peaks[1] < 0.6 * peaks[0]


def _measure_alone() -> tuple[int, int]:
    """Measure two sizes of batch in a process that has done nothing else."""
    model, examples = _wide()
    trial = Trial(model, examples, None, _settings())
    trial.measure(16)  # whatever TensorFlow takes once
    return trial.measure(64), trial.measure(256)


if __name__ == "__main__":
    sys.stdout.write("{} {}".format(*_measure_alone()))
