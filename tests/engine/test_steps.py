"""The compiled loop: its calls, where they end, and what they leave as it was.

That its steps are Keras's is in `test_equality_*.py`.
"""

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

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.compile_mode import ModeName

layers, optimizers = keras.layers, keras.optimizers
BATCH = 16
NO_BIAS = {"use_bias": False}  # before batch norm its gradient is rounding noise
Case = tuple[keras.Model, Examples]


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


def sequences(*hidden: keras.layers.Layer, count: int = 106) -> Case:
    """Make a network on sequences of 12 steps."""
    generator = np.random.default_rng(0)
    examples = Examples(generator.normal(size=(count, 12, 4)).astype("float32"), generator.integers(0, 3, count))
    return compiled(keras.Sequential([keras.Input((12, 4)), *hidden, layers.Dense(3)])), examples


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
