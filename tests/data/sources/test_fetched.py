"""The sets that Keras knows, read from small files in the form of the real ones."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import pickle
import tarfile
from pathlib import Path

import keras
import numpy as np
import pytest

from archcli.data.faults import Faults
from archcli.data.sources import fetched
from archcli.data.sources.fetched import open_fetched
from archcli.data.sources.fetching import REMOTES, Remote
from archcli.errors import DataError
from archcli.recipe.built_in import built_in_set

DRAW = np.random.default_rng(0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep data sets in a folder of the test's own, and take them as they are there."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("ARCHCLI_OFFLINE", "1")
    (tmp_path / "datasets/fashion-mnist").mkdir(parents=True)
    return tmp_path / "datasets"


def accept(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the files that are there for those of a set."""
    remotes = tuple(
        Remote(remote.url, remote.path, len(content), hashlib.sha256(content).hexdigest())
        for remote in REMOTES[name]
        for content in [(folder / remote.path).read_bytes()]
    )
    monkeypatch.setattr(fetched, "REMOTES", {name: remotes})


def test_mnist(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The training examples come first, those of the test after them."""
    pictures = [DRAW.integers(0, 256, (count, 28, 28), np.uint8) for count in (5, 2)]
    np.savez(folder / "mnist.npz", x_train=pictures[0], x_test=pictures[1], y_train=[1, 2, 3, 4, 5], y_test=[6, 7])
    accept(folder, "mnist", monkeypatch)

    table = open_fetched(built_in_set("mnist"))

    np.testing.assert_array_equal(table.numbers("image", Faults())[..., 0], np.concatenate(pictures))
    np.testing.assert_array_equal(table.arrays["digit"], [1, 2, 3, 4, 5, 6, 7])


def test_fashion_mnist_as_keras_reads_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four files of bytes."""
    for part, count in (("train", 5), ("t10k", 2)):
        pictures, labels = DRAW.integers(0, 256, count * 784, np.uint8), DRAW.integers(0, 10, count, np.uint8)
        images = folder / f"fashion-mnist/{part}-images-idx3-ubyte.gz"
        images.write_bytes(gzip.compress(bytes(16) + pictures.tobytes()))
        images.with_name(f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(bytes(8) + labels.tobytes()))
    accept(folder, "fashion_mnist", monkeypatch)

    table = open_fetched(built_in_set("fashion_mnist"))

    monkeypatch.setattr("keras.src.datasets.fashion_mnist.get_file", lambda name, **_: folder / "fashion-mnist" / name)
    (first, first_labels), (second, second_labels) = keras.datasets.fashion_mnist.load_data()
    np.testing.assert_array_equal(table.numbers("image", Faults())[..., 0], np.concatenate([first, second]))
    np.testing.assert_array_equal(table.arrays["kind"], np.concatenate([first_labels, second_labels]))


def test_cifar10(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six batches in an archive, each colour after the other: `(examples, 32, 32, 3)`."""
    pictures = DRAW.integers(0, 256, (12, 3, 32, 32), np.uint8)
    with tarfile.open(folder / REMOTES["cifar10"][0].path, "w:gz") as archive:
        for number, name in enumerate([*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]):
            rows = slice(2 * number, 2 * number + 2)
            batch = {b"data": pictures[rows].reshape(2, -1), b"labels": [number, 9]}
            content = pickle.dumps(batch)
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    accept(folder, "cifar10", monkeypatch)

    table = open_fetched(built_in_set("cifar10"))

    np.testing.assert_array_equal(table.numbers("image", Faults()), pictures.transpose(0, 2, 3, 1))
    np.testing.assert_array_equal(table.arrays["kind"][::2], range(6))


def write_texts(folder: Path, name: str, texts: list[str], **labels: list[int]) -> None:
    """Write texts as Keras keeps them: words by their places in an index, whose first is 1."""
    words = sorted({word for text in texts for word in text.split()})
    numbered = np.empty(len(texts), np.object_)
    numbered[:] = [[words.index(word) + 1 for word in text.split()] for text in texts]
    (folder / f"{name}_word_index.json").write_text(json.dumps({word: at for at, word in enumerate(words, start=1)}))
    if name == "reuters":
        np.savez(folder / "reuters.npz", x=numbered, y=labels["y"])
    else:
        half = len(texts) // 2
        parts = {"x_train": numbered[:half], "x_test": numbered[half:]}
        np.savez(folder / f"{name}.npz", **parts, **labels)  # type: ignore[arg-type]


def test_imdb_is_told_in_words_in_keras_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the model takes words; every one of them, the rarest too."""
    texts = ["so good", "bad bad", "no", "good good so", "what a film", "zebra"]
    write_texts(folder, "imdb", texts, y_train=[1, 0, 0], y_test=[1, 1, 0])
    accept(folder, "imdb", monkeypatch)

    table = open_fetched(built_in_set("imdb"))

    said = table.arrays["review"].tolist()
    assert sorted(said[:3]) == sorted(texts[:3])
    assert sorted(said[3:]) == sorted(texts[3:])
    opinions = dict(zip(texts, [1, 0, 0, 1, 1, 0], strict=True))
    assert table.arrays["opinion"].tolist() == [opinions[text] for text in said]
    monkeypatch.setattr("keras.src.datasets.imdb.get_file", lambda fname, **_: str(folder / fname))
    (_, first), (_, second) = keras.datasets.imdb.load_data()
    np.testing.assert_array_equal(table.arrays["opinion"], [*first, *second])


def test_reuters_has_46_topics_in_keras_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the names that Keras gives them."""
    write_texts(folder, "reuters", ["cocoa rises", "lead falls", "grain"], y=[0, 45, 1])
    accept(folder, "reuters", monkeypatch)

    described = built_in_set("reuters")
    table = open_fetched(described)

    assert described.columns[1].classes == keras.datasets.reuters.get_label_names()
    told = dict(zip(table.arrays["news"].tolist(), table.arrays["topic"].tolist(), strict=True))
    assert told == {"cocoa rises": 0, "lead falls": 45, "grain": 1}
    monkeypatch.setattr("keras.src.datasets.reuters.get_file", lambda fname, **_: str(folder / fname))
    (_, first), (_, second) = keras.datasets.reuters.load_data()
    np.testing.assert_array_equal(table.arrays["topic"], [*first, *second])


@pytest.mark.usefixtures("folder")
def test_a_set_that_is_not_there_is_a_sentence() -> None:
    """Offline nothing is asked for."""
    with pytest.raises(DataError) as raised:
        open_fetched(built_in_set("reuters"))

    assert [problem.code for problem in raised.value.problems] == ["offline"]
