"""`litert`: one example at a time, of fixed sizes, without TensorFlow's own operations."""

from __future__ import annotations

import ast
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from archcli.export.litert import _unrolled
from archcli.export.shipping import Shipped
from tests.export.small_models import EVENTS, answers_to_zeros, events, run_snippet, ship_to, walks


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Shipped:
    """A model of every kind of input and three outputs, exported."""
    return ship_to(folder, events(folder), "litert", EVENTS)


def test_it_answers_the_same_one_by_one(folder: Path, shipped: Shipped) -> None:
    """Sounds and sequences go in raw; the signature has the names, and sizes that are fixed."""
    runner = Interpreter(str(folder / "litert" / "model.tflite")).get_signature_runner()
    inputs = {name: one["shape"].tolist() for name, one in runner.get_input_details().items()}

    assert all(parity.is_same(None) for parity in shipped.parities.values())
    assert set(shipped.prepared) == {"when", "note", "code", "ward"}
    assert inputs == {
        "when": [1, 6],
        "sound": [1, 160],
        "note": [1, 5],
        "code": [1, 4],
        "ward": [1, 1],
        "walk": [1, 2, 2],
    }
    assert set(runner.get_output_details()) == {"tags", "sex", "price"}
    signature = json.loads((folder / "litert" / "signature.json").read_text(encoding="utf-8"))
    assert {name: one["shape"] for name, one in signature["inputs"].items()} == inputs


def test_names_go_along_as_an_archive_after_the_model(folder: Path, shipped: Shipped) -> None:
    """As LiteRT's own metadata do."""
    assert shipped.examples == 3
    with zipfile.ZipFile(folder / "litert" / "model.tflite") as archive:
        assert set(archive.namelist()) == {"tags_labels.txt", "sex_labels.txt", "signature.json"}
        assert archive.read("sex_labels.txt").decode() == "female\nmale\n"


def test_recurrent_layers_are_as_before_after_int8(tmp_path: Path) -> None:
    """For int8 they write out their steps; the model that was trained does not keep that."""
    trained = walks(tmp_path)
    (gru,) = [layer for layer in trained.model.get_layer("network").layers if isinstance(layer, keras.layers.GRU)]
    seen: list[bool] = []

    with _unrolled(trained.model):
        seen.append(gru.unroll)

    assert seen == [True]
    assert gru.unroll is False


def test_snippet_runs_as_it_is(folder: Path, shipped: Shipped) -> None:
    """It prints what the model answers to zeros, and what that tells, by the files of labels."""
    numbers, tags, sex = run_snippet("litert", folder, shipped)

    told = ast.literal_eval(numbers)
    expected = answers_to_zeros(shipped)
    assert all(np.allclose(told[name], expected[name], rtol=1e-5, atol=1e-5) for name in ("tags", "sex", "price"))
    assert ast.literal_eval(tags) == [
        tag for tag, chance in zip(("crime", "love"), told["tags"], strict=True) if chance >= 0.5
    ]
    assert sex == ("male" if told["sex"][0] >= 0.5 else "female")
