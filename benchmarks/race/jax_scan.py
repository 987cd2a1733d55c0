"""JAX as it is fastest: an epoch is one call, `jit` round a `lax.scan` over its batches, the examples on the device.

There is no layer and no optimizer from another library: the formulas are those of Keras's layers and of its Adam.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax import lax, nn, random

from benchmarks.race.cases import CLASSES, LEARNING_RATE, Case, Cnn, Mlp, Recurrent, make_examples
from benchmarks.race.racing import Contestant, race

if TYPE_CHECKING:
    from collections.abc import Callable

GATES = {"lstm": 4, "gru": 3}
Parameters = list[dict[str, Any]]


def make_parameters(case: Case, key: Any) -> Parameters:
    """Return the weights that training starts from, made as Keras makes them: one dict for each layer."""
    network, features = case.network, case.shape[-1]
    made: Parameters = []
    if isinstance(network, Mlp):
        for units in network.hidden:
            made.append(_dense(_take(key, made), features, units))
            features = units
    elif isinstance(network, Cnn):
        for filters in network.filters:
            made.append(_dense(_take(key, made), features, filters, kernel=(3, 3)))
            features = filters
        features *= (case.shape[0] // 2 ** len(network.filters)) ** 2
    elif network.cell == "jordan":
        units, outputs = network.units, CLASSES
        recurrent = {"recurrent": nn.initializers.orthogonal()(key, (outputs, units))}
        return [_dense(_take(key, made), features, units) | recurrent, _dense(key, units, outputs)]
    else:
        for _ in range(2 if network.bidirectional else 1):
            made.append(_recurrent(_take(key, made), features, network))
        features = network.units * len(made)
    return [*made, _dense(_take(key, made), features, CLASSES)]


def run_mlp(parameters: Parameters, inputs: Any, key: Any, *, dropout: float) -> Any:
    """Return the logits of dense layers."""
    active = inputs
    for number, layer in enumerate(parameters[:-1]):
        active = nn.relu(active @ layer["kernel"] + layer["bias"])
        if dropout:
            kept = random.bernoulli(random.fold_in(key, number), 1 - dropout, active.shape)
            active = jnp.where(kept, active / (1 - dropout), 0)
    return active @ parameters[-1]["kernel"] + parameters[-1]["bias"]


def run_cnn(parameters: Parameters, inputs: Any) -> Any:
    """Return the logits of convolutions and pooling."""
    active, window = inputs, (1, 2, 2, 1)
    for layer in parameters[:-1]:
        active = lax.conv_general_dilated(
            active, layer["kernel"], (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        active = lax.reduce_window(nn.relu(active + layer["bias"]), -jnp.inf, lax.max, window, window, "VALID")
    return active.reshape(len(active), -1) @ parameters[-1]["kernel"] + parameters[-1]["bias"]


def run_jordan(parameters: Parameters, inputs: Any) -> Any:
    """Return the last outputs of Jordan's network."""
    hidden, readout = parameters

    def step(output: Any, drive: Any) -> tuple[Any, None]:
        active = jnp.tanh(drive + output @ hidden["recurrent"])
        return active @ readout["kernel"] + readout["bias"], None

    drives = inputs.swapaxes(0, 1) @ hidden["kernel"] + hidden["bias"]  # (steps, batch, units)
    return lax.scan(step, jnp.zeros((len(inputs), CLASSES)), drives)[0]


def run_recurrent(parameters: Parameters, inputs: Any, *, network: Recurrent) -> Any:
    """Return the logits of a recurrent layer that is read at its last step."""
    sequence = inputs.swapaxes(0, 1)  # (steps, batch, features)
    last = [_scan(network, parameters[0], sequence)]
    if network.bidirectional:
        last.append(_scan(network, parameters[1], sequence[::-1]))
    return jnp.concatenate(last, axis=1) @ parameters[-1]["kernel"] + parameters[-1]["bias"]


def make_forward(case: Case) -> Callable[[Parameters, Any, Any], Any]:
    """Return the case's network as a function of weights, inputs and a key for dropout."""
    network = case.network
    if isinstance(network, Mlp):
        return lambda parameters, inputs, key: run_mlp(parameters, inputs, key, dropout=network.dropout)
    if isinstance(network, Cnn):
        return lambda parameters, inputs, _: run_cnn(parameters, inputs)
    if network.cell == "jordan":
        return lambda parameters, inputs, _: run_jordan(parameters, inputs)
    return lambda parameters, inputs, _: run_recurrent(parameters, inputs, network=network)


def make(case: Case, variant: str, threads: int) -> Contestant:  # noqa: ARG001 -- it uses the cores that it is bound to
    """Build the case's network and its epoch."""
    inputs, targets = (jnp.asarray(part) for part in make_examples(case))
    parameters = make_parameters(case, random.key(0))
    forward, size = make_forward(case), case.batch_size

    def measure(weights: Parameters, batch: Any, key: Any) -> tuple[Any, Any]:
        logits, classes = forward(weights, inputs[batch], key), targets[batch]
        loss = -jnp.take_along_axis(nn.log_softmax(logits), classes[:, None], axis=1).mean()
        return loss, (logits.argmax(1) == classes).sum()

    def step(state: Any, batch_and_key: Any) -> tuple[Any, Any]:
        weights, means, squares, count = state
        (loss, right), slopes = jax.value_and_grad(measure, has_aux=True)(weights, *batch_and_key)
        means = jax.tree.map(lambda mean, slope: mean + (slope - mean) * 0.1, means, slopes)
        squares = jax.tree.map(lambda square, slope: square + (slope * slope - square) * 0.001, squares, slopes)
        rate = LEARNING_RATE * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
        weights = jax.tree.map(
            lambda weight, mean, square: weight - rate * mean / (jnp.sqrt(square) + 1e-7), weights, means, squares
        )
        return (weights, means, squares, count + 1), (loss, right)

    @jax.jit  # type: ignore[untyped-decorator] # JAX need not be installed where types are checked
    def run_epoch(state: Any, key: Any) -> tuple[Any, Any, Any]:
        order = random.permutation(key, case.example_count).reshape(-1, size)
        state, (losses, right) = lax.scan(step, state, (order, random.split(key, case.step_count)))
        return state, losses.mean(), right.sum() / case.example_count

    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state, keys = (parameters, zeros, zeros, jnp.float32(1)), iter(range(1, 1_000_000))

    def train_epoch() -> tuple[float, float]:
        nonlocal state
        state, loss, accuracy = run_epoch(state, random.key(next(keys)))
        return float(loss), float(accuracy)

    return Contestant(sum(weights.size for weights in jax.tree.leaves(parameters)), train_epoch)


def _take(key: Any, made: Parameters) -> Any:
    return random.fold_in(key, len(made))


def _dense(key: Any, features: int, units: int, *, kernel: tuple[int, ...] = ()) -> dict[str, Any]:
    fans = math.prod(kernel) * (features + units)
    limit = math.sqrt(6 / fans)
    return {
        "kernel": random.uniform(key, (*kernel, features, units), minval=-limit, maxval=limit),
        "bias": jnp.zeros(units),
    }


def _recurrent(key: Any, features: int, network: Recurrent) -> dict[str, Any]:
    units, gates = network.units, GATES.get(network.cell, 1)
    recurrent = nn.initializers.orthogonal()(random.fold_in(key, 1), (units, gates * units))
    made = _dense(key, features, gates * units) | {"recurrent": recurrent}
    if network.cell == "lstm":
        made["bias"] = made["bias"].at[units : 2 * units].set(1)
    if network.cell == "gru":
        made["recurrent_bias"] = jnp.zeros(gates * units)
    return made


def _scan(network: Recurrent, layer: dict[str, Any], sequence: Any) -> Any:
    """Return the last activations, `(batch, units)`, of a layer that reads `(steps, batch, features)`."""
    activation = nn.sigmoid if network.cell == "fully_recurrent" else jnp.tanh

    def simple(active: Any, drive: Any) -> tuple[Any, None]:
        return activation(drive + active @ layer["recurrent"]), None

    def gru(active: Any, drive: Any) -> tuple[Any, None]:
        update, reset, drive = jnp.split(drive, 3, axis=1)
        update_back, reset_back, back = jnp.split(active @ layer["recurrent"] + layer["recurrent_bias"], 3, axis=1)
        kept = nn.sigmoid(update + update_back)
        fresh = jnp.tanh(drive + nn.sigmoid(reset + reset_back) * back)
        return kept * active + (1 - kept) * fresh, None

    def lstm(state: Any, drive: Any) -> tuple[Any, None]:
        active, carried = state
        let_in, kept, fresh, out = jnp.split(drive + active @ layer["recurrent"], 4, axis=1)
        carried = nn.sigmoid(kept) * carried + nn.sigmoid(let_in) * jnp.tanh(fresh)
        return (nn.sigmoid(out) * jnp.tanh(carried), carried), None

    drives = sequence @ layer["kernel"] + layer["bias"]
    start = jnp.zeros((sequence.shape[1], network.units))
    if network.cell == "lstm":
        return lax.scan(lstm, (start, start), drives)[0][0]
    return lax.scan(gru if network.cell == "gru" else simple, start, drives)[0]


if __name__ == "__main__":
    race(make)
