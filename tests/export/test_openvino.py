"""`openvino`: any number of examples and steps; texts and dates go in prepared, sounds raw."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import openvino
import pytest

from archcli.errors import RecipeError
from archcli.export.formats import FORMATS
from archcli.export.shipping import Shipped
from tests.export.small_models import EVENTS, answers_to_zeros, events, run_snippet, ship_to


@pytest.fixture(scope="module")
def shipped(folder: Path) -> Shipped:
    """A model of every kind of input and three outputs, exported."""
    return ship_to(folder, events(folder), "openvino", EVENTS)


def test_it_answers_the_same_by_its_names(folder: Path, shipped: Shipped) -> None:
    """Sounds and sequences go in raw; every tensor has one name, and labels and signature are in its runtime info."""
    model = openvino.Core().read_model(folder / "openvino" / "model.xml")

    assert all(parity.is_same(None) for parity in shipped.parities.values())
    assert set(shipped.prepared) == {"when", "note", "code", "ward"}
    assert sorted(port.get_names().pop() for port in model.outputs) == ["price", "sex", "tags"]
    assert {name for port in model.inputs for name in port.get_names()} == {
        taken.name for taken in shipped.shipment.inputs
    }
    assert json.loads(model.get_rt_info(["archcli", "labels"]).astype(str)) == {
        "tags": ["crime", "love"],
        "sex": ["female", "male"],
    }


def test_what_cannot_be_loaded_is_a_sentence(tmp_path: Path, shipped: Shipped) -> None:
    """It is refused with what the runtime says, and with formats that carry it."""
    (tmp_path / "model.xml").write_text("<net/>", encoding="utf-8")

    with pytest.raises(RecipeError) as raised:
        FORMATS["openvino"].open(tmp_path, shipped.shipment)

    (problem,) = raised.value.problems
    assert problem.code == "cannot-export"
    assert problem.message.startswith("`openvino` cannot carry this model: ")


def test_snippet_runs_as_it_is(folder: Path, shipped: Shipped) -> None:
    """It prints what the model answers to zeros, and what that tells, by the files of labels."""
    numbers, tags, sex = run_snippet("openvino", folder, shipped)

    told = ast.literal_eval(numbers)
    expected = answers_to_zeros(shipped)
    assert all(np.allclose(told[name], expected[name], rtol=1e-5, atol=1e-5) for name in ("tags", "sex", "price"))
    assert ast.literal_eval(tags) == [
        tag for tag, chance in zip(("crime", "love"), told["tags"], strict=True) if chance >= 0.5
    ]
    assert sex == ("male" if told["sex"][0] >= 0.5 else "female")
