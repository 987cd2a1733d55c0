"""The compiled loop against Keras's own `train_on_batch`, with the same batches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine import steps
from archcli.engine.feeding import Examples, cut_batches, order_epoch, place_examples
from archcli.engine.steps import Loop, Pace, build_step, name_metrics, seeds_kept, take_then
from archcli.engine.variables import capture
from archcli.layers.elman import Elman
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan
from archcli.layers.reverse import Reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.compile_mode import ModeName

layers, optimizers = keras.layers, keras.optimizers
STEPS, BATCH = 50, 16
Case = tuple[keras.Model, Examples]


def run_loop(model: keras.Model, examples: Examples, *, mode: ModeName, steps: int = STEPS) -> None:
    """Train by the compiled loop, epoch after epoch, for exactly `steps`."""
    build_step(model, examples, batch_size=BATCH)
    loop, data = Loop(model, take_then(model.train_step), mode=mode), place_examples(examples)
    epoch, left = 0, steps
    while left:
        batches = cut_batches(order_epoch(examples.count, seed=5, epoch=epoch, shuffle=True), batch_size=BATCH)
        step = 0
        while step < batches.count and left:
            loop._pace.step_count = min(loop._pace.step_count, left)
            reached = loop.advance(data, batches, start=step)
            left, step = left - (reached.step - step), reached.step
        epoch += 1


def run_keras(model: keras.Model, examples: Examples, *, steps: int = STEPS) -> None:
    """Train by `train_on_batch` with the batches of `run_loop`."""
    model.optimizer.build(model.trainable_variables)
    epoch = 0
    while steps:
        order = order_epoch(examples.count, seed=5, epoch=epoch, shuffle=True)
        for start in range(0, len(order), BATCH):
            if steps:
                rows = order[start : start + BATCH]
                parts = (examples.inputs, examples.targets, examples.sample_weight)
                picked = keras.tree.map_structure(lambda array: None if array is None else array[rows], parts)  # noqa: B023
                model.train_on_batch(*picked)
                steps -= 1
        epoch += 1


def largest_difference(one: keras.Model, other: keras.Model) -> float:
    """Return the largest difference of any weight of two models."""
    pairs = zip(one.variables, other.variables, strict=True)
    return max(float(np.abs(np.asarray(a, "float64") - np.asarray(b, "float64")).max()) for a, b in pairs)


def table(*hidden: keras.layers.Layer, count: int = 106, **options: Any) -> Case:
    """Make a small network on a table, and its examples."""
    generator = np.random.default_rng(0)
    examples = Examples(generator.normal(size=(count, 6)).astype("float32"), generator.integers(0, 3, count))
    hidden = hidden or (layers.Dense(8, activation="tanh"),)
    return compiled(keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3)]), **options), examples


def compiled(model: keras.Model, *, optimizer: Any = None, **options: Any) -> keras.Model:
    """Compile a classifier that gives logits."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    options = {"loss": loss, "metrics": ["accuracy"], "jit_compile": False, **options}
    model.compile(optimizer or optimizers.SGD(0.05, momentum=0.9), **options)
    return model


def weighted() -> Case:
    """Make a case with a weight for each example, and a weighted metric."""
    model, examples = table(weighted_metrics=["accuracy"])
    weight = np.random.default_rng(1).uniform(0, 2, examples.count).astype("float32")
    return model, Examples(examples.inputs, examples.targets, weight)


def sequences(*hidden: keras.layers.Layer, count: int = 106) -> Case:
    """Make a network on sequences of 12 steps."""
    generator = np.random.default_rng(0)
    examples = Examples(generator.normal(size=(count, 12, 4)).astype("float32"), generator.integers(0, 3, count))
    return compiled(keras.Sequential([keras.Input((12, 4)), *hidden, layers.Dense(3)])), examples


def words() -> Case:
    """Make a network on words that vary in number, padded with zeros."""
    generator = np.random.default_rng(0)
    examples = Examples(generator.integers(0, 20, (106, 9)), generator.integers(0, 3, 106))
    embedding = layers.Embedding(20, 5, mask_zero=True)
    return compiled(
        keras.Sequential([keras.Input((9,), dtype="int64"), embedding, layers.GRU(6), layers.Dense(3)])
    ), examples


def images() -> Case:
    """Make a convolutional network on small images."""
    generator = np.random.default_rng(0)
    examples = Examples(generator.normal(size=(106, 8, 8, 1)).astype("float32"), generator.integers(0, 3, 106))
    body = (layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten())
    return compiled(keras.Sequential([keras.Input((8, 8, 1)), *body, layers.Dense(3)])), examples


def two_of_each() -> Case:
    """Make a network with two named inputs and two named outputs, one of them weighted less."""
    one, other = keras.Input((3,), name="one"), keras.Input((2,), name="other")
    body = layers.Dense(6, activation="tanh")(layers.Concatenate()([one, other]))
    outputs = {"kind": layers.Dense(3, name="kind")(body), "size": layers.Dense(1, name="size")(body)}
    model = keras.Model({"one": one, "other": other}, outputs)
    losses = {"kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "size": "mse"}
    model.compile(
        optimizers.SGD(0.05, momentum=0.9),
        losses,
        loss_weights={"kind": 1.0, "size": 0.3},
        metrics={"kind": ["accuracy"], "size": ["mae"]},
        jit_compile=False,
    )
    generator = np.random.default_rng(0)
    inputs = {"one": generator.normal(size=(106, 3)), "other": generator.normal(size=(106, 2))}
    targets = {"kind": generator.integers(0, 3, 106), "size": generator.normal(size=(106, 1)).astype("float32")}
    return model, Examples({name: array.astype("float32") for name, array in inputs.items()}, targets)


def labelled_steps() -> Case:
    """Make a network that labels each step twice, with weights for each step of one and each example of the other."""
    steps = keras.Input((7, 4), name="steps")
    body = layers.LSTM(5, return_sequences=True)(steps)
    outputs = {"kind": layers.Dense(3, name="kind")(body), "size": layers.Dense(1, name="size")(body)}
    model = keras.Model({"steps": steps}, outputs)
    losses = {"kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "size": "mse"}
    metrics = {"kind": ["accuracy"], "size": ["mae"]}
    model.compile(optimizers.SGD(0.05, momentum=0.9), losses, weighted_metrics=metrics, jit_compile=False)
    generator = np.random.default_rng(0)
    inputs = {"steps": generator.normal(size=(106, 7, 4)).astype("float32")}
    targets = {"kind": generator.integers(0, 3, (106, 7)), "size": generator.normal(size=(106, 7, 1))}
    weight = {"kind": generator.uniform(0, 2, (106, 7)), "size": generator.uniform(0, 2, (106, 1))}
    return model, Examples(
        inputs,
        {"kind": targets["kind"], "size": targets["size"].astype("float32")},
        {name: array.astype("float32") for name, array in weight.items()},
    )


def masked_steps() -> Case:
    """Make a network that labels the steps of sequences padded with zeros."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(106, 9, 4)).astype("float32")
    for row, length in zip(inputs, generator.integers(2, 10, 106), strict=True):
        row[length:] = 0
    body = (layers.Masking(), layers.LSTM(5, return_sequences=True), layers.Dense(3))
    targets = generator.integers(0, 3, (106, 9))
    return compiled(keras.Sequential([keras.Input((9, 4)), *body])), Examples(inputs, targets)


def graph_of(make: Callable[[Any, Any], Any], *, steps: int = 6) -> Case:
    """Make a classifier of two sequences, whose scores `make` makes of them."""
    one, other = keras.Input((steps, 4), name="one"), keras.Input((steps, 4), name="other")
    model = compiled(keras.Model({"one": one, "other": other}, layers.Dense(3)(make(one, other))))
    generator = np.random.default_rng(0)
    inputs = {name: generator.normal(size=(96, steps, 4)).astype("float32") for name in ("one", "other")}
    return model, Examples(inputs, generator.integers(0, 3, 96))


def shared_and_nested() -> Case:
    """Make a network that reads both sequences by one model, which is a Sequential inside a Functional."""
    encoder = keras.Sequential([keras.Input((6, 4)), layers.GRU(5), layers.Dense(4, activation="tanh")])
    return graph_of(lambda one, other: layers.Subtract()([encoder(one), encoder(other)]))


def attending() -> Case:
    """Make a network in which one sequence attends to the other."""
    attention = layers.MultiHeadAttention(2, 3, dropout=0.1)
    return graph_of(lambda one, other: layers.GlobalAveragePooling1D()(attention(one, other)))


def handed_on() -> Case:
    """Make an encoder whose states a decoder begins with."""

    def make(one: Any, other: Any) -> Any:
        _, *states = layers.LSTM(5, return_state=True)(one)
        return layers.LSTM(5)(other, initial_state=states)

    return graph_of(make)


def half_precision(policy: str) -> Case:
    """Make a network in half precision; in float16 Keras scales the loss."""
    keras.config.set_dtype_policy(policy)
    try:
        return table(layers.Dense(8, activation="tanh"))
    finally:
        keras.config.set_dtype_policy("float32")


# `count=96` is for whole batches only: at a partial one Keras makes its function anew for any batch size, which may
# round in another way.
NO_BIAS = {"use_bias": False}  # before batch norm its gradient is rounding noise, which Adam blows up
GRAPH_CASES: dict[str, Callable[[], Case]] = {
    "adam with a clipped global norm and cosine decay": lambda: table(
        optimizer=optimizers.Adam(optimizers.schedules.CosineDecay(0.01, 40), global_clipnorm=0.5)
    ),
    "sgd with Nesterov momentum and clipped norms": lambda: table(
        optimizer=optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=0.3)
    ),
    "rmsprop with clipped values": lambda: table(optimizer=optimizers.RMSprop(0.005, clipvalue=0.1)),
    "adamw with weight decay and a decaying rate": lambda: table(
        optimizer=optimizers.AdamW(optimizers.schedules.ExponentialDecay(0.01, 20, 0.5), weight_decay=0.01)
    ),
    "lion": lambda: table(optimizer=optimizers.Lion(0.001)),
    "gradient accumulation": lambda: table(optimizer=optimizers.Adam(0.01, gradient_accumulation_steps=3)),
    "moving averages that overwrite the weights": lambda: table(
        optimizer=optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=7)
    ),
    "dropout and noise": lambda: table(layers.GaussianNoise(0.1), layers.Dense(8), layers.Dropout(0.3)),
    "batch norm": lambda: table(layers.Dense(8, **NO_BIAS), layers.BatchNormalization(), layers.ReLU(), count=96),
    "regularizers of weights and activity": lambda: table(
        layers.Dense(8, kernel_regularizer=keras.regularizers.L1L2(0.001, 0.01), activity_regularizer="l2")
    ),
    "a constraint": lambda: table(layers.Dense(8, kernel_constraint=keras.constraints.MaxNorm(0.7))),
    "weighted examples": weighted,
    "an LSTM with recurrent dropout": lambda: sequences(layers.LSTM(6, dropout=0.2, recurrent_dropout=0.2), count=96),
    "masked words": words,
    "images": images,
    "two inputs and two outputs": two_of_each,
    "labelled and weighted steps": labelled_steps,
    "masked steps": masked_steps,
    "a model that is shared and nested": shared_and_nested,
    "attention": attending,
    "states that are handed on": handed_on,
    "bfloat16": lambda: half_precision("mixed_bfloat16"),
    "float16 with a scaled loss": lambda: half_precision("mixed_float16"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", GRAPH_CASES)
def test_fifty_graph_steps_are_those_of_keras_bit_for_bit(case: str) -> None:
    """Fifty steps, partial batches among them, leave the same bits in every variable as `train_on_batch` does."""
    keras.utils.set_random_seed(7)
    model, examples = GRAPH_CASES[case]()
    keras.utils.set_random_seed(7)
    reference, _ = GRAPH_CASES[case]()

    run_loop(model, examples, mode="graph")
    run_keras(reference, examples)

    assert largest_difference(model, reference) == 0.0


XLA_CASES: dict[str, Callable[[], Case]] = {
    "dropout and a clipped global norm": lambda: table(
        layers.Dense(8), layers.Dropout(0.3), count=96, optimizer=optimizers.Adam(0.01, global_clipnorm=0.5)
    ),
    "batch norm": lambda: table(layers.Dense(8, **NO_BIAS), layers.BatchNormalization(), layers.ReLU(), count=96),
    "a partial batch": lambda: table(optimizer=optimizers.SGD(0.05, momentum=0.9)),
    "an LSTM": lambda: sequences(layers.LSTM(6)),
    "recurrent layers of our own": lambda: sequences(
        Elman(4, 3, return_sequences=True), Reverse(), Jordan(4, 2, return_sequences=True), FullyRecurrent(3), count=96
    ),
    "attention": attending,
}


@pytest.mark.slow
@pytest.mark.parametrize("case", XLA_CASES)
def test_fifty_xla_steps_are_those_of_keras_under_xla(case: str) -> None:
    """Fifty steps compiled by XLA end within 1e-6 of `train_on_batch` compiled by XLA."""
    keras.utils.set_random_seed(7)
    model, examples = XLA_CASES[case]()
    keras.utils.set_random_seed(7)
    reference, _ = XLA_CASES[case]()
    reference.jit_compile = True

    run_loop(model, examples, mode="xla")
    run_keras(reference, examples)

    assert largest_difference(model, reference) <= 1e-6


def test_eager_steps_are_those_of_the_graph() -> None:
    """Steps that are run one operation at a time end within 1e-6 of those of the graph."""
    keras.utils.set_random_seed(7)
    model, examples = table(layers.Dense(8), layers.Dropout(0.3))
    keras.utils.set_random_seed(7)
    reference, _ = table(layers.Dense(8), layers.Dropout(0.3))

    run_loop(model, examples, mode="eager", steps=10)
    run_keras(reference, examples, steps=10)

    assert largest_difference(model, reference) <= 1e-6


def test_how_many_steps_a_call_takes_changes_no_number() -> None:
    """One step a call and all steps in one call end in the same bits."""
    models = []
    for step_count in (1, 50):
        keras.utils.set_random_seed(7)
        model, examples = table(layers.Dense(8), layers.Dropout(0.3))
        build_step(model, examples, batch_size=BATCH)
        loop, data = Loop(model, take_then(model.train_step), mode="graph"), place_examples(examples)
        batches = cut_batches(order_epoch(examples.count, seed=5, epoch=0, shuffle=True), batch_size=BATCH)
        step = 0
        while step < batches.count:
            loop._pace.step_count = step_count
            step = loop.advance(data, batches, start=step).step
        models.append(model)

    assert largest_difference(*models) == 0.0


PARTIAL_CASES: dict[str, Callable[[], Case]] = {
    "batch norm": lambda: table(layers.Dense(8, **NO_BIAS), layers.BatchNormalization(), layers.ReLU()),
    "recurrent dropout": lambda: sequences(layers.SimpleRNN(6, dropout=0.2, recurrent_dropout=0.2)),
}


@pytest.mark.parametrize("case", PARTIAL_CASES)
def test_a_graph_for_any_size_of_batch_gives_the_bits_of_fit(case: str) -> None:
    """Where there is a partial batch `fit` knows no size either, and rounds as such a graph does."""
    keras.utils.set_random_seed(7)
    model, examples = PARTIAL_CASES[case]()
    keras.utils.set_random_seed(7)
    reference, _ = PARTIAL_CASES[case]()
    build_step(model, examples, batch_size=BATCH)
    loop, data = Loop(model, take_then(model.train_step), mode="graph", any_size=True), place_examples(examples)
    batches = cut_batches(np.arange(examples.count), batch_size=BATCH)

    for _ in range(4):
        step = 0
        while step < batches.count:
            step = loop.advance(data, batches, start=step).step
    reference.fit(examples.inputs, examples.targets, batch_size=BATCH, shuffle=False, epochs=4, verbose=0)

    assert largest_difference(model, reference) == 0.0


@pytest.mark.parametrize("mode", ["graph", "eager"])
def test_a_call_ends_early_where_steps_have_become_slow(monkeypatch: pytest.MonkeyPatch, mode: ModeName) -> None:
    """Planned for a thousand steps of no time, it begins no other once its time is over, and goes on from there."""
    monkeypatch.setattr(steps, "MOST_SECONDS_OF_CALL", 0.1)
    model, examples = table(count=BATCH * 1000)
    build_step(model, examples, batch_size=BATCH)
    batches = cut_batches(np.arange(examples.count), batch_size=BATCH)

    def slow(data: Any, indices: Any) -> Any:
        del data
        waited = tf.py_function(lambda: time.sleep(0.03), [], [])
        with tf.control_dependencies([] if waited is None else [waited]):
            return {"loss": tf.cast(indices[0], tf.float32)}

    loop = Loop(model, slow, mode=mode)
    loop._pace.step_count = 1000
    first = loop.advance(place_examples(examples), batches, start=0)
    loop._pace.step_count = 1000
    second = loop.advance(place_examples(examples), batches, start=first.step)

    assert 1 <= first.step <= 5
    assert 1 <= second.step - first.step <= 5


def test_a_step_that_is_built_is_not_built_again() -> None:
    """The second time nothing is traced."""
    model, examples = table()
    build_step(model, examples, batch_size=BATCH)
    model._symbolic_build = None

    build_step(model, examples, batch_size=BATCH)

    assert model.optimizer.built


def test_warming_up_changes_no_variable() -> None:
    """Compiling for both shapes of batch leaves weights, seeds, metrics and the optimizer as they were."""
    model, examples = table(layers.Dense(8), layers.Dropout(0.3))
    build_step(model, examples, batch_size=BATCH)
    before = capture(model)
    loop = Loop(model, take_then(model.train_step), mode="graph")
    batches = cut_batches(np.arange(106), batch_size=BATCH)

    loop.warm_up(place_examples(examples), batches)

    assert all(np.array_equal(one, other) for one, other in zip(before, capture(model), strict=True))


def test_a_step_that_makes_the_loss_infinite_is_the_last_of_its_call() -> None:
    """The loop ends at the first step after which the running loss is no number, and says which one it was."""
    model, examples = table(optimizer=optimizers.SGD(0.01))
    inputs = np.array(examples.inputs)
    inputs[5 * BATCH + 2] = np.inf
    broken = Examples(inputs, examples.targets)
    build_step(model, broken, batch_size=BATCH)
    loop = Loop(model, take_then(model.train_step), mode="graph")
    loop._pace.step_count = 50

    reached = loop.advance(place_examples(broken), cut_batches(np.arange(106), batch_size=BATCH), start=0)

    assert (reached.step, reached.finite) == (6, False)


def test_seeds_are_put_back() -> None:
    """A recurrent layer with dropout draws seeds whenever it is called, and has those of before at the end."""
    model, _ = sequences(layers.LSTM(6, recurrent_dropout=0.2))
    seeds = [variable for variable in model.variables if variable.name == "seed_generator_state"]
    before = read(seeds)

    with seeds_kept(model):
        model(np.zeros((4, 12, 4), "float32"), training=True)
        drawn = read(seeds)

    assert before
    assert drawn != before
    assert read(seeds) == before


def read(variables: list[Any]) -> list[list[int]]:
    """Return the values of variables as plain numbers."""
    return [variable.numpy().tolist() for variable in variables]


def test_a_metric_of_several_values_is_one_number_each() -> None:
    """F1 by class becomes one named number for each class."""
    results = {"loss": np.float32(0.5), "f1_score": np.array([0.25, 1.0], "float32")}

    assert name_metrics(results) == {"loss": 0.5, "f1_score_0": 0.25, "f1_score_1": 1.0}


def test_several_outputs_are_measured_under_the_names_that_keras_gives() -> None:
    """The whole loss, then loss and metrics of each output, as `train_on_batch` calls them."""
    model, examples = two_of_each()
    reference, _ = two_of_each()

    build_step(model, examples, batch_size=BATCH)
    expected = reference.train_on_batch(examples.inputs, examples.targets, return_dict=True)

    assert set(name_metrics(model.get_metrics_result())) == set(expected)
    assert set(expected) == {"loss", "kind_loss", "kind_accuracy", "size_loss", "size_mae"}


def test_calls_grow_until_they_take_a_quarter_of_a_second() -> None:
    """Fast steps are run in longer and longer calls, slow ones one at a time."""
    pace = Pace()

    counts = []
    for _ in range(5):
        pace.adapt(pace.step_count, seconds=pace.step_count * 0.0005)
        counts.append(pace.step_count)
    pace.adapt(500, seconds=1000.0)

    assert counts == [8, 64, 500, 500, 500]
    assert pace.step_count == 1
