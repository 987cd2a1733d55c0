"""Timing the loop and `Model.fit`."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from archcli.engine.benchmarking import (
    FitTrainer,
    Gauge,
    LoopTrainer,
    find_refusal_of_fit,
    find_refusal_of_xla,
    measure_matmul,
)
from archcli.engine.compile_mode import ModeName
from archcli.engine.feeding import Examples, order_epoch
from archcli.engine.settings import Settings
from archcli.errors import TrainingError

SETTINGS = Settings(epochs=1, batch_size=8, seed=5, monitor="loss")
DRAWN = np.random.default_rng(0)
INPUTS, TARGETS = DRAWN.normal(size=(20, 4)).astype("float32"), DRAWN.normal(size=(20, 1)).astype("float32")
EXAMPLES = Examples(INPUTS, TARGETS)


def _model() -> keras.Model:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=False)
    return model


@pytest.mark.parametrize("mode", ["graph", "eager"])
def test_the_loop_that_is_timed_is_the_one_that_trains(mode: ModeName) -> None:
    """After some steps of some epochs the weights are those of Keras, fed the same batches."""
    model, expected = _model(), _model()
    expected.run_eagerly = mode == "eager"  # a graph puts operations together, which rounds in another way
    trainer = LoopTrainer(model, EXAMPLES, SETTINGS, mode)

    trainer.compile()
    steps = 1 + trainer.train(0.02).steps

    indices = [
        order_epoch(20, seed=5, epoch=epoch, shuffle=True)[start : start + 8]
        for epoch in range(1 + steps // 3)
        for start in (0, 8, 16)
    ]
    for batch in indices[:steps]:
        expected.train_on_batch(INPUTS[batch], TARGETS[batch])
    for found, wanted in zip(model.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_the_loop_counts_the_partial_batch() -> None:
    """Three steps of an epoch are twenty examples, however the epochs are cut into calls."""
    trainer = LoopTrainer(_model(), EXAMPLES, SETTINGS, "graph")

    trainer.compile()
    stretches = [trainer.train(0.001) for _ in range(20)]

    steps = 1 + sum(stretch.steps for stretch in stretches)
    examples = 8 + sum(stretch.examples for stretch in stretches)
    assert examples == 20 * (steps // 3) + 8 * (steps % 3)
    assert all(stretch.seconds > 0 and stretch.steps > 0 for stretch in stretches)


def test_a_loss_that_is_no_number_ends_the_measuring() -> None:
    """A step on numbers that are none may take another time, so that nothing is said of it."""
    inputs = np.full((20, 4), np.nan, "float32")
    trainer = LoopTrainer(_model(), replace(EXAMPLES, inputs=inputs), SETTINGS, "graph")

    with pytest.raises(TrainingError) as raised:
        trainer.compile()

    assert raised.value.problems[0].message == "the loss became nan while it was measured"


def test_fit_is_counted_by_its_own_optimizer() -> None:
    """As many steps as Keras has taken: whole epochs, or the first steps of one."""
    model = _model()
    trainer = FitTrainer(model, EXAMPLES, SETTINGS)

    seconds = trainer.compile()
    before = int(model.optimizer.iterations)
    stretch = trainer.train(0.05)
    one = trainer.train(0.0)

    assert seconds > 0
    assert before == 3  # of a whole batch, of the partial one, and one that is timed
    assert int(model.optimizer.iterations) == before + stretch.steps + one.steps
    assert (one.steps, one.examples) == (1, 8)
    assert stretch.examples <= 8 * stretch.steps
    assert stretch.seconds >= 0.9 * 0.05


def test_fit_is_compiled_as_keras_does_by_itself() -> None:
    """`compile(jit_compile="auto")` is Keras's default, which on a CPU is no XLA."""
    model, expected = _model(), _model()
    expected.compile("sgd", "mse")

    FitTrainer(model, EXAMPLES, SETTINGS)

    assert model.jit_compile == expected.jit_compile


def test_fit_does_not_know_all_that_a_recipe_can_ask_for() -> None:
    """Learning rules that are not Keras's, and windows with the state carried on."""
    assert find_refusal_of_fit(SETTINGS) is None
    assert (
        find_refusal_of_fit(replace(SETTINGS, learning_rule="perceptron"))
        == "Keras does not know the learning rule `perceptron`"
    )
    assert (
        find_refusal_of_fit(replace(SETTINGS, window=5))
        == "Keras does not train on windows with the state carried on (`train.tbptt`)"
    )


def test_xla_is_not_tried_on_a_layer_that_refuses_it() -> None:
    """Some layers would end the process."""
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.RandomRotation(0.1)])

    assert find_refusal_of_xla(model) == "`RandomRotation` cannot be compiled by XLA"
    assert find_refusal_of_xla(_model()) is None


def test_the_gauge_counts_what_is_held_and_not_what_was_given_back() -> None:
    """32 MiB that stay and 64 MiB that come later; not 128 MiB that were there for a moment before."""
    mebibyte = 2**20
    gauge = Gauge()

    for size in (128, 32):
        kept = np.ones(size * mebibyte, np.uint8)
        if size == 128:
            del kept
    gauge.begin()
    later = np.ones(64 * mebibyte, np.uint8)
    held = later.nbytes + kept.nbytes
    del later

    assert held <= gauge.read() + 4 * mebibyte
    assert gauge.read() < 1.3 * held


def test_a_product_of_matrices_is_measured() -> None:
    """Any processor of this century does a hundred million operations a second."""
    flops, side = measure_matmul("cpu")

    assert side == 1024
    assert flops > 1e8
