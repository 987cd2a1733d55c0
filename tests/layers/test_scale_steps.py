"""The layer that scales padded sequences."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from archcli.layers.scale_steps import ScaleSteps

STEPS = np.array([[[1, 2], [3, 2], [-1, -1]], [[-1, 2], [-1, -1], [-1, -1]]], np.float32)


def test_real_steps_are_scaled_and_padding_is_not() -> None:
    """A step is padding only if all its numbers are."""
    scaled = ScaleSteps([2, 3], [1, 0], raw_padding=-1, padding=0)(STEPS)

    np.testing.assert_array_equal(scaled, [[[3, 6], [7, 6], [0, 0]], [[-1, 6], [0, 0], [0, 0]]])


def test_without_padding_it_is_rescaling() -> None:
    """As Keras's own layer."""
    steps = np.random.default_rng(0).normal(size=(4, 5, 2)).astype(np.float32)

    ours = ScaleSteps([2, 3], [1, 0], raw_padding=-9, padding=0)(steps)

    np.testing.assert_array_equal(ours, keras.layers.Rescaling([2, 3], [1, 0])(steps))


def test_it_is_saved_with_a_model(tmp_path: Path) -> None:
    """And takes sequences of any length."""
    steps = keras.Input((None, 2))
    model = keras.Model(steps, ScaleSteps([2], [1], raw_padding=-1, padding=0)(steps))
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded(STEPS), model(STEPS))
