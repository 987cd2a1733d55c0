"""Input `audio`: raw the samples of a WAV file; the saved model tells their spectra."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults
from archcli.data.features.numeric import fit_numeric
from archcli.data.features.spectra import tell_spectra
from archcli.data.table import Numbers, Table
from archcli.recipe.facts import InputFacts, Spectrum
from archcli.recipe.recipe import Named
from archcli.recipe.sounds import asked_spectrum

_PLAIN: Final = 1
_EXTENSIBLE: Final = 0xFFFE


class _UnfitSoundError(Exception):
    """A file is not the sound that is wanted; the text says why, after its name."""


def read_sounds(table: Table, columns: Sequence[str], faults: Faults, *, spectrum: Spectrum) -> Numbers:
    """Read WAV files, `(examples, samples)`, from -1 to 1; their channels are averaged."""
    names = table.texts(columns[0], faults)
    sounds = np.zeros((len(names), spectrum.samples), np.float32)
    wrong: list[CellFault] = []
    for row, name in enumerate(names, start=1):
        if not name.strip():
            continue
        place = f"row {row} of {table.noun} `{columns[0]}`"
        try:
            read = _read_wav(table.folder / name, spectrum.sampling_rate)[: spectrum.samples]
            sounds[row - 1, : len(read)] = read
        except FileNotFoundError:
            hint = "names of files are relative to the file that they stand in"
            wrong.append(CellFault("file-not-found", row, columns[0], f"{place}: there is no file `{name}`", hint))
        except _UnfitSoundError as error:
            hint = f"convert it: `ffmpeg -i IN.wav -ar {spectrum.sampling_rate} -c:a pcm_s16le OUT.wav`"
            wrong.append(CellFault("not-a-wav", row, columns[0], f"{place}: `{name}` {error}", hint))
        except OSError as error:
            message = f"{place}: `{name}` cannot be read: {error.strerror}"
            wrong.append(CellFault("not-a-wav", row, columns[0], message))
    faults.add_cells(columns[0], wrong, count=len(wrong))
    return sounds


def fit_sounds(name: str, feature: Named, columns: Sequence[str], training: Numbers) -> InputFacts:
    """Describe sounds, the scaling of their spectra fitted on the `training` examples."""
    spectrum = asked_spectrum(feature)
    facts = InputFacts(name, spectrum.shape, tuple(columns), kind="audio", spectrum=spectrum)
    if feature.arguments.get("scale") is None:
        return facts
    fitted = fit_numeric(name, feature, columns, tell_spectra(training, spectrum), padding=None)
    return replace(facts, scale=fitted.scale, offset=fitted.offset)


def _read_wav(path: Path, sampling_rate: int) -> NDArray[np.float32]:
    """Read a sound, `(samples,)`, from -1 to 1.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It cannot be read.
        _UnfitSoundError: It is no WAV file of plain samples, is cut off, or has another rate.
    """
    try:
        with wave.open(io.BytesIO(_as_plain(path.read_bytes()))) as sound:
            channels, width, rate = sound.getnchannels(), sound.getsampwidth(), sound.getframerate()
            count = sound.getnframes()
            data = sound.readframes(count)
    except wave.Error as error:
        reason = "holds no plain samples (PCM)" if "unknown format" in str(error) else "is no WAV file"
        raise _UnfitSoundError(reason) from None
    except (EOFError, ValueError, struct.error):
        raise _UnfitSoundError("is no WAV file, or is cut off") from None
    if len(data) < count * channels * width:
        raise _UnfitSoundError("is cut off")
    if rate != sampling_rate:
        raise _UnfitSoundError(f"has {rate} samples a second, expected {sampling_rate}")
    if width not in (1, 2, 3, 4) or not count:
        raise _UnfitSoundError("holds no sound" if not count else f"has samples of {8 * width} bits, expected 8 to 32")
    mixed: NDArray[np.float32] = _as_numbers(data, width).reshape(count, channels).mean(axis=1).astype(np.float32)
    return mixed


def _as_numbers(data: bytes, width: int) -> NDArray[np.float64]:
    """Return samples of `width` bytes as numbers from -1 to 1: one byte counts from 0, more have a sign."""
    if width == 1:
        return (np.frombuffer(data, np.uint8).astype(np.float64) - 128) / 128
    if width == 3:  # NumPy has no such number: three bytes are the upper ones of four
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(data, np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0].astype(np.float64) / 2**31
    return np.frombuffer(data, f"<i{width}").astype(np.float64) / 2.0 ** (8 * width - 1)


def _as_plain(content: bytes) -> bytes:
    """Return a WAV file whose longer header says no more than that its samples are plain with a plain one's mark.

    Python's `wave` takes it only so, up to version 3.11.
    """
    at = content.find(b"fmt ", 12, 4096)
    if at < 0 or len(content) < at + 34:
        return content
    (mark,), (inner,) = struct.unpack_from("<H", content, at + 8), struct.unpack_from("<H", content, at + 32)
    if mark != _EXTENSIBLE or inner != _PLAIN:
        return content
    return content[: at + 8] + struct.pack("<H", _PLAIN) + content[at + 10 :]
