"""Each recurrent layer computes what its equations say, and what other networks say that are the same in disguise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest
import tensorflow as tf

from archcli.layers.elman import Elman
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan

Array = npt.NDArray[Any]
TOLERANCE = 2e-6
BATCH, STEPS, FEATURES = 3, 7, 5
LENGTHS = np.array([7, 3, 1])

LAYERS: dict[str, Callable[..., Any]] = {
    "elman": lambda **more: Elman(4, 2, initial_context=0.5, output_activation="tanh", **more),
    "elman without readout": lambda **more: Elman(4, initial_context=0.5, **more),
    "jordan": lambda **more: Jordan(4, 2, decay=0.5, initial_state_value=0.5, **more),
    "jordan, taught": lambda **more: Jordan(4, 2, decay=0.3, state_update="ema", feedback="teacher", **more),
    "fully recurrent": lambda **more: FullyRecurrent(4, 2, ticks=2, initial_state_value=0.5, **more),
    "fully recurrent, clamped": lambda **more: FullyRecurrent(5, input_mode="clamp", self_connections=False, **more),
}
EACH_LAYER = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())


def sequences(seed: int = 0, *, steps: int = STEPS, features: int = FEATURES) -> Array:
    """Return random sequences, `(batch, steps, features)`."""
    return np.random.default_rng(seed).normal(size=(BATCH, steps, features)).astype("float32")


def with_weights(layer: Any, *, features: int = FEATURES, seed: int = 1) -> Any:
    """Build `layer` and give it random weights, biases too."""
    if not layer.built:
        layer.build((BATCH, STEPS, features))
    generator = np.random.default_rng(seed)
    layer.set_weights([generator.normal(0, 0.5, weights.shape) for weights in layer.get_weights()])
    return layer


def outputs(layer: Any, inputs: Array, **more: Any) -> Any:
    """Return what `layer` makes of `inputs`, as NumPy arrays."""
    return keras.tree.map_structure(keras.ops.convert_to_numpy, layer(inputs, **more))


def late(values: Array) -> Array:
    """Return `values` one step late, zeros first."""
    return np.concatenate([np.zeros_like(values[:, :1]), values[:, :-1]], axis=1)


def sigmoid(values: Array) -> Array:
    """Return the logistic function of `values`."""
    return 1 / (1 + np.exp(-values))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    "settings", [{}, {"return_sequences": True}, {"go_backwards": True}, {"unroll": True}], ids=str
)
def test_elman_without_a_readout_is_a_simple_rnn(settings: dict[str, bool], masked: bool) -> None:  # noqa: FBT001
    """Last step, all steps, backwards and unrolled, with and without a mask."""
    mask = LENGTHS[:, None] > np.arange(STEPS) if masked else None
    ours, keras_own = with_weights(Elman(4, **settings)), with_weights(keras.layers.SimpleRNN(4, **settings))

    difference = outputs(ours, sequences(), mask=mask) - outputs(keras_own, sequences(), mask=mask)

    assert np.abs(difference).max() <= TOLERANCE


def test_elman_with_a_readout_is_a_simple_rnn_and_a_dense_layer() -> None:
    """The readout is no part of the loop."""
    elman = with_weights(Elman(4, 2, output_activation="softmax", return_sequences=True))
    rnn = with_weights(keras.layers.SimpleRNN(4, return_sequences=True))
    dense = with_weights(keras.layers.Dense(2, activation="softmax"), features=4)
    rnn.set_weights(elman.get_weights()[:3])
    dense.set_weights(elman.get_weights()[3:])

    assert outputs(elman, sequences()) == pytest.approx(outputs(dense, rnn(sequences())), abs=TOLERANCE)


def test_elman_follows_its_equations_from_the_context_of_1990() -> None:
    """A loop in NumPy, with sigmoid units and a context that starts at 0.5, gives the same."""
    settings: dict[str, Any] = {"activation": "sigmoid", "output_activation": "sigmoid", "initial_context": 0.5}
    elman = with_weights(Elman(4, 2, return_sequences=True, return_state=True, **settings))
    kernel, recurrent, bias, output_kernel, output_bias = elman.get_weights()

    context, expected = np.full((BATCH, 4), 0.5), []
    for step in sequences().transpose(1, 0, 2):
        context = sigmoid(step @ kernel + context @ recurrent + bias)
        expected.append(sigmoid(context @ output_kernel + output_bias))

    answer, last, hidden = outputs(elman, sequences())
    assert answer == pytest.approx(np.stack(expected, axis=1), abs=TOLERANCE)
    assert last == pytest.approx(expected[-1], abs=TOLERANCE)
    assert hidden == pytest.approx(context, abs=TOLERANCE)


def jordan_in_numpy(layer: Any, inputs: Array, fed_back: Array | None) -> tuple[Array, Array]:
    """Run Jordan's equations; return the outputs and the states `s_t`, `(batch, steps, outputs)`.

    Args:
        layer: Gives the weights and settings.
        inputs: `x_t`.
        fed_back: `fb_t`, what is fed back after each step; None for the outputs.
    """
    kernel, recurrent, bias, output_kernel, output_bias = layer.get_weights()
    cell = layer.cell
    gain = 1.0 if cell.state_update == "sum" else 1 - cell.decay
    state, answers, states = np.full((BATCH, cell.output_units), cell.initial_state_value), [], []
    for index in range(inputs.shape[1]):
        hidden = np.tanh(inputs[:, index] @ kernel + state @ recurrent + bias)
        answers.append(sigmoid(hidden @ output_kernel + output_bias))
        states.append(state)
        state = cell.decay * state + gain * (answers[-1] if fed_back is None else fed_back[:, index])
    return np.stack(answers, axis=1), np.stack(states, axis=1)


JORDANS = pytest.mark.parametrize(
    ("decay", "update", "start"), [(0.0, "sum", 0.0), (0.5, "sum", 0.5), (0.5, "ema", 0.0), (0.9, "ema", 0.5)]
)


def jordan(decay: float, update: str, start: float, **more: Any) -> Any:
    """Return a Jordan layer with sigmoid outputs at every step."""
    settings: dict[str, Any] = {"output_activation": "sigmoid", "return_sequences": True, **more}
    return Jordan(4, 2, decay=decay, state_update=update, initial_state_value=start, **settings)


@JORDANS
def test_jordan_follows_its_equations(decay: float, update: str, start: float) -> None:
    """With and without decay, summed and averaged, from 0 and from 0.5, on its own outputs."""
    layer = with_weights(jordan(decay, update, start))

    answers, _ = jordan_in_numpy(layer, sequences(), None)

    assert outputs(layer, sequences()) == pytest.approx(answers, abs=TOLERANCE)


@JORDANS
def test_a_taught_jordan_is_a_feed_forward_network(decay: float, update: str, start: float) -> None:
    """Its state is a fixed filter of the targets, so two `Dense` layers on `[x, s]` give the same."""
    targets = sequences(2, features=2)
    layer = with_weights(jordan(decay, update, start, feedback="teacher"), features=FEATURES + 2)
    kernel, recurrent, *others = layer.get_weights()
    _, states = jordan_in_numpy(layer, sequences(), targets)
    mlp = keras.Sequential([keras.layers.Dense(4, "tanh"), keras.layers.Dense(2, "sigmoid")])
    seen = np.concatenate([sequences(), states.astype("float32")], axis=-1)
    mlp.build(seen.shape)
    mlp.set_weights([np.concatenate([kernel, recurrent]), *others])

    taught = outputs(layer, np.concatenate([sequences(), late(targets)], axis=-1))

    assert taught == pytest.approx(outputs(mlp, seen), abs=TOLERANCE)


@JORDANS
def test_a_jordan_taught_its_own_answers_runs_as_if_free(decay: float, update: str, start: float) -> None:
    """Fed its own outputs one step late, the network gives exactly the outputs that it gives by itself."""
    free = with_weights(jordan(decay, update, start))
    taught = with_weights(jordan(decay, update, start, feedback="teacher"), features=FEATURES + 2)
    own = outputs(free, sequences())

    again = outputs(taught, np.concatenate([sequences(), late(own)], axis=-1))

    assert np.array_equal(again, own)


@pytest.mark.parametrize("self_connections", [True, False])
@pytest.mark.parametrize("ticks", [1, 2, 3])
def test_a_fully_recurrent_network_follows_its_equations(ticks: int, self_connections: bool) -> None:  # noqa: FBT001
    """One matrix on `[x, y, 1]`, as in the paper, updated so often for each step."""
    settings: dict[str, Any] = {"ticks": ticks, "self_connections": self_connections, "initial_state_value": 0.5}
    layer = with_weights(FullyRecurrent(4, 2, return_sequences=True, **settings))
    weights = layer.get_weights()[0].copy()
    if not self_connections:
        weights[FEATURES + np.arange(4), np.arange(4)] = 0

    active, expected = np.full((BATCH, 4), 0.5), []
    for step in sequences().transpose(1, 0, 2):
        for _ in range(ticks):
            active = sigmoid(np.concatenate([step, active, np.ones((BATCH, 1))], axis=1) @ weights)
        expected.append(active[:, :2])

    assert outputs(layer, sequences()) == pytest.approx(np.stack(expected, axis=1), abs=TOLERANCE)


def test_clamped_inputs_are_added_without_weights() -> None:
    """Each unit gets its own input; the matrix is on `[y, 1]`."""
    layer = with_weights(FullyRecurrent(FEATURES, input_mode="clamp", activation="tanh", return_sequences=True))
    (weights,) = layer.get_weights()

    active, expected = np.zeros((BATCH, FEATURES)), []
    for step in sequences().transpose(1, 0, 2):
        active = np.tanh(step + np.concatenate([active, np.ones((BATCH, 1))], axis=1) @ weights)
        expected.append(active)

    assert outputs(layer, sequences()) == pytest.approx(np.stack(expected, axis=1), abs=TOLERANCE)


def test_a_fully_recurrent_network_of_one_tick_is_a_simple_rnn() -> None:
    """When all units are read, and the rows of the matrix are the three weights."""
    layer = with_weights(FullyRecurrent(4, return_sequences=True))
    rnn = with_weights(keras.layers.SimpleRNN(4, activation="sigmoid", return_sequences=True))
    (weights,) = layer.get_weights()

    rnn.set_weights([weights[:FEATURES], weights[FEATURES:-1], weights[-1]])

    assert outputs(layer, sequences()) == pytest.approx(outputs(rnn, sequences()), abs=TOLERANCE)


@pytest.mark.parametrize("ticks", [2, 3])
def test_ticks_are_steps_with_the_input_held(ticks: int) -> None:
    """So many ticks are one tick on every step that often, read at the last."""
    settings: dict[str, Any] = {"self_connections": False, "return_sequences": True}
    several, one = with_weights(FullyRecurrent(4, 2, ticks=ticks, **settings)), FullyRecurrent(4, 2, **settings)
    with_weights(one)

    held = outputs(one, np.repeat(sequences(), ticks, axis=1))[:, ticks - 1 :: ticks]

    assert outputs(several, sequences()) == pytest.approx(held, abs=TOLERANCE)


def padded(*, left: bool) -> tuple[Array, Array]:
    """Return the sequences cut to their lengths and padded with what must not be read, and the mask."""
    mask = np.arange(STEPS) < LENGTHS[:, None]
    mask = mask[:, ::-1] if left else mask
    inputs = np.full((BATCH, STEPS, FEATURES), 99.0, "float32")
    inputs[mask] = np.concatenate([sequences()[index, :length] for index, length in enumerate(LENGTHS)])
    return inputs, mask


def truncated(layer: Any) -> list[Any]:
    """Return what `layer` makes of each sequence alone, cut to its length."""
    return [outputs(layer, sequences()[index : index + 1, :length])[0] for index, length in enumerate(LENGTHS)]


@pytest.mark.parametrize("left", [False, True], ids=["padded right", "padded left"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["", "bidirectional"])
@EACH_LAYER
def test_a_masked_sequence_is_a_shorter_one(make: Callable[..., Any], *, bidirectional: bool, left: bool) -> None:
    """Padding on either side changes neither the last output nor one of the steps, in both directions."""
    inputs, mask = padded(left=left)
    for return_sequences in (False, True):
        layer = make(return_sequences=return_sequences)
        layer = with_weights(keras.layers.Bidirectional(layer) if bidirectional else layer)

        answers = outputs(layer, inputs, mask=mask)

        kept = answers[mask] if return_sequences else answers
        expected = np.concatenate(truncated(layer)) if return_sequences else np.stack(truncated(layer))
        assert kept == pytest.approx(expected, abs=TOLERANCE)


@EACH_LAYER
def test_an_unrolled_layer_is_the_loop(make: Callable[..., Any]) -> None:
    """With and without a mask, forwards and backwards."""
    inputs, mask = padded(left=False)
    for settings in ({}, {"go_backwards": True, "return_sequences": True}):
        for masks in (None, mask):
            loop, unrolled = with_weights(make(**settings)), with_weights(make(unroll=True, **settings))

            answers = outputs(unrolled, inputs, mask=masks)

            assert answers == pytest.approx(outputs(loop, inputs, mask=masks), abs=TOLERANCE)


@EACH_LAYER
def test_windows_with_the_state_carried_on_are_one_pass(make: Callable[..., Any]) -> None:
    """A stateful layer on a sequence in pieces is the layer on the whole, and again after a reset."""
    whole = outputs(with_weights(make(return_sequences=True)), sequences(steps=6))
    layer = with_weights(make(return_sequences=True, stateful=True))

    def in_windows() -> Array:
        return np.concatenate([outputs(layer, window) for window in np.split(sequences(steps=6), 3, axis=1)], axis=1)

    assert np.array_equal(in_windows(), whole)
    layer.reset_state()
    assert np.array_equal(in_windows(), whole)


@EACH_LAYER
def test_the_states_returned_are_those_to_go_on_from(make: Callable[..., Any]) -> None:
    """The states after one half, given as the initial ones, continue the sequence; the first is the last output."""
    layer = with_weights(make(return_sequences=True, return_state=True))
    whole, *_ = outputs(layer, sequences())

    first, *states = outputs(layer, sequences()[:, :3])
    second, *_ = outputs(layer, sequences()[:, 3:], initial_state=states)

    assert np.concatenate([first, second], axis=1) == pytest.approx(whole, abs=TOLERANCE)
    assert np.array_equal(states[0], first[:, -1])


@EACH_LAYER
def test_a_saved_layer_is_the_same_when_it_is_loaded(make: Callable[..., Any], tmp_path: Path) -> None:
    """Its outputs are equal to the last bit, as are those of its copy in both directions."""
    inputs = keras.Input((STEPS, FEATURES))
    both = keras.layers.Bidirectional(make(return_sequences=True))(inputs)
    model = keras.Model(inputs, [make()(inputs), both])
    with_weights(model)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    for saved, again in zip(outputs(model, sequences()), outputs(loaded, sequences()), strict=True):
        assert np.array_equal(saved, again)


@EACH_LAYER
def test_both_directions_are_aligned(make: Callable[..., Any]) -> None:
    """At step 3 the forward outputs do not depend on what comes later, the backward ones not on what came before."""
    layer = with_weights(keras.layers.Bidirectional(make(return_sequences=True), merge_mode=None))
    forward, backward = outputs(layer, sequences())
    other_past, other_future = sequences(), sequences()
    other_past[:, :3], other_future[:, 4:] = 1.0, 1.0

    forward_again, _ = outputs(layer, other_future)
    _, backward_again = outputs(layer, other_past)

    assert np.array_equal(forward_again[:, :4], forward[:, :4])
    assert np.array_equal(backward_again[:, 3:], backward[:, 3:])
    assert np.abs(forward_again[:, 4:] - forward[:, 4:]).min() > 0
    assert np.abs(backward_again[:, :3] - backward[:, :3]).min() > 0


def gradients(layer: Any, inputs: Array, weigh: Array, mask: Array | None = None) -> list[Array]:
    """Return the gradient of the weighted sum of the outputs with respect to each weight, by TensorFlow's tape."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(inputs, mask=mask) * weigh)
    found: Sequence[Any] = tape.gradient(loss, [weights.value for weights in layer.trainable_weights])
    return [gradient.numpy() for gradient in found]


@EACH_LAYER
def test_gradients_are_those_of_finite_differences(make: Callable[..., Any]) -> None:
    """Through all steps, ticks and the feedback, with a mask, in double precision."""
    inputs, mask = padded(left=False)
    layer = with_weights(make(return_sequences=True, dtype="float64"))
    weigh = np.random.default_rng(3).normal(size=(BATCH, STEPS, layer.cell.output_size))

    loss = tf.function(lambda: tf.reduce_sum(layer(inputs, mask=mask) * weigh))

    for weights, gradient in zip(layer.trainable_weights, gradients(layer, inputs, weigh, mask), strict=True):
        values = weights.numpy()
        for place in list(np.ndindex(values.shape))[:: max(1, values.size // 3)]:
            moved = values.copy()
            moved[place] += 1e-5
            weights.assign(moved)
            above = float(loss())
            moved[place] -= 2e-5
            weights.assign(moved)
            below = float(loss())
            weights.assign(values)
            assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("self_connections", [True, False])
def test_the_gradient_is_that_of_real_time_recurrent_learning(self_connections: bool) -> None:  # noqa: FBT001
    """The paper's own rule, forwards in time with the sensitivity of every unit to every weight, gives the same."""
    units, read, weigh = 4, 2, np.random.default_rng(3).normal(size=(BATCH, STEPS, 2))
    settings: dict[str, Any] = {"self_connections": self_connections, "return_sequences": True, "dtype": "float64"}
    layer = with_weights(FullyRecurrent(units, read, **settings))
    weights = layer.get_weights()[0].copy()
    fixed = np.zeros_like(weights, bool)
    if not self_connections:
        fixed[FEATURES + np.arange(units), np.arange(units)] = True
        weights[fixed] = 0

    expected = np.zeros_like(weights)
    for inputs, error in zip(sequences(), weigh, strict=True):
        active, sensitivity = np.zeros(units), np.zeros((units, *weights.shape))
        for step, weight in zip(inputs, error, strict=True):
            seen = np.concatenate([step, active, [1]])
            active = sigmoid(seen @ weights)
            direct = np.einsum("r,kc->krc", seen, np.eye(units))
            through = np.einsum("lk,lrc->krc", weights[FEATURES:-1], sensitivity)
            sensitivity = (active * (1 - active))[:, None, None] * (direct + through)
            expected += np.einsum("k,krc->rc", weight, sensitivity[:read])
    expected[fixed] = 0

    assert gradients(layer, sequences(), weigh)[0] == pytest.approx(expected, rel=1e-9, abs=1e-12)
