"""Short-time spectra, against TensorFlow's own transform and mel scale."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.layers.spectrogram import FLOOR, Spectrogram, hann_window, mel_weights

NOISE = np.random.default_rng(0).uniform(-1, 1, (3, 1000)).astype(np.float32)


def reference(sounds: np.ndarray, length: int, step: int) -> np.ndarray:
    """Return powers as `tf.signal.stft` computes them, `(examples, frames, bins)`."""
    waves = tf.signal.stft(sounds, length, step, fft_length=length, window_fn=tf.signal.hann_window)
    half = tf.reduce_sum(tf.signal.hann_window(length)) / 2
    return (tf.abs(waves) ** 2 / half**2).numpy()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("length", "step"), [(64, 16), (50, 50), (33, 7)])
def test_powers_are_those_of_a_short_time_fourier_transform(length: int, step: int) -> None:
    """Frames that fit in whole, under a periodic Hann window."""
    spectra = Spectrogram(sampling_rate=8000, frame_length=length, frame_step=step)(NOISE).numpy()

    if length % 2:  # TensorFlow's window of an odd length is another one
        frames = np.stack([NOISE[:, at : at + length] for at in range(0, 1000 - length + 1, step)], axis=1)
        expected = np.abs(np.fft.rfft(frames * hann_window(length))) ** 2
    else:
        expected = reference(NOISE, length, step)
    np.testing.assert_allclose(spectra, np.log(expected + FLOOR), atol=2e-3)


def test_a_loud_sine_has_the_power_one() -> None:
    """At its own frequency."""
    sine = np.sin(2 * np.pi * 1000 * np.arange(800) / 8000).astype(np.float32)[np.newaxis]

    spectra = Spectrogram(sampling_rate=8000, frame_length=80, frame_step=80)(sine).numpy()

    np.testing.assert_allclose(spectra[0, :, 10], 0, atol=1e-3)


def test_silence_is_the_floor() -> None:
    """And no infinity."""
    spectra = Spectrogram(sampling_rate=8000, frame_length=64, frame_step=32, num_mel_bins=8)(np.zeros((1, 128), "f"))

    np.testing.assert_allclose(spectra, np.log(FLOOR), rtol=1e-6)


@pytest.mark.parametrize(("bands", "length", "rate"), [(40, 400, 16000), (10, 256, 8000)])
def test_the_mel_scale_is_that_of_htk(bands: int, length: int, rate: int) -> None:
    """TensorFlow has the same triangles."""
    expected = tf.signal.linear_to_mel_weight_matrix(bands, length // 2 + 1, rate, 20.0, rate / 2)

    np.testing.assert_allclose(mel_weights(bands, length, rate), expected, atol=2e-4)


def test_no_example_depends_on_another() -> None:
    """A spectrum is the same alone and beside others."""
    layer = Spectrogram(sampling_rate=8000, frame_length=64, frame_step=32, num_mel_bins=12)

    np.testing.assert_allclose(layer(NOISE)[1:2], layer(NOISE[1:2]), rtol=1e-5)


def test_it_is_saved_with_a_model(tmp_path: Path) -> None:
    """With its shape."""
    sound = keras.Input((1000,))
    spectra = Spectrogram(sampling_rate=8000, frame_length=64, frame_step=32, num_mel_bins=12)(sound)
    model = keras.Model(sound, spectra)
    model.save(tmp_path / "model.keras")

    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert spectra.shape == (None, 30, 12)
    np.testing.assert_array_equal(loaded(NOISE), model(NOISE))
