"""The layer that fills in what is missing."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from archcli.layers.fill_missing import FillMissing


def test_each_index_of_the_last_axis_has_a_number_of_its_own() -> None:
    """As scikit-learn's `SimpleImputer` fills each column with its own statistic."""
    values = np.array([[np.nan, 1], [2, np.nan]], np.float32)

    np.testing.assert_array_equal(FillMissing([5, 6])(values), [[5, 1], [2, 6]])


def test_it_is_saved_with_a_model(tmp_path: Path) -> None:
    """With the numbers that it fills in."""
    numbers = keras.Input((2,))
    keras.Model(numbers, FillMissing([5, 6])(numbers)).save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded(np.array([[np.nan, 1]], np.float32)), [[5, 1]])
