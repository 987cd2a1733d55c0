"""Every kind of file, from training to new files of the kind: `predict` says of the raw file what the saved model says.

The saved model is loaded anew and handed the values as this test has them, not as they were read.
"""

from __future__ import annotations

import csv
import json
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray

import archcli.layers  # noqa: F401 -- a saved model needs our layers registered
from archcli.cli.app import main

DRAW: Final = np.random.default_rng(0)
COUNT: Final = 24
KINDS: Final = ["high" if row % 2 else "low" for row in range(COUNT)]
TONES: Final = [
    (0.5 * np.sin(2 * np.pi * (900 if kind == "high" else 200) * np.arange(400) / 4000)).astype(np.float32)
    for kind in KINDS
]
SAID: Final = [f"{'up' if kind == 'high' else 'down'} we go {row}" for row, kind in enumerate(KINDS)]
DAYS: Final = [f"20{10 + row:02}-{1 + row % 12:02}-{1 + row:02}T{row:02}:30" for row in range(COUNT)]
WALKS: Final = [DRAW.normal(size=(3 + row % 4, 2)).round(3).astype(np.float32) for row in range(COUNT)]
PICTURES: Final = DRAW.integers(0, 256, (COUNT, 5, 4, 3), np.uint8)


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes:
        data: The recipe's section, its source and what is read of it.
        layers: The model.
        write: Writes the files, and returns what new examples are asked for by.
        raw: What the saved model takes of all examples.
    """

    data: str
    layers: str
    write: Callable[[Path], str]
    raw: Callable[[], NDArray[Any]]


def write_days(folder: Path) -> str:
    """Write a table of dates."""
    rows = [f"{day},{kind}\n" for day, kind in zip(DAYS, KINDS, strict=True)]
    (folder / "days.csv").write_text("when,kind\n" + "".join(rows))
    return "days.csv"


def write_lines(folder: Path) -> str:
    """Write labels and texts; the new file has texts alone."""
    (folder / "said.txt").write_text("".join(f"{kind}\t{said}\n" for said, kind in zip(SAID, KINDS, strict=True)))
    (folder / "new.txt").write_text("\n".join(SAID) + "\n")
    return "new.txt"


def write_texts(folder: Path) -> str:
    """Write a file for each text, in a folder for each class."""
    for row, (said, kind) in enumerate(zip(SAID, KINDS, strict=True)):
        (folder / f"texts/{kind}").mkdir(parents=True, exist_ok=True)
        (folder / f"texts/{kind}/{row:02}.txt").write_text(said)
        (folder / "new").mkdir(exist_ok=True)
        (folder / f"new/{row:02}.txt").write_text(said)
    return "new"


def write_gaps(folder: Path) -> str:
    """Write a line for each step, without what is missing."""
    lines = [
        f"{row},{'' if np.isnan(left) else left},{'NA' if np.isnan(right) else right},{kind}\n"
        for row, (walk, padded, kind) in enumerate(zip(WALKS, gaps().tolist(), KINDS, strict=True))
        for left, right in padded[: len(walk)]
    ]
    (folder / "gaps.csv").write_text("walk,left,right,kind\n" + "".join(lines))
    return "gaps.csv"


def write_ts(folder: Path) -> str:
    """Write series of unequal lengths; the new file has no classes."""
    head = "@timeStamps false\n@dimensions 2\n@equalLength false\n"
    parts = [":".join(",".join(map(str, dimension)) for dimension in walk.T.tolist()) for walk in WALKS]
    labelled = "".join(f"{part}:{kind}\n" for part, kind in zip(parts, KINDS, strict=True))
    (folder / "walks.ts").write_text(f"{head}@classLabel true high low\n@data\n{labelled}")
    (folder / "new.ts").write_text(head + "@classLabel false\n@data\n" + "\n".join(parts))
    return "new.ts"


def write_records(folder: Path) -> str:
    """Write numbers of unequal lengths as records of TensorFlow's."""
    with tf.io.TFRecordWriter(str(folder / "walks.tfrecord")) as writer:
        for walk, kind in zip(WALKS, KINDS, strict=True):
            features = {
                "left": tf.train.Feature(float_list=tf.train.FloatList(value=walk[:, 0])),
                "right": tf.train.Feature(float_list=tf.train.FloatList(value=walk[:, 1])),
                "kind": tf.train.Feature(bytes_list=tf.train.BytesList(value=[kind.encode()])),
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    return "walks.tfrecord"


def write_pictures(folder: Path) -> str:
    """Write pictures as records of TensorFlow's, each as the PNG that it would be in a file."""
    with tf.io.TFRecordWriter(str(folder / "pictures.tfrecord")) as writer:
        for picture, kind in zip(PICTURES, KINDS, strict=True):
            features = {
                name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[held]))
                for name, held in (("photo", tf.io.encode_png(picture).numpy()), ("kind", kind.encode()))
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    return "pictures.tfrecord"


def write_sounds(folder: Path) -> str:
    """Write a WAV file for each tone, in a folder for each class."""
    for row, (tone, kind) in enumerate(zip(TONES, KINDS, strict=True)):
        for name in (f"sounds/{kind}/{row:02}.wav", f"new/{row:02}.wav"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with wave.open(str(folder / name), "wb") as file:
                file.setparams((1, 2, 4000, 0, "NONE", ""))
                file.writeframes(np.round(tone * 2**15).astype("<i2").tobytes())
    return "new"


def walks() -> NDArray[Any]:
    """Return sequences, NaN after the end of each."""
    padded = np.full((COUNT, 6, 2), np.nan, np.float32)
    for row, walk in zip(padded, WALKS, strict=True):
        row[: len(walk)] = walk
    return padded


def gaps() -> NDArray[Any]:
    """Return sequences with gaps, one of them a whole step."""
    padded = walks()
    padded[::2, 0, 0], padded[1::3, 1] = np.nan, np.nan
    return padded


DENSE: Final = "[Dense: {units: $classes, activation: softmax}]"
WORDS: Final = "[Embedding: {input_dim: $vocabulary, output_dim: 3}, GlobalAveragePooling1D, Dense: $classes]"
STEPS: Final = "[Masking: $padding, GRU: 4, Dense: $classes]"
CASES: Final = {
    "dates": Kind(
        "source: {csv: days.csv}, inputs: {when: {date: {cyclic: true, scale: standard}}}, targets: {kind: category}",
        DENSE,
        write_days,
        lambda: np.array([[day] for day in DAYS], np.object_),
    ),
    "lines": Kind(
        "source: {lines: said.txt}, inputs: {said: text}, targets: {kind: category}",
        WORDS,
        write_lines,
        lambda: np.array([[said] for said in SAID], np.object_),
    ),
    "a folder of texts": Kind(
        "source: {folder: texts}, inputs: {said: text}, targets: {kind: category}",
        WORDS,
        write_texts,
        lambda: np.array([[said] for said in SAID], np.object_),
    ),
    "series": Kind(
        "source: {ts: walks.ts}, inputs: {signal: {sequence: {scale: standard}}}, targets: {kind: category}",
        STEPS,
        write_ts,
        walks,
    ),
    "sequences with gaps": Kind(
        "source: {csv: {path: gaps.csv, id: walk}}, inputs: {signal: {sequence: {columns: [left, right], "
        "missing: mean, scale: standard}}}, targets: {kind: category}",
        STEPS,
        write_gaps,
        gaps,
    ),
    "records": Kind(
        "source: {tfrecord: walks.tfrecord}, inputs: {signal: {sequence: [left, right]}}, targets: {kind: category}",
        STEPS,
        write_records,
        walks,
    ),
    "pictures in records": Kind(
        "source: {tfrecord: pictures.tfrecord}, inputs: {photo: {image: {height: 5, width: 4}}}, "
        "targets: {kind: category}",
        "[Rescaling: {scale: 0.01}, Flatten, Dense: $classes]",
        write_pictures,
        lambda: PICTURES.astype(np.float32),
    ),
    "sounds": Kind(
        "source: {folder: sounds}, inputs: {sound: {audio: {sampling_rate: 4000, seconds: 0.1, num_mel_bins: 8, "
        "scale: standard}}}, targets: {kind: category}",
        "[GlobalAveragePooling1D, Dense: $classes]",
        write_sounds,
        lambda: np.round(np.stack(TONES) * 2**15).astype(np.float32) / 2**15,
    ),
}


@pytest.fixture(autouse=True)
def _in_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> None:
    """Run a command that must succeed."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code in (0, None)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_new_files_are_answered_from_the_saved_model_alone(name: str, tmp_path: Path) -> None:
    """Trained, evaluated, asked about a new file of the same kind, and compared."""
    kind = CASES[name]
    new = kind.write(tmp_path)
    recipe = (
        f"archcli: 1\ndata: {{{kind.data}}}\nmodel: {{layers: {kind.layers}}}\ntrain: {{epochs: 1, batch_size: 8}}\n"
    )
    Path("toy.yaml").write_text(recipe)

    run("check", "toy.yaml")
    run("train", "toy.yaml", "--quiet")
    run("evaluate", "toy")
    run("predict", "toy", new, "--output", "answers.csv")

    (saved,) = tmp_path.glob("runs/toy/*/model.keras")
    model = keras.saving.load_model(saved)
    expected = keras.ops.convert_to_numpy(model(tf.constant(kind.raw())))
    with Path("answers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == COUNT
    for at, label in enumerate(model.get_layer("labels").names):
        told = [float(row[f"probability of {label}"]) for row in rows]
        np.testing.assert_allclose(told, expected[:, at] if expected.shape[1] > 1 else told, atol=2e-6)


@pytest.mark.slow
def test_a_sound_goes_into_other_formats_as_it_is_unless_they_are_quantized(tmp_path: Path) -> None:
    """Its spectrum is a convolution, which they carry; numbers of 16 bits or fewer do not hold its powers."""
    kind = CASES["sounds"]
    kind.write(tmp_path)
    Path("toy.yaml").write_text(
        f"archcli: 1\ndata: {{{kind.data}}}\nmodel: {{layers: {kind.layers}}}\ntrain: {{epochs: 1, batch_size: 8}}\n"
    )

    run("train", "toy.yaml", "--quiet")
    run("export", "toy", "--format", "onnx")
    run("export", "toy", "--format", "litert", "--quantize", "float16")

    (exported,) = tmp_path.glob("runs/toy/*/export")
    taken = {
        path.parent.name: json.loads(path.read_text())["inputs"] for path in sorted(exported.glob("*/signature.json"))
    }
    assert [tuple(given["shape"][1:]) for inputs in taken.values() for given in _listed(inputs)] == [(8, 8), (400,)]


def _listed(inputs: Any) -> list[Any]:
    """Return what is taken, whether it is told by name or in order."""
    return list(inputs.values()) if isinstance(inputs, dict) else list(inputs)
