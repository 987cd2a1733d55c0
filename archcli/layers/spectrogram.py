"""Sound as short-time spectra."""

from __future__ import annotations

from math import pi
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

FLOOR: Final = 1e-6
"""What is added to a power before its logarithm is taken: 60 dB below a sine as loud as can be."""

_LOWEST_HERTZ: Final = 20.0


@keras.saving.register_keras_serializable(package="archcli")
class Spectrogram(keras.layers.Layer):  # type: ignore[misc] # Keras publishes no types
    """Tell the natural logarithm of the power at each frequency, frame by frame.

    A frame is weighed by a periodic Hann window and transformed by a convolution with sines and cosines, which every
    format can hold that a model is exported to. Powers are divided by the square of the window's half sum, so that a
    sine of amplitude 1 has the power 1.

    Input shape:
        `(batch, samples)`, from -1 to 1.

    Output shape:
        `(batch, frames, bins)`: frames that fit in whole; from 0 Hz to half the sampling rate, or bands of the mel
        scale from 20 Hz on.

    Attributes:
        sampling_rate: Samples a second.
        frame_length: Samples of a frame.
        frame_step: Samples from the start of a frame to that of the next.
        num_mel_bins: Bands of the mel scale; None: a number for each frequency.
    """

    def __init__(
        self,
        *,
        sampling_rate: int,
        frame_length: int,
        frame_step: int,
        num_mel_bins: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Take frames of `frame_length` samples every `frame_step`."""
        super().__init__(**kwargs)
        self.sampling_rate = sampling_rate
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.num_mel_bins = num_mel_bins

    def call(self, inputs: Any) -> Any:
        """Return the spectra of `inputs`, `(batch, frames, bins)`."""
        kernel = keras.ops.convert_to_tensor(fourier_kernel(self.frame_length), dtype=inputs.dtype)
        waves = keras.ops.conv(
            keras.ops.expand_dims(inputs, -1),
            keras.ops.expand_dims(kernel, 1),
            strides=self.frame_step,
            padding="valid",
            data_format="channels_last",
        )
        cosines, sines = keras.ops.split(waves, 2, axis=-1)
        power = keras.ops.square(cosines) + keras.ops.square(sines)
        if self.num_mel_bins is not None:
            weights = mel_weights(self.num_mel_bins, self.frame_length, self.sampling_rate)
            power = keras.ops.matmul(power, keras.ops.convert_to_tensor(weights, dtype=inputs.dtype))
        return keras.ops.log(power + FLOOR)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Return `(batch, frames, bins)`."""
        batch, samples = input_shape
        frames = None if samples is None else 1 + (samples - self.frame_length) // self.frame_step
        return (batch, frames, self.num_mel_bins or self.frame_length // 2 + 1)

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is made again from."""
        return {
            **super().get_config(),
            "sampling_rate": self.sampling_rate,
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "num_mel_bins": self.num_mel_bins,
        }


def hann_window(length: int) -> NDArray[np.float64]:
    """Return a periodic Hann window divided by half its sum, `(length,)`."""
    window = 0.5 - 0.5 * np.cos(2 * pi * np.arange(length) / length)
    window /= window.sum() / 2
    return window


def fourier_kernel(length: int) -> NDArray[np.float32]:
    """Return what a frame is multiplied by, `(length, 2 * bins)`: cosines, then sines, both under the window."""
    bins = length // 2 + 1
    # Whole turns are taken off first, so that the angles keep all their digits.
    turns = np.outer(np.arange(length), np.arange(bins)) % length
    angles = 2 * pi * turns / length
    waves = np.concatenate([np.cos(angles), -np.sin(angles)], axis=1)
    return (waves * hann_window(length)[:, np.newaxis]).astype(np.float32)


def mel_weights(bands: int, frame_length: int, sampling_rate: int) -> NDArray[np.float32]:
    """Return the weights of frequencies in bands, `(bins, bands)`: triangles that are even on the mel scale.

    The scale is that of HTK, 1127 ln(1 + f / 700); the first frequency, 0 Hz, is in no band.
    """
    bins = frame_length // 2 + 1
    frequencies = np.arange(bins, dtype=np.float64) * (sampling_rate / frame_length)
    places = _mel(frequencies)[:, np.newaxis]  # (bins, 1)
    edges = np.linspace(_mel(np.array(_LOWEST_HERTZ)), _mel(np.array(sampling_rate / 2)), bands + 2)
    lower, center, upper = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (places - lower) / (center - lower), (upper - places) / (upper - center)
    weights: NDArray[np.float64] = np.maximum(0, np.minimum(rising, falling))
    weights[0] = 0
    return weights.astype(np.float32)


def _mel(hertz: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    mel: NDArray[np.floating[Any]] = 1127 * np.log1p(hertz / 700)
    return mel
