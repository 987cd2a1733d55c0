"""Raw values to what the network takes: the same in preparing examples and in a saved model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from archcli.build.preprocessing import build_preprocessing, prepare_inputs, preprocess, raw_inputs
from archcli.data.features.text import cut_text, fit_text_input, index_texts
from archcli.errors import Location, Source
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Named

TEXT = InputFacts(
    "said",
    (None,),
    ("said",),
    dtype="int32",
    vocabulary=6,
    padding=0.0,
    kind="text",
    words=("a", "b", " ", "\n"),
    split="character",
)
CITY = InputFacts("city", (1,), ("city",), dtype="int32", vocabulary=3, kind="category", words=("Bonn", "Ulm"))
TABLE = InputFacts(
    "table",
    (5,),
    ("a", "b", "city"),
    kind="side_by_side",
    parts=(
        InputFacts("table__numeric", (2,), ("a", "b"), scale=(2.0, 3.0), offset=(0.0, 1.0), fill=(1.0, 2.0)),
        InputFacts(
            "table__city", (3,), ("city",), kind="category", words=("Bonn", "Ulm"), is_one_hot=True, fill_word="Ulm"
        ),
    ),
)
PLAIN = InputFacts("plain", (2,), ("a", "b"))
LATE = InputFacts("late", (4,), (), dtype="int32", vocabulary=5, kind="shift", shift_of="iso", shift_by=1)
TEXTS = ["Of May, be!", "be\tbe  Ämter", "", "a-b\nc"]


def column(*texts: str) -> Any:
    """Return texts as examples."""
    return np.array([[text] for text in texts], np.object_)


def test_gaps_of_a_sequence_are_filled_before_it_is_scaled() -> None:
    """As scikit-learn fills and scales the steps; what follows the last number is padding."""
    values = np.random.default_rng(0).normal(3, 2, (4, 5, 2)).astype(np.float32)
    values[0, 1], values[1, 0, 0], values[2, 2:], values[3, 4] = np.nan, np.nan, np.nan, np.nan
    is_step = np.ones((4, 5), np.bool_)
    is_step[2, 2:] = is_step[3, 4] = False
    imputer, scaler = SimpleImputer(), StandardScaler()
    steps = scaler.fit_transform(imputer.fit_transform(values[is_step]))
    scale, offset = 1 / scaler.scale_, -scaler.mean_ / scaler.scale_
    facts = InputFacts(
        "x",
        (None, 2),
        ("a", "b"),
        tuple(scale),
        tuple(offset),
        padding=-9.0,
        kind="sequence",
        fill=tuple(imputer.statistics_),
    )

    prepared = prepare_inputs({"x": facts}, {"x": values})["x"]

    np.testing.assert_allclose(prepared[is_step], steps, atol=1e-5)
    np.testing.assert_array_equal(prepared[~is_step], np.full((4, 2), -9))


def test_characters_become_indices() -> None:
    """0 after the end, 1 for what is not in the vocabulary, which may hold a line's end."""
    prepared = prepare_inputs({"said": TEXT}, {"said": column("ab\n", "b", "a?")})

    np.testing.assert_array_equal(prepared["said"], [[2, 3, 5], [3, 0, 0], [2, 1, 0]])
    assert prepared["said"].dtype == np.int32


def test_texts_of_all_batches_are_as_long_as_the_longest() -> None:
    """Though each batch is cut to its own."""
    prepared = prepare_inputs({"said": TEXT}, {"said": column(*["a"] * 1024, "abab")})

    assert prepared["said"].shape == (1025, 4)
    np.testing.assert_array_equal(prepared["said"][0], [2, 0, 0, 0])


def test_a_category_is_an_index() -> None:
    """0 for one that is not known."""
    prepared = prepare_inputs({"city": CITY}, {"city": column("Ulm", "Bonn", "Rome")})

    np.testing.assert_array_equal(prepared["city"], [[2], [1], [0]])
    assert prepared["city"].dtype == np.int32


def test_side_by_side_is_what_scikit_learn_makes_of_the_columns() -> None:
    """Filled, scaled, and a row of 0 and 1 for each category, the unknown first."""
    numbers = np.array([[np.nan, 4], [2, np.nan], [6, 8]], np.float32)
    imputer, scaler = SimpleImputer(strategy="median"), StandardScaler()
    expected = scaler.fit_transform(imputer.fit_transform(numbers))
    part = InputFacts(
        "table__numeric",
        (2,),
        ("a", "b"),
        scale=tuple(1 / scaler.scale_),
        offset=tuple(-scaler.mean_ / scaler.scale_),
        fill=tuple(imputer.statistics_),
    )
    facts = InputFacts("table", (5,), TABLE.columns, kind="side_by_side", parts=(part, TABLE.parts[1]))

    prepared = prepare_inputs({"table": facts}, {"table__numeric": numbers, "table__city": column("Ulm", "", "Rome")})

    np.testing.assert_allclose(prepared["table"][:, :2], expected, atol=1e-6)
    np.testing.assert_array_equal(prepared["table"][:, 2:], [[0, 0, 1], [0, 0, 1], [1, 0, 0]])


def test_nothing_is_built_for_what_goes_in_as_it_is() -> None:
    """Numbers without scale, and targets some steps late."""
    raw = {"plain": np.ones((3, 2), np.float32), "late": np.ones((3, 4), np.int32)}

    assert build_preprocessing({"plain": PLAIN, "late": LATE}) is None
    prepared = prepare_inputs({"plain": PLAIN, "late": LATE}, raw)

    assert prepared["plain"] is raw["plain"]
    assert prepared["late"] is raw["late"]


def test_a_saved_model_prepares_as_examples_were_prepared(tmp_path: Path) -> None:
    """Bit for bit, in whatever program reads the file."""
    inputs = {"said": TEXT, "city": CITY, "table": TABLE, "plain": PLAIN}
    raw = {
        "said": column("ab\n", "b"),
        "city": column("Ulm", "x"),
        "table__numeric": np.array([[np.nan, 1], [2, np.nan]], np.float32),
        "table__city": column("Bonn", ""),
        "plain": np.ones((2, 2), np.float32),
    }
    model = build_preprocessing(inputs)
    assert model is not None
    model.save(tmp_path / "model.keras")

    given = {name: tf.constant(values) for name, values in raw.items()}
    loaded = keras.saving.load_model(tmp_path / "model.keras")(given)

    for name, expected in prepare_inputs(inputs, raw).items():
        np.testing.assert_array_equal(loaded[name], expected)


def test_raw_tensors_are_named_as_the_columns_are_read() -> None:
    """One for each input, one for each part of inputs side by side."""
    raw = raw_inputs(TABLE)

    assert {name: (tensor.shape, tensor.dtype) for name, tensor in raw.items()} == {
        "table__numeric": ((None, 2), "float32"),
        "table__city": ((None, 1), "string"),
    }
    assert preprocess(TABLE, raw).shape == (None, 5)
    assert raw_inputs(LATE)["late"].dtype == "int32"


@pytest.mark.parametrize("split", ["character", "word"])
@pytest.mark.parametrize("standardize", [None, "lower", "strip_punctuation", "lower_and_strip_punctuation"])
def test_texts_are_cut_as_keras_cuts_them(split: Any, standardize: Any) -> None:
    """The vocabulary is fitted without Keras, and the saved model cuts with it: both find the same symbols."""
    words = tuple(sorted({symbol for text in TEXTS for symbol in cut_text(text, split, standardize)}))
    facts = InputFacts(
        "said", (None,), ("said",), dtype="int32", kind="text", words=words, split=split, standardize=standardize
    )

    prepared = prepare_inputs({"said": facts}, {"said": column(*TEXTS)})["said"]

    ours = index_texts(facts, column(*TEXTS))
    assert [[int(index) for index in row if index] for row in prepared] == ours


def test_a_vocabulary_is_the_most_frequent_words() -> None:
    """Counted as scikit-learn counts them, as many as `max_tokens` leaves beside padding and unknown."""
    texts = ["the cat and the dog", "the dog", "a cat or the dog"]
    feature = Named("text", {"max_tokens": 4}, Location(Source("recipe.yaml"), 1))

    facts = fit_text_input("said", feature, ("said",), column(*texts))

    counter = CountVectorizer(token_pattern=r"\S+")  # noqa: S106 -- no password
    totals = counter.fit_transform(texts).sum(axis=0).A1
    frequent = sorted(counter.get_feature_names_out(), key=lambda word: -totals[counter.vocabulary_[word]])
    assert facts.words == tuple(frequent[:2])
    assert facts.vocabulary == 4
