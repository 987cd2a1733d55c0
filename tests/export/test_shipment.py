"""What is shipped: inputs and outputs by name, and what a format does not carry prepared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.build.serving import compose_saved_model
from archcli.export.description import describe_shipment, label_files, prepared_inputs
from archcli.export.format import AS_TRAINED, NUMBERS
from archcli.export.shipment import Trained, find_network, make_shipment
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Objective
from tests.export.small_models import VISITS, answers_of, visits


def answers(model: keras.Model, inputs: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    """Return what a model of one output answers to texts and numbers by name."""
    (answer,) = answers_of(model, inputs).values()
    return answer


def test_what_is_carried_goes_in_raw(tmp_path: Path) -> None:
    """Nothing is prepared outside where Keras's own layers run."""
    shipment = make_shipment(visits(tmp_path), AS_TRAINED)

    assert prepared_inputs(shipment) == {}
    assert shipment.prepare(VISITS) == VISITS
    assert np.array_equal(answers(shipment.model, VISITS), answers(visits(tmp_path).model, VISITS))


def test_a_category_that_is_not_carried_goes_in_as_its_index(tmp_path: Path) -> None:
    """Kiel is the second of two, an empty text is what fills, and what is not known is 0."""
    whole = visits(tmp_path)
    shipment = make_shipment(whole, NUMBERS)

    prepared = shipment.prepare(VISITS)

    assert prepared["table__city"].tolist() == [[2], [2], [0]]
    assert prepared["table__city"].dtype == np.int32
    assert np.array_equal(prepared["table__age"], VISITS["table__age"], equal_nan=True)
    assert np.allclose(answers(shipment.model, prepared), answers(whole.model, VISITS), atol=1e-7)


def test_numbers_of_different_sizes_are_prepared_where_all_must_be_even(tmp_path: Path) -> None:
    """They go in filled, times the scale, plus the offset."""
    whole = visits(tmp_path)
    shipment = make_shipment(whole, NUMBERS, is_even=True)

    prepared = shipment.prepare(VISITS)

    assert np.allclose(prepared["table__age"], np.array([[3, 37], [1, 34.5], [4, 42]]))
    assert np.allclose(answers(shipment.model, prepared), answers(whole.model, VISITS), atol=1e-7)


def test_network_is_found_where_its_name_was_taken(tmp_path: Path) -> None:
    """A network that is called like a tensor lies in one more model."""
    assert find_network(visits(tmp_path).model).name == "network"
    assert isinstance(find_network(visits(tmp_path, name="table__age").model), keras.Sequential)


def test_an_output_is_not_called_like_an_input(tmp_path: Path) -> None:
    """Some formats have one list of names."""
    series = InputFacts("load", (4,), ("load",))
    target = TargetFacts("load", "number", (1,), ("load",))
    network = keras.Sequential([keras.Input((4,), name="load"), keras.layers.Dense(1)], name="network")
    objectives = {"load": Objective("regression", "values", "number")}
    model = compose_saved_model(network, inputs={"load": series}, outputs={"load": target}, objectives=objectives)

    shipment = make_shipment(Trained("load", model, {"load": series}, {"load": target}, objectives, tmp_path), NUMBERS)

    assert list(shipment.outputs) == ["load_answer"]
    assert list(shipment.model.output) == ["load_answer"]


def test_signature_says_how_to_prepare(tmp_path: Path) -> None:
    """Type, shape, columns, what is taken and what stands for what is missing or not known."""
    shipment = make_shipment(visits(tmp_path), NUMBERS)

    described = describe_shipment(shipment, {"table__age": (None, 2), "table__city": (None, 1)})

    assert described == {
        "inputs": {
            "table__age": {
                "dtype": "float32",
                "shape": [None, 2],
                "columns": ["age", "weight"],
                "takes": "numbers as they stand in the data",
                "missing": "NaN",
            },
            "table__city": {
                "dtype": "int32",
                "shape": [None, 1],
                "columns": ["city"],
                "takes": "the index of the category: 1 for the first of `vocabulary`, 0 for any other",
                "vocabulary": ["Bonn", "Kiel"],
                "first": 1,
                "other": 0,
                "missing": 2,
            },
        },
        "outputs": {
            "kind": {
                "gives": ("the probability of each class; of two, where there is one number, that of the second"),
                "labels": ["a", "b", "c"],
            }
        },
    }
    assert label_files(shipment) == {"labels.txt": "a\nb\nc\n"}
