"""The commands `data check` and `data preview`."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import list_gallery

if TYPE_CHECKING:
    from tests.conftest import Archcli

RECIPE = """
archcli: 1
data:
  source: {csv: flats.csv}
  inputs:
    table: [numeric: {columns: [rooms, area], missing: median, scale: standard}, category: heating]
  targets: {kind: category}
  split: {validation: 0, test: 0.25}
model: {layers: [Dense: $classes]}
train: {batch_size: 4, epochs: 1}
"""

ROWS = [
    "rooms,area,heating,kind",
    *(
        f"{2 + index % 3},{40 + index},{('gas', 'oil')[index // 3 % 2]},{('flat', 'house')[index % 2]}"
        for index in range(40)
    ),
]

CHECKED = """\
recipe    flats
source    csv, flats.csv
examples  40: training 30, test 10
split     by class, seed 0

column  as           type     missing  minimum    mean  maximum
rooms   input table  numeric        0        2   2.975        4
area    input table  numeric        0       40  1158.4    44000

column   as           type      missing  different  most frequent  times
heating  input table  category        0          2  gas               21
kind     target       category        0          2  flat              20

kind   training            test
flat   15  50.0% ████████  5  50.0% ████████
house  15  50.0% ████████  5  50.0% ████████

warning[outliers]: `area` is 44000 in row 5, and half of all are between 50.5 and 70.75
hint: a slip, another unit, or a code for a missing value? if it is right, its logarithm may learn better

1 finding; for more: archcli explain outliers
"""

PREVIEWED = """\
training: 2 of 30 examples
column                row 1        row 40
rooms            2 → -1.291    2 → -1.291
area           40 → -0.1883  79 → -0.1834
heating         gas → 0 1 0   oil → 0 0 1
kind (target)      flat → 0     house → 1

test: 2 of 10 examples
column                row 3        row 37
rooms             4 → 1.291    2 → -1.291
area           42 → -0.1881  76 → -0.1838
heating         gas → 0 1 0   gas → 0 1 0
kind (target)      flat → 0      flat → 0
"""

FETCHED = {"mnist", "fashion_mnist", "cifar10", "imdb", "reuters"}
"""Sources that need a network."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a recipe and its data, in which one area is a slip."""
    (tmp_path / "flats.yaml").write_text(RECIPE, encoding="utf-8")
    rows = [*ROWS[:5], ROWS[5].replace(",44,", ",44000,"), *ROWS[6:]]
    (tmp_path / "flats.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


PROBE = """
import sys
from archcli.cli.app import main
try:
    main(["data", "check", "mlp-wine", "--quiet"])
except SystemExit as exit:
    assert not exit.code, exit.code
heavy = ("tensorflow", "keras", "sklearn", "scipy", "matplotlib")
print("HEAVY", sorted(name for name in heavy if name in sys.modules))
"""


def test_check_needs_no_tensorflow(tmp_path: Path) -> None:
    """Data are read and looked through without it, in a fresh interpreter."""
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_check_of_records_says_nothing_of_the_machine(tmp_path: Path) -> None:
    """TensorFlow reads its records; what it logs while it starts is not ours to say."""
    with tf.io.TFRecordWriter(str(tmp_path / "a.tfrecord")) as writer:
        for row in range(40):
            number = tf.train.Feature(float_list=tf.train.FloatList(value=[row]))
            kind = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"k%d" % (row % 2)]))
            features = tf.train.Features(feature={"a": number, "kind": kind})
            writer.write(tf.train.Example(features=features).SerializeToString())
    (tmp_path / "toy.yaml").write_text(
        "archcli: 1\ndata: {source: {tfrecord: a.tfrecord}, inputs: {a: numeric}, targets: {kind: category}}\n"
        "model: {layers: [Dense: $classes]}\ntrain: {batch_size: 4}\n"
    )

    command = [sys.executable, "-m", "archcli", "data", "check", "toy.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stderr == "next: archcli data preview toy.yaml\n"


def _different_data() -> Iterator[Any]:
    """Yield a shipped recipe for each source, inputs, targets and split that there are, but for what is fetched."""
    seen = set[str]()
    for shipped in list_gallery():
        data = load_recipe(shipped.path).data
        features = {name: (of.name, repr(of.arguments)) for name, of in (*data.inputs.items(), *data.targets.items())}
        what = repr((data.source.name, dict(data.source.arguments), features, data.split.test, data.split.folds))
        if data.source.name not in FETCHED and what not in seen:
            seen.add(what)
            yield pytest.param(shipped.name, id=shipped.name)


@pytest.mark.parametrize("name", list(_different_data()))
def test_shipped_recipe_has_data_that_can_be_looked_through(name: str, archcli: Archcli) -> None:
    """Every kind of source, input and target that there is gives figures of every column."""
    done = archcli("data", "check", name, "--json")

    report = json.loads(done.out)
    assert (done.status, done.err) == (0, "")
    assert report["examples"]["training"] > 0
    for column in report["columns"]:
        assert column["examples"] == sum(report["examples"].values())
        assert column["minimum"] is not None or column["different"]
    assert report["command"] == f"archcli data preview {name}"
    for target, parts in report["classes"].items():
        counted = next(column for column in report["columns"] if column["column"] == target)
        assert len(parts["training"]) >= counted["different"]


def test_check_shows_figures_classes_and_findings(folder: Path, archcli: Archcli) -> None:
    """Plain where there is no terminal, and findings are no error."""
    done = archcli("data", "check", "flats.yaml", cwd=folder)

    assert done.status == 0
    assert done.out == CHECKED
    assert done.err == "next: archcli data preview flats.yaml\n"


def test_strict_check_ends_with_three_where_anything_is_found(folder: Path, archcli: Archcli) -> None:
    """Mended, it ends with nothing."""
    found = archcli("data", "check", "flats.yaml", "--strict", cwd=folder)
    (folder / "flats.csv").write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    mended = archcli("data", "check", "flats.yaml", "--strict", cwd=folder)

    assert (found.status, mended.status) == (3, 0)
    assert mended.out.endswith("nothing was found that needs a look\n")


def test_check_as_json_is_whole(folder: Path, archcli: Archcli) -> None:
    """One document, also where it is strict; a finding has its rows."""
    done = archcli("data", "check", "flats.yaml", "--json", "--strict", cwd=folder)

    report = json.loads(done.out)
    assert (done.status, done.err) == (3, "")
    assert report["examples"] == {"training": 30, "test": 10}
    assert report["classes"] == {"kind": {"training": {"flat": 15, "house": 15}, "test": {"flat": 5, "house": 5}}}
    assert report["columns"][2] == {
        "column": "heating",
        "name": "table",
        "role": "input",
        "type": "category",
        "shape": [],
        "examples": 40,
        "missing": 0,
        "minimum": None,
        "mean": None,
        "maximum": None,
        "different": 2,
        "most_frequent": ["gas", 21],
        "earliest": None,
        "latest": None,
        "lengths": None,
    }
    assert [(found["code"], found["columns"], found["rows"], found["count"]) for found in report["findings"]] == [
        ("outliers", ["area"], [5], 1)
    ]


@pytest.mark.parametrize("command", ["check", "preview"])
def test_data_that_cannot_be_used_end_as_in_training(command: str, folder: Path, archcli: Archcli) -> None:
    """With the same problems, to the letter, and no picture or folder."""
    (folder / "flats.csv").write_text("\n".join([*ROWS, "2,many,gas,flat"]) + "\n", encoding="utf-8")

    trained = archcli("train", "flats.yaml", "--quiet", cwd=folder)
    looked = archcli("data", command, "flats.yaml", "--quiet", cwd=folder)

    assert (looked.status, looked.out) == (3, "")
    assert looked.err == trained.err
    assert "error[not-a-number]" in looked.err
    assert sorted(path.name for path in folder.iterdir()) == ["flats.csv", "flats.yaml"]


def test_preview_shows_what_is_read_and_what_the_network_gets(folder: Path, archcli: Archcli) -> None:
    """Numbers scaled by the training examples, categories as rows of 0 and 1, labels by their numbers."""
    done = archcli("data", "preview", "flats.yaml", "--count", "2", cwd=folder)

    assert done.status == 0
    assert done.out == PREVIEWED
    assert done.err == "next: archcli train flats.yaml\n"
    assert sorted(path.name for path in folder.iterdir()) == ["flats.csv", "flats.yaml"]


def test_preview_as_json_holds_raw_and_prepared_values(folder: Path, archcli: Archcli) -> None:
    """The scaling is that of the training examples: mean and deviation as NumPy has them."""
    report = json.loads(archcli("data", "preview", "flats.yaml", "-n", "1", "--json", cwd=folder).out)

    shown = report["parts"]["training"]["shown"][0]
    rooms, _, heating, kind = shown["columns"]
    checked = json.loads(archcli("data", "preview", "flats.yaml", "-n", "99", "--json", cwd=folder).out)
    raw = [row["columns"][0]["raw"] for row in checked["parts"]["training"]["shown"]]
    assert rooms["network"] == pytest.approx((rooms["raw"] - np.mean(raw)) / np.std(raw), abs=1e-5)
    assert (heating["raw"], heating["network"]) == ("gas", [0, 1, 0])
    assert (kind["raw"], kind["network"], kind["role"]) == ("flat", 0, "target")


def test_preview_draws_pictures_and_overwrites_none(tmp_path: Path, archcli: Archcli) -> None:
    """A sheet for each part; a folder that is there is an error, before anything is read."""
    done = archcli("data", "preview", "unet-shapes", "--count", "3", "--output", "pictures", cwd=tmp_path)
    again = archcli("data", "preview", "unet-shapes", "--count", "3", "--output", "pictures", cwd=tmp_path)

    assert (done.status, again.status) == (0, 2)
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "test.png",
        "training.png",
        "validation.png",
    ]
    assert "pictures: pictures/training.png\n" in done.out
    assert again.err.startswith("error[file-exists]: `pictures` is there already, and is not overwritten\n")
    with Image.open(tmp_path / "pictures" / "test.png") as sheet:
        assert (sheet.mode, sheet.width) == ("RGB", 3 * (128 + 12) + 12)


def test_preview_without_output_is_called_after_the_recipe(tmp_path: Path, archcli: Archcli) -> None:
    """It lies where one stands."""
    done = archcli("data", "preview", "cnn-digits", "-n", "1", "--quiet", cwd=tmp_path)

    assert (done.status, done.err) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["cnn-digits-preview"]
