"""Gates start so that the units remember for as long as they ought to."""

from __future__ import annotations

import re
from typing import Any

import keras
import numpy as np
import pytest

from archcli.layers.gate_bias import Chrono


def values(initializer: Any, shape: tuple[int, ...]) -> Any:
    """Return what an initializer draws, as an array."""
    return keras.ops.convert_to_numpy(initializer(shape))


def test_an_lstm_gets_forget_and_input_gates_of_opposite_sign() -> None:
    """In Keras's order i, f, c, o: `b_f = ln U(1, T - 1)` and `b_i = -b_f`, the others 0."""
    inputs, forget, cell, output = np.split(values(Chrono(100, seed=1), (4 * 2000,)), 4)

    steps = np.exp(forget)
    assert np.array_equal(inputs, -forget)
    assert not cell.any()
    assert not output.any()
    assert steps.min() >= 1
    assert steps.max() <= 99
    # Uniform between 1 and 99: mean 50, standard deviation 98 / sqrt(12), each within four standard errors.
    assert steps.mean() == pytest.approx(50, abs=4 * 28.3 / 2000**0.5)
    assert np.quantile(steps, [0.1, 0.9]) == pytest.approx([10.8, 89.2], abs=4)


def test_a_gru_gets_its_update_gate_once() -> None:
    """In Keras's order z, r, h; of two rows of biases, which add up, the second is zeros."""
    two_rows, one_row = (values(Chrono(50, gates="gru", seed=1), shape) for shape in ((2, 15), (15,)))

    assert np.array_equal(two_rows[0], one_row)
    assert not two_rows[1].any()
    assert (one_row[:5] > 0).all()
    assert not one_row[5:].any()


@pytest.mark.parametrize(
    ("layer", "settings"),
    [
        (keras.layers.LSTM, {"bias_initializer": Chrono(400, seed=1), "unit_forget_bias": False}),
        (keras.layers.GRU, {"bias_initializer": Chrono(400, gates="gru", seed=1)}),
        (keras.layers.GRU, {"bias_initializer": Chrono(400, gates="gru", seed=1), "reset_after": False}),
    ],
)
def test_the_memory_fades_as_slowly_as_the_bias_says(layer: Any, settings: dict[str, Any]) -> None:
    """With zero weights a memory of 1 is `sigmoid(b)` to the power of the steps after them, in Keras's own layers."""
    recurrent = layer(8, kernel_initializer="zeros", recurrent_initializer="zeros", return_state=True, **settings)
    start = [np.ones((1, 8), "float32")] * (2 if layer is keras.layers.LSTM else 1)

    *_, memory = recurrent(np.zeros((1, 20, 1), "float32"), initial_state=start)

    bias = keras.ops.convert_to_numpy(recurrent.cell.bias).reshape(-1)
    kept = 1 / (1 + np.exp(-(bias[8:16] if layer is keras.layers.LSTM else bias[:8])))
    assert keras.ops.convert_to_numpy(memory)[0] == pytest.approx(kept**20, rel=1e-4)
    assert np.median(kept**20) > 0.8


def test_it_is_made_again_with_its_seed() -> None:
    """It comes back from its configuration as Keras writes it, and draws the same; without a seed it differs."""
    initializer = Chrono(100, gates="gru", seed=3)

    again = keras.initializers.deserialize(keras.initializers.serialize(initializer))

    assert again.get_config() == {"max_steps": 100, "gates": "gru", "seed": 3}
    assert np.array_equal(values(again, (2, 12)), values(initializer, (2, 12)))
    assert not np.array_equal(values(Chrono(100), (12,)), values(Chrono(100), (12,)))


def test_the_seed_of_the_program_holds() -> None:
    """Without its own seed it draws what the program's seed says."""
    draws = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        draws.append(values(Chrono(100), (12,)))

    assert np.array_equal(*draws)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"max_steps": 1}, "`max_steps` should be at least 2. Received: max_steps=1"),
        ({"max_steps": 9, "gates": "rnn"}, "`gates` should be one of 'lstm', 'gru'. Received: gates='rnn'"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    """The message says what was expected and what was found."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Chrono(**settings)


@pytest.mark.parametrize(
    ("gates", "shape", "wanted"),
    [
        ("lstm", (10,), "(4 * units,); an LSTM needs `unit_forget_bias=False`"),
        ("lstm", (2, 12), "(4 * units,); an LSTM needs `unit_forget_bias=False`"),
        ("gru", (16,), "(3 * units,) or (2, 3 * units)"),
        ("gru", (3, 12), "(3 * units,) or (2, 3 * units)"),
    ],
)
def test_biases_of_other_layers_are_refused(gates: str, shape: tuple[int, ...], wanted: str) -> None:
    """The message says which shapes such gates have."""
    message = f"`Chrono` with gates='{gates}' makes biases of shape {wanted}. Received: shape={shape}"

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Chrono(10, gates=gates)(shape)
