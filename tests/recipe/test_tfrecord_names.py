"""The names of features, read without TensorFlow from what TensorFlow wrote."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import pytest
import tensorflow as tf

from archcli.errors import DataError
from archcli.recipe.tfrecord_names import read_feature_names


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """Write two records, the second of which has a feature more."""
    path = tmp_path / "pets.tfrecord"
    long = tf.train.Feature(float_list=tf.train.FloatList(value=range(200)))  # its length takes two bytes
    whole = tf.train.Feature(int64_list=tf.train.Int64List(value=[-1, 2**40]))
    with tf.io.TFRecordWriter(str(path)) as writer:
        for feature in ({"größe": long}, {"größe": long, "n": whole, "none": tf.train.Feature()}):
            writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
    return path


def test_features_of_all_records_are_found(records: Path) -> None:
    """The first record may lack one."""
    assert set(read_feature_names(records)) == {"größe", "n", "none"}


@pytest.mark.parametrize(("compression", "pack"), [("gzip", gzip.compress), ("zlib", zlib.compress)])
def test_compressed_files(records: Path, compression: str, pack: object) -> None:
    """Packed as a whole."""
    assert callable(pack)
    records.write_bytes(pack(records.read_bytes()))

    assert "n" in read_feature_names(records, compression=compression)


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\x05" + b"\0" * 11 + b"hello1234", b"\x7f" * 200])
def test_what_is_no_tfrecord_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Text, another content, a length that cannot be."""
    monkeypatch.chdir(tmp_path)
    Path("pets.tfrecord").write_bytes(content)

    with pytest.raises(DataError) as raised:
        read_feature_names(Path("pets.tfrecord").absolute())

    (problem,) = raised.value.problems
    assert problem.code == "not-a-tfrecord"
    assert problem.message == "`pets.tfrecord` is no TFRecord file of `tf.train.Example`, or holds nothing"
    assert problem.hint == "if it is compressed, say how: `tfrecord: {path: ..., compression: gzip}`"


def test_a_compression_that_is_not_said(records: Path) -> None:
    """Is seen, not guessed."""
    records.write_bytes(gzip.compress(records.read_bytes()))

    with pytest.raises(DataError):
        read_feature_names(records)
