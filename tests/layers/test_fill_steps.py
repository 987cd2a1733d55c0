"""The layer that fills in what is missing within sequences."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from archcli.layers.fill_steps import FillSteps

NAN = np.nan
GAPS = np.array(
    [
        [[NAN, 1], [2, NAN], [NAN, NAN], [3, 4]],  # a gap in the middle, and none after the end
        [[1, NAN], [NAN, NAN], [NAN, 2], [NAN, NAN]],  # as long as its last number
        [[NAN, NAN], [NAN, NAN], [NAN, NAN], [NAN, NAN]],  # nothing at all
    ],
    np.float32,
)
FILLED = np.array(
    [
        [[5, 1], [2, 6], [5, 6], [3, 4]],
        [[1, 6], [5, 6], [5, 2], [NAN, NAN]],
        [[NAN, NAN], [NAN, NAN], [NAN, NAN], [NAN, NAN]],
    ],
    np.float32,
)


def test_gaps_are_filled_up_to_the_last_number() -> None:
    """Each feature has a number of its own; what follows the end stays as it is."""
    np.testing.assert_array_equal(FillSteps([5, 6])(GAPS), FILLED)


def test_it_is_saved_with_a_model(tmp_path: Path) -> None:
    """With the numbers that it fills in, for sequences of any length."""
    steps = keras.Input((None, 2))
    keras.Model(steps, FillSteps([5, 6])(steps)).save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded(GAPS), FILLED)
    np.testing.assert_array_equal(loaded(GAPS[:, :2]), [FILLED[0, :2], [[1, 6], [NAN, NAN]], FILLED[2, :2]])
