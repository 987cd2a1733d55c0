"""Memory that runs out for real: a layer that asks for sixteen TiB as soon as a batch is too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine.feeding import Examples
from archcli.engine.settings import Settings
from archcli.engine.shortage import check_room, estimate_outputs, fitting_prediction
from archcli.engine.steps import build_step
from archcli.engine.variables import capture
from archcli.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.training import Outcome

    Train = Callable[..., Outcome]

MIB = 2**20


@keras.saving.register_keras_serializable("tests")
class Greedy(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Hands its input on; for a batch above `most` it takes more memory than any machine has."""

    def __init__(self, most: int, **options: Any) -> None:
        """Have no weights."""
        super().__init__(**options)
        self._most = most

    def call(self, inputs: Any) -> Any:
        """Sort so many random numbers, which TensorFlow cannot do in place."""
        rows = tf.where(tf.shape(inputs)[0] > self._most, tf.constant(2**41, tf.int64), tf.constant(1, tf.int64))
        drawn = tf.random.stateless_uniform([rows, 2], seed=[1, 2])
        return inputs + 0 * tf.reduce_max(tf.sort(drawn))


def _greedy(most: int) -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((6,)), Greedy(most), keras.layers.Dense(3)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    return model


@pytest.fixture
def many() -> Examples:
    """300 examples of 3 classes."""
    generator = np.random.default_rng(0)
    return Examples(generator.normal(size=(300, 6)).astype("float32"), generator.integers(0, 3, 300))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes are tried to the end, however slow the machine is."""
    monkeypatch.setattr("archcli.engine.shortage.SECONDS_OF_SEARCH", 1e9)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("mode", ["graph", "eager"])
def test_training_that_runs_out_of_memory_says_what_fits(mode: str, train: Train, many: Examples) -> None:
    """Found by running smaller ones; the line to write is there."""
    with pytest.raises(TrainingError) as caught:
        train(_greedy(70), many, batch_size=300, mode=mode)

    (problem,) = caught.value.problems
    assert problem.code == "out-of-memory"
    assert problem.message == "memory ran out with batches of 300; the largest that fitted is 64"
    assert problem.hint == "write `train.batch_size: 64`, or `train.batch_size: auto`"


@pytest.mark.usefixtures("patient")
def test_evaluation_that_runs_out_of_memory_says_what_fits(train: Train, many: Examples) -> None:
    """It takes four times the batch: 200 do not fit where training has 50, and where it has 16 it is 64."""
    with pytest.raises(TrainingError) as caught:
        train(_greedy(100), many, many, batch_size=50)

    assert caught.value.problems[0].message == "memory ran out with batches of 50; the largest that fitted is 16"


@pytest.mark.usefixtures("patient")
def test_model_of_which_nothing_fits_is_told(train: Train, many: Examples) -> None:
    """No batch size is to blame then."""
    with pytest.raises(TrainingError) as caught:
        train(_greedy(0), many, batch_size=64)

    (problem,) = caught.value.problems
    assert problem.message == "memory ran out with batches of 64, and no batch fits, not even one of a single example"
    assert problem.hint == "make the model smaller, or give it more memory"


def test_batch_of_one_is_not_told_to_be_smaller(train: Train, many: Examples) -> None:
    """There is nothing to try."""
    with pytest.raises(TrainingError) as caught:
        train(_greedy(0), many, batch_size=1)

    assert caught.value.problems[0].message == ("memory ran out, and no batch fits, not even one of a single example")


def _wide(count: int) -> tuple[keras.Model, Examples]:
    """Make a network with two outputs of 64 KiB an example and of a few bytes."""
    layers = keras.layers
    keras.utils.set_random_seed(0)
    body = [layers.Reshape((3, 1)), layers.UpSampling1D(2**14 // 3), layers.Activation("tanh")]
    model = keras.Sequential([keras.Input((3,)), *body, layers.GlobalAveragePooling1D(), layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)
    generator = np.random.default_rng(0)
    examples = Examples(generator.normal(size=(count, 3)).astype("float32"), generator.normal(size=(count, 1)))
    build_step(model, examples, batch_size=1)
    return model, examples


def _settings(batch_size: int) -> Settings:
    return Settings(epochs=1, batch_size=batch_size, seed=0, monitor="loss", mode="graph")


@pytest.mark.usefixtures("patient")
def test_batch_that_is_sure_not_to_fit_is_refused_before() -> None:
    """On a CPU the kernel would end the process; 4096 examples take 256 MiB in one layer alone, and 200 are free."""
    model, examples = _wide(4096)
    before = capture(model)

    with pytest.raises(TrainingError) as caught:
        check_room(model, examples, None, _settings(4096), free=200 * MIB)

    (problem,) = caught.value.problems
    assert problem.code == "out-of-memory"
    assert problem.message.startswith("batches of 4096 would take about ")
    assert " of memory, and 200 MiB are free; the largest that fitted is " in problem.message
    fitting = int(problem.message.rsplit(" ", 1)[1])
    assert fitting in (512, 1024, 2048)
    assert problem.hint == f"write `train.batch_size: {fitting}`, or `train.batch_size: auto`"
    assert all(np.array_equal(one, other) for one, other in zip(before, capture(model), strict=True))


def test_batch_that_fits_is_let_through() -> None:
    """It was run: 256 take 64 MiB or so, of 400."""
    model, examples = _wide(256)

    check_room(model, examples, None, _settings(256), free=400 * MIB)


def test_network_that_is_small_beside_the_memory_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which costs no time, then."""
    model, examples = _wide(256)
    monkeypatch.setattr("archcli.engine.shortage.Trial", None)

    check_room(model, examples, None, _settings(256), free=10_000 * MIB)


def test_outputs_of_layers_are_added_up() -> None:
    """Four bytes a number: 10 indices, 10 x 4 embedded, 8 x 5 that the GRU gives and 8 x 10 x 5 that it keeps, 2."""
    model = keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(20, 4),
            keras.layers.GRU(5),
            keras.layers.Dense(2),
        ]
    )
    inputs = np.zeros((3, 10), "int32")

    assert estimate_outputs(model, inputs) == 4 * (10 + 40 + 40 + 400 + 2)


def test_few_examples_are_answered_at_a_time_where_layers_are_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of 100 MiB holds the two layers of 64 KiB 199 times: 128 examples; of a small one as many as wanted."""
    model, examples = _wide(4)
    monkeypatch.setattr("archcli.engine.shortage.free_memory", lambda: 100 * MIB)

    assert fitting_prediction(model, examples.inputs, most=1024) == 128
    assert fitting_prediction(model, examples.inputs, most=100) == 100
