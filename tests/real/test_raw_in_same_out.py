"""Raw values in, the same answers out, for every type of input: in a fresh interpreter, from the saved model alone.

For each type a small network is trained on the first examples of a real file and asked about the last. Four ways of
asking must agree: `archcli evaluate` on its own test part, `archcli evaluate` on a file of those examples, `archcli
predict` on that file, and a new Python process that has imported nothing but `archcli.layers` and Keras and was handed
the values as they stand in the file, read here by other means. The scores of the latter are scikit-learn's.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import subprocess
import sys
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, f1_score, log_loss, mean_absolute_error, mean_squared_error, r2_score
from statsmodels.datasets import elnino

from archcli.cli.app import main
from tests.real.files import CARS, read_csv, read_sunspots, write_auto_mpg, write_csv

Array = NDArray[Any]

FRESH: Final = """
import json, sys
import archcli.layers, keras, numpy

def ask(model, raw):
    given = {name: keras.ops.convert_to_tensor(values) for name, values in raw.items()}
    answers = model(given if len(given) > 1 else given.popitem()[1])
    answers = answers if isinstance(answers, dict) else {"": answers}
    return {name: keras.ops.convert_to_numpy(answer) for name, answer in answers.items()}

for folder, own in json.load(sys.stdin):
    model = keras.saving.load_model(f"{folder}/model.keras")
    with numpy.load(f"{folder}/raw.npz") as stored:
        raw = dict(stored)
    kept = ask(model, raw)
    if own:  # an input that is a target one step late: first the truth, then the model's own answers
        read = numpy.zeros_like(raw[own])
        read[:, 0] = 1
        ended = numpy.zeros(len(read), bool)
        for step in range(read.shape[1]):
            told = ask(model, raw | {own: read})[""][:, step].argmax(-1)
            ended |= told == 1
            if step + 1 < read.shape[1]:
                read[:, step + 1] = numpy.where(ended, 0, told)
        kept["free"] = ask(model, raw | {own: read})[""]
    names = {f"names {layer.name}": list(layer.names) for layer in model.layers if hasattr(layer, "names")}
    numpy.savez(f"{folder}/out.npz", **kept, **names)
strange = [name for name in sys.modules if name.startswith("archcli.") and not name.startswith("archcli.layers")]
assert not strange, strange
"""


@dataclass(frozen=True)
class Asked:
    """Answers of the fresh interpreter.

    Attributes:
        answers: By the outputs' names, empty where there is one; `free`: those that read themselves.
        names: The class names of each output.
        new: The rows of the new file, as text; empty for a file that has none.
        folder: Where the case's files are.
    """

    answers: Mapping[str, Array]
    names: Mapping[str, list[str]]
    new: list[dict[str, str]]
    folder: Path

    def column(self, name: str) -> list[str]:
        """Return a column of the new file."""
        return [row[name] for row in self.new]


Scores = Mapping[str, float]
Columns = Mapping[str, list[Any]]


@dataclass(frozen=True)
class Case:
    """A type of input, and a model that has it.

    Attributes:
        data: The recipe's data section.
        model: Its model.
        raw: Turns the folder with the files into what the saved model takes of the new examples.
        scores: What scikit-learn makes of the answers, by the names of `metrics.json`.
        told: What `predict` should say, by column; numbers are compared to what six digits allow.
        new: The file of new examples.
        own: The input that is a target one step late.
        has_test: Whether the new examples are the recipe's own test part, too.
    """

    data: str
    model: str
    raw: Callable[[Path], Mapping[str, Any]]
    scores: Callable[[Asked], Scores]
    told: Callable[[Asked], Columns]
    new: str = "new.csv"
    own: str = ""
    has_test: bool = True


def _texts(rows: list[dict[str, str]], column: str) -> Array:
    return np.array([row[column] for row in rows])[:, np.newaxis]


def _numbers(rows: list[dict[str, str]], *columns: str) -> Array:
    return np.array([[float(row[column] or "nan") for column in columns] for row in rows], np.float32)


def _classes(asked: Asked, output: str = "") -> list[str]:
    return [asked.names[output][number] for number in asked.answers[output].argmax(axis=-1)]


def _class_scores(asked: Asked, target: str, output: str = "") -> Scores:
    prefix = f"{target}." if output else ""
    truth, names = asked.column(target), asked.names[output]
    shares = asked.answers[output].astype(np.float64)
    return {
        f"{prefix}accuracy": accuracy_score(truth, _classes(asked, output)),
        f"{prefix}log_loss": log_loss(truth, shares / shares.sum(axis=1, keepdims=True), labels=names),
    }


def _class_columns(asked: Asked, target: str, output: str = "") -> Columns:
    prefix = f"{target}: " if output else ""
    shares = {
        f"{prefix}probability of {name}": asked.answers[output][:, number].tolist()
        for number, name in enumerate(asked.names[output])
    }
    return {target: _classes(asked, output), **shares}


def _number_scores(truth: Array, told: Array, prefix: str = "") -> Scores:
    return {
        f"{prefix}r2": r2_score(truth, told),
        f"{prefix}mae": mean_absolute_error(truth, told),
        f"{prefix}rmse": float(np.sqrt(mean_squared_error(truth, told))),
    }


def _cars(folder: Path) -> list[dict[str, str]]:
    return read_csv(folder / "new.csv")


CARS_SPLIT: Final = "split: {validation: 0, test: 0.2, time: true}"
"""In order: the last 78 of 392 cars, which are `new.csv`, are the test."""


def _digit_points(rows: list[dict[str, str]], folder: Path) -> Array:
    pictures = [np.asarray(Image.open(folder / row["file"]), np.float32) for row in rows]
    return np.stack(pictures)[..., np.newaxis]


def _samples(rows: list[dict[str, str]], folder: Path) -> Array:
    """Return sounds, `(examples, samples)`, from -1 to 1."""
    sounds = []
    for row in rows:
        with wave.open(str(folder / row["file"]), "rb") as sound:
            sounds.append(np.frombuffer(sound.readframes(800), "<i2").astype(np.float32) / 32768)
    return np.stack(sounds)


def _walked(folder: Path) -> Array:
    """Return the sequences of the new file, NaN after the end of each, `(sequences, longest, 2)`."""
    walks: dict[str, list[tuple[float, list[float]]]] = {}
    for row in read_csv(folder / "new.csv"):
        walks.setdefault(row["walk"], []).append((float(row["step"]), [float(row["left"]), float(row["right"])]))
    padded = np.full((len(walks), max(map(len, walks.values())), 2), np.nan, np.float32)
    for place, steps in zip(padded, walks.values(), strict=True):
        place[: len(steps)] = [numbers for _, numbers in sorted(steps)]
    return padded


def _first_of_walks(asked: Asked) -> Asked:
    """Return one row for each sequence."""
    firsts = {row["walk"]: row for row in reversed(asked.new)}
    order = dict.fromkeys(row["walk"] for row in asked.new)
    return Asked(asked.answers, asked.names, [firsts[walk] for walk in order], asked.folder)


def _brand_late(folder: Path) -> Array:
    """Return the brands as a model hears them: one letter late, 1 for the start, 0 after the end."""
    letters = sorted({letter for row in read_csv(folder / "cars.csv") for letter in row["brand"]})
    brands = [row["brand"] for row in _cars(folder)]
    heard = np.zeros((len(brands), 1 + max(len(row["brand"]) for row in read_csv(folder / "cars.csv"))), np.int32)
    for row, brand in zip(heard, brands, strict=True):
        row[: len(brand) + 1] = [1, *(2 + letters.index(letter) for letter in brand)]
    return heard


def _said(asked: Asked, answers: Array) -> list[str]:
    """Return texts up to their end."""
    names = asked.names[""]
    said = [[names[number] for number in row] for row in answers.argmax(axis=-1)]
    return ["".join(row[: row.index("[END]")] if "[END]" in row else row).replace("[PADDING]", "") for row in said]


def _brand_scores(asked: Asked) -> Scores:
    truth = [[*brand, "[END]"] for brand in asked.column("brand")]
    told = asked.answers[""].argmax(axis=-1)
    right = [asked.names[""][told[i, j]] == letter for i, brand in enumerate(truth) for j, letter in enumerate(brand)]
    said = _said(asked, asked.answers["free"])
    return {"accuracy": float(np.mean(right)), "free_sequence_accuracy": accuracy_score(asked.column("brand"), said)}


def _next_letters(asked: Asked) -> tuple[list[str], list[str]]:
    """Return what follows each letter of the names of the new cars, where anything known does, and what is told."""
    pairs = [
        (following, asked.names[""][asked.answers[""][row, step].argmax()])
        for row, name in enumerate(asked.column("name"))
        for step, following in enumerate(name[1:])
        if following in asked.names[""]
    ]
    return [truth for truth, _ in pairs], [told for _, told in pairs]


def _letters_told(asked: Asked) -> Columns:
    told = asked.answers[""].argmax(axis=-1)
    return {"next": [" ".join(asked.names[""][number] for number in row) for row in told]}


def _labels_told(asked: Asked) -> Columns:
    names = asked.names[""]
    joined = [
        ";".join(name for name, share in zip(names, row, strict=True) if share > 0.5) for row in asked.answers[""]
    ]
    shares = {f"probability of {name}": asked.answers[""][:, i].tolist() for i, name in enumerate(names)}
    return {"features": joined, **shares}


def _label_scores(asked: Asked) -> Scores:
    truth = [[name in text.split(";") for name in asked.names[""]] for text in asked.column("features")]
    return {"f1_micro": f1_score(np.array(truth), asked.answers[""] > 0.5, average="micro")}


def _sunspot_windows(folder: Path, *, ahead: int = 2) -> tuple[Array, Array]:
    """Return the windows of six years in the new file, and the two years after each."""
    rows = sorted(read_csv(folder / "new.csv"), key=lambda row: row["year"])
    spots = np.array([float(row["spots"]) for row in rows], np.float32)
    count = len(spots) - 6 - ahead + 1
    past = np.stack([spots[start : start + 6] for start in range(count)])
    return past[..., np.newaxis], np.stack([spots[start + 6 : start + 6 + ahead] for start in range(count)])


def _forecast_columns(asked: Asked) -> Columns:
    return {f"next {step}": asked.answers[""][:, step].tolist() for step in range(2)}


CASES: Final[Mapping[str, Case]] = {
    "numeric": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs:
    strength: {{numeric: {{columns: [horsepower, weight], missing: median, scale: standard}}}}
    size: {{numeric: {{columns: displacement, scale: min_max}}}}
  targets: {{mpg: {{number: {{scale: standard}}}}}}
  {CARS_SPLIT}""",
        "nodes: {all: {Concatenate, from: [strength, size]}, mpg: {Dense: 1, from: all}}",
        lambda folder: {
            "strength": _numbers(_cars(folder), "horsepower", "weight"),
            "size": _numbers(_cars(folder), "displacement"),
        },
        lambda asked: _number_scores(_numbers(asked.new, "mpg"), asked.answers[""]),
        lambda asked: {"mpg": asked.answers[""][:, 0].tolist()},
    ),
    "category": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs: {{cylinders: {{category: {{missing: most_frequent}}}}}}
  targets: {{origin: category}}
  {CARS_SPLIT}""",
        "layers: [Embedding: {input_dim: $vocabulary, output_dim: 4}, Flatten, Dense: $classes]",
        lambda folder: {"cylinders": _texts(_cars(folder), "cylinders")},
        lambda asked: _class_scores(asked, "origin"),
        lambda asked: _class_columns(asked, "origin"),
    ),
    "side by side": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs:
    car:
      - numeric: {{columns: [horsepower, weight], missing: mean, scale: standard}}
      - category: {{columns: [origin, cylinders], missing: most_frequent}}
      - date: {{columns: built, parts: [year, month], cyclic: true, missing: mean, scale: standard}}
    name: {{text: {{max_tokens: 50, output_sequence_length: 4}}}}
  targets: {{origin: category, mpg: {{number: {{scale: standard}}}}}}
  {CARS_SPLIT}""",
        """
  nodes:
    called: {layers: [Embedding: {input_dim: $vocabulary.name, output_dim: 4}, Flatten], from: name}
    all: {Concatenate, from: [car, called]}
    origin: {Dense: {units: $classes.origin, activation: softmax}, from: all}
    mpg: {Dense: 1, from: all}
  outputs: [origin, mpg]""",
        lambda folder: {
            "car__numeric": _numbers(_cars(folder), "horsepower", "weight"),
            "car__origin": _texts(_cars(folder), "origin"),
            "car__cylinders": _texts(_cars(folder), "cylinders"),
            "car__built": _texts(_cars(folder), "built"),
            "name": _texts(_cars(folder), "name"),
        },
        lambda asked: {
            **_class_scores(asked, "origin", "origin"),
            **_number_scores(_numbers(asked.new, "mpg"), asked.answers["mpg"], "mpg."),
        },
        lambda asked: {**_class_columns(asked, "origin", "origin"), "mpg": asked.answers["mpg"][:, 0].tolist()},
    ),
    "text by words": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs: {{name: text}}
  targets: {{origin: category}}
  {CARS_SPLIT}""",
        """layers:
    - Embedding: {input_dim: $vocabulary, output_dim: 8, mask_zero: true}
    - GlobalAveragePooling1D
    - Dense: {units: $classes, activation: softmax}""",
        lambda folder: {"name": _texts(_cars(folder), "name")},
        lambda asked: _class_scores(asked, "origin"),
        lambda asked: _class_columns(asked, "origin"),
    ),
    "text by characters": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs: {{name: {{text: {{split: character, standardize: lower}}}}}}
  targets: {{features: {{multilabel: {{separator: ";"}}}}}}
  {CARS_SPLIT}""",
        """layers:
    - Embedding: {input_dim: $vocabulary, output_dim: 8, mask_zero: true}
    - SimpleRNN: 8
    - Dense: {units: $classes, activation: sigmoid}""",
        lambda folder: {"name": _texts(_cars(folder), "name")},
        _label_scores,
        _labels_told,
    ),
    "image": Case(
        """
  source: {csv: digits.csv}
  inputs: {picture: {image: {columns: file, height: 8, width: 8, color_mode: grayscale}}}
  targets: {digit: category}
  split: {validation: 0, test: 0.2, time: true}""",
        "layers: [Rescaling: 0.004, Flatten, Dense: {units: $classes, activation: softmax}]",
        lambda folder: {"picture": _digit_points(read_csv(folder / "new.csv"), folder)},
        lambda asked: _class_scores(asked, "digit"),
        lambda asked: _class_columns(asked, "digit"),
    ),
    "folder of images": Case(
        """
  source: {folder: digits}
  inputs: {picture: {image: {height: 8, width: 8, color_mode: grayscale}}}
  targets: {digit: category}
  split: {validation: 0, test: 0}""",
        "layers: [Rescaling: 0.004, Flatten, Dense: {units: $classes, activation: softmax}]",
        lambda folder: {"picture": _digit_points(_listed(folder), folder)},
        lambda asked: _class_scores(_of_folders(asked), "digit"),
        lambda asked: _class_columns(asked, "digit"),
        new="new",
        has_test=False,
    ),
    "arrays": Case(
        """
  source: {npz: digits.npz}
  inputs: {picture: {numeric: {scale: 0.0625}}}
  targets: {digit: category}
  split: {validation: 0, test: 0.2, time: true}""",
        "layers: [Conv2D: {filters: 2, kernel_size: 3}, Flatten, Dense: {units: $classes, activation: softmax}]",
        lambda folder: {"picture": np.load(folder / "new.npz")["picture"].astype(np.float32)},
        lambda asked: {
            "accuracy": accuracy_score(np.load(asked.folder / "new.npz")["digit"], list(map(int, _classes(asked))))
        },
        lambda asked: _class_columns(asked, "digit"),
        new="new.npz",
    ),
    "series": Case(
        """
  source: {csv: {path: sunspots.csv, time: year}}
  inputs: {past: {series: {columns: spots, window: 6, scale: standard}}}
  targets: {next: {series: {columns: spots, horizon: 2, scale: standard}}}
  split: {validation: 0, test: 0.2}""",
        "layers: [SimpleRNN: 4, Dense: $horizon]",
        lambda folder: {"past": _sunspot_windows(folder)[0]},
        lambda asked: _number_scores(_sunspot_windows(asked.folder)[1], asked.answers[""]),
        _forecast_columns,
    ),
    "sequence": Case(
        """
  source: {csv: {path: walks.csv, id: walk, order: step}}
  inputs: {signal: {sequence: {columns: [left, right], scale: standard}}}
  targets: {digit: category}
  split: {validation: 0, test: 0.2, time: true, absent_classes: allow}""",
        "layers: [Masking: $padding, SimpleRNN: 4, Dense: {units: $classes, activation: softmax}]",
        lambda folder: {"signal": _walked(folder)},
        lambda asked: _class_scores(_first_of_walks(asked), "digit"),
        lambda asked: _class_columns(asked, "digit"),
    ),
    "date": Case(
        """
  source: {csv: sea.csv}
  inputs: {day: {date: {parts: [year, month], cyclic: true, missing: mean, scale: standard}}}
  targets: {degrees: {number: {scale: standard}}}
  split: {validation: 0, test: 0.2, time: true}""",
        "layers: [Dense: 1]",
        lambda folder: {"day": _texts(read_csv(folder / "new.csv"), "day")},
        lambda asked: _number_scores(_numbers(asked.new, "degrees"), asked.answers[""]),
        lambda asked: {"degrees": asked.answers[""][:, 0].tolist()},
    ),
    "audio": Case(
        """
  source: {csv: sounds.csv}
  inputs: {sound: {audio: {columns: file, sampling_rate: 4000, seconds: 0.2, num_mel_bins: 8, scale: standard}}}
  targets: {pitch: category}
  split: {validation: 0, test: 0.2, time: true}""",
        "layers: [Flatten, Dense: {units: $classes, activation: softmax}]",
        lambda folder: {"sound": _samples(read_csv(folder / "new.csv"), folder)},
        lambda asked: _class_scores(asked, "pitch"),
        lambda asked: _class_columns(asked, "pitch"),
    ),
    "shift of an input": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs: {{name: {{text: {{split: character}}}}}}
  targets: {{next: {{shift: {{of: name, by: -1}}}}}}
  {CARS_SPLIT}""",
        """layers:
    - Embedding: {input_dim: $vocabulary, output_dim: 8, mask_zero: true}
    - SimpleRNN: {units: 8, return_sequences: true}
    - Dense: {units: $classes, activation: softmax}""",
        lambda folder: {"name": _texts(_cars(folder), "name")},
        lambda asked: {"accuracy": accuracy_score(*_next_letters(asked))},
        _letters_told,
    ),
    "shift of a target": Case(
        f"""
  source: {{csv: cars.csv}}
  inputs: {{name: {{text: {{split: character}}}}, said: {{shift: brand}}}}
  targets: {{brand: {{text: {{split: character}}}}}}
  {CARS_SPLIT}""",
        """
  nodes:
    read: {Embedding: {input_dim: $vocabulary.name, output_dim: 8, mask_zero: true}, from: name}
    state: {SimpleRNN: 8, from: read}
    heard: {Embedding: {input_dim: $vocabulary.said, output_dim: 8, mask_zero: true}, from: said}
    told: {SimpleRNN: {units: 8, return_sequences: true}, from: heard, initial_state: state}
    brand: {Dense: {units: $classes, activation: softmax}, from: told}""",
        lambda folder: {"name": _texts(_cars(folder), "name"), "said": _brand_late(folder)},
        _brand_scores,
        lambda asked: {"brand": _said(asked, asked.answers["free"])},
        own="said",
    ),
}


def _listed(folder: Path) -> list[dict[str, str]]:
    return [{"file": str(file.relative_to(folder))} for file in sorted((folder / "new").rglob("*.png"))]


def _of_folders(asked: Asked) -> Asked:
    rows = [{"digit": Path(row["file"]).parent.name} for row in _listed(asked.folder)]
    return Asked(asked.answers, asked.names, rows, asked.folder)


def _write_cars(folder: Path) -> None:
    """Write `cars.csv` and its last 78 rows, `new.csv`: some cells are empty, day, brand and features are added."""
    write_auto_mpg(folder)
    rows = read_csv(folder / "auto-mpg.csv")
    for number, row in enumerate(rows):
        row["brand"] = row["name"].split()[0]
        row["built"] = "" if number % 11 == 7 else f"19{row['model_year']}-{1 + number % 12:02}-15"
        features = [("heavy", float(row["weight"]) > 3000), ("quick", float(row["acceleration"]) < 15)]
        row["features"] = ";".join(name for name, has in features if has)
        row["horsepower"] = "" if number % 7 == 3 else row["horsepower"]
        row["cylinders"] = "" if number % 9 == 4 else row["cylinders"]
    header = (*CARS, "mpg", "built", "brand", "features")
    write_csv(folder / "cars.csv", header, [[row[name] for name in header] for row in rows])
    write_csv(folder / "new.csv", header, [[row[name] for name in header] for row in rows[-78:]])


def _write_digits(folder: Path, *, count: int = 200, new: int = 40) -> None:
    """Write images of 8 by 8, a CSV of their names, a folder for each digit, and an NPZ; the last are the new ones."""
    digits = load_digits()
    points = (digits.images[:count] * 15).astype(np.uint8)
    labels = digits.target[:count].tolist()
    rows = [(f"pictures/{number}.png", label) for number, label in enumerate(labels)]
    (folder / "pictures").mkdir()
    for number, (image, label) in enumerate(zip(points, labels, strict=True)):
        place = folder / ("digits" if number < count - new else "new") / str(label)
        place.mkdir(parents=True, exist_ok=True)
        for file in (folder / "pictures" / f"{number}.png", place / f"{number:03}.png"):
            Image.fromarray(image).save(file)
    write_csv(folder / "digits.csv", ("file", "digit"), rows)
    write_csv(folder / "new.csv", ("file", "digit"), rows[-new:])
    arrays = {"picture": digits.images[:count, :, :, np.newaxis], "digit": digits.target[:count]}
    np.savez(folder / "digits.npz", **arrays)
    np.savez(folder / "new.npz", **{name: array[-new:] for name, array in arrays.items()})


def _write_walks(folder: Path) -> None:
    """Write `walks.csv`: down the halves of 100 digits, as far as there is ink, each a sequence, lines shuffled."""
    digits = load_digits()
    lines: list[tuple[int, int, float, float, int]] = []
    for walk, (image, label) in enumerate(zip(digits.images[:100], digits.target[:100], strict=True)):
        steps = image[: 5 + walk % 4]
        lines += [(walk, step, row[:4].sum(), row[4:].sum(), int(label)) for step, row in enumerate(steps)]
    mixed = sorted(lines, key=lambda line: (line[0], -line[1]))
    header = ("walk", "step", "left", "right", "digit")
    write_csv(folder / "walks.csv", header, mixed)
    write_csv(folder / "new.csv", header, [line for line in mixed if line[0] >= 80])


def _write_sunspots(folder: Path) -> None:
    """Write `sunspots.csv`, its lines shuffled, and the last years of it: 302 windows of 6 and 2, 60 of them new."""
    lines = [(int(year), float(count)) for year, count in zip(*read_sunspots(), strict=True)]
    mixed = [lines[int(number)] for number in np.random.default_rng(0).permutation(len(lines))]
    write_csv(folder / "sunspots.csv", ("year", "spots"), mixed)
    write_csv(folder / "new.csv", ("year", "spots"), [line for line in mixed if line[0] > 2008 - (60 + 6 + 2 - 1)])


def _write_sea(folder: Path) -> None:
    """Write `sea.csv`: how warm the eastern Pacific was in each month from 1950, a date missing now and then."""
    table = elnino.load_pandas().data.to_numpy()
    months = [
        (f"{int(year[0])}-{month:02}-01", f"{year[month]:g}")
        for year in table
        for month in range(1, 13)
        if np.isfinite(year[month])
    ]
    rows = [("" if number % 11 == 5 else day, degrees) for number, (day, degrees) in enumerate(months)]
    write_csv(folder / "sea.csv", ("day", "degrees"), rows)
    write_csv(folder / "new.csv", ("day", "degrees"), rows[-math.floor(0.2 * len(rows) + 0.5) :])


def _write_sounds(folder: Path) -> None:
    """Write 60 WAV files of a fifth of a second, low and high tones in noise, and `sounds.csv`, which names them."""
    draw = np.random.default_rng(0)
    (folder / "sounds").mkdir()
    rows = [(f"sounds/{number}.wav", "high" if number % 2 else "low") for number in range(60)]
    for file, pitch in rows:
        tone = np.sin(2 * np.pi * (900 if pitch == "high" else 300) * np.arange(800) / 4000)
        with wave.open(str(folder / file), "wb") as sound:
            sound.setparams((1, 2, 4000, 0, "NONE", ""))
            sound.writeframes((8000 * tone + 800 * draw.normal(size=800)).astype("<i2").tobytes())
    write_csv(folder / "sounds.csv", ("file", "pitch"), rows)
    write_csv(folder / "new.csv", ("file", "pitch"), rows[-12:])


WRITERS: Final[Mapping[str, Callable[[Path], None]]] = {
    "cars.csv": _write_cars,
    "digits": _write_digits,
    "walks.csv": _write_walks,
    "sunspots.csv": _write_sunspots,
    "sea.csv": _write_sea,
    "sounds.csv": _write_sounds,
}


@dataclass
class Trained:
    """What came of all cases.

    Attributes:
        folders: Of each case.
        own: What `evaluate` says of the test part.
        on_file: What `evaluate --file` says.
        predicted: The rows that `predict` wrote.
        asked: What the fresh interpreter answered.
    """

    folders: dict[str, Path] = field(default_factory=dict)
    own: dict[str, Any] = field(default_factory=dict)
    on_file: dict[str, Any] = field(default_factory=dict)
    predicted: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)


def _run(folder: Path, *arguments: str) -> Any:
    """Run a command in a folder; return what it says as JSON."""
    out = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), pytest.raises(SystemExit) as stopped:
        main([*arguments, "--quiet"])
    assert not stopped.value.code, (folder, arguments)
    return json.loads(out.getvalue() or "null")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Every case, trained, evaluated, asked; the fresh interpreter is one process for all."""
    done = Trained()
    scoring = ("evaluate", "case", "--no-baselines", "--mistakes", "0", "--json")
    for name, case in CASES.items():
        folder = tmp_path_factory.mktemp("case")
        next(write for part, write in WRITERS.items() if part in case.data.splitlines()[1])(folder)
        recipe = f"archcli: 1\nname: case\ndata:{case.data}\nmodel:\n  {case.model.strip()}\ntrain: {{epochs: 1}}\n"
        (folder / "case.yaml").write_text(recipe, encoding="utf-8")
        keras.backend.clear_session()
        report = _run(folder, "train", "case.yaml", "--json")
        if case.has_test:
            done.own[name] = _run(folder, *scoring)
        done.on_file[name] = _run(folder, *scoring, "--file", case.new)
        _run(folder, "predict", "case", case.new, "--output", "answers.csv")
        done.predicted[name] = read_csv(folder / "answers.csv")
        (folder / "model.keras").write_bytes((folder / report["model"]).read_bytes())
        np.savez(folder / "raw.npz", **case.raw(folder))
        done.folders[name] = folder
    orders = [(str(folder), CASES[name].own) for name, folder in done.folders.items()]
    subprocess.run([sys.executable, "-c", FRESH], input=json.dumps(orders), text=True, check=True, capture_output=True)
    for name, folder in done.folders.items():
        with np.load(folder / "out.npz") as out:
            answers = {key: out[key] for key in out.files if not key.startswith("names ")}
            labels = {key.removeprefix("names "): out[key].tolist() for key in out.files if key.startswith("names ")}
        names = {key.removesuffix("labels").removesuffix("_"): value for key, value in labels.items()}
        new = read_csv(folder / "new.csv") if CASES[name].new == "new.csv" else []
        done.asked[name] = Asked(answers, names, new, folder)
    return done


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_scores_of_a_fresh_interpreter_are_those_of_evaluate(name: str, trained: Trained) -> None:
    """scikit-learn's scores of the saved model's answers to the raw values, and ours, agree to a hundred-thousandth."""
    expected = CASES[name].scores(trained.asked[name])

    told = trained.on_file[name]["scores"]

    assert {score: told[score] for score in expected} == pytest.approx(dict(expected), rel=1e-5, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.has_test])
def test_scores_of_a_file_are_those_of_the_test_part(name: str, trained: Trained) -> None:
    """The same examples have the same scores, whether they are the recipe's own or come in a file."""
    own, on_file = trained.own[name], trained.on_file[name]

    assert own["examples"] == on_file["examples"]
    assert own["scores"] == pytest.approx(on_file["scores"], rel=1e-6)


def _truths(name: str, asked: Asked) -> Mapping[str, list[Any]]:
    """Return what is true of the new examples, by the columns of `predict` that tell it."""
    match name:
        case "arrays":
            return {"digit": [str(digit) for digit in np.load(asked.folder / "new.npz")["digit"]]}
        case "folder of images":
            return {"digit": _of_folders(asked).column("digit")}
        case "series":
            after = _sunspot_windows(asked.folder)[1]
            return {f"next {step}": after[:, step].tolist() for step in range(2)}
        case "sequence":
            return {"digit": _first_of_walks(asked).column("digit")}
        case "text by characters":
            return {"features": asked.column("features")}
        case _:
            targets = CASES[name].data.partition("targets:")[2]
            texts = {one: asked.column(one) for one in ("origin", "digit", "pitch") if f"{one}:" in targets}
            numbers = {one: asked.column(one) for one in ("mpg", "degrees") if f"{one}:" in targets}
            return {**texts, **{one: list(map(float, cells)) for one, cells in numbers.items()}}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CASES if not name.startswith("shift ")])
def test_what_predict_wrote_scores_as_evaluate_says(name: str, trained: Trained) -> None:
    """The file of answers alone, beside what is true: as many are right, and as far off, as `evaluate` says."""
    told, rows = trained.on_file[name]["scores"], trained.predicted[name]
    truths = _truths(name, trained.asked[name])
    several = sum(not column.startswith("next ") for column in truths) > 1

    squares = [
        (float(row[column]) - value) ** 2
        for column, values in truths.items()
        if isinstance(values[0], float)
        for row, value in zip(rows, values, strict=False)
    ]
    right = {
        column: [row[column] == value for row, value in zip(rows, values, strict=True)]
        for column, values in truths.items()
        if not isinstance(values[0], float)
    }

    assert truths
    if squares:
        assert told["mpg.rmse" if several else "rmse"] == pytest.approx(np.sqrt(np.mean(squares)), rel=1e-5)
    for column, hits in right.items():
        score = "subset_accuracy" if column == "features" else "accuracy"
        assert told[f"{column}.{score}" if several else score] == pytest.approx(np.mean(hits), rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_predict_says_what_a_fresh_interpreter_answers(name: str, trained: Trained) -> None:
    """Row for row: classes, labels and texts to the letter, numbers to the digits that are written."""
    expected = CASES[name].told(trained.asked[name])

    told = trained.predicted[name]

    assert expected
    for column, values in expected.items():
        found = [row[column] for row in told][: len(values)]
        if values and isinstance(values[0], float):
            assert [float(cell) for cell in found] == pytest.approx(values, rel=1e-5, abs=2e-6)
        else:
            assert found == values
