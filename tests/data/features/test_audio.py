"""Input `audio`: WAV files of all depths, and what is said of one that is none."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.build.preprocessing import prepare_inputs
from archcli.data.dataset import Dataset, load_dataset
from archcli.data.description import describe_facts, facts_from_description
from archcli.data.features.spectra import tell_spectra
from archcli.errors import DataError
from archcli.recipe.facts import Spectrum
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]

RATE = 8000
TONE = 0.5 * np.sin(2 * np.pi * 440 * np.arange(800) / RATE)


def write_wav(path: Path, samples: np.ndarray, *, bytes_each: int = 2, rate: int = RATE) -> Path:
    """Write samples from -1 to 1, `(samples,)` or `(samples, channels)`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if bytes_each == 1:
        data = np.round(samples * 127 + 128).astype(np.uint8).tobytes()
    else:
        whole = np.round(samples * (2 ** (8 * bytes_each - 1) - 1)).astype("<i4")
        data = whole.view(np.uint8).reshape(-1, 4)[:, :bytes_each].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setparams((1 if samples.ndim == 1 else samples.shape[1], bytes_each, rate, 0, "NONE", ""))
        file.writeframes(data)
    return path


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """A folder of two words, each spoken twice: a tone and a deeper one."""
    for number in range(2):
        write_wav(tmp_path / f"voices/yes/{number}.wav", TONE)
        write_wav(tmp_path / f"voices/no/{number}.wav", TONE[::2])
    return tmp_path / "voices"


def load(section: Section, folder: Path, **options: Any) -> Dataset:
    """Load sounds of a tenth of a second in frames of 64 samples."""
    asked = {"sampling_rate": RATE, "seconds": 0.1, "frame_length": 64, "frame_step": 32} | options
    data = section("folder", {"path": str(folder)}, {"sound": ("audio", asked)}, {"word": ("category", {})})
    return load_dataset(data, batch_size=1)


def test_a_folder_has_a_class_for_each_folder_in_it(section: Section, voices: Path) -> None:
    """Samples from -1 to 1, silence after a sound that is too short."""
    dataset = load(section, voices)

    facts, sounds = dataset.facts, dataset.training.inputs["sound"]
    assert facts.targets["word"].classes == ("no", "yes")
    assert (facts.inputs["sound"].shape, facts.inputs["sound"].kind) == ((24, 33), "audio")
    assert sounds.shape == (4, 800)
    np.testing.assert_allclose(sounds[2], TONE, atol=1e-4)
    np.testing.assert_allclose(sounds[0][:400], TONE[::2], atol=1e-4)
    np.testing.assert_array_equal(sounds[0][400:], 0)


@pytest.mark.parametrize(("bytes_each", "atol"), [(1, 1 / 64), (2, 1e-4), (3, 1e-6), (4, 1e-6)])
def test_samples_of_all_depths(section: Section, tmp_path: Path, bytes_each: int, atol: float) -> None:
    """8 bits count from 0, 16, 24 and 32 have a sign."""
    for word in ("yes", "no"):
        write_wav(tmp_path / f"voices/{word}/a.wav", TONE, bytes_each=bytes_each)

    np.testing.assert_allclose(load(section, tmp_path / "voices").training.inputs["sound"][0], TONE, atol=atol)


def test_channels_are_averaged(section: Section, voices: Path) -> None:
    """Two that cancel out are silence."""
    write_wav(voices / "no/0.wav", np.stack([TONE, -TONE], axis=1))

    np.testing.assert_allclose(load(section, voices).training.inputs["sound"][0], 0, atol=1e-4)


def test_a_longer_header_that_says_the_same(section: Section, voices: Path) -> None:
    """`WAVE_FORMAT_EXTENSIBLE`, which 24 bits are mostly written with."""
    plain = (voices / "yes/0.wav").read_bytes()
    data = plain[44:]
    head = struct.pack("<HHIIHH", 0xFFFE, 1, RATE, RATE * 2, 2, 16) + struct.pack("<HHIH", 22, 16, 0, 1)
    head += bytes.fromhex("000000001000800000aa00389b71")
    content = b"WAVE" + b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(data)) + data
    (voices / "no/0.wav").write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)

    sounds = load(section, voices).training.inputs["sound"]

    np.testing.assert_array_equal(sounds[0], sounds[2])


@pytest.mark.parametrize("bands", [None, 10])
def test_what_is_fitted_and_what_the_model_does_are_the_same(section: Section, voices: Path, bands: int | None) -> None:
    """One by a fast Fourier transform, the other by a convolution; scaled they have mean 0 and deviation 1."""
    dataset = load(section, voices, num_mel_bins=bands, scale="standard")
    facts = dataset.facts.inputs["sound"]

    prepared = prepare_inputs({"sound": facts}, dataset.training.inputs)["sound"]
    assert facts.spectrum is not None
    told = tell_spectra(dataset.training.inputs["sound"].astype(np.float32), facts.spectrum)
    np.testing.assert_allclose(prepared, told * np.array(facts.scale) + np.array(facts.offset), atol=5e-3)
    np.testing.assert_allclose(prepared.mean(axis=(0, 1)), 0, atol=1e-3)
    np.testing.assert_allclose(prepared.std(axis=(0, 1)), 1, atol=1e-2)


def test_frames_follow_from_the_rate(section: Section, voices: Path) -> None:
    """25 ms long, every 10 ms."""
    facts = load(section, voices, frame_length=None, frame_step=None).facts.inputs["sound"]

    assert facts.spectrum == Spectrum(800, RATE, 200, 80, None)
    assert facts.shape == (1 + (800 - 200) // 80, 101)


def test_facts_are_written_and_read_back(section: Section, voices: Path) -> None:
    """As a run's `data.json` has them."""
    facts = load(section, voices, num_mel_bins=5, scale="standard").facts

    assert facts_from_description({"facts": describe_facts(facts)}) == facts


def test_files_that_cannot_be_used(section: Section, voices: Path, shown: Shown) -> None:
    """Another rate, one that is cut off, one that is something else: all at once."""
    write_wav(voices / "no/0.wav", TONE, rate=16000)
    whole = (voices / "no/1.wav").read_bytes()
    (voices / "no/1.wav").write_bytes(whole[:-100])
    (voices / "yes/0.wav").write_bytes(b"ID3 something else altogether")

    text = shown(DataError, load, section, voices)

    assert [line for line in text.splitlines() if line.startswith("error")] == [
        "error[not-a-wav]: row 1 of column `file`: `no/0.wav` has 16000 samples a second, expected 8000",
        "error[not-a-wav]: row 2 of column `file`: `no/1.wav` is cut off",
        "error[not-a-wav]: row 3 of column `file`: `yes/0.wav` is no WAV file",
    ]
    assert "hint: convert it: `ffmpeg -i IN.wav -ar 8000 -c:a pcm_s16le OUT.wav`" in text


def test_samples_that_are_fractions_are_not_plain(section: Section, voices: Path, shown: Shown) -> None:
    """Format 3 of WAV."""
    content = bytearray((voices / "no/0.wav").read_bytes())
    content[20:22] = struct.pack("<H", 3)
    (voices / "no/0.wav").write_bytes(content)

    assert "`no/0.wav` holds no plain samples (PCM)\n" in shown(DataError, load, section, voices)


@pytest.mark.usefixtures("voices")
def test_a_csv_names_sounds(section: Section) -> None:
    """Relative to itself."""
    Path("list.csv").write_text("file,word\nvoices/yes/0.wav,yes\nvoices/no/0.wav,no\n")
    asked = {"columns": "file", "sampling_rate": RATE, "seconds": 0.1}
    data = section(
        "csv", {"path": str(Path("list.csv").absolute())}, {"x": ("audio", asked)}, {"word": ("category", {})}
    )

    np.testing.assert_allclose(load_dataset(data, batch_size=1).training.inputs["x"][0], TONE, atol=1e-4)
