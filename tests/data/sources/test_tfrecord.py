"""TFRecord files, written by TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from archcli.data.audit.auditing import audit_dataset
from archcli.data.dataset import Dataset, load_dataset
from archcli.data.faults import Faults
from archcli.data.sources.tfrecord import open_tfrecord, open_tfrecord_in_parts
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]
Record = Mapping[str, Sequence[Any]]

RECORDS: list[Record] = [
    {"size": [1.5], "pixels": [1, 2, 3], "said": [b"so it is"], "walk": [1.0, 2.0], "kind": [b"cat"], "number": [7]},
    {"size": [2.5], "pixels": [4, 5, 6], "said": [b"\xc3\xa4h"], "walk": [3.0], "kind": [b"dog"], "number": [8]},
    {"size": [], "pixels": [7, 8, 9], "said": [b"no"], "walk": [4.0, 5.0, 6.0], "kind": [b"cat"], "number": [7]},
]


def write(records: Sequence[Record], *, compression: str = "") -> Path:
    """Write records as `tf.train.Example`."""

    def feature(values: Sequence[Any]) -> Any:
        if values and isinstance(values[0], bytes):
            return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
        if values and isinstance(values[0], int):
            return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    path = Path("pets.tfrecord").absolute()
    with tf.io.TFRecordWriter(str(path), tf.io.TFRecordOptions(compression)) as writer:
        for record in records:
            features = tf.train.Features(feature={name: feature(values) for name, values in record.items()})
            writer.write(tf.train.Example(features=features).SerializeToString())
    return path


def load(
    section: Section,
    inputs: Mapping[str, Any],
    *,
    records: Sequence[Record] = RECORDS,
    target: str = "kind",
    **said: Any,
) -> Dataset:
    """Load features and a class."""
    path = write(records, compression=said.get("compression", "").upper())
    return load_dataset(
        section("tfrecord", {"path": str(path), **said}, inputs, {target: ("category", {})}), batch_size=1
    )


def test_features_are_columns(section: Section) -> None:
    """Numbers, arrays of them, texts, labels as text or numbers."""
    inputs = {"size": ("numeric", {"missing": "zero"}), "pixels": ("numeric", {}), "said": ("text", {})}
    dataset = load(section, inputs)

    part = dataset.training
    np.testing.assert_array_equal(part.inputs["size"], [[1.5], [2.5], [np.nan]])
    np.testing.assert_array_equal(part.inputs["pixels"], [[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert part.inputs["said"].ravel().tolist() == ["so it is", "äh", "no"]
    assert dataset.facts.targets["kind"].classes == ("cat", "dog")
    assert load(section, inputs, target="number").facts.targets["number"].classes == ("7", "8")


def test_features_of_unequal_lengths_are_sequences(section: Section) -> None:
    """Padded by NaN, one number a step."""
    dataset = load(section, {"walk": ("sequence", {})})

    walks = dataset.training.inputs["walk"][..., 0]
    np.testing.assert_array_equal(walks, [[1, 2, np.nan], [3, np.nan, np.nan], [4, 5, 6]])
    assert dataset.facts.inputs["walk"].shape == (None, 1)


@pytest.mark.parametrize("compression", ["gzip", "zlib"])
def test_compressed_files(section: Section, compression: str) -> None:
    """As TensorFlow writes them."""
    dataset = load(section, {"pixels": ("numeric", {})}, compression=compression)

    assert len(dataset.training) == 3


def test_a_feature_that_there_is_not(section: Section, shown: Shown) -> None:
    """With what it may be."""
    text = shown(DataError, load, section, {"x": ("numeric", {"columns": "pixel"})})

    assert text.startswith("error[column-not-found]: `pets.tfrecord` has no column `pixel`\n")
    assert text.endswith("hint: did you mean `pixels`?\n")


def test_unequal_lengths_are_no_array(section: Section, shown: Shown) -> None:
    """The hint says what they are."""
    assert shown(DataError, load, section, {"walk": ("numeric", {})}) == (
        """\
error[different-lengths]: the sequences in column `walk` of `pets.tfrecord` have 1 to 3 steps, and `numeric` wants as \
many in each
 --> recipe.yaml:2:18
hint: read them as a `sequence`, and begin the model with `Masking: $padding`
"""
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"said": [b"\xff\xd8\xff"]}, "error[not-utf8]: record 3 of `pets.tfrecord`: `said` is no text in UTF-8\n"),
        ({"said": [b"a", b"b"]}, "error[wrong-shape]: record 3: `said` holds 2 texts or files, expected one\n"),
        ({"said": [1.0]}, "error[wrong-dtype]: record 3: `said` holds numbers, and texts in the records before\n"),
    ],
)
def test_a_record_that_is_unlike_the_others(section: Section, shown: Shown, changed: Record, message: str) -> None:
    """With its number."""
    records = [*RECORDS[:2], {**RECORDS[2], **changed}]

    assert shown(DataError, load, section, {"said": ("text", {})}, records=records).startswith(message)


def pictures(*names: str) -> list[Record]:
    """Return a record for each file, with what it holds and a class."""
    return [{"photo": [Path(name).read_bytes()], "kind": [b"k%d" % (row % 2)]} for row, name in enumerate(names)]


def photo(**options: Any) -> dict[str, Any]:
    """Ask for pictures of 3 by 4 points."""
    return {"photo": ("image", {"height": 3, "width": 4} | options)}


def test_pictures_are_prepared_as_those_of_a_folder(section: Section) -> None:
    """Turned, made as large as asked, in colours: bit for bit what a CSV that names the same files gives."""
    noise = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    exif = Image.fromarray(noise).getexif()
    exif[0x0112] = 6
    Image.fromarray(noise).save("turned.jpg", exif=exif)
    Image.fromarray(noise[..., 0]).save("grey.png")
    Image.fromarray(noise[..., 0].astype(np.uint16) * 257).save("deep.png")
    names = ["turned.jpg", "grey.png", "deep.png"]
    Path("list.csv").write_text("photo,kind\n" + "".join(f"{name},k{row % 2}\n" for row, name in enumerate(names)))
    listed = section("csv", {"path": str(Path("list.csv").absolute())}, photo(), {"kind": ("category", {})})

    held = load(section, photo(), records=pictures(*names))

    np.testing.assert_array_equal(
        held.training.inputs["photo"], load_dataset(listed, batch_size=1).training.inputs["photo"]
    )
    assert held.facts.inputs["photo"] == load_dataset(listed, batch_size=1).facts.inputs["photo"]


def test_pictures_that_cannot_be_used(section: Section, shown: Shown) -> None:
    """Broken, cut off, not there: each by the number of its record."""
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8)).save("whole.png")
    Path("cut.png").write_bytes(Path("whole.png").read_bytes()[:900])
    Path("text.png").write_text("no picture")
    records = pictures("whole.png", "cut.png", "whole.png", "text.png")

    assert shown(DataError, load, section, photo(), records=records) == (
        """\
error[not-an-image]: record 2 of `pets.tfrecord`: `photo` is no image, or is cut off
 --> recipe.yaml:2:18
hint: save the picture anew, or leave the row out

error[not-an-image]: record 4 of `pets.tfrecord`: `photo` is no image, or is cut off
 --> recipe.yaml:2:18
hint: save the picture anew, or leave the row out
"""
    )
    assert shown(DataError, load, section, photo(), records=[*records[:1], {**records[2], "photo": []}]) == (
        """\
error[missing-value]: record 2 of `pets.tfrecord`: `photo` is empty, expected a file
 --> recipe.yaml:2:18
hint: leave the record out
"""
    )


def test_numbers_are_no_pictures(section: Section, shown: Shown) -> None:
    """Points that were decoded before are read as they are."""
    assert shown(DataError, load, section, photo(columns="pixels")) == (
        """\
error[wrong-dtype]: column `pixels` of `pets.tfrecord` holds numbers, expected files, as bytes
 --> recipe.yaml:2:18
hint: read it as `numeric`
"""
    )


def test_sizes_of_pictures_are_looked_at(section: Section) -> None:
    """As those of files are."""
    Image.new("L", (8, 6)).save("a.png")
    Image.new("L", (9, 3)).save("b.png")

    audit = audit_dataset(load(section, photo(), records=pictures("a.png", "b.png", "a.png", "b.png")))

    assert [one.problem.message for one in audit.findings if one.problem.code == "different-sizes"] == [
        "the pictures of `photo` have 2 different sizes, from 9 x 3 to 8 x 6 points, and each is made 4 x 3"
    ]


def test_a_file_that_is_cut_off(section: Section, shown: Shown) -> None:
    """The record is named."""
    path = write(RECORDS * 50)
    path.write_bytes(path.read_bytes()[:-20])
    data = section("tfrecord", {"path": str(path)}, {"pixels": ("numeric", {})}, {"kind": ("category", {})})

    assert shown(DataError, load_dataset, data, batch_size=1).startswith(
        "error[not-a-tfrecord]: record 150 of `pets.tfrecord` is damaged or cut off\n"
    )


def test_parts_of_a_file_are_read_alike() -> None:
    """A sequence stays one where a part has but one, and a number that a part lacks stays a number."""
    path = write(RECORDS)
    columns = ("size", "pixels", "walk", "said")

    parts = list(open_tfrecord_in_parts(path, columns, rows=1, sequences=("walk",)))

    assert [part.rows.tolist() for part in parts] == [[1], [2], [3]]
    assert [part.steps["walk"][0].ravel().tolist() for part in parts] == [[1, 2], [3], [4, 5, 6]]
    assert [part.numbers("pixels", Faults()).tolist() for part in parts] == [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]
    sizes = [part.numbers("size", Faults(), may_miss=True).tolist() for part in parts]
    assert sizes[:2] == [[1.5], [2.5]]
    assert np.isnan(sizes[2]).all()
    assert [part.texts("said", Faults()) for part in parts] == [["so it is"], ["äh"], ["no"]]


def test_sequences_of_one_length_are_sequences_to_a_model_that_reads_them() -> None:
    """As those that it was trained on were, which differed."""
    path = write(RECORDS[:1])

    table = open_tfrecord(path, ["walk"], sequences=["walk"])

    assert table.sequences(["walk"], Faults()).tolist() == [[[1.0], [2.0]]]
