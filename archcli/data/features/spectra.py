"""Short-time spectra in NumPy, to fit scales to: what `archcli.layers.Spectrogram` computes in the saved model.

They are written twice, since data are read without Keras, and the layers need nothing of the rest of archcli; a test
holds the two together.
"""

from __future__ import annotations

from math import pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import Numbers
from archcli.recipe.facts import Spectrum

_FLOOR: Final = 1e-6
_LOWEST_HERTZ: Final = 20.0


def tell_spectra(sounds: Numbers, spectrum: Spectrum) -> Numbers:
    """Return the logarithms of the powers of sounds, `(examples, frames, bins)`, by a fast Fourier transform.

    Args:
        sounds: From -1 to 1, `(examples, samples)`.
        spectrum: What they become.
    """
    frames, bins = spectrum.shape
    turns = np.arange(spectrum.frame_length) / spectrum.frame_length
    window = 0.5 - 0.5 * np.cos(2 * pi * turns)
    window /= window.sum() / 2
    weights = None if spectrum.mel_bins is None else _weigh_bands(spectrum, spectrum.mel_bins)
    starts = np.arange(frames)[:, np.newaxis] * spectrum.frame_step + np.arange(spectrum.frame_length)
    told = np.empty((len(sounds), frames, bins), np.float32)
    for row, sound in zip(told, sounds, strict=True):
        power = np.abs(np.fft.rfft(sound[starts] * window)) ** 2
        row[:] = np.log((power if weights is None else power @ weights) + _FLOOR)
    return told


def _weigh_bands(spectrum: Spectrum, bands: int) -> NDArray[np.float64]:
    """Return the weights of frequencies in bands of the mel scale, `(bins, bands)`."""
    hertz = np.fft.rfftfreq(spectrum.frame_length, 1 / spectrum.sampling_rate)
    ends = np.array([_LOWEST_HERTZ, spectrum.sampling_rate / 2])
    places, (lowest, highest) = (1127 * np.log1p(numbers / 700) for numbers in (hertz, ends))
    edges = np.linspace(lowest, highest, bands + 2)
    weights = np.stack([np.interp(places, edges[band : band + 3], (0, 1, 0)) for band in range(bands)], axis=1)
    weights[0] = 0  # no band holds what does not swing
    return weights
