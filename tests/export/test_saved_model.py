"""`saved_model`: TensorFlow's own format, which takes everything raw."""

from __future__ import annotations

import ast
import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from archcli.export.shipping import Shipped
from tests.export.small_models import EVENTS, VISITS, answers_to_zeros, events, run_snippet, ship_to, visits


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Shipped:
    """A model of every kind of input and three outputs, exported."""
    return ship_to(folder, events(folder), "saved_model", EVENTS)


def test_it_takes_everything_raw_and_answers_the_same(folder: Path, shipped: Shipped) -> None:
    """Under the names of the recipe, in its signature for TensorFlow Serving, too."""
    served = tf.saved_model.load(folder / "saved_model").signatures["serving_default"]
    _, named = served.structured_input_signature

    assert max(parity.largest_difference for parity in shipped.parities.values()) <= 1e-6
    assert shipped.prepared == {}
    assert {name: spec.dtype.name for name, spec in named.items()} == {
        "when": "string",
        "sound": "float32",
        "note": "string",
        "code": "string",
        "ward": "string",
        "walk": "float32",
    }
    assert set(served.structured_outputs) == {"tags", "sex", "price"}


def test_labels_lie_where_tensorflow_serving_looks_for_files(folder: Path, shipped: Shipped) -> None:
    """One for each output that has classes."""
    assert shipped.examples == 3
    extra = folder / "saved_model" / "assets.extra"
    assert {file.name: file.read_text(encoding="utf-8") for file in extra.iterdir()} == {
        "tags_labels.txt": "crime\nlove\n",
        "sex_labels.txt": "female\nmale\n",
    }


def test_snippet_runs_as_it_is(folder: Path, shipped: Shipped) -> None:
    """It prints what the model answers to zeros, and what that tells, by the files of labels."""
    numbers, tags, sex = run_snippet("saved_model", folder, shipped)

    told = ast.literal_eval(numbers)
    expected = answers_to_zeros(shipped)
    assert all(np.allclose(told[name], expected[name], rtol=1e-5, atol=1e-5) for name in ("tags", "sex", "price"))
    assert ast.literal_eval(tags) == [
        tag for tag, chance in zip(("crime", "love"), told["tags"], strict=True) if chance >= 0.5
    ]
    assert sex == ("male" if told["sex"][0] >= 0.5 else "female")


def test_full_disk_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow has a name of its own for it, and for memory that runs out."""
    trained = visits(tmp_path)
    said = ["log.pb.part; No space left on device", "OOM when allocating tensor"]

    def fail(*_: Any, **__: Any) -> None:
        raise tf.errors.ResourceExhaustedError(None, None, said.pop(0))

    monkeypatch.setattr(type(trained.model), "export", fail)

    (tmp_path / "again").mkdir()
    with pytest.raises(OSError, match="No space left on device") as raised:
        ship_to(tmp_path, trained, "saved_model", VISITS)
    with pytest.raises(tf.errors.ResourceExhaustedError):
        ship_to(tmp_path / "again", trained, "saved_model", VISITS)

    assert raised.value.errno == errno.ENOSPC
