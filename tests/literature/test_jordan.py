"""Jordan's network remembers what it said: how long its state lasts decides what it can do."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from archcli.layers import Jordan

if TYPE_CHECKING:
    from tests.literature.conftest import Array, MostSeeds, Train

LETTERS = np.tile([0, 1, 0, 2], 3)


def test_without_decay_a_letter_in_four_is_guessed(train: Train) -> None:
    """After A the last letter says B or C with even odds: 0.75 right, and a loss of half of ln 2."""
    scores = train("jordan-abac-without-decay", "train.epochs=150").scores

    assert scores["accuracy"] == pytest.approx(0.75, rel=0.01)
    assert scores["log_loss"] == pytest.approx(log(2) / 2, rel=0.01)


def test_without_decay_each_letter_by_itself_costs_a_third_of_ln_2() -> None:
    """With a sigmoid for each letter two of three are open at every other step: the loss is (1/3) ln 2, 0.2311."""
    keras.utils.set_random_seed(0)
    letters = np.eye(3, dtype=np.float32)[LETTERS][np.newaxis]  # (1, steps, letters)
    previous = np.concatenate([np.zeros_like(letters[:, :1]), letters[:, :-1]], axis=1)
    inputs = np.concatenate([np.ones_like(letters[..., :1]), previous], axis=-1)
    model = keras.Sequential(
        [Jordan(8, 3, decay=0.0, feedback="teacher", output_activation="sigmoid", return_sequences=True)]
    )
    model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy", jit_compile=False)

    model.fit(np.repeat(inputs, 600, axis=0), np.repeat(letters, 600, axis=0), batch_size=1, verbose=0)

    assert model.evaluate(inputs, letters, verbose=0) == pytest.approx(log(2) / 3, rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("decay", [0.3, 0.5, 0.8])
def test_with_decay_it_goes_on_by_itself(train: Train, most_seeds: MostSeeds, decay: float) -> None:
    """A state that keeps a trace of the letter before says all letters right, fed with its own answers."""

    def goes_on(seed: int) -> bool:
        put = (f"model.architecture.jordan.decay={decay}", f"train.seed={seed}")
        return train("jordan-abac", *put).scores["free_accuracy"] == 1.0

    assert most_seeds(goes_on)


def _bits(count: int, steps: int) -> Array:
    return np.random.default_rng(8604).integers(0, 2, (count, steps, 1)).astype(np.float32)


@pytest.mark.slow
def test_parity_learned_on_eight_bits_holds_for_fifty(train: Train, most_seeds: MostSeeds) -> None:
    """One remembered bit is all that parity takes, whatever the length."""
    bits = _bits(200, 50)
    parity = bits[..., 0].cumsum(axis=1) % 2

    def holds(seed: int) -> bool:
        answers = train("jordan-parity", f"train.seed={seed}").answer({"bits": bits})
        return bool((answers.argmax(axis=-1) == parity).all())

    assert most_seeds(holds)


def test_parity_by_weights_set_by_hand_is_exact() -> None:
    """Two hidden units, at least one of two and both, make the exclusive or of a bit and the last answer."""
    layer = Jordan(2, 1, output_activation="tanh", return_sequences=True, initial_state_value=-1.0)
    model = keras.Sequential([keras.Input((None, 1)), layer])
    steep = 4.0
    cell = layer.cell
    cell.kernel.assign([[steep, steep]])
    cell.recurrent_kernel.assign([[steep, steep]])
    cell.bias.assign([steep, -steep])
    cell.output_kernel.assign([[steep], [-steep]])
    cell.output_bias.assign([-steep])
    bits = _bits(50, 100)

    told = keras.ops.convert_to_numpy(model(2 * bits - 1))[..., 0]

    assert ((told > 0) == (bits[..., 0].cumsum(axis=1) % 2 == 1)).all()
