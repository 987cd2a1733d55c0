"""Bad input is refused whatever form it has: Parquet, arrays, lines, folders, series, sequences, `.ts`, TFRecord, WAV.

As in `test_bad_input.py`, what is said must equal the text in `refused_forms/`, and `WRITE_PROBLEMS=1` writes it anew.
Each bad file is trained on; where new files are asked about, `predict` and `evaluate` refuse it, too, and for the same.
"""

from __future__ import annotations

import contextlib
import os
import re
import wave
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from archcli.cli.app import main

if TYPE_CHECKING:
    from tests.conftest import Archcli, Outcome

HERE: Final = Path(__file__).parent
EXAMPLES: Final = 12
"""Of each form, half of them of either kind."""

_END: Final = "\ntrain: {epochs: 1, batch_size: 4}\n"
_WORDS: Final = "layers: [Embedding: {input_dim: $vocabulary, output_dim: 2}, GlobalAveragePooling1D, Dense: $classes]"
RECIPES: Final[Mapping[str, tuple[str, str, str]]] = {
    "table": (
        "{parquet: FILE}",
        "inputs: {x: {numeric: [a, b]}}, targets: {kind: category}",
        "layers: [Dense: $classes]",
    ),
    "arrays": ("{npz: FILE}", "inputs: {x: numeric}, targets: {kind: category}", "layers: [Dense: $classes]"),
    "lines": ("{lines: FILE}", "inputs: {said: text}, targets: {label: category}", _WORDS),
    "letters": ("{folder: FILE}", "inputs: {said: text}, targets: {class: category}", _WORDS),
    "corpus": (
        "{text: FILE}",
        "inputs: {said: {text: {split: character, window: 4}}}, targets: {next: {shift: {of: said, by: -1}}}",
        "layers: [Embedding: {input_dim: $vocabulary, output_dim: 2}, Dense: $classes]",
    ),
    "pictures": (
        "{folder: FILE}",
        "inputs: {image: {image: {height: 4, width: 4}}}, targets: {class: category}",
        "layers: [Flatten, Dense: $classes]",
    ),
    "sounds": (
        "{folder: FILE}",
        (
            "inputs: {sound: {audio: {sampling_rate: 800, seconds: 0.1, frame_length: 40, frame_step: 20}}}, "
            "targets: {class: category}"
        ),
        "layers: [Flatten, Dense: $classes]",
    ),
    "series": (
        "{csv: {path: FILE, time: hour}}",
        (
            "inputs: {past: {series: {columns: [load, wind], window: 3}}}, "
            "targets: {next: {series: {columns: load, horizon: 1}}}"
        ),
        "layers: [Flatten, Dense: $horizon]",
    ),
    "walks": (
        "{csv: {path: FILE, id: walk, order: step}}",
        "inputs: {signal: {sequence: [left, right]}}, targets: {kind: category}",
        "layers: [Masking: $padding, GRU: 1, Dense: $classes]",
    ),
    "waves": (
        "{ts: FILE}",
        "inputs: {signal: sequence}, targets: {class: category}",
        "layers: [Masking: $padding, GRU: 1, Dense: $classes]",
    ),
    "records": (
        "{tfrecord: FILE}",
        "inputs: {x: {numeric: [a, b]}}, targets: {kind: category}",
        "layers: [Dense: $classes]",
    ),
}
"""Of each form the source, what is read of it, and a small model."""

NAMES: Final = {
    "table": "table.parquet",
    "arrays": "arrays.npz",
    "lines": "lines.txt",
    "letters": "letters",
    "corpus": "corpus.txt",
    "pictures": "pictures",
    "sounds": "sounds",
    "series": "series.csv",
    "walks": "walks.csv",
    "waves": "waves.ts",
    "records": "records.tfrecord",
}
_KINDS: Final = tuple("up" if number % 2 else "down" for number in range(EXAMPLES))


def _table(path: Path, **changes: Any) -> None:
    columns: dict[str, Any] = {"a": [0.5 * n for n in range(EXAMPLES)], "b": [1.0] * EXAMPLES, "kind": list(_KINDS)}
    columns = {name: column for name, column in (columns | changes).items() if column is not None}
    pq.write_table(pa.table(columns), path)


def _arrays(path: Path, **changes: Any) -> None:
    arrays: dict[str, Any] = {"x": np.arange(2.0 * EXAMPLES).reshape(-1, 2), "kind": np.array(_KINDS)}
    np.savez(path, **{name: array for name, array in (arrays | changes).items() if array is not None})


def _lines(path: Path, third: str = "up\tgood day") -> None:
    lines = [f"{kind}\tday {number}" for number, kind in enumerate(_KINDS)]
    lines[2] = third
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _folder(path: Path, write: Callable[[Path, int], None], ending: str) -> None:
    for number, kind in enumerate(_KINDS):
        (path / kind).mkdir(parents=True, exist_ok=True)
        write(path / kind / f"{number:02}{ending}", number)


def _letter(path: Path, number: int) -> None:
    path.write_text(f"day {number}", encoding="utf-8")


def _picture(path: Path, number: int) -> None:
    Image.new("RGB", (6, 5), (10 * number, 0, 0)).save(path)


def _sound(path: Path, number: int, *, rate: int = 800) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.arange(80) * number).astype("<i2").tobytes())


def _series(path: Path, *changes: tuple[int, str], count: int = 24) -> None:
    rows = {hour: f"{hour},{hour % 5},1" for hour in range(1, count + 1)} | dict(changes)
    path.write_text("\n".join(["hour,load,wind", *rows.values()]) + "\n", encoding="utf-8")


def _walks(path: Path, *changes: tuple[str, str]) -> None:
    rows = [f"{walk},{step},{walk}.5,{step},{kind}" for walk, kind in enumerate(_KINDS) for step in range(2 + walk % 2)]
    text = "\n".join(["walk,step,left,right,kind", *rows]) + "\n"
    for before, after in changes:
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def _waves(path: Path, third: str = "1,2,3:4,5,6:up") -> None:
    lines = [f"{number},1,2:3,4,{number}:{kind}" for number, kind in enumerate(_KINDS)]
    lines[2] = third
    head = ("@problemName Waves", "@timeStamps false", "@univariate false", "@dimensions 2", "@classLabel true up down")
    path.write_text("\n".join([*head, "@data", *lines]) + "\n", encoding="utf-8")


def _records(path: Path, **changes: Any) -> None:
    """Write examples of `tf.train.Example`: two numbers and a kind, some columns of the third otherwise, or none."""
    import tensorflow as tf  # noqa: PLC0415 -- it takes a while, which other tests need not wait for

    with tf.io.TFRecordWriter(str(path)) as writer:
        for number, kind in enumerate(_KINDS):
            values: dict[str, Any] = {"a": float(number), "b": 1.0, "kind": kind} | (changes if number == 2 else {})
            features = {
                name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[value.encode()]))
                if isinstance(value, str)
                else tf.train.Feature(float_list=tf.train.FloatList(value=[value]))
                for name, value in values.items()
                if value is not None
            }
            writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())


GOOD: Final[Mapping[str, Callable[[Path], None]]] = {
    "table": _table,
    "arrays": _arrays,
    "lines": _lines,
    "letters": lambda path: _folder(path, _letter, ".txt"),
    "corpus": lambda path: _write(path, "as it was so it is and so it will be"),
    "pictures": lambda path: _folder(path, _picture, ".png"),
    "sounds": lambda path: _folder(path, _sound, ".wav"),
    "series": _series,
    "walks": _walks,
    "waves": _waves,
    "records": _records,
}


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _cut(form: str) -> Callable[[Path], None]:
    """Return what writes a file of a form and cuts off its end."""

    def write(path: Path) -> None:
        GOOD[form](path)
        path.write_bytes(path.read_bytes()[:-20])

    return write


def _with_file(form: str, name: str, content: str | bytes) -> Callable[[Path], None]:
    """Return what writes a folder of a form in which one file is something else."""

    def write(path: Path) -> None:
        GOOD[form](path)
        _write(path / name, content)

    return write


@dataclass(frozen=True)
class Bad:
    """Data that cannot be used.

    Attributes:
        form: Which.
        write: Writes them.
        asked: Whether a new file of this kind is refused, too; what only training is told has no label, or too few.
    """

    form: str
    write: Callable[[Path], None]
    asked: bool = True


def _other_rate(path: Path) -> None:
    GOOD["sounds"](path)
    _sound(path / "up" / "01.wav", 1, rate=44100)


BAD: Final[Mapping[str, Bad]] = {
    "table without a column": Bad("table", lambda path: _table(path, b=None)),
    "table with a text in a number": Bad("table", lambda path: _table(path, b=["two"] * EXAMPLES)),
    "table with a number missing": Bad("table", lambda path: _table(path, b=[None] + [1.0] * (EXAMPLES - 1))),
    "table with an infinite number": Bad("table", lambda path: _table(path, b=[float("inf")] + [1.0] * (EXAMPLES - 1))),
    "table without rows": Bad("table", lambda path: _table(path, a=[], b=[], kind=[])),
    "table that is cut off": Bad("table", _cut("table")),
    "table that is empty": Bad("table", lambda path: _write(path, "")),
    "table without its target": Bad("table", lambda path: _table(path, kind=None), asked=False),
    "arrays without one": Bad("arrays", lambda path: _arrays(path, x=None)),
    "arrays of text": Bad("arrays", lambda path: _arrays(path, x=np.array([["a", "b"]] * EXAMPLES))),
    "arrays with a number missing": Bad("arrays", lambda path: _arrays(path, x=np.full((EXAMPLES, 2), np.nan))),
    "arrays of unequal lengths": Bad("arrays", lambda path: _arrays(path, kind=np.array(["up"])), asked=False),
    "arrays that are cut off": Bad("arrays", _cut("arrays")),
    "lines without a label": Bad("lines", lambda path: _lines(path, "good day")),
    "lines without a text": Bad("lines", lambda path: _lines(path, "up\t")),
    "lines in another encoding": Bad("lines", lambda path: _write(path, "up\tCafé\n".encode("latin-1"))),
    "lines in another encoding of two bytes": Bad("lines", lambda path: _write(path, "up\tCafé\n".encode("utf-16"))),
    "lines that are empty": Bad("lines", lambda path: _write(path, "")),
    "letters in another encoding": Bad("letters", _with_file("letters", "up/01.txt", "Café".encode("latin-1"))),
    "letters without words": Bad("letters", _with_file("letters", "up/01.txt", "")),
    "letters without files": Bad("letters", lambda path: (path / "up").mkdir(parents=True)),
    "corpus that is empty": Bad("corpus", lambda path: _write(path, "")),
    "corpus in another encoding": Bad("corpus", lambda path: _write(path, "Café au lait".encode("latin-1"))),
    "corpus that is too short": Bad("corpus", lambda path: _write(path, "abc")),
    "pictures that are broken": Bad("pictures", _with_file("pictures", "up/01.png", b"\x89PNG\r\n\x1a\n")),
    "pictures that are texts": Bad("pictures", _with_file("pictures", "up/01.png", "see attachment")),
    "pictures without files": Bad("pictures", lambda path: (path / "up").mkdir(parents=True)),
    "sounds that are broken": Bad("sounds", _with_file("sounds", "up/01.wav", b"RIFF")),
    "sounds of another rate": Bad("sounds", _other_rate),
    "series with a text in a number": Bad("series", lambda path: _series(path, (3, "3,4,strong"))),
    "series with a number missing": Bad("series", lambda path: _series(path, (3, "3,4,"))),
    "series without a column": Bad("series", lambda path: _write(path, "hour,load\n" + "1,2\n" * 9)),
    "series that is too short": Bad("series", lambda path: _series(path, count=2)),
    "series with a row that is too short": Bad("series", lambda path: _series(path, (3, "3,4"))),
    "series with a time twice": Bad("series", lambda path: _series(path, (3, "2,4,1"))),
    "series in another encoding": Bad(
        "series", lambda path: _write(path, "hour,load,größe\n1,2,3\n".encode("latin-1"))
    ),
    "walks with a text in a number": Bad("walks", lambda path: _walks(path, ("3,1,3.5,1", "3,1,left,1"))),
    "walks with a number missing": Bad("walks", lambda path: _walks(path, ("3,1,3.5,1", "3,1,,1"))),
    "walks without an id": Bad("walks", lambda path: _walks(path, ("3,1,3.5,1", ",1,3.5,1"))),
    "walks without a column": Bad("walks", lambda path: _walks(path, ("left", "port"))),
    "walks with a row that is too short": Bad("walks", lambda path: _walks(path, ("3,1,3.5,1", "3,1,3.5"))),
    "walks that are empty": Bad("walks", lambda path: _write(path, "walk,step,left,right,kind\n")),
    "waves with a text in a number": Bad("waves", lambda path: _waves(path, "1,two,3:4,5,6:up")),
    "waves of unequal dimensions": Bad("waves", lambda path: _waves(path, "1,2,3:4,5:up")),
    "waves with a dimension missing": Bad("waves", lambda path: _waves(path, "1,2,3:up")),
    "waves with a number missing": Bad("waves", lambda path: _waves(path, "1,?,3:4,5,6:up")),
    "waves without a head": Bad("waves", lambda path: _write(path, "1,2:3,4:up\n")),
    "waves that are empty": Bad("waves", lambda path: _write(path, "")),
    "records without a column": Bad("records", lambda path: _records(path, b=None)),
    "records with a text in a number": Bad("records", lambda path: _records(path, b="two")),
    "records that are cut off": Bad("records", _cut("records")),
    "records that are texts": Bad("records", lambda path: _write(path, "see attachment, which is long enough")),
    "records that are empty": Bad("records", lambda path: _write(path, "")),
}


def _letter_of(path: Path, kind: str) -> None:
    (path / kind).mkdir(parents=True)
    _letter(path / kind / "0.txt", 0)


def _picture_of(path: Path, kind: str) -> None:
    (path / kind).mkdir(parents=True)
    _picture(path / kind / "0.png", 0)


def _write_without_kind(path: Path) -> None:
    import tensorflow as tf  # noqa: PLC0415 -- the same

    with tf.io.TFRecordWriter(str(path)) as writer:
        number = tf.train.Feature(float_list=tf.train.FloatList(value=[1.0]))
        writer.write(
            tf.train.Example(features=tf.train.Features(feature={"a": number, "b": number})).SerializeToString()
        )


NEW_CLASSES: Final[Mapping[str, Bad]] = {
    "table of a new class": Bad("table", lambda path: _table(path, kind=["left", *_KINDS[1:]])),
    "arrays of a new class": Bad("arrays", lambda path: _arrays(path, kind=np.array(["left", *_KINDS[1:]]))),
    "lines of a new class": Bad("lines", lambda path: _lines(path, "left\tgood day")),
    "letters of a new class": Bad("letters", lambda path: _letter_of(path, "left")),
    "pictures of a new class": Bad("pictures", lambda path: _picture_of(path, "left")),
    "walks of a new class": Bad("walks", lambda path: _walks(path, (",down", ",left"))),
    "waves of a new class": Bad("waves", lambda path: _waves(path, "1,2,3:4,5,6:left")),
    "records of a new class": Bad("records", lambda path: _records(path, kind="left")),
    "table without a target": Bad("table", lambda path: _table(path, kind=None)),
    "arrays without a target": Bad("arrays", lambda path: _arrays(path, kind=None)),
    "walks without a target": Bad("walks", lambda path: _walks(path, ("kind", "sort"))),
    "records without a target": Bad("records", _write_without_kind),
}
"""What `evaluate` is to compare with, and cannot."""


def _write_recipe(folder: Path, form: str) -> None:
    source, data, model = RECIPES[form]
    split = "split: {validation: 0, test: 0.25}"
    text = f"archcli: 1\ndata: {{source: {source.replace('FILE', NAMES[form])}, {data}, {split}}}\nmodel: {{{model}}}"
    (folder / f"{form}.yaml").write_text(text + _END, encoding="utf-8")


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*")}


def _expected(command: str, name: str, done: Outcome) -> str:
    """Return what should be said; it is written first where that is asked."""
    path = HERE / "refused_forms" / f"{command}-{name.replace(' ', '-')}.problems"
    if os.environ.get("WRITE_PROBLEMS") and done.status == 3:
        path.parent.mkdir(exist_ok=True)
        path.write_text(done.err, encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _codes(err: str) -> list[str]:
    return re.findall(r"^error\[([a-z-]+)\]", err, re.MULTILINE)


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_learned_from_is_refused(name: str, tmp_path: Path, archcli: Archcli) -> None:
    """The message says where it is and what to do; no run is begun, and nothing else is written."""
    bad = BAD[name]
    _write_recipe(tmp_path, bad.form)
    bad.write(tmp_path / NAMES[bad.form])
    before = _files(tmp_path)

    done = archcli("train", f"{bad.form}.yaml", cwd=tmp_path)

    assert done.err == _expected("train", name, done)
    assert (done.status, done.out) == (3, "")
    assert _files(tmp_path) == before


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each form."""
    folder = tmp_path_factory.mktemp("trained")
    for form, write in GOOD.items():
        _write_recipe(folder, form)
        write(folder / NAMES[form])
        with contextlib.chdir(folder), pytest.raises(SystemExit) as stopped:
            main(["train", f"{form}.yaml", "--quiet"])
        assert not stopped.value.code, form
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, bad in BAD.items() if bad.asked])
def test_what_cannot_be_answered_is_refused(name: str, trained: Path, archcli: Archcli) -> None:
    """`predict` says where it is and what to do, and leaves no file behind; so does `evaluate`, for the same reason."""
    bad = BAD[name]
    file = trained / name.replace(" ", "-") / NAMES[bad.form]
    file.parent.mkdir(exist_ok=True)
    bad.write(file)
    before = _files(trained)
    shown = str(file.relative_to(trained))

    predicted = archcli("predict", bad.form, shown, "--output", "answers.csv", cwd=trained)
    evaluated = archcli("evaluate", bad.form, shown, "--no-baselines", cwd=trained)

    assert predicted.err == _expected("predict", name, predicted)
    assert (predicted.status, predicted.out) == (3, "")
    assert (evaluated.status, evaluated.out) == (3, "")
    assert set(_codes(evaluated.err)) == set(_codes(predicted.err))
    assert _files(trained) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", NEW_CLASSES)
def test_what_cannot_be_scored_is_refused(name: str, trained: Path, archcli: Archcli) -> None:
    """`evaluate` says so of the truth that it compares with."""
    bad = NEW_CLASSES[name]
    file = trained / name.replace(" ", "-") / NAMES[bad.form]
    file.parent.mkdir(exist_ok=True)
    bad.write(file)
    before = _files(trained)

    done = archcli("evaluate", bad.form, str(file.relative_to(trained)), "--no-baselines", cwd=trained)

    assert done.err == _expected("evaluate", name, done)
    assert (done.status, done.out) == (3, "")
    assert _files(trained) == before


def test_every_text_belongs_to_a_case() -> None:
    """No expected text is left behind when a case is renamed, and each says how it is mended."""
    named = {f"train-{name}" for name in BAD} | {f"predict-{name}" for name, bad in BAD.items() if bad.asked}
    named |= {f"evaluate-{name}" for name in NEW_CLASSES}

    texts = {file.stem: file.read_text(encoding="utf-8") for file in (HERE / "refused_forms").iterdir()}

    assert set(texts) == {name.replace(" ", "-") for name in named}
    assert [name for name, text in texts.items() if "\nhint: " not in text] == []
