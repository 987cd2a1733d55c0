"""Spectra to fit scales to: the same that the layer in the saved model computes, without Keras."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from archcli.data.features.spectra import tell_spectra
from archcli.layers.spectrogram import Spectrogram
from archcli.recipe.facts import Spectrum


@pytest.mark.parametrize("bands", [None, 8, 20])
@pytest.mark.parametrize("length", [64, 75])
def test_they_are_those_of_the_layer(length: int, bands: int | None) -> None:
    """To what float32 holds of them."""
    sounds = np.random.default_rng(0).uniform(-1, 1, (3, 500)).astype(np.float32)
    layer = Spectrogram(sampling_rate=4000, frame_length=length, frame_step=30, num_mel_bins=bands)

    told = tell_spectra(sounds, Spectrum(500, 4000, length, 30, bands))

    np.testing.assert_allclose(told, layer(sounds), atol=2e-3)


@pytest.mark.slow
def test_keras_is_not_imported_for_them() -> None:
    """Data are read without it."""
    program = "import archcli.data.features, sys; print({'keras', 'tensorflow'} & set(sys.modules))"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout == "set()\n"
