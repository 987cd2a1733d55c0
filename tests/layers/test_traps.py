"""The ways in which recurrent layers go wrong in Keras 3, each shown to be avoided by ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

from archcli.layers.elman import Elman, ElmanCell
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan

Array = npt.NDArray[Any]
BATCH, STEPS, FEATURES = 3, 5, 4
INPUTS = np.random.default_rng(0).normal(size=(BATCH, STEPS, FEATURES)).astype("float32")
MASK = np.arange(STEPS) < np.array([5, 2, 3])[:, None]

LAYERS: dict[str, Callable[..., Any]] = {
    "elman": lambda **more: Elman(3, 2, initial_context=0.5, **more),
    "elman, as many outputs": lambda **more: Elman(3, 3, initial_context=0.5, **more),
    "elman without readout": lambda **more: Elman(3, initial_context=0.5, **more),
    "jordan": lambda **more: Jordan(3, 2, decay=0.5, initial_state_value=0.5, **more),
    "fully recurrent": lambda **more: FullyRecurrent(3, initial_state_value=0.5, **more),
    "fully recurrent, some read": lambda **more: FullyRecurrent(3, 2, initial_state_value=0.5, **more),
}
EACH_LAYER = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())


def numpy_of(value: Any) -> Any:
    """Return a tensor as an array."""
    return keras.ops.convert_to_numpy(value)


def scan_as_on_jax(cell: Any) -> Array:
    """Run a cell over the masked inputs as Keras's JAX backend does: a step left out gives out `states[0]`."""
    states, answers = cell.get_initial_state(BATCH), []
    for step, kept in zip(INPUTS.transpose(1, 0, 2), MASK.T[..., None], strict=True):
        output, after = cell(step, states)
        answers.append(np.where(kept, output, states[0]))
        states = [keras.ops.where(kept, new, old) for new, old in zip(after, states, strict=True)]
    return np.stack(answers, axis=1)


@EACH_LAYER
def test_the_first_state_is_the_output_of_the_step_before(make: Callable[..., Any]) -> None:
    """So the last output of a padded sequence is right on a backend that hands on `states[0]` where a mask skips."""
    layer = make()

    last = numpy_of(layer(INPUTS, mask=MASK))

    assert scan_as_on_jax(layer.cell)[:, -1] == pytest.approx(last, abs=2e-6)
    output, states = layer.cell(INPUTS[:, 0], layer.cell.get_initial_state(BATCH))
    assert np.array_equal(states[0], output)
    assert layer.cell.state_size[0] == layer.cell.output_size


@EACH_LAYER
def test_a_reset_goes_back_to_the_state_that_the_layer_starts_from(make: Callable[..., Any]) -> None:
    """Keras's own writes zeros, whatever the network starts from."""
    layer = make(stateful=True)
    first = numpy_of(layer(INPUTS))
    after = [numpy_of(state).copy() for state in layer.states]

    layer.reset_state()

    started = [numpy_of(state) for state in layer.states]
    assert (started[-1] == 0.5).all()
    assert not np.array_equal(after[-1], started[-1])
    assert np.array_equal(numpy_of(layer(INPUTS)), first)


def test_keras_own_reset_still_writes_zeros() -> None:
    """Should this fail, Keras has mended it, and `reset_state` of ours can go."""
    layer = keras.layers.RNN(ElmanCell(3, initial_context=0.5), stateful=True)
    layer.build(INPUTS.shape)
    before = numpy_of(layer.states[0]).copy()

    layer.reset_state()

    assert (before == 0.5).all()
    assert not numpy_of(layer.states[0]).any()


def test_a_layer_that_was_never_called_can_be_reset() -> None:
    """There is nothing to reset, in a layer that carries no state either."""
    for layer in (Elman(3, stateful=True), Elman(3)):
        layer.reset_state()

        assert layer.states is None


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16", "float16", "float64"])
@EACH_LAYER
def test_the_type_reaches_the_cell(make: Callable[..., Any], dtype: str) -> None:
    """`RNN(cell, dtype=...)` leaves the cell at the type of the program; ours compute and return what is asked."""
    layer = make(dtype=dtype, return_state=True)

    tensors = layer(INPUTS)

    wanted = dtype.removeprefix("mixed_")
    assert layer.cell.compute_dtype == wanted
    assert {tensor.dtype.name for tensor in tensors} == {wanted}
    assert {weights.dtype for weights in layer.weights} == {"float32" if dtype.startswith("mixed") else dtype}


@EACH_LAYER
def test_new_states_have_the_type_of_the_computation(make: Callable[..., Any]) -> None:
    """Also of an activation that computes in single precision, so that a scan gets back the type that it gave."""
    layer = make(dtype="mixed_float16", activation=lambda values: keras.ops.tanh(keras.ops.cast(values, "float32")))
    layer.build(INPUTS.shape)
    states = layer.cell.get_initial_state(BATCH)

    output, after = layer.cell(INPUTS[:, 0].astype("float16"), states)

    assert output.dtype == "float16"
    assert [state.dtype for state in after] == [state.dtype for state in states] == ["float16"] * len(after)


@EACH_LAYER
def test_a_stateful_layer_carries_its_states_in_the_type_of_its_weights(make: Callable[..., Any]) -> None:
    """In mixed precision too, where it computes in half, and windows go on where the one before ended."""
    layer = make(dtype="mixed_float16", stateful=True)
    whole = make(dtype="mixed_float16")
    whole.build(INPUTS.shape)
    layer.build(INPUTS.shape)
    whole.set_weights(layer.get_weights())

    layer(INPUTS[:, :2])
    last = layer(INPUTS[:, 2:])

    assert {state.dtype for state in layer.states} == {"float32"}
    assert np.array_equal(last, whole(INPUTS))


def state_of(cell: Any) -> dict[str, str]:
    """Return what a cell holds, as text."""
    return {name: str(value) for name, value in vars(cell).items() if not name.startswith("_")}


@EACH_LAYER
def test_a_step_leaves_no_trace_in_the_cell(make: Callable[..., Any]) -> None:
    """TensorFlow runs one step more than there are, to learn its shape; nothing may be counted in it."""
    layer = make()
    layer.build(INPUTS.shape)
    before = state_of(layer.cell)

    layer(INPUTS, training=True)

    assert state_of(layer.cell) == before


def test_chance_is_drawn_once_for_all_steps() -> None:
    """Outside the scan: the generator moves on as for one draw, however many steps there are."""
    moves = []
    for steps in (1, STEPS):
        layer: Any = Jordan(3, 2, feedback="scheduled", seed=1)
        before = numpy_of(layer.seed_generator.state).copy()
        layer(INPUTS[:, :steps], training=True)
        moves.append(numpy_of(layer.seed_generator.state) - before)

    assert moves[0].any()
    assert np.array_equal(moves[0], moves[1])


def test_targets_arrive_in_one_tensor_with_the_inputs() -> None:
    """Keras's scan takes no tuple of tensors; it is refused, not misread."""
    layer = Jordan(3, 2, feedback="teacher")

    with pytest.raises((AttributeError, TypeError)):
        layer((INPUTS[..., :2], INPUTS[..., 2:]))

    assert numpy_of(Jordan(3, 2, feedback="teacher")(INPUTS)).shape == (BATCH, 2)


def test_dropout_before_the_layer_is_one_draw_for_each_sequence() -> None:
    """`Dropout` with a `noise_shape` of one step drops the same features at every step, without a layer in the cell."""
    dropped = keras.layers.Dropout(0.5, noise_shape=(None, 1, 64), seed=1)(np.ones((2, STEPS, 64)), training=True)

    kept = numpy_of(dropped) > 0
    assert (kept == kept[:, :1]).all()
    assert 0 < kept.mean() < 1
    assert not np.array_equal(kept[0], kept[1])


def test_a_model_is_reset_layer_by_layer() -> None:
    """Keras 3 has no `Model.reset_states`."""
    inputs = keras.Input(batch_shape=(BATCH, STEPS, FEATURES))
    hidden = Elman(3, stateful=True, return_sequences=True, initial_context=0.5)(inputs)
    model = keras.Model(inputs, Jordan(3, 2, stateful=True, initial_state_value=0.5)(hidden))
    first, second = numpy_of(model(INPUTS)), numpy_of(model(INPUTS))

    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()

    assert not hasattr(model, "reset_states")
    assert not np.allclose(second, first)
    assert np.array_equal(numpy_of(model(INPUTS)), first)


@pytest.mark.parametrize(("clipping", "norm"), [("clipnorm", 2**0.5), ("global_clipnorm", 1.0)])
def test_one_norm_of_all_gradients_is_the_global_one(clipping: str, norm: float) -> None:
    """`clipnorm` clips each weight by itself, so two of them move further than the norm that was asked for."""
    weights = [keras.Variable(np.zeros(3)), keras.Variable(np.zeros((2, 2)))]
    optimizer = keras.optimizers.SGD(1.0, **{clipping: 1.0})

    optimizer.apply([keras.ops.full(variable.shape, 5.0) for variable in weights], weights)

    assert np.sqrt(sum(np.sum(variable.numpy() ** 2) for variable in weights)) == pytest.approx(norm, rel=1e-5)


def test_keras_scan_wants_answers_of_the_shape_of_what_is_carried() -> None:
    """`ops.scan` refuses others on TensorFlow, which is why our layers step inside `RNN`."""

    def step(carried: Any, given: Any) -> tuple[Any, Any]:
        return carried + given, keras.ops.concatenate([carried, carried])

    with pytest.raises(ValueError, match=r"Incompatible shape for value \(\(4,\)\), expected \(\(2,\)\)"):
        keras.ops.scan(step, keras.ops.zeros(2), keras.ops.ones((3, 2)))


def test_a_gradient_may_flow_through_a_loop_of_unknown_length() -> None:
    """`ops.while_loop` has one on TensorFlow and none on JAX: what settles is solved without, then steps with one."""
    start = tf.Variable([1.0])
    with tf.GradientTape() as tape:
        _, reached = keras.ops.while_loop(
            lambda index, _: index < 5, lambda index, state: (index + 1, state * start * 0.5), (0, start * 1.0)
        )

    assert numpy_of(tape.gradient(reached, start)) == pytest.approx(6 * 0.5**5)  # of x^6 / 2^5 at 1


def test_a_gradient_may_be_given() -> None:
    """`ops.custom_gradient` takes a function of the weights: the square root with half its gradient written out."""

    @keras.ops.custom_gradient  # type: ignore[untyped-decorator] # Keras publishes no types
    def root(value: Any) -> tuple[Any, Callable[..., Any]]:
        result = keras.ops.sqrt(value)
        return result, lambda *above, upstream=None: (above[0] if upstream is None else upstream) * 0.5 / result

    value = tf.Variable([4.0])
    with tf.GradientTape() as tape:
        result = root(value)

    assert numpy_of(tape.gradient(result, value)) == pytest.approx(0.25)


@EACH_LAYER
def test_steps_written_out_answer_as_the_loop_under_masks_backwards_too(make: Callable[..., Any]) -> None:
    """`unroll` with a mask and `go_backwards` fails on torch; here it gives the numbers of the loop."""
    layers = [make(return_sequences=True, go_backwards=True, unroll=unroll) for unroll in (False, True)]
    for layer in layers:
        layer.build(INPUTS.shape)
    layers[1].set_weights(layers[0].get_weights())

    answers = [numpy_of(layer(INPUTS, mask=MASK)) for layer in layers]

    np.testing.assert_allclose(answers[1], answers[0], atol=2e-6)
