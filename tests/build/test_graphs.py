"""Graphs, blocks and shared layers become the network that one would write in plain Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from archcli.build.model import Built
from archcli.recipe.facts import InputFacts

BuildGraph = Callable[..., Built]

RANDOM = np.random.default_rng(0)
WORDS = InputFacts("words", (7,), ("words",), dtype="int32", vocabulary=9, padding=0.0)


def assert_same(ours: keras.Model, plain: keras.Model, examples: Any, *, order: list[int] | None = None) -> None:
    """Compare both networks: as many parameters and, with equal weights, equal outputs.

    Args:
        ours: Is given the weights of the other.
        plain: Its weights are drawn anew first, none of them zero.
        examples: What both take.
        order: Where each of our weights is among the plain ones; None: in the same order.
    """
    assert ours.count_params() == plain.count_params()
    weights = [RANDOM.uniform(0.1, 0.5, weight.shape) for weight in plain.get_weights()]
    plain.set_weights(weights)
    ours.set_weights(weights if order is None else [weights[index] for index in order])
    expected = keras.tree.flatten(plain(examples))
    for one, other in zip(keras.tree.flatten(ours(examples)), expected, strict=True):
        assert np.array_equal(one, other)


def draw(*shape: int) -> Any:
    """Draw examples of a shape."""
    return RANDOM.normal(size=shape).astype("float32")


RESIDUAL = """
blocks:
  residual:
    parameters: {units}
    nodes:
      change: {layers: [Dense: {units: $units, activation: relu}, Dense: $units], from: input}
      sum: {layers: [Add, ReLU], from: [input, change]}
layers:
  - Dense: 6
  - {residual: 6, repeat: 2}
  - Dense: 1
"""


def plain_residual() -> keras.Model:
    """Write the same in plain Keras."""
    arrives = keras.Input((5,))
    tensor = layers.Dense(6)(arrives)
    for _ in range(2):
        change = layers.Dense(6)(layers.Dense(6, "relu")(tensor))
        tensor = layers.ReLU()(layers.Add()([tensor, change]))
    return keras.Model(arrives, layers.Dense(1)(tensor))


@pytest.mark.parametrize("build", ["sequential", "functional"])
def test_blocks_are_models_inside_either_api(build: str, build_graph: BuildGraph) -> None:
    """A block of nodes, used twice with weights of its own, computes what plain Keras does; both have its name."""
    built = build_graph(f"build: {build}{RESIDUAL}", x=(5,))

    assert_same(built.core, plain_residual(), draw(3, 5))
    assert isinstance(built.core, keras.Sequential) == (build == "sequential")
    names = [layer.name for layer in built.core.layers if not isinstance(layer, layers.InputLayer)]
    assert names == ["dense", "residual", "residual_1", "dense_1"]
    inner = built.core.get_layer("residual")
    assert [layer.name for layer in inner.layers] == ["input", "dense", "dense_1", "add", "re_lu"]


def test_a_block_of_layers_is_a_sequential_model(build_graph: BuildGraph) -> None:
    """A chain as a block is Keras's Sequential inside a functional model, blocks in blocks too."""
    model = """
    blocks:
      step: {parameters: {units}, layers: [Dense: {units: $units, activation: tanh}, LayerNormalization]}
      pair: {layers: [step: 4, step: 3]}
    nodes:
      one: {pair, from: x}
      two: {layers: [Concatenate, Dense: 1], from: [one, x]}
    """

    built = build_graph(model.replace("\n    ", "\n"), x=(5,))

    pair = built.core.get_layer("pair")
    assert isinstance(pair, keras.Sequential)
    assert [type(layer) for layer in pair.layers] == [keras.Sequential, keras.Sequential]
    assert [layer.name for layer in pair.layers] == ["step", "step_1"]
    arrives = keras.Input((5,))
    tensor = arrives
    for units in (4, 3):
        tensor = layers.LayerNormalization()(layers.Dense(units, "tanh")(tensor))
    plain = keras.Model(arrives, layers.Dense(1)(layers.Concatenate()([tensor, arrives])))
    assert_same(built.core, plain, draw(3, 5))


def test_shared_layers_have_one_set_of_weights(build_graph: BuildGraph) -> None:
    """A siamese network: one encoder, called on two inputs, by its name in the recipe."""
    model = """
shared:
  encoder: [Conv2D: {filters: 3, kernel_size: 3}, Flatten, Dense: 4]
  scale: {Dense: {units: 4, use_bias: false}}
nodes:
  a: {layers: [encoder, scale], from: left}
  b: {layers: [encoder, scale], from: right}
  same: {layers: [Subtract, Dense: 1], from: [a, b]}
"""

    built = build_graph(model, left=(6, 6, 1), right=(6, 6, 1))

    inner = keras.Sequential([layers.Conv2D(3, 3), layers.Flatten(), layers.Dense(4)])
    scale = layers.Dense(4, use_bias=False)
    left, right = keras.Input((6, 6, 1), name="left"), keras.Input((6, 6, 1), name="right")
    difference = layers.Subtract()([scale(inner(left)), scale(inner(right))])
    plain = keras.Model({"left": left, "right": right}, layers.Dense(1)(difference))
    assert_same(built.core, plain, {"left": draw(2, 6, 6, 1), "right": draw(2, 6, 6, 1)})
    assert {"encoder", "scale"} <= {layer.name for layer in built.core.layers}


def test_inputs_and_outputs_go_by_name(build_graph: BuildGraph) -> None:
    """Two inputs are taken, and two outputs given, as dicts; an output that is not trained is only in the whole."""
    model = """
nodes:
  both: {layers: [Concatenate, Dense: 4], from: [a, b]}
  low: {Dense: 1, from: both}
  high: {Dense: 1, from: both}
  code: {Dense: 2, from: both}
outputs: {high: y, low: y, code: null}
"""

    built = build_graph(model, a=(3,), b=(2,))

    examples = {"a": draw(2, 3), "b": draw(2, 2)}
    assert set(built.core(examples)) == {"high", "low"}
    assert set(built.whole(examples)) == {"high", "low", "code"}
    assert np.array_equal(built.core(examples)["low"], built.whole(examples)["low"])
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    both = layers.Dense(4)(layers.Concatenate()([a, b]))
    outputs = {"low": layers.Dense(1)(both), "high": layers.Dense(1)(both)}
    assert_same(built.core, keras.Model({"a": a, "b": b}, outputs), examples)


def test_attention_takes_its_tensors_by_order_and_by_name(build_graph: BuildGraph) -> None:
    """`MultiHeadAttention` takes query and value one by one, by name too; call arguments that are values reach it."""
    arrives, other = keras.Input((5, 4), name="a"), keras.Input((6, 4), name="b")
    heard = layers.MultiHeadAttention(2, 3)(arrives, other)
    back = layers.MultiHeadAttention(1, 2)(heard, heard, use_causal_mask=True)
    plain = keras.Model({"a": arrives, "b": other}, back)
    examples = {"a": draw(2, 5, 4), "b": draw(2, 6, 4)}

    for reading in ("from: [a, b]", "query: a, value: b", "from: a, value: b"):
        model = f"""
nodes:
  heard: {{MultiHeadAttention: {{num_heads: 2, key_dim: 3}}, {reading}}}
  back: {{MultiHeadAttention: {{num_heads: 1, key_dim: 2}}, from: [heard, heard], use_causal_mask: true}}
"""
        assert_same(build_graph(model, a=(5, 4), b=(6, 4)).core, plain, examples)


def test_layers_that_take_a_list_get_all_of_it(build_graph: BuildGraph) -> None:
    """`Attention` takes query and value as one list, `Dot` two tensors."""
    model = """
nodes:
  heard: {Attention: {use_scale: true}, from: [a, b]}
  match: {Dot: {axes: [2, 2]}, from: [heard, b]}
"""

    built = build_graph(model, a=(5, 4), b=(6, 4))

    a, b = keras.Input((5, 4), name="a"), keras.Input((6, 4), name="b")
    plain = keras.Model({"a": a, "b": b}, layers.Dot((2, 2))([layers.Attention(use_scale=True)([a, b]), b]))
    assert_same(built.core, plain, {"a": draw(2, 5, 4), "b": draw(2, 6, 4)})


ENCODER_DECODER = """
nodes:
  read: {Embedding: {input_dim: 9, output_dim: 4, mask_zero: true}, from: words}
  memory, state: {GRU: {units: 5, return_sequences: true, return_state: true}, from: read}
  said: {Embedding: {input_dim: 9, output_dim: 3, mask_zero: true}, from: before}
  told: {GRU: {units: 5, return_sequences: true}, from: said, initial_state: state}
  heard: {Attention, from: [told, memory]}
  answer: {layers: [Concatenate, Dense: 6], from: [told, heard]}
"""


def test_a_state_is_handed_on_and_the_mask_with_it(build_graph: BuildGraph) -> None:
    """A recurrent layer that is given its first state passes over padding: plain Keras would go through it."""
    built = build_graph(ENCODER_DECODER, words=WORDS, before=InputFacts("before", (7,), ("before",), dtype="int32"))

    examples = {
        "words": np.array([[1, 2, 3, 0, 0, 0, 0], [4, 5, 6, 7, 8, 1, 2]]),
        "before": np.array([[3, 4, 0, 0, 0, 0, 0], [1, 1, 2, 3, 5, 8, 1]]),
    }
    words, before = keras.Input((7,), dtype="int32", name="words"), keras.Input((7,), dtype="int32", name="before")
    read = layers.Embedding(9, 4, mask_zero=True)(words)
    memory, state = layers.GRU(5, return_sequences=True, return_state=True)(read)
    said = layers.Embedding(9, 3, mask_zero=True)(before)
    told = layers.GRU(5, return_sequences=True)(said, initial_state=state, mask=keras.ops.not_equal(before, 0))
    heard = layers.Attention()([told, memory])
    plain = keras.Model({"words": words, "before": before}, layers.Dense(6)(layers.Concatenate()([told, heard])))
    assert_same(built.core, plain, examples)


def test_several_states_are_a_list(build_graph: BuildGraph) -> None:
    """Both states of an LSTM go into another; `_` drops what nobody wants."""
    model = """
nodes:
  _, h, c: {LSTM: {units: 3, return_state: true}, from: a}
  out: {LSTM: 3, from: b, initial_state: [h, c]}
"""

    built = build_graph(model, a=(4, 2), b=(5, 2))

    a, b = keras.Input((4, 2), name="a"), keras.Input((5, 2), name="b")
    _, h, c = layers.LSTM(3, return_state=True)(a)
    plain = keras.Model({"a": a, "b": b}, layers.LSTM(3)(b, initial_state=[h, c]))
    assert_same(built.core, plain, {"a": draw(2, 4, 2), "b": draw(2, 5, 2)})


@pytest.mark.parametrize("reading", ["from: [low, a]", "deep: low, skip: a", "from: low, skip: a"])
def test_a_block_takes_several_tensors(reading: str, build_graph: BuildGraph) -> None:
    """In the order of the block's inputs, or by their names."""
    model = f"""
blocks:
  up:
    inputs: [deep, skip]
    nodes:
      grown: {{UpSampling2D: 2, from: deep}}
      out: {{layers: [Concatenate, Conv2D: {{filters: 2, kernel_size: 1}}], from: [skip, grown]}}
nodes:
  low: {{MaxPooling2D: 2, from: a}}
  out: {{up, {reading}}}
"""

    built = build_graph(model, a=(4, 4, 3))

    a = keras.Input((4, 4, 3))
    grown = layers.UpSampling2D(2)(layers.MaxPooling2D(2)(a))
    plain = keras.Model(a, layers.Conv2D(2, 1)(layers.Concatenate()([a, grown])))
    assert_same(built.core, plain, draw(2, 4, 4, 3))


def test_a_block_of_nodes_is_applied_to_each_step(build_graph: BuildGraph) -> None:
    """`TimeDistributed` takes a block of nodes, alone and in a chain."""
    model = """
blocks:
  residual:
    nodes:
      change: {Dense: 4, from: input}
      sum: {Add, from: [input, change]}
layers:
  - TimeDistributed: residual
  - TimeDistributed: [residual, Dense: 2]
  - Flatten
"""

    built = build_graph(model, x=(3, 4))

    examples = draw(2, 3, 4)
    weights = built.core.get_weights()
    first = examples + examples @ weights[0] + weights[1]
    second = first + first @ weights[2] + weights[3]
    assert np.allclose(built.core(examples), (second @ weights[4] + weights[5]).reshape(2, -1), atol=1e-5)


def test_masks_go_through_blocks(build_graph: BuildGraph) -> None:
    """What follows a block passes over the padding, and each example is answered as if it were not padded."""
    model = """
blocks:
  pair: {layers: [Dense: 5, GRU: {units: 4, return_sequences: true}]}
  residual:
    nodes:
      change: {GRU: {units: 4, return_sequences: true}, from: input}
      sum: {Add, from: [input, change]}
layers: [Embedding: {input_dim: 9, output_dim: 4, mask_zero: true}, pair, residual, GRU: 3]
"""

    built = build_graph(model, words=WORDS)

    padded = np.array([[1, 2, 3, 0, 0, 0, 0]])
    embedding, pair, residual, last = built.core.layers
    inner = next(layer for layer in residual.layers if isinstance(layer, layers.GRU))
    short = pair.layers[1](pair.layers[0](np.asarray(embedding(padded[:, :3]))))
    assert np.allclose(built.core(padded), last(short + inner(short)), atol=1e-6)


def test_names_are_the_same_each_time(build_graph: BuildGraph) -> None:
    """Two models of one recipe have the same names everywhere, and so do their weights."""
    model = """
blocks:
  pair: {layers: [Dense: 4, LayerNormalization]}
shared: {twice: [Dense: 4, ReLU]}
nodes:
  one: {layers: [pair, twice, TimeDistributed: [Dense: 4, ReLU], Flatten], from: x}
  two: {layers: [pair, twice, Bidirectional: {LSTM: {units: 2, return_sequences: true}}], from: x}
  last: {RNN: {cell: [LSTMCell: 3, GRUCell: 2]}, from: two}
  out: {layers: [Concatenate, Dense: 1], from: [one, last]}
"""

    first, second = build_graph(model, x=(3, 5)).core, build_graph(model, x=(3, 5)).core

    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    assert [weight.path for weight in first.weights] == [weight.path for weight in second.weights]
    assert {"x", "pair", "pair_1", "twice", "time_distributed", "bidirectional"} <= {
        layer.name for layer in first.layers
    }


def test_what_keras_puts_in_for_masks_takes_no_name_of_a_layer(build_graph: BuildGraph) -> None:
    """Masks are put together by an operation; in a new process Keras calls it as the first layer of its kind."""
    model = """
nodes:
  one: {Masking, from: x}
  both: {layers: [Concatenate, {GRU: 2}], from: [one, one]}
  out: {Dense: 1, from: both}
"""
    keras.backend.clear_session()

    core = build_graph(model, x=(5, 3)).core

    operations = [operation.name for operation in core.operations if not isinstance(operation, keras.Layer)]
    assert "concatenate" in {layer.name for layer in core.layers}
    assert "concatenate_1" in operations
    assert len({operation.name for operation in core.operations}) == len(core.operations)


def test_a_saved_graph_loads(build_graph: BuildGraph, tmp_path: Any) -> None:
    """A graph with blocks, shared layers, masks and states is read back from its file and computes the same."""
    built = build_graph(ENCODER_DECODER, words=WORDS, before=InputFacts("before", (7,), ("before",), dtype="int32"))
    examples = {"words": np.array([[1, 2, 0, 0, 0, 0, 0]]), "before": np.array([[3, 4, 1, 0, 0, 0, 0]])}

    built.core.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert np.array_equal(loaded(examples), built.core(examples))
