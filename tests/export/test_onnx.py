"""`onnx`: any number of examples and steps; texts and dates go in prepared, sounds raw."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

from archcli.errors import RecipeError
from archcli.export.formats import FORMATS
from archcli.export.shipping import Shipped
from tests.export.small_models import (
    EVENTS,
    VISITS,
    answers_of,
    answers_to_zeros,
    events,
    run_snippet,
    ship_to,
    visits,
)


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Shipped:
    """A model of every kind of input and three outputs, exported."""
    return ship_to(folder, events(folder), "onnx", EVENTS)


def test_it_answers_the_same_by_its_names(folder: Path, shipped: Shipped) -> None:
    """Sounds and sequences go in raw; sizes that differ from example to example are open."""
    session = onnxruntime.InferenceSession(folder / "onnx" / "model.onnx")

    assert all(parity.is_same(None) for parity in shipped.parities.values())
    assert set(shipped.prepared) == {"when", "note", "code", "ward"}
    inputs = {one.name: (one.type, one.shape[1:]) for one in session.get_inputs()}
    assert inputs["sound"] == ("tensor(float)", [160])
    assert inputs["code"] == ("tensor(int32)", [4])
    assert isinstance(inputs["note"][1][0], str)
    assert sorted(one.name for one in session.get_outputs()) == ["price", "sex", "tags"]


def test_texts_longer_than_all_before_are_taken(folder: Path, shipped: Shipped) -> None:
    """A batch of five, twelve words each, gets the answers of the model that it was made from."""
    random = np.random.default_rng(0)
    given = {
        taken.name: random.integers(0, 3, (5, *(12 if size is None else size for size in taken.shape))).astype(
            taken.dtype
        )
        for taken in shipped.shipment.inputs
    }

    answers = onnxruntime.InferenceSession(folder / "onnx" / "model.onnx").run(["tags", "sex", "price"], given)

    expected = answers_of(shipped.shipment.model, given)
    for name, answer in zip(("tags", "sex", "price"), answers, strict=True):
        assert np.allclose(answer, expected[name], rtol=1e-5, atol=1e-5)


def test_names_go_along_as_metadata(folder: Path, shipped: Shipped) -> None:
    """The recipe, the labels and the whole signature."""
    properties = {one.key: one.value for one in onnx.load(folder / "onnx" / "model.onnx").metadata_props}

    assert properties["recipe"] == shipped.shipment.trained.name
    assert json.loads(properties["labels"]) == {"tags": ["crime", "love"], "sex": ["female", "male"]}
    signature = (folder / "onnx" / "signature.json").read_text(encoding="utf-8")
    assert json.loads(properties["signature"]) == json.loads(signature)


def test_exact_gelu_is_carried(tmp_path: Path) -> None:
    """Keras makes it of `Erfc`, which neither ONNX nor the converter has."""
    shipped = ship_to(tmp_path, visits(tmp_path, activation="gelu"), "onnx", VISITS)

    used = {node.op_type for node in onnx.load(tmp_path / "onnx" / "model.onnx").graph.node}
    assert "Erf" in used
    assert all(parity.is_same(None) for parity in shipped.parities.values())


def test_what_the_runtime_cannot_load_is_a_sentence(tmp_path: Path, shipped: Shipped) -> None:
    """It is refused with what the runtime says, and with formats that carry it."""
    (tmp_path / "model.onnx").write_bytes(onnx.helper.make_model(strange_graph()).SerializeToString())

    with pytest.raises(RecipeError) as raised:
        FORMATS["onnx"].open(tmp_path, shipped.shipment)

    (problem,) = raised.value.problems
    assert problem.code == "cannot-export"
    assert problem.message.startswith("`onnx` cannot carry this model: ")
    assert "Eigen" in problem.message
    assert problem.hint == "`--format saved_model` and `--format keras` carry every one"


def strange_graph() -> onnx.GraphProto:
    """Make a graph of an operation that ONNX does not have."""
    of = onnx.helper.make_tensor_value_info
    x, y = of("x", onnx.TensorProto.FLOAT, [1]), of("y", onnx.TensorProto.FLOAT, [1])
    return onnx.helper.make_graph([onnx.helper.make_node("Eigen", ["x"], ["y"])], "strange", [x], [y])


def test_snippet_runs_as_it_is(folder: Path, shipped: Shipped) -> None:
    """It prints what the model answers to zeros, and what that tells, by the files of labels."""
    numbers, tags, sex = run_snippet("onnx", folder, shipped)

    told = ast.literal_eval(numbers)
    expected = answers_to_zeros(shipped)
    assert all(np.allclose(told[name], expected[name], rtol=1e-5, atol=1e-5) for name in ("tags", "sex", "price"))
    assert ast.literal_eval(tags) == [
        tag for tag, chance in zip(("crime", "love"), told["tags"], strict=True) if chance >= 0.5
    ]
    assert sex == ("male" if told["sex"][0] >= 0.5 else "female")
