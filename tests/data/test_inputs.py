"""Inputs: what is read raw, and what the training part tells of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.errors import DataError
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Data

Load = Callable[..., Dataset]
Section = Callable[..., Data]
Shown = Callable[..., str]

PEOPLE = "Age,Fare,Sex,kind\n1,10,f,x\n,20,m,y\n3,NA,m,x\n5,30,,y\n"


def test_missing_numbers_are_filled_from_the_training_part(load: Load) -> None:
    """Each column from its own numbers; the raw values keep what is missing, as NaN."""
    dataset = load(PEOPLE, inputs={"x": ("numeric", {"columns": ("Age", "Fare"), "missing": "median"})})

    assert dataset.facts.inputs["x"].fill == (3.0, 20.0)
    np.testing.assert_array_equal(dataset.training.inputs["x"], [[1, 10], [np.nan, 20], [3, np.nan], [5, 30]])


@pytest.mark.parametrize(("missing", "fill"), [("mean", (3.0, 20.0)), ("zero", (0.0, 0.0)), (-1, (-1.0, -1.0))])
def test_what_stands_for_a_missing_number(load: Load, missing: str | float, fill: tuple[float, float]) -> None:
    """A mean, zero, or a number that the recipe names."""
    facts = load(PEOPLE, inputs={"x": ("numeric", {"columns": ("Age", "Fare"), "missing": missing})}).facts

    assert facts.inputs["x"].fill == fill


def test_scaling_counts_filled_numbers(load: Load) -> None:
    """As scikit-learn's imputer before its scaler does."""
    facts = load("a,b,kind\n2,1,x\n,1,y\n4,1,x\n", inputs={"a": ("numeric", {"missing": 9, "scale": "min_max"})}).facts

    assert facts.inputs["a"].scale == (1 / 7,)


def test_a_column_without_a_number_cannot_be_filled(load: Load, shown: Shown) -> None:
    """There is no median of nothing."""
    options = {"inputs": {"a": ("numeric", {"missing": "median"})}}

    assert shown(DataError, load, "a,b,kind\n,1,x\n,1,y\n", **options) == (
        """\
error[nothing-to-fill-with]: column `a` has no number in the training part, expected some to take the median of
 --> recipe.yaml:3:1
hint: write a number: `missing: 0`
"""
    )


def test_a_text_in_a_number_is_not_missing(load: Load, shown: Shown) -> None:
    """What may be missing must be a number where it is there."""
    text = shown(DataError, load, "a,b,kind\nmany,1,x\n2,1,y\n", inputs={"a": ("numeric", {"missing": "zero"})})

    assert text.startswith("error[not-a-number]: row 1 of column `a`: expected a number, found `many`\n")


def test_a_category_is_an_index_into_the_words_of_the_training_part(load: Load) -> None:
    """0 is for what is not among them."""
    dataset = load(PEOPLE, inputs={"Sex": ("category", {"missing": "most_frequent"})})

    facts = dataset.facts.inputs["Sex"]
    assert facts == InputFacts(
        "Sex",
        (1,),
        ("Sex",),
        dtype="int32",
        vocabulary=3,
        kind="category",
        fill_word="m",
        words=("f", "m"),
    )
    assert dataset.training.inputs["Sex"].tolist() == [["f"], ["m"], ["m"], [""]]


def test_a_category_that_is_missing(load: Load, shown: Shown) -> None:
    """It must be there unless the recipe says what stands for it."""
    assert shown(DataError, load, PEOPLE, inputs={"Sex": ("category", {})}) == (
        """\
error[missing-value]: row 4 of column `Sex` is empty, expected a text
 --> flats.csv:5:6
  |
5 | 5,30,,y
  |      ^
hint: fill it in, or leave the row out
"""
    )


def test_inputs_side_by_side_are_one_tensor_of_several_raw_ones(load: Load) -> None:
    """Numbers together, each category for itself as a row of 0 and 1."""
    numbers = ("numeric", {"columns": ("Age", "Fare"), "missing": "zero"})
    words = ("category", {"columns": ("Sex", "kind"), "missing": "most_frequent"})

    facts = load(PEOPLE, inputs={"who": [numbers, words]}).facts.inputs["who"]

    assert facts.shape == (2 + 3 + 3,)
    assert [part.name for part in facts.parts] == ["who__numeric", "who__sex", "who__kind"]
    assert [part.shape for part in facts.parts] == [(2,), (3,), (3,)]
    assert facts.columns == ("Age", "Fare", "Sex", "kind")


def test_sequences_of_unequal_length_are_scaled_without_their_padding(section: Section) -> None:
    """Statistics are of real steps alone; padding gets a number of its own after scaling."""
    data = section(
        "adding",
        {"vary": True, "examples": 50},
        {"numbers": ("numeric", {"columns": "numbers", "scale": "standard"})},
        {"sum": ("number", {})},
    )

    dataset = load_dataset(data, batch_size=1)

    facts, values = dataset.facts.inputs["numbers"], dataset.training.inputs["numbers"]
    real = values[(values != -2).any(axis=-1)].astype(np.float64)
    assert len(real) < values.shape[0] * values.shape[1]
    assert facts.shape == (None, 2)
    assert (facts.raw_padding, facts.padding) == (-2.0, 0.0)
    np.testing.assert_allclose(facts.scale or (), 1 / real.std(axis=0), rtol=1e-6)
