"""The sets that Keras knows: fetched once, kept in its folder, checked by their digests, and read as it reads them."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.fetching import REMOTES, data_folder, ensure_files
from archcli.data.sources.tables import make_table
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

_SHUFFLED_BY: Final = 113
"""The seed by which Keras shuffles texts."""

Read = tuple[NDArray[Any], NDArray[Any]]
"""The examples and their labels, those of training first."""


def open_fetched(described: BuiltInSet) -> ArrayTable:
    """Open a set, fetched first where it is not there yet: the training examples, then those of the test.

    Raises:
        DataError: `offline` or `cannot-fetch`: it is not there, or is damaged, and may not or cannot be fetched.
    """
    ensure_files(described.name, REMOTES[described.name])
    given, target = described.columns
    values, labels = _READERS[described.name](data_folder())
    if not given.text:
        values = values.reshape(-1, *(size or 0 for size in given.shape))
    return make_table(described, {given.name: values, target.name: labels.reshape(-1)})


def _read_mnist(folder: Path) -> Read:
    with np.load(folder / "mnist.npz") as kept:
        return np.concatenate([kept["x_train"], kept["x_test"]]), np.concatenate([kept["y_train"], kept["y_test"]])


def _read_fashion(folder: Path) -> Read:
    """Read four files of bytes, behind heads of 16 bytes for pictures and 8 for labels."""

    def read(kind: str, head: int) -> NDArray[np.uint8]:
        parts = [gzip.decompress((folder / "fashion-mnist" / f"{part}-{kind}.gz").read_bytes()) for part in _PARTS]
        return np.concatenate([np.frombuffer(part, np.uint8, offset=head) for part in parts])

    return read("images-idx3-ubyte", 16), read("labels-idx1-ubyte", 8)


_PARTS: Final = ("train", "t10k")


def _read_cifar(folder: Path) -> Read:
    """Read five batches for training and one for the test, colour by colour: `(examples, 32, 32, 3)`."""
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    values, labels = [], []
    with tarfile.open(folder / "cifar-10-batches-py-target_archive") as archive:
        for name in names:
            member = archive.extractfile(f"cifar-10-batches-py/{name}")
            content = member.read() if member is not None else b""
            batch = pickle.load(io.BytesIO(content), encoding="bytes")  # noqa: S301 -- its digest was checked
            values.append(np.asarray(batch[b"data"], np.uint8))
            labels.append(np.asarray(batch[b"labels"], np.uint8))
    return np.concatenate(values).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), np.concatenate(labels)


def _read_imdb(folder: Path) -> Read:
    with np.load(folder / "imdb.npz", allow_pickle=True) as kept:  # its digest was checked
        draw = np.random.RandomState(_SHUFFLED_BY)
        parts = [_shuffle(kept[f"x_{part}"], kept[f"y_{part}"], draw) for part in ("train", "test")]
    numbers, labels = (np.concatenate(both) for both in zip(*parts, strict=True))
    return _spell(numbers, folder / "imdb_word_index.json"), labels


def _read_reuters(folder: Path) -> Read:
    with np.load(folder / "reuters.npz", allow_pickle=True) as kept:  # its digest was checked
        numbers, labels = _shuffle(kept["x"], kept["y"], np.random.RandomState(_SHUFFLED_BY))
    return _spell(numbers, folder / "reuters_word_index.json"), labels


def _shuffle(numbers: NDArray[Any], labels: NDArray[Any], draw: np.random.RandomState) -> Read:
    """Put examples in the order in which Keras gives them: the first of Reuters's are those of training."""
    order = np.arange(len(numbers))
    draw.shuffle(order)
    return numbers[order], labels[order]


def _spell(numbered: NDArray[Any], index: Path) -> NDArray[np.object_]:
    """Put words in place of their numbers by frequency: texts, `(examples,)`."""
    words = {number: word for word, number in json.loads(index.read_text(encoding="utf-8")).items()}
    texts = np.empty(len(numbered), np.object_)
    texts[:] = [" ".join(words[number] for number in text if number in words) for text in numbered]
    return texts


_READERS: Final[Mapping[str, Callable[[Path], Read]]] = {
    "mnist": _read_mnist,
    "fashion_mnist": _read_fashion,
    "cifar10": _read_cifar,
    "imdb": _read_imdb,
    "reuters": _read_reuters,
}
