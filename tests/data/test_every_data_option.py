"""Every option of the data that is about files, texts, series and images changes what is read or what is told of it.

Those of numbers and labels in a table are in `tests/test_every_option.py`, those of the tasks beside the tasks.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from pyarrow.csv import read_csv
from pyarrow.parquet import write_table

from archcli.data.dataset import load_dataset
from archcli.errors import DataError
from archcli.recipe.built_in import BUILT_IN
from archcli.recipe.checking import read_nodes
from archcli.recipe.data_section import build_data
from archcli.recipe.input_types import INPUTS
from archcli.recipe.nodes import MapNode
from archcli.recipe.schema import DATA
from archcli.recipe.sources import SOURCES
from archcli.recipe.target_types import TARGETS
from archcli.recipe.values import Checker

TABLE = "source: {csv: table.csv}"
SERIES = (
    "source: {csv: {path: table.csv, time: when}}, inputs: {past: {series: {columns: a, window: 3}}}, "
    "targets: {next: {series: {columns: a, horizon: 2}}}"
)
WALKS = "source: {csv: {path: table.csv, id: house}}, inputs: {x: {sequence: {columns: a}}}, targets: {kind: category}"
PARQUET = "source: {parquet: table.parquet}, inputs: {x: {numeric: a}}, targets: {kind: category}"
PARQUET_SERIES = SERIES.replace("csv", "parquet")
PARQUET_WALKS = WALKS.replace("csv", "parquet")
CORPUS = "source: {text: corpus.txt}, inputs: {x: {text: {split: word, window: 4}}}, targets: {next: {shift: {of: x}}}"
FOLDER = "source: {folder: flowers}, inputs: {x: {image: {height: 4, width: 4}}}, targets: {kind: category}"
PHOTOS = f"{TABLE}, inputs: {{x: {{image: {{columns: file, height: 4, width: 4}}}}}}, targets: {{kind: category}}"
CATEGORY = f"{TABLE}, inputs: {{x: {{category: city}}}}, targets: {{kind: category}}"
TEXT = f"{TABLE}, inputs: {{x: {{text: {{columns: said}}}}}}, targets: {{kind: category}}"
LATE = (
    f"{TABLE}, inputs: {{x: {{text: said}}, late: {{shift: {{of: y}}}}}}, "
    "targets: {y: {text: {columns: said}}, z: {text: city}}"
)
EARLY = f"{TABLE}, inputs: {{x: {{text: said}}, w: {{text: city}}}}, targets: {{next: {{shift: {{of: x}}}}}}"
GENRES = f"{TABLE}, inputs: {{x: {{numeric: a}}}}, targets: {{y: {{multilabel: {{columns: said}}}}}}"
BESIDE = f"{TABLE}, inputs: {{x: [numeric: a, category: city]}}, targets: {{kind: category}}"
NUMBERS = f"{TABLE}, inputs: {{x: {{numeric: {{columns: a}}}}}}, targets: {{kind: category}}"
GAPS = f"{TABLE}, inputs: {{x: {{numeric: {{columns: gaps, missing: zero}}}}}}, targets: {{kind: category}}"
HOLES = f"{TABLE}, inputs: {{x: {{category: {{columns: holes, missing: most_frequent}}}}}}, targets: {{kind: category}}"
LINES = "source: {lines: said.txt}, inputs: {x: text}, targets: {kind: category}"
TS = "source: {ts: walks.ts}, inputs: {x: sequence}, targets: {kind: category}"
RECORDS = "source: {tfrecord: a.tfrecord}, inputs: {x: {numeric: a}}, targets: {kind: category}"
DATES = f"{TABLE}, inputs: {{x: {{date: {{columns: day}}}}}}, targets: {{kind: category}}"
SOUNDS = "source: {folder: sounds}, inputs: {x: {audio: {sampling_rate: 800, seconds: 0.1}}}, targets: {kind: category}"
NAMED_SOUNDS = SOUNDS.replace("source: {folder: sounds}", TABLE).replace(
    "{sampling_rate", "{columns: sound, sampling_rate"
)


@dataclass(frozen=True)
class Change:
    """An option.

    Attributes:
        data: The section `data` that it changes.
        override: What sets it.
    """

    data: str
    override: str


CHANGES = {
    "source.csv.time": Change(SERIES, "data.source.csv.time=back"),
    "source.csv.id": Change(WALKS, "data.source.csv.id=half"),
    "source.csv.order": Change(WALKS, "data.source.csv.order=back"),
    "source.text.path": Change(CORPUS, "data.source.text.path=other.txt"),
    "source.parquet.path": Change(PARQUET, "data.source.parquet.path=other.parquet"),
    "source.parquet.time": Change(PARQUET_SERIES, "data.source.parquet.time=back"),
    "source.parquet.id": Change(PARQUET_WALKS, "data.source.parquet.id=half"),
    "source.parquet.order": Change(PARQUET_WALKS, "data.source.parquet.order=back"),
    "source.folder.path": Change(FOLDER, "data.source.folder.path=trees"),
    "source.lines.path": Change(LINES, "data.source.lines.path=other.lines"),
    "source.ts.path": Change(TS, "data.source.ts.path=other.ts"),
    "source.tfrecord.path": Change(RECORDS, "data.source.tfrecord.path=b.tfrecord"),
    "input.date.columns": Change(DATES, "data.inputs.x.date.columns=other_day"),
    "input.date.parts": Change(DATES, "data.inputs.x.date.parts=[month]"),
    "input.date.cyclic": Change(DATES, "data.inputs.x.date.cyclic=true"),
    "input.date.missing": Change(
        DATES.replace("columns: day", "columns: some_day, missing: zero"), "data.inputs.x.date.missing=mean"
    ),
    "input.date.scale": Change(DATES, "data.inputs.x.date.scale=standard"),
    "input.audio.columns": Change(NAMED_SOUNDS, "data.inputs.x.audio.columns=other_sound"),
    "input.audio.seconds": Change(SOUNDS, "data.inputs.x.audio.seconds=0.2"),
    "input.audio.frame_length": Change(SOUNDS, "data.inputs.x.audio.frame_length=16"),
    "input.audio.frame_step": Change(SOUNDS, "data.inputs.x.audio.frame_step=4"),
    "input.audio.num_mel_bins": Change(SOUNDS, "data.inputs.x.audio.num_mel_bins=3"),
    "input.audio.scale": Change(SOUNDS, "data.inputs.x.audio.scale=standard"),
    "data.split.group": Change(NUMBERS, "data.split.group=house"),
    "data.split.time": Change(NUMBERS.replace("kind: category", "b: number"), "data.split.time=true"),
    "input.numeric.missing": Change(GAPS, "data.inputs.x.numeric.missing=7"),
    "input.category.columns": Change(CATEGORY, "data.inputs.x.category.columns=house"),
    "input.category.missing": Change(HOLES, "data.inputs.x.category={columns: city, missing: null}"),
    "input.text.columns": Change(TEXT, "data.inputs.x.text.columns=city"),
    "input.text.split": Change(TEXT, "data.inputs.x.text.split=character"),
    "input.text.standardize": Change(TEXT, "data.inputs.x.text.standardize=lower"),
    "input.text.max_tokens": Change(TEXT, "data.inputs.x.text.max_tokens=3"),
    "input.text.output_sequence_length": Change(TEXT, "data.inputs.x.text.output_sequence_length=2"),
    "input.text.window": Change(CORPUS, "data.inputs.x.text.window=2"),
    "input.shift.of": Change(LATE, "data.inputs.late.shift.of=z"),
    "input.shift.by": Change(LATE, "data.inputs.late.shift.by=2"),
    "input.series.columns": Change(SERIES, "data.inputs.past.series.columns=b"),
    "input.series.window": Change(SERIES, "data.inputs.past.series.window=2"),
    "input.series.stride": Change(SERIES, "data.inputs.past.series.stride=2"),
    "target.series.missing": Change(
        SERIES.replace("{columns: a, horizon: 2}", "{columns: gaps, horizon: 2, missing: skip}"),
        "data.targets.next.series={columns: b, missing: null}",
    ),
    "input.series.missing": Change(
        SERIES.replace("{columns: a, window: 3}", "{columns: gaps, window: 3, missing: zero}"),
        "data.inputs.past.series.missing=7",
    ),
    "input.sequence.missing": Change(
        WALKS.replace("{columns: a}", "{columns: gaps, missing: zero}"), "data.inputs.x.sequence.missing=7"
    ),
    "input.series.scale": Change(SERIES, "data.inputs.past.series.scale=standard"),
    "input.sequence.columns": Change(WALKS, "data.inputs.x.sequence.columns=b"),
    "input.sequence.scale": Change(WALKS, "data.inputs.x.sequence.scale=standard"),
    "input.image.columns": Change(PHOTOS, "data.inputs.x.image.columns=photo"),
    "input.image.height": Change(FOLDER, "data.inputs.x.image.height=3"),
    "input.image.width": Change(FOLDER, "data.inputs.x.image.width=3"),
    "input.image.color_mode": Change(FOLDER, "data.inputs.x.image.color_mode=grayscale"),
    "input.side_by_side.parts": Change(BESIDE, "data.inputs.x=[numeric: [a, b], category: city]"),
    "target.text.columns": Change(LATE, "data.targets.y.text.columns=city"),
    "target.text.split": Change(LATE, "data.targets.y.text.split=character"),
    "target.text.standardize": Change(LATE, "data.targets.y.text.standardize=lower"),
    "target.series.columns": Change(SERIES, "data.targets.next.series.columns=b"),
    "target.series.horizon": Change(SERIES, "data.targets.next.series.horizon=1"),
    "target.series.scale": Change(SERIES, "data.targets.next.series.scale=standard"),
    "target.multilabel.columns": Change(GENRES, "data.targets.y.multilabel.columns=city"),
    "target.multilabel.separator": Change(GENRES, "data.targets.y.multilabel.separator=;"),
    "target.shift.of": Change(EARLY, "data.targets.next.shift.of=w"),
    "target.shift.by": Change(EARLY, "data.targets.next.shift.by=-2"),
}
"""Options by their place, each with a recipe that it changes."""

ELSEWHERE = {
    "source.csv.path",
    "source.csv.delimiter",
    "source.npz.path",
    "input.numeric.columns",
    "input.numeric.scale",
    "target.category.columns",
    "target.number.columns",
    "target.number.scale",
}
"""In `tests/test_every_option.py`."""

REFUSED = {
    "source.tfrecord.compression": Change(RECORDS, "data.source.tfrecord.compression=gzip"),
    "input.audio.sampling_rate": Change(SOUNDS, "data.inputs.x.audio.sampling_rate=1600"),
}
"""Options that say what a file is: one that is not so is refused."""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Every file that a recipe names."""
    header = "when,back,a,b,gaps,holes,city,half,house,said,kind,file,photo,day,other_day,some_day,sound,other_sound\n"
    lines = [
        f"{row},{40 - row},{row * row % 7},{row % 5},{'' if row % 5 == 0 else row},{'' if row % 7 == 0 else row % 2},"
        f"{'Ulm' if row % 3 else 'Bonn'},q{row // 10},h{row // 4},So; it Is {'so good' if row % 3 else 'bad'},"
        f"k{row // 20},"
        f"flowers/rose/{row % 2}.png,flowers/iris/{row % 2}.png,"
        f"2024-0{row % 9 + 1}-11,2023-0{row % 9 + 1}-11T05:00,{'2024-01-01' if row % 2 else ''},"
        f"sounds/low/{row % 2}.wav,sounds/high/{row % 2}.wav\n"
        for row in range(40)
    ]
    (tmp_path / "table.csv").write_text(header + "".join(lines), encoding="utf-8")
    table = read_csv(tmp_path / "table.csv")
    write_table(table, tmp_path / "table.parquet")
    write_table(table.slice(1), tmp_path / "other.parquet")
    (tmp_path / "corpus.txt").write_text("to be or not to be that is the question " * 3, encoding="utf-8")
    (tmp_path / "other.txt").write_text("whether it is nobler in the mind to suffer or not " * 3, encoding="utf-8")
    pixels = np.random.default_rng(0).integers(0, 256, (8, 5, 6, 3), dtype=np.uint8)
    for number, name in enumerate(f"{f}/{k}/{n}.png" for f, k in _KINDS for n in range(2)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels[number]).save(tmp_path / name)
    write_other_forms(tmp_path)
    return tmp_path


def write_other_forms(folder: Path) -> None:
    """Write lines, series, records and sounds."""
    for name, word in (("said.txt", "so"), ("other.lines", "not")):
        (folder / name).write_text("".join(f"k{row % 2}\t{word} it is {row}\n" for row in range(8)), encoding="utf-8")
    for name, add in (("walks.ts", 0), ("other.ts", 1)):
        lines = "".join(f"{','.join(str(step + add) for step in range(2 + row % 3))}:k{row % 2}\n" for row in range(8))
        (folder / name).write_text("@classLabel true k0 k1\n@data\n" + lines, encoding="utf-8")
    for name, add in (("a.tfrecord", 0), ("b.tfrecord", 1)):
        with tf.io.TFRecordWriter(str(folder / name)) as writer:
            for row in range(8):
                number = tf.train.Feature(float_list=tf.train.FloatList(value=[row + add]))
                kind = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"k%d" % (row % 2)]))
                features = tf.train.Features(feature={"a": number, "kind": kind})
                writer.write(tf.train.Example(features=features).SerializeToString())
    tones = np.random.default_rng(1).integers(-1000, 1000, (4, 120)).astype("<i2")
    for tone, name in zip(tones, ("low/0", "low/1", "high/0", "high/1"), strict=True):
        path = folder / f"sounds/{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 800, 0, "NONE", ""))
            file.writeframes(tone.tobytes())


_KINDS = (("flowers", "rose"), ("flowers", "iris"), ("trees", "oak"), ("trees", "ash"))


def told(folder: Path, data: str, *overrides: str) -> object:
    """Return all that is known of the data of a recipe: facts, and the values and rows of each part."""
    path = folder / "recipe.yaml"
    path.write_text(f"data: {{{data}, split: {{validation: 0, test: 0.5}}}}\n", encoding="utf-8")
    node, checker = read_nodes(path, overrides), Checker({})
    section = node.get("data")
    assert isinstance(section, MapNode)
    built = build_data(checker.section(section, DATA), node, checker)
    assert checker.problems == []
    assert built is not None
    dataset = load_dataset(built, batch_size=1)
    parts = {
        name: ([values.tolist() for values in (*part.inputs.values(), *part.targets.values())], part.rows.tolist())
        for name, part in dataset.parts.items()
    }
    return dataset.describe()["facts"], str(parts)


def test_every_option_of_the_data_is_here_or_there() -> None:
    """An option added without a proof of its effect fails here."""
    tables = {"source": SOURCES, "input": INPUTS, "target": TARGETS}
    arguments = {
        f"{table}.{name}.{argument}"
        for table, signatures in tables.items()
        for name, found in signatures.items()
        for argument in found.arguments
        if name not in BUILT_IN
    }

    assert {option for option in CHANGES if not option.startswith("data.")} == arguments - ELSEWHERE - set(REFUSED)


@pytest.mark.parametrize("option", CHANGES)
def test_an_option_changes_the_data(option: str, files: Path) -> None:
    """What is read, or what is told of it, is otherwise once it is set."""
    change = CHANGES[option]

    assert told(files, change.data) != told(files, change.data, change.override)


@pytest.mark.parametrize("option", REFUSED)
def test_an_option_that_the_file_contradicts(option: str, files: Path) -> None:
    """It is used: what is not as it says is an error of the data."""
    change = REFUSED[option]

    told(files, change.data)
    with pytest.raises(DataError):
        told(files, change.data, change.override)
