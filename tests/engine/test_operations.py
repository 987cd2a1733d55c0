"""Operations and memory of layers, held to the formulas of textbooks."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine.operations import FORMULAS, count_flops, count_flops_by_layer, measure_operations
from archcli.layers.elman import Elman
from archcli.layers.equilibrium import Equilibrium
from archcli.layers.jordan import Jordan

layers = keras.layers
FLOAT = 4


def chain(*shape: int, stack: list[keras.Layer]) -> keras.Model:
    """Build a chain for examples of `shape`."""
    return keras.Sequential([keras.Input(shape), *stack])


def kept(model: keras.Model, path: str) -> int:
    """Return the bytes that a layer keeps for one example."""
    return next(one.kept_bytes for one in measure_operations(model).layers if one.path == path)


def lstm_flops(units: int, features: int, steps: int) -> int:
    """Four gates, each of the input and of the state."""
    return 2 * 4 * units * (features + units) * steps


def test_a_dense_layer_multiplies_each_input_by_each_unit() -> None:
    """2 * inputs * units, an activation costs nothing."""
    stack = [layers.Dense(32, "relu", name="first"), layers.Dropout(0.5, name="drop"), layers.Dense(10, name="last")]

    assert count_flops_by_layer(chain(64, stack=stack)) == {"first": 2 * 64 * 32, "drop": 0, "last": 2 * 32 * 10}


def test_a_convolution_costs_its_window_for_each_answer() -> None:
    """2 * k * k * cin * cout * h * w, of the answers' height and width."""
    model = chain(10, 12, 3, stack=[layers.Conv2D(8, 3, strides=2, padding="same"), layers.Conv2D(4, (1, 5))])

    first, second = count_flops_by_layer(model).values()

    assert first == 2 * 3 * 3 * 3 * 8 * 5 * 6
    assert second == 2 * 1 * 5 * 8 * 4 * 5 * 2


@pytest.mark.parametrize(
    ("shape", "layer", "flops"),
    [
        ((9, 4), layers.Conv1D(6, 3), 2 * 3 * 4 * 6 * 7),
        ((9, 4), layers.Conv1D(6, 3, padding="causal"), 2 * 3 * 4 * 6 * 9),
        ((4, 4, 4, 2), layers.Conv3D(3, 2), 2 * 8 * 2 * 3 * 27),
        ((8, 8, 4), layers.Conv2D(6, 3, groups=2, padding="same"), 2 * 9 * 2 * 6 * 64),
        ((8, 8, 4), layers.DepthwiseConv2D(3, depth_multiplier=2), 2 * 9 * 8 * 36),
        ((8, 8, 4), layers.SeparableConv2D(6, 3), 2 * 9 * 4 * 36 + 2 * 4 * 6 * 36),
        ((6, 6, 8), layers.Conv2DTranspose(4, 2, strides=2), 2 * 4 * 8 * 4 * 36),
        ((5, 8), layers.EinsumDense("abc,cd->abd", (None, 3)), 2 * 5 * 8 * 3),
        ((5, 8), layers.TimeDistributed(layers.Dense(3)), 2 * 5 * 8 * 3),
    ],
)
def test_other_kinds_cost_what_their_formulas_say(shape: tuple[int, ...], layer: keras.Layer, flops: int) -> None:
    """One, three and grouped dimensions, windows for each channel, convolutions back, products by equation."""
    assert count_flops(chain(*shape, stack=[layer])) == flops


@pytest.mark.parametrize(
    ("layer", "flops"),
    [
        (layers.LSTM(4), lstm_flops(4, 8, 5)),
        (layers.LSTM(4, unroll=True), lstm_flops(4, 8, 5)),
        (layers.LSTM(4, recurrent_dropout=0.5), lstm_flops(4, 8, 5)),
        (layers.GRU(6, return_sequences=True), 2 * 3 * 6 * (8 + 6) * 5),
        (layers.SimpleRNN(7), 2 * 7 * (8 + 7) * 5),
        (layers.Bidirectional(layers.LSTM(4)), 2 * lstm_flops(4, 8, 5)),
        (layers.RNN([layers.LSTMCell(4), layers.GRUCell(3)]), lstm_flops(4, 8, 5) + 2 * 3 * 3 * (4 + 3) * 5),
        (Elman(6, 2), 2 * (6 * (8 + 6) + 2 * 6) * 5),
        (Jordan(6, 2), 2 * (6 * (8 + 2) + 2 * 6) * 5),
    ],
)
def test_a_recurrent_layer_costs_its_cell_at_every_step(layer: keras.Layer, flops: int) -> None:
    """An operation in the loop over steps counts once for each step."""
    assert count_flops(chain(5, 8, stack=[layer])) == flops


def test_attention_costs_its_projections_and_its_two_products() -> None:
    """Query, key, value and output are projected; scores and what they weigh are `steps * steps * size` each."""
    inputs = keras.Input((6, 8))
    model = keras.Model(inputs, layers.MultiHeadAttention(num_heads=2, key_dim=4)(inputs, inputs))
    projections, products = 4 * 2 * 6 * 8 * 8, 2 * 2 * 6 * 6 * 8

    assert count_flops(model) == projections + products


def test_a_loop_that_settles_counts_as_often_as_it_may_go_round() -> None:
    """The state is multiplied before the loop, in every round, and in the steps that carry the gradient; input once."""
    model = chain(8, stack=[Equilibrium(16, max_steps=7, gradient_steps=3)])

    assert count_flops(model) == 2 * 8 * 16 + 2 * 16 * 16 * (1 + 7 + 3)


def test_examples_count_each() -> None:
    """Twice the batch is twice the work."""
    model = chain(5, 8, stack=[layers.LSTM(4), layers.Dense(3)])

    assert count_flops(model, 6) == 6 * count_flops(model)


def test_training_counts_the_products_of_the_gradient() -> None:
    """Each product has two in the gradient, but the first layer's input needs none."""
    model = chain(64, stack=[layers.Dense(32), layers.Dense(10)])

    assert count_flops(model, training=True) == 2 * 2 * 64 * 32 + 3 * 2 * 32 * 10


def test_the_loop_back_goes_round_as_often_as_the_loop_there() -> None:
    """The gradients of the state and of its kernel are a product each at every step, that of the kernel is one more."""
    model = chain(5, 8, stack=[layers.GRU(7, reset_after=False)])
    forward = 2 * 3 * 7 * (8 + 7) * 5

    assert 2 * forward < count_flops(model, training=True) <= 3 * forward


def test_a_shared_layer_counts_each_use() -> None:
    """One set of weights, two uses, twice the work."""
    shared = layers.Dense(8, name="shared")
    inputs = keras.Input((8,))
    model = keras.Model(inputs, shared(shared(inputs)))

    assert count_flops_by_layer(model) == {"shared": 2 * 2 * 8 * 8}


def test_a_model_inside_counts_with_its_layers() -> None:
    """It comes before them, and has their sum."""
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="a"), layers.Dense(8, name="b")], name="inner")
    model = chain(8, stack=[inner, layers.Dense(1, name="last")])

    assert count_flops_by_layer(model) == {"inner": 128, "inner/a": 64, "inner/b": 64, "last": 16}
    assert count_flops(model) == 144


def test_several_inputs_and_outputs_are_traced() -> None:
    """Inputs by name, a model inside with two of them."""
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    x, y = keras.Input((4,)), keras.Input((4,))
    inner = keras.Model([x, y], layers.Dense(2)(layers.Add()([x, y])), name="inner")
    model = keras.Model({"a": a, "b": b}, {"one": layers.Dense(3)(inner([a, b])), "two": layers.Dense(5)(b)})

    assert count_flops(model) == 2 * 4 * 2 + 2 * 2 * 3 + 2 * 4 * 5


def test_cudnn_is_counted_as_the_layer_that_it_replaces() -> None:
    """Its operation is traced here too, although only a GPU can run it."""
    graph = tf.Graph()
    with graph.as_default():
        operation = tf.raw_ops.CudnnRNNV3(
            input=tf.zeros((2, 5, 8)),
            input_h=tf.zeros((2, 1, 4)),
            input_c=tf.zeros((2, 1, 4)),
            params=tf.zeros((lstm_flops(4, 8, 1),)),
            sequence_lengths=tf.fill([2], 5),
            rnn_mode="lstm",
            time_major=False,
        )[0].op

    assert FORMULAS[operation.type](operation) == 2 * lstm_flops(4, 8, 5)


def test_what_the_gradient_reads_is_kept() -> None:
    """An activation's result is; the last layer's is not, for no gradient needs it; the examples are no layer's."""
    model = chain(64, stack=[layers.Dense(32, "relu", name="first"), layers.Flatten(), layers.Dense(10, name="last")])

    assert kept(model, "first") == 32 * FLOAT
    assert kept(model, "last") == 0


def test_dropout_keeps_its_result_and_which_were_dropped() -> None:
    """Numbers for the next layer's gradient, and a byte each for its own."""
    model = chain(64, stack=[layers.Dense(32), layers.Dropout(0.5, name="drop"), layers.Dense(10)])

    assert kept(model, "drop") == 32 * FLOAT + 32


def test_a_model_that_does_not_learn_keeps_nothing() -> None:
    """What a frozen layer gives is kept only where a layer after it learns from it."""
    model = chain(64, stack=[layers.Dense(32, "tanh", name="frozen", trainable=False), layers.Dense(10)])

    assert kept(model, "frozen") == 32 * FLOAT  # read by the gradient of the next kernel
    model.trainable = False
    assert kept(model, "frozen") == 0


def test_an_lstm_keeps_its_gates_states_and_input_at_every_step() -> None:
    """Four gates, the tanh of the cell, both states before the step, and what arrived; weights are not counted."""
    model = chain(5, 8, stack=[layers.LSTM(4, name="lstm")])

    assert kept(model, "lstm") == pytest.approx(5 * (7 * 4 + 8) * FLOAT, abs=32)  # and how far the loop has come


def test_half_precision_keeps_half() -> None:
    """What is kept is counted in its own type."""
    model = chain(64, stack=[layers.Dense(32, "relu", name="first", dtype="mixed_float16"), layers.Dense(10)])

    assert kept(model, "first") == 32 * 2 + 32 * FLOAT  # and its copy for the next layer, in full


def test_counting_changes_nothing() -> None:
    """Weights, seeds, statistics and losses stay as they were."""
    stack = [layers.Dense(8), layers.BatchNormalization(), layers.Dropout(0.5), layers.ActivityRegularization(0.1)]
    model = chain(4, stack=stack)
    before = [np.array(one) for one in model.variables]

    measure_operations(model)

    assert all(np.array_equal(one, now) for one, now in zip(before, model.variables, strict=True))
    assert model.losses == []


def test_an_open_size_cannot_be_counted() -> None:
    """Work depends on it."""
    model = keras.Sequential([keras.Input((None, 8)), layers.LSTM(4)])

    with pytest.raises(ValueError, match=r"^an input of examples \(None, 8\) has a size that is not known$"):
        count_flops(model)

    assert measure_operations(model, shapes=[(5, 8)]).flops == lstm_flops(4, 8, 5)


def test_a_model_has_the_sum_of_its_layers() -> None:
    """Of operations, of memory, and of a whole step."""
    model = chain(5, 8, stack=[layers.LSTM(4), layers.Dense(6, "relu"), layers.Dense(3)])

    measured = measure_operations(model, 2)

    assert measured.flops == sum(one.flops for one in measured.layers) == count_flops(model, 2)
    assert measured.kept_bytes == sum(one.kept_bytes for one in measured.layers)
    assert measured.training_flops == count_flops(model, 2, training=True)
