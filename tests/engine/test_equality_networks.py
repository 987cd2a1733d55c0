"""Networks of every form, masks, weights and precisions: fifty steps of the loop are fifty steps of plain Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.engine.feeding import Examples

if TYPE_CHECKING:
    from collections.abc import Callable

layers, optimizers = keras.layers, keras.optimizers
Case = tuple[keras.Model, Examples]
COUNT = 106  # six batches and a partial one


def draw(*shape: int) -> Any:
    """Draw numbers for all examples."""
    return np.random.default_rng(sum(shape)).normal(size=(COUNT, *shape)).astype("float32")


def draw_classes(*shape: int, below: int = 3) -> Any:
    """Draw a class for all examples, or for each of their steps."""
    return np.random.default_rng(below).integers(0, below, (COUNT, *shape))


def compiled(model: keras.Model, *, optimizer: Any = None, **options: Any) -> keras.Model:
    """Compile a classifier that gives logits."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer or optimizers.SGD(0.05, momentum=0.9), **{"loss": loss, "jit_compile": False, **options})
    return model


def table(*hidden: keras.layers.Layer, weight: Any = None, **options: Any) -> Case:
    """Make a small network on a table, and its examples."""
    hidden = hidden or (layers.Dense(8, activation="tanh"),)
    model = compiled(keras.Sequential([keras.Input((6,)), *hidden, layers.Dense(3)]), **options)
    return model, Examples(draw(6), draw_classes(), weight)


def weighted() -> Case:
    """Make a case with a weight for each example, some of them 0, and a weighted metric."""
    weight = np.random.default_rng(1).uniform(-1, 2, COUNT).clip(0).astype("float32")
    return table(weight=weight, weighted_metrics=["accuracy"])


def words() -> Case:
    """Make a network on words that vary in number, padded with zeros."""
    embedding = layers.Embedding(20, 5, mask_zero=True)
    model = keras.Sequential([keras.Input((9,), dtype="int64"), embedding, layers.SimpleRNN(6), layers.Dense(3)])
    return compiled(model), Examples(draw_classes(9, below=20), draw_classes())


def embedded() -> Case:
    """Make two embeddings, whose gradients are of few rows: one is held to a norm, one is not trained.

    Each optimizer has a way of its own for such gradients, and so have clipping and decay.
    """
    given = keras.Input((4,), dtype="int64")
    held = layers.Embedding(30, 3, embeddings_constraint=keras.constraints.MaxNorm(0.1, axis=1))(given)
    fixed = layers.Embedding(30, 2, trainable=False)(given)
    joined = layers.Flatten()(layers.Concatenate()([held, fixed]))
    optimizer = optimizers.Adam(0.01, global_clipnorm=0.1, weight_decay=0.01)
    model = compiled(keras.Model(given, layers.Dense(3)(joined)), optimizer=optimizer)
    return model, Examples(draw_classes(4, below=30), draw_classes())


def two_of_each() -> Case:
    """Make a network with two named inputs and two named outputs, one of them weighted less."""
    one, other = keras.Input((3,), name="one"), keras.Input((2,), name="other")
    body = layers.Dense(6, activation="tanh")(layers.Concatenate()([one, other]))
    outputs = {"kind": layers.Dense(3, name="kind")(body), "size": layers.Dense(1, name="size")(body)}
    losses = {"kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "size": "mse"}
    metrics = {"kind": ["accuracy"], "size": ["mae"]}
    weights = {"kind": 1.0, "size": 0.3}
    model = compiled(
        keras.Model({"one": one, "other": other}, outputs), loss=losses, loss_weights=weights, metrics=metrics
    )
    return model, Examples({"one": draw(3), "other": draw(2)}, {"kind": draw_classes(), "size": draw(1)})


def labelled_steps() -> Case:
    """Make a network that labels each step twice, with weights for each step of one and each example of the other."""
    steps = keras.Input((7, 4), name="steps")
    body = layers.SimpleRNN(5, return_sequences=True)(steps)
    outputs = {"kind": layers.Dense(3, name="kind")(body), "size": layers.Dense(1, name="size")(body)}
    losses = {"kind": keras.losses.SparseCategoricalCrossentropy(from_logits=True), "size": "mse"}
    metrics = {"kind": ["accuracy"], "size": ["mae"]}
    model = compiled(keras.Model({"steps": steps}, outputs), loss=losses, weighted_metrics=metrics)
    weight = {"kind": np.abs(draw(7)), "size": np.abs(draw(1))}
    return model, Examples({"steps": draw(7, 4)}, {"kind": draw_classes(7), "size": draw(7, 1)}, weight)


def masked_steps() -> Case:
    """Make a network that labels the steps of sequences padded with zeros."""
    inputs = draw(9, 4)
    for row, length in zip(inputs, draw_classes(below=9) + 1, strict=True):
        row[length:] = 0
    body = (layers.Masking(), layers.SimpleRNN(5, return_sequences=True), layers.Dense(3))
    return compiled(keras.Sequential([keras.Input((9, 4)), *body])), Examples(inputs, draw_classes(9))


def graph_of(make: Callable[[Any, Any], Any]) -> Case:
    """Make a classifier of two sequences, whose scores `make` makes of them; all batches are whole.

    XLA draws other random numbers than the graph, as which a partial batch is run.
    """
    one, other = keras.Input((6, 4), name="one"), keras.Input((6, 4), name="other")
    model = compiled(keras.Model({"one": one, "other": other}, layers.Dense(3)(make(one, other))))
    return model, Examples({"one": draw(6, 4), "other": draw(6, 4)[::-1]}, draw_classes()).first(96)


def shared_and_nested() -> Case:
    """Make a network that reads both sequences by one model, which is a Sequential inside a Functional."""
    encoder = keras.Sequential([keras.Input((6, 4)), layers.SimpleRNN(5), layers.Dense(4, activation="tanh")])
    return graph_of(lambda one, other: layers.Subtract()([encoder(one), encoder(other)]))


def attending() -> Case:
    """Make a network in which one sequence attends to the other, in each of the ways there are."""

    def make(one: Any, other: Any) -> Any:
        attended = [
            layers.MultiHeadAttention(2, 3, dropout=0.1)(one, other),
            layers.GroupQueryAttention(2, 4, 2, dropout=0.1)(one, other),
            layers.Attention(use_scale=True, dropout=0.1)([one, other]),
            layers.AdditiveAttention(dropout=0.1)([one, other]),
        ]
        return layers.GlobalAveragePooling1D()(layers.Concatenate()(attended))

    return graph_of(make)


def handed_on() -> Case:
    """Make an encoder whose states a decoder begins with."""

    def make(one: Any, other: Any) -> Any:
        _, *states = layers.LSTM(5, return_state=True)(one)
        return layers.LSTM(5)(other, initial_state=states)

    return graph_of(make)


def frozen_inside() -> Case:
    """Make a network around another one that is not trained, with statistics that do not move and dropout that does."""
    inner = keras.Sequential(
        [keras.Input((6,)), layers.Dense(5), layers.BatchNormalization(), layers.Dropout(0.2)], name="inner"
    )
    inner.trainable = False
    return table(inner, layers.Dense(4, activation="tanh"))


class Crowded(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Adds a loss of its own, which is large where outputs are."""

    def call(self, inputs: Any) -> Any:
        """Return what is given."""
        self.add_loss(0.01 * keras.ops.sum(keras.ops.square(inputs)))
        return inputs


def half_precision(policy: str) -> Case:
    """Make a network in half precision; in float16 Keras scales the loss."""
    keras.config.set_dtype_policy(policy)
    try:
        return table(layers.Dense(8, activation="tanh"))
    finally:
        keras.config.set_dtype_policy("float32")


def half_precise_layer() -> Case:
    """Make a network of which one layer is in float16; the loss is scaled, twice as much after every ten steps."""
    scaled = optimizers.LossScaleOptimizer(optimizers.SGD(0.05), initial_scale=1024.0, dynamic_growth_steps=10)
    return table(layers.Dense(8, activation="tanh", dtype="mixed_float16"), optimizer=scaled)


CASES: dict[str, Callable[[], Case]] = {
    "weighted examples": weighted,
    "masked words": words,
    "embeddings": embedded,
    "two inputs and two outputs": two_of_each,
    "labelled and weighted steps": labelled_steps,
    "masked steps": masked_steps,
    "a model that is shared and nested": shared_and_nested,
    "attention": attending,
    "states that are handed on": handed_on,
    "a model inside that is not trained": frozen_inside,
    "a loss that a layer adds": lambda: table(layers.Dense(4), Crowded()),
    "bfloat16": lambda: half_precision("mixed_bfloat16"),
    "float16 with a scaled loss": lambda: half_precision("mixed_float16"),
    "one layer in float16": half_precise_layer,
}
UNDER_XLA = ("embeddings", "masked steps", "attention", "states that are handed on")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_fifty_graph_steps_are_those_of_keras(differ: Any, case: str) -> None:
    """Weights, seeds and the optimizer's variables are equal bit for bit, after partial batches too."""
    assert differ(CASES[case]) == {}


@pytest.mark.slow
@pytest.mark.parametrize("case", UNDER_XLA)
def test_fifty_xla_steps_are_those_of_keras_under_xla(differ: Any, case: str) -> None:
    """Weights, seeds and the optimizer's variables are within 1e-6 of those of `jit_compile=True`."""
    assert differ(CASES[case], mode="xla", tolerance=1e-6) == {}


@pytest.mark.slow
def test_eager_steps_are_those_of_keras(differ: Any) -> None:
    """Steps that are run one operation at a time end within 1e-6 of those of the graph."""

    def make() -> Case:
        return table(layers.Dense(8), layers.Dropout(0.3))

    assert differ(make, mode="eager", tolerance=1e-6, steps=10) == {}
