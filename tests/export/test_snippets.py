"""Lines that a person can paste."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from archcli.export.format import AS_TRAINED, NUMBERS
from archcli.export.shipment import Taken, make_shipment
from archcli.export.snippets import as_dict, examples, known_text, tell
from archcli.recipe.facts import InputFacts, TargetFacts
from tests.export import small_models


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        (small_models.WHEN, "2024-06-30"),
        (small_models.CITY, "Bonn"),
        (small_models.NOTE, "good"),
        (InputFacts("none", (1,), ("none",), kind="category"), ""),
    ],
    ids=["a date", "a category", "a text", "without a vocabulary"],
)
def test_a_text_in_a_snippet_is_one_that_the_model_knows(facts: InputFacts, text: str) -> None:
    """A day that there is, or the first word of the vocabulary."""
    assert known_text(Taken(facts, is_raw=True, shape=(1,), dtype="string")) == text


def test_one_example_is_zeros_of_the_sizes_that_go_in(tmp_path: Path) -> None:
    """Texts are tensors of TensorFlow's, since Keras takes no others."""
    trained = small_models.visits(tmp_path)

    raw = examples(make_shipment(trained, AS_TRAINED), {"table__age": (9, 2), "table__city": (9, 1)})
    prepared = examples(make_shipment(trained, NUMBERS), {"table__age": (9, 2), "table__city": (9, 1)})

    assert raw == {
        "table__age": 'numpy.zeros((1, 2), "float32")',
        "table__city": "tensorflow.constant([['Bonn']])",
    }
    assert prepared["table__city"] == 'numpy.zeros((1, 1), "int32")'
    assert as_dict({"x": "1", "y": "2"}) == '{"x": 1, "y": 2}'


def test_answers_without_classes_are_printed_and_no_more(tmp_path: Path) -> None:
    """A number tells itself."""
    facts = InputFacts("late", (5, 1), (), kind="shift", shift_of="said", shift_by=1)
    target = TargetFacts("said", "number", (5, 1), ("said",))

    lines = tell(make_shipment(small_models.echo(facts, target, tmp_path), NUMBERS), tmp_path)

    assert lines == ["print({name: answer[0].tolist() for name, answer in answers.items()})"]


@pytest.mark.parametrize("form", ["keras", "saved_model"])
def test_a_class_at_each_step_is_told_step_by_step(form: str, tmp_path: Path) -> None:
    """Five steps, five labels: those of the largest scores."""
    shipped = small_models.ship_to(tmp_path, small_models.walks(tmp_path), form, {"steps": small_models.WALKS})

    numbers, labels = small_models.run_snippet(form, tmp_path, shipped)

    scores = ast.literal_eval(numbers)["phase"]
    assert ast.literal_eval(labels) == [("up", "down", "level")[np.argmax(step)] for step in scores]


def test_a_path_with_quotes_is_written_so_that_python_reads_it(tmp_path: Path) -> None:
    """A folder may be called anything."""
    folder = tmp_path / 'it\'s "mine"'
    folder.mkdir()
    shipped = small_models.ship_to(folder, small_models.walks(folder), "saved_model", {"steps": small_models.WALKS})

    numbers, _ = small_models.run_snippet("saved_model", folder, shipped)

    assert list(ast.literal_eval(numbers)) == ["phase"]
