"""Targets: labels of examples, steps and pixels, texts, and shifts between inputs and targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.description import facts_from_description
from archcli.errors import RecipeError
from archcli.recipe.recipe import Data

Load = Callable[..., Dataset]
Section = Callable[..., Data]
Shown = Callable[..., str]

WORDS = "said,iso,kind\nof may,ab,x\nmay be,b,y\nof,abc,x\n"
LETTERS = {"said": ("text", {"split": "character"})}
ISO = {"iso": ("text", {"split": "character"})}


def test_a_text_is_a_class_at_each_step_and_a_mark_at_its_end(load: Load) -> None:
    """After the mark there is no label."""
    dataset = load(WORDS, inputs=LETTERS, targets=ISO)

    facts = dataset.facts.targets["iso"]
    assert facts.classes == ("[PADDING]", "[END]", "a", "b", "c")
    assert facts.shape == (4,)
    assert facts.padded
    assert facts.class_counts == (0, 3, 2, 3, 1)
    assert dataset.training.targets["iso"].tolist() == [[2, 3, 1, -1], [3, 1, -1, -1], [2, 3, 4, 1]]


def test_a_text_one_step_late_begins_with_the_mark(load: Load) -> None:
    """Each index is its class, 0 is padding, and the end's mark is the start's."""
    dataset = load(WORDS, inputs=LETTERS | {"previous": ("shift", {"of": "iso"})}, targets=ISO)

    facts = dataset.facts.inputs["previous"]
    assert (facts.shape, facts.vocabulary, facts.padding) == ((4,), 5, 0)
    assert dataset.training.inputs["previous"].tolist() == [[1, 2, 3, 0], [1, 3, 0, 0], [1, 2, 3, 4]]


def test_labels_one_step_late_are_rows_of_zero_and_one(section: Section) -> None:
    """At the first step there was none before."""
    data = section(
        "abac",
        {"examples": 8, "periods": 1},
        {"plan": ("numeric", {}), "previous": ("shift", {"of": "letter"})},
        {"letter": ("category", {})},
    )

    dataset = load_dataset(data, batch_size=1)

    facts = dataset.facts.inputs["previous"]
    labels = dataset.training.targets["letter"]
    assert facts.shape == (4, 3)
    np.testing.assert_array_equal(dataset.training.inputs["previous"][:, 0], 0)
    np.testing.assert_array_equal(dataset.training.inputs["previous"][:, 1:].argmax(axis=-1), labels[:, :-1])


def test_numbers_one_step_late_are_scaled_as_they_are_learned(load: Load) -> None:
    """So that the model's own answer, which is scaled, can take their place."""
    y = np.arange(24.0).reshape(4, 3, 2)
    inputs = {"x": ("numeric", {"columns": "y"}), "late": ("shift", {"of": "y", "by": 2})}

    dataset = load({"y": y}, inputs=inputs, targets={"y": ("number", {"scale": "standard"})})

    late = dataset.training.inputs["late"]
    np.testing.assert_array_equal(late[:, :2], 0)
    expected = (y[:, 0] - y.mean(axis=(0, 1))) / y.std(axis=(0, 1))
    np.testing.assert_allclose(late[:, 2], expected, rtol=1e-5)


def test_the_next_symbol_of_a_text(load: Load) -> None:
    """The classes are the vocabulary of the text; the last symbol has none after it."""
    targets = {"next": ("shift", {"of": "iso", "by": -1})}

    dataset = load(WORDS, inputs={"iso": ("text", {"split": "character"})}, targets=targets)

    assert dataset.facts.inputs["iso"].words == ("b", "a", "c")
    facts = dataset.facts.targets["next"]
    assert (facts.kind, facts.classes, facts.shape, facts.padded) == ("category", ("b", "a", "c"), (3,), True)
    assert dataset.training.targets["next"].tolist() == [[0, -1, -1], [-1, -1, -1], [0, 2, -1]]


def test_the_next_symbols_are_as_many_as_an_answer_has(load: Load) -> None:
    """Each part is as long as its own longest text, as the answers to it are, and not as the longest of all."""
    targets = {"next": ("shift", {"of": "iso", "by": -1})}
    text = "iso\nabca\nbcab\nab\nba\n"

    dataset = load(text, inputs={"iso": ("text", {"split": "character"})}, targets=targets, test=0.5, time=True)

    assert {name: part.targets["next"].shape for name, part in dataset.parts.items()} == {
        "training": (2, 4),
        "test": (2, 2),
    }


def test_the_next_numbers_of_a_sequence(load: Load) -> None:
    """Where nothing follows there is no number."""
    x = np.arange(24.0).reshape(4, 3, 2)

    dataset = load({"x": x}, inputs={"x": ("numeric", {})}, targets={"next": ("shift", {"of": "x", "by": -1})})

    following = dataset.training.targets["next"]
    np.testing.assert_array_equal(following[:, :2], x[:, 1:])
    assert np.isnan(following[:, 2]).all()
    assert dataset.facts.targets["next"].padded


@pytest.mark.parametrize("kind", ["category", "number"])
def test_one_value_for_each_example_cannot_be_late(load: Load, shown: Shown, kind: str) -> None:
    """There is no step before."""
    options: dict[str, Any] = {
        "inputs": {"a": ("numeric", {}), "late": ("shift", {"of": "b"})},
        "targets": {"b": (kind, {})},
    }

    assert shown(RecipeError, load, "a,b\n1,2\n3,4\n", **options) == (
        """\
error[cannot-shift]: `late` is `b` some steps late, and one example of `b` has no steps
 --> recipe.yaml:3:1
hint: only a target with a value at each step
"""
    )


def test_a_row_of_numbers_has_no_next(load: Load, shown: Shown) -> None:
    """Columns side by side are no sequence."""
    options: dict[str, Any] = {"targets": {"next": ("shift", {"of": "x", "by": -1})}}

    assert shown(RecipeError, load, "a,b\n1,2\n3,4\n", **options) == (
        """\
error[cannot-shift]: `next` is `x` some steps early, and one example of `x` has no steps
 --> recipe.yaml:4:1
hint: only a text, or numbers at each step
"""
    )


def test_an_array_of_whole_numbers_is_a_label_at_each_step(load: Load) -> None:
    """Below 0 there is no label."""
    labels = np.array([[3, 5, -1], [5, 5, 3]])

    dataset = load({"x": np.zeros((2, 3, 1)), "kind": labels})

    facts = dataset.facts.targets["kind"]
    assert (facts.classes, facts.shape, facts.class_counts, facts.padded) == (("3", "5"), (3,), (2, 3), True)
    assert dataset.training.targets["kind"].tolist() == [[0, 1, -1], [1, 1, 0]]


def test_an_input_may_be_learned_too(load: Load) -> None:
    """As the model takes it: the units of the answer are the input's."""
    data = load(
        "a,b,kind\n1,2,x\n3,6,y\n", inputs={"x": ("numeric", {"columns": ("a", "b"), "scale": "standard"})}
    ).data

    dataset = load_dataset(data, batch_size=1, learned_inputs=("x",))

    facts = dataset.facts.targets["x"]
    assert (facts.kind, facts.shape) == ("number", (2,))
    np.testing.assert_allclose(facts.offset or (), [2, 4])
    np.testing.assert_allclose(facts.scale or (), [1, 2])
    np.testing.assert_array_equal(dataset.training.targets["x"], dataset.training.inputs["x"])


def test_facts_of_texts_and_shifts_survive_json(load: Load) -> None:
    """Vocabularies, shapes that are open, and what is the shift of what."""
    dataset = load(WORDS, inputs=LETTERS | {"previous": ("shift", {"of": "iso"})}, targets=ISO)

    assert facts_from_description(json.loads(json.dumps(dataset.describe()))) == dataset.facts
