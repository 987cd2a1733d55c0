"""Windows against a loop written by hand, one operation at a time, and against whole sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine.feeding import Examples, cut_batches, place_examples
from archcli.engine.steps import Loop, build_step, take_then
from archcli.engine.windows import WindowedStep, windowed_step
from archcli.layers.elman import Elman
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.compile_mode import ModeName

layers, optimizers = keras.layers, keras.optimizers
STEPS, BATCH, COUNT = 11, 8, 12
SEQUENCES: Any = {"return_sequences": True}


def chain(*hidden: keras.layers.Layer, rate: float = 0.1) -> keras.Model:
    """Make a network that labels each step of a sequence."""
    return compiled(keras.Sequential([keras.Input((STEPS, 4)), *hidden, layers.Dense(3)]), rate=rate)


def compiled(model: keras.Model, *, rate: float = 0.1) -> keras.Model:
    """Compile a classifier of steps."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizers.SGD(rate, momentum=0.9), loss, weighted_metrics=["accuracy"], jit_compile=False)
    return model


def labelled(*, padded: bool = False, steps: int = STEPS) -> Examples:
    """Draw sequences with a label and a weight for each step; of other lengths, padded with zeros, if wanted."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(COUNT, steps, 4)).astype("float32")
    if padded:
        for row, length in zip(inputs, generator.integers(2, steps + 1, COUNT), strict=True):
            row[length:] = 0
    weight = generator.uniform(0, 2, (COUNT, steps)).astype("float32")
    return Examples(inputs, generator.integers(0, 3, (COUNT, steps)), weight)


def run_windows(model: keras.Model, examples: Examples, window: int, *, mode: ModeName = "graph") -> dict[str, float]:
    """Train an epoch in the natural order and return its metrics."""
    build_step(model, examples, batch_size=BATCH)
    loop = Loop(model, take_then(windowed_step(model, examples, window)), mode=mode)
    data, batches = place_examples(examples), cut_batches(np.arange(COUNT), batch_size=BATCH)
    step, metrics = 0, dict[str, float]()
    while step < batches.count:
        reached = loop.advance(data, batches, start=step)
        step, metrics = reached.step, dict(reached.metrics)
    return metrics


def run_by_hand(model: keras.Model, examples: Examples, window: int) -> None:
    """Train an epoch eagerly: states handed from window to window as numbers, the loss written out."""
    parts: tuple[Any, ...] = (examples.inputs, examples.targets, examples.sample_weight)
    model.optimizer.build(model.trainable_variables)
    for start in range(0, COUNT, BATCH):
        states: dict[str, Any] = {}
        for step in range(0, STEPS, window):
            inputs, targets, weight = (part[start : start + BATCH, step : step + window] for part in parts)
            with tf.GradientTape() as tape:
                scores, mask = forward(model, inputs, states)
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, scores)
                share = tf.reduce_sum(losses * weight * mask) / tf.maximum(tf.reduce_sum(mask), 1e-7)
            gradients = tape.gradient(share, model.trainable_variables)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))


def forward(model: keras.Model, inputs: Any, states: dict[str, Any]) -> tuple[Any, Any]:
    """Run one layer after another, with and into `states`; the mask is of ones where no layer makes one."""
    hidden, mask = tf.constant(inputs), None
    for layer in model.layers:
        if isinstance(layer, layers.Masking):
            mask = tf.reduce_any(hidden != 0, axis=-1)
        elif isinstance(layer, layers.RNN):
            begin = states.get(layer.name, layer.get_initial_state(len(inputs)))
            layer.return_state = True
            hidden, *ended = layer.call(hidden, initial_state=[tf.constant(np.asarray(s)) for s in begin], mask=mask)
            layer.return_state = False
            states[layer.name] = [state.numpy() for state in ended]
        else:
            hidden = layer(hidden)
    return hidden, tf.ones(hidden.shape[:2]) if mask is None else tf.cast(mask, "float32")


CHAINS: dict[str, Callable[[], list[keras.layers.Layer]]] = {
    "LSTM": lambda: [layers.LSTM(5, **SEQUENCES)],
    "an Elman network that starts at 0.5": lambda: [Elman(5, 2, initial_context=0.5, **SEQUENCES)],
    "two masked layers": lambda: [layers.Masking(), layers.LSTM(5, **SEQUENCES), layers.GRU(4, **SEQUENCES)],
}


@pytest.mark.parametrize("name", CHAINS)
def test_windows_are_those_of_a_loop_by_hand(name: str) -> None:
    """Windows of 4, 4 and 3 steps, weighted and padded, end within 2e-7 of what is done one operation at a time."""
    examples = labelled(padded="masked" in name)
    keras.utils.set_random_seed(3)
    model = chain(*CHAINS[name]())
    keras.utils.set_random_seed(3)
    reference = chain(*CHAINS[name]())

    run_windows(model, examples, 4)
    run_by_hand(reference, examples, 4)

    assert largest_difference(model, reference) <= 2e-7


def largest_difference(one: keras.Model, other: keras.Model) -> float:
    """Return the largest difference of any trained weight of two models."""
    pairs = zip(one.trainable_variables, other.trainable_variables, strict=True)
    return max(float(np.abs(np.asarray(a) - np.asarray(b)).max()) for a, b in pairs)


@pytest.mark.parametrize("mode", ["xla", "eager"])
def test_every_mode_gives_the_same(mode: ModeName) -> None:
    """Compiled by XLA and one operation at a time, windows end within 2e-7 of those of the graph."""
    models = []
    for chosen in ("graph", mode):
        keras.utils.set_random_seed(3)
        models.append(chain(layers.SimpleRNN(4, **SEQUENCES)))
        run_windows(models[-1], labelled(), 4, mode=chosen)

    assert largest_difference(*models) <= 2e-7


def test_a_window_of_all_steps_is_no_window() -> None:
    """The step is Keras's own, so that every bit is."""
    model = chain(layers.LSTM(4, **SEQUENCES))

    assert windowed_step(model, labelled(), STEPS) == model.train_step
    assert windowed_step(model, labelled(), STEPS + 1) == model.train_step


def shared() -> keras.Model:
    """Make a network that reads a sequence twice by one layer."""
    inputs = keras.Input((STEPS, 4))
    layer = layers.GRU(4, **SEQUENCES)
    return keras.Model(inputs, layers.Dense(3)(layer(layer(inputs))))


def begun_by_a_table() -> keras.Model:
    """Make a network whose layer begins where a dense layer says."""
    steps, table = keras.Input((STEPS, 4), name="steps"), keras.Input((2,), name="table")
    hidden = layers.GRU(4, **SEQUENCES)(steps, initial_state=layers.Dense(4)(table))
    return keras.Model({"steps": steps, "table": table}, layers.Dense(3)(hidden))


def nested() -> keras.Model:
    """Make a network with a network in it."""
    inner = keras.Sequential([keras.Input((STEPS, 4)), layers.LSTM(4, **SEQUENCES)])
    inputs = keras.Input((STEPS, 4))
    return keras.Model(inputs, layers.Dense(3)(keras.Model(inputs, inner(inputs))(inputs)))


def with_state() -> keras.Model:
    """Make a network whose layer gives a state that nobody wants."""
    inputs = keras.Input((STEPS, 4))
    hidden, _ = layers.GRU(4, return_sequences=True, return_state=True)(inputs)
    return keras.Model(inputs, layers.Dense(3)(hidden))


def chain_of(*hidden: keras.layers.Layer) -> Callable[[], keras.Model]:
    """Give a maker of a chain."""
    return lambda: keras.Sequential([keras.Input((STEPS, 4)), *hidden, layers.Dense(3)])


MODELS: dict[str, Callable[[], keras.Model]] = {
    "SimpleRNN": chain_of(layers.SimpleRNN(4, **SEQUENCES)),
    "a cell": chain_of(layers.RNN(layers.GRUCell(4), **SEQUENCES)),
    "stacked cells": chain_of(layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], **SEQUENCES)),
    "Jordan": chain_of(Jordan(4, 2, decay=0.5, initial_state_value=0.5, **SEQUENCES)),
    "FullyRecurrent": chain_of(FullyRecurrent(4, **SEQUENCES)),
    "one that gives its state too": with_state,
    "a shared layer": shared,
    "a state that is given": begun_by_a_table,
    "models in models": nested,
}


@pytest.mark.parametrize("name", MODELS)
def test_states_are_carried_whatever_the_network(name: str) -> None:
    """Where nothing is learned, at a learning rate of 0, windows of one step have the loss of whole sequences."""
    model = compiled(MODELS[name](), rate=0.0)
    examples = labelled()
    if isinstance(model.inputs, list) and len(model.inputs) > 1:
        table = np.random.default_rng(1).normal(size=(COUNT, 2)).astype("float32")
        inputs: Any = {"steps": examples.inputs, "table": table}
        examples = Examples(inputs, examples.targets, examples.sample_weight)
    expected = model.evaluate(
        examples.inputs, examples.targets, sample_weight=examples.sample_weight, verbose=0, return_dict=True
    )

    found = run_windows(model, examples, 1)

    assert isinstance(windowed_step(model, examples, 1), WindowedStep)
    assert found == pytest.approx(expected, rel=1e-5)


def test_nothing_of_one_batch_is_left_for_the_next() -> None:
    """The same batch twice, with nothing learned, has the same loss twice."""
    examples = labelled().first(BATCH)
    model = chain(layers.LSTM(4, **SEQUENCES), rate=0.0)
    build_step(model, examples, batch_size=BATCH)
    step, batch = windowed_step(model, examples, 4), place_examples(examples)

    losses = []
    for _ in range(2):
        model.reset_metrics()
        losses.append(float(step(batch)["loss"]))

    assert losses[0] == losses[1]
    assert "inner_loop" not in vars(model.layers[0])


def test_what_lies_further_back_than_a_window_is_learned_from_the_state(train: Any) -> None:
    """A sign of five steps ago is learned in windows of four; from windows on their own it cannot be."""
    generator = np.random.default_rng(0)
    signs = generator.integers(0, 2, (64, 45))
    inputs, targets = signs[:, 5:, np.newaxis].astype("float32") * 2 - 1, signs[:, :-5, np.newaxis]
    losses = []
    for parts in (1, 10):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((None, 1)), layers.SimpleRNN(24, **SEQUENCES), layers.Dense(1)])
        model.compile(optimizers.Adam(0.005), keras.losses.BinaryCrossentropy(from_logits=True), jit_compile=False)
        cut = Examples(inputs.reshape(64 * parts, -1, 1), targets.reshape(64 * parts, -1, 1))
        losses.append(train(model, cut, epochs=6, batch_size=16 * parts, window=4).best_value)

    carried, alone = losses
    assert alone > 0.66  # ln 2 is 0.69
    assert carried < 0.4
