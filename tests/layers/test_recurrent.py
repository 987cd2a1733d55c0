"""What Keras asks of a recurrent layer holds for each of ours: graphs, XLA, half precision, masks, being made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.elman import Elman
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan

BATCH, STEPS, FEATURES = 4, 6, 5
INPUTS = np.random.default_rng(0).normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
MASK = np.arange(STEPS) < np.array([6, 2, 4, 1])[:, None]

LAYERS: dict[str, Callable[..., Any]] = {
    "elman": lambda **more: Elman(4, 2, initial_context=0.5, **more),
    "jordan": lambda **more: Jordan(4, 2, decay=0.5, feedback="scheduled", initial_state_value=0.5, seed=1, **more),
    "fully recurrent": lambda **more: FullyRecurrent(4, 2, ticks=2, self_connections=False, **more),
}
EACH_LAYER = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())


def numpy_of(value: Any) -> Any:
    """Return a tensor as an array."""
    return keras.ops.convert_to_numpy(value)


@EACH_LAYER
@pytest.mark.parametrize("xla", [False, True], ids=["graph", "xla"])
def test_compiled_it_computes_what_it_does_eagerly(make: Callable[..., Any], *, xla: bool) -> None:
    """Outputs and gradients, as a graph and by XLA, of masked sequences."""
    layer = make(return_sequences=True)
    layer.build(INPUTS.shape)

    def step() -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            answers = layer(INPUTS, mask=MASK)
            loss = tf.reduce_sum(answers**2)
        return answers, tape.gradient(loss, [weights.value for weights in layer.trainable_weights])

    answers, gradients = tf.function(step, jit_compile=xla)()
    expected, expected_gradients = step()

    assert numpy_of(answers) == pytest.approx(numpy_of(expected), abs=2e-6)
    for gradient, wanted in zip(gradients, expected_gradients, strict=True):
        assert numpy_of(gradient) == pytest.approx(numpy_of(wanted), rel=1e-5, abs=1e-5)


@EACH_LAYER
def test_it_learns_in_mixed_precision(make: Callable[..., Any]) -> None:
    """It computes in half precision, keeps its weights in single, and `fit` changes them."""
    inputs = keras.Input((None, FEATURES))
    layer = make(dtype="mixed_float16")
    model = keras.Model(inputs, layer(inputs))
    model.compile("sgd", "mse")
    before = layer.get_weights()

    model.fit(INPUTS, np.ones((BATCH, 2), "float32"), verbose=0)

    assert layer(INPUTS).dtype == "float16"
    for weights, old in zip(layer.weights, before, strict=True):
        assert weights.dtype == "float32"
        assert np.isfinite(weights.numpy()).all()
        assert not np.array_equal(weights.numpy(), old)


@EACH_LAYER
def test_a_layer_made_again_has_every_setting(make: Callable[..., Any]) -> None:
    """The configuration is flat, without the cell, and comes back as it was."""
    layer = make(
        activation="relu",
        kernel_initializer=keras.initializers.RandomNormal(stddev=0.2, seed=3),
        recurrent_initializer="identity",
        bias_initializer="ones",
        kernel_regularizer=keras.regularizers.L2(0.1),
        recurrent_regularizer="l1",
        use_bias=False,
        return_sequences=True,
        return_state=True,
        go_backwards=True,
        unroll=True,
        trainable=False,
        dtype="mixed_float16",
        name="memory",
    )

    again = type(layer).from_config(layer.get_config())

    assert "cell" not in layer.get_config()
    assert again.get_config() == layer.get_config()
    assert again.cell.get_config() == layer.cell.get_config()
    assert again.cell.compute_dtype == "float16"


@EACH_LAYER
def test_the_output_shape_is_known_before_it_runs(make: Callable[..., Any]) -> None:
    """For the last step, for all, and with the states."""
    last, every, states = make(), make(return_sequences=True), make(return_state=True)

    assert last.compute_output_shape((None, None, FEATURES)) == (None, 2)
    assert every.compute_output_shape((None, 7, FEATURES)) == (None, 7, 2)
    shapes = states.compute_output_shape((BATCH, STEPS, FEATURES))
    assert shapes == tuple(tuple(tensor.shape) for tensor in states(INPUTS))


@EACH_LAYER
def test_the_mask_is_turned_with_the_outputs(make: Callable[..., Any]) -> None:
    """Outputs that come backwards have their padding in front, and their mask says so; in order, it stays."""
    forwards, backwards = make(return_sequences=True), make(return_sequences=True, go_backwards=True)

    assert np.array_equal(numpy_of(forwards.compute_mask(INPUTS, MASK)), MASK)
    assert np.array_equal(numpy_of(backwards.compute_mask(INPUTS, MASK)), MASK[:, ::-1])
    assert backwards.compute_mask(INPUTS, None) is None
    assert make().compute_mask(INPUTS, MASK) is None
    with_states = make(return_sequences=True, return_state=True, go_backwards=True).compute_mask(INPUTS, MASK)
    assert np.array_equal(numpy_of(with_states[0]), MASK[:, ::-1])
    assert with_states[1:] == [None, None]


@EACH_LAYER
def test_layers_one_backwards_one_forwards_read_padded_sequences_right(make: Callable[..., Any]) -> None:
    """A recurrent layer behind one that goes backwards skips the same steps as behind a sequence without padding."""
    backwards, forwards = make(return_sequences=True, go_backwards=True), keras.layers.SimpleRNN(3)
    chained = keras.Sequential([keras.layers.Masking(99.0), backwards, forwards])
    padded = np.where(MASK[..., None], INPUTS, 99.0)

    answers = numpy_of(chained(padded))

    for index, length in enumerate(MASK.sum(axis=1)):
        alone = numpy_of(forwards(backwards(INPUTS[index : index + 1, :length])))
        assert answers[index] == pytest.approx(alone[0], abs=2e-6)


@EACH_LAYER
def test_without_biases_it_has_none(make: Callable[..., Any]) -> None:
    """`use_bias` false leaves zeros unmoved where nothing starts from something else."""
    layer = make(use_bias=False, activation="tanh")
    states = [np.zeros((BATCH, size), "float32") for size in layer.cell.state_size]

    answers = layer(np.zeros_like(INPUTS), initial_state=states)

    assert not numpy_of(answers).any()
    assert not [weights for weights in layer.weights if "bias" in weights.name]


@EACH_LAYER
def test_regularizers_ask_for_their_own_weights(make: Callable[..., Any]) -> None:
    """One is of the weights from the inputs and to the outputs, the other of those round the loop."""
    inner = make(recurrent_regularizer=keras.regularizers.L2(1.0), kernel_initializer="zeros")
    outer = make(kernel_regularizer=keras.regularizers.L2(1.0), recurrent_initializer="zeros")
    for layer in (inner, outer):
        layer.build((BATCH, STEPS, FEATURES))

    recurrent = inner.cell.kernel if isinstance(inner, FullyRecurrent) else inner.cell.recurrent_kernel
    kernels = [weights for weights in outer.weights if "kernel" in weights.name and "recurrent" not in weights.name]

    assert float(sum(inner.losses)) == pytest.approx(np.sum(recurrent.numpy() ** 2), rel=1e-5)
    assert float(sum(outer.losses)) == pytest.approx(sum(np.sum(kernel.numpy() ** 2) for kernel in kernels), rel=1e-5)


@EACH_LAYER
def test_no_units_are_refused(make: Callable[..., Any]) -> None:
    """The message says what was expected and what was found."""
    with pytest.raises(ValueError, match=r"^`units` should be a whole number from 1\. Received: units=0$"):
        type(make())(0, 2)
