"""Several labels in one cell are rows of 0 and 1, read as strictly as one label is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import MultiLabelBinarizer

from archcli.data.dataset import Dataset
from archcli.data.description import facts_from_description
from archcli.data.encoding import encode_target, weigh_labels
from archcli.data.rows import read_rows
from archcli.errors import DataError
from archcli.recipe.recipe import Objective

Load = Callable[..., Dataset]
Shown = Callable[..., str]

GENRES: dict[str, Any] = {"targets": {"genres": ("multilabel", {"separator": "|"})}}
FILMS = "a,b,genres\n1,2,war|drama\n3,4,\n5,6, drama | love \n7,8,love|love|\n9,0,drama\n"
LABELS = [{"war", "drama"}, set(), {"drama", "love"}, {"love"}, {"drama"}]
TOLD = Objective("multilabel", "probabilities", "multi_hot")


def test_labels_of_a_cell_are_scikit_learns_rows(load: Load) -> None:
    """Blanks around a label, a label twice and nothing between two separators do not count; an empty cell has none."""
    dataset = load(FILMS, **GENRES)

    binarizer = MultiLabelBinarizer()
    expected = binarizer.fit_transform(LABELS)
    target = dataset.facts.targets["genres"]
    assert target.classes == tuple(binarizer.classes_) == ("drama", "love", "war")
    assert (target.kind, target.shape, target.class_counts, target.separator) == ("multilabel", (3,), (3, 2, 1), "|")
    np.testing.assert_array_equal(dataset.training.targets["genres"], expected)


def test_the_loss_compares_with_those_rows(load: Load) -> None:
    """As numbers that Keras takes; every label counts the same."""
    dataset = load(FILMS, **GENRES)
    values, target = dataset.training.targets["genres"], dataset.facts.targets["genres"]

    encoded = encode_target(values, target, TOLD)

    assert encoded.dtype == np.float32
    np.testing.assert_array_equal(encoded, values)
    assert weigh_labels(values, target, None, {}) is None


def test_a_comma_stands_between_labels_where_nothing_else_is_said(load: Load) -> None:
    """The cell is in quotes then; labels that are whole numbers are in the order of numbers."""
    dataset = load('a,b,genres\n1,2,"10, 9"\n3,4,9\n', targets={"genres": ("multilabel", {})})

    assert dataset.facts.targets["genres"].classes == ("9", "10")
    assert dataset.training.targets["genres"].tolist() == [[1, 1], [1, 0]]


def test_an_array_of_texts_is_read_alike(load: Load) -> None:
    """From an NPZ."""
    dataset = load({"x": np.arange(4.0).reshape(2, 2), "genres": np.array(["war|drama", ""])}, **GENRES)

    assert dataset.training.targets["genres"].tolist() == [[1, 1], [0, 0]]


def test_the_description_says_it_all(load: Load) -> None:
    """Read back from JSON the facts are the same; the labels of each part are counted."""
    dataset = load(FILMS, **GENRES)

    described = json.loads(json.dumps(dataset.describe()))

    assert facts_from_description(described) == dataset.facts
    assert described["classes"] == {"genres": {"training": {"drama": 3, "love": 2, "war": 1}}}


def test_new_rows_have_the_labels_that_are_known(load: Load, tmp_path: Path) -> None:
    """In the columns of the training, whatever labels the new rows have."""
    facts = load(FILMS, **GENRES).facts
    new = tmp_path / "new.csv"
    new.write_text("a,b,genres\n1,2,love\n3,4,\n", encoding="utf-8")

    assert read_rows(new, facts).targets["genres"].tolist() == [[0, 1, 0], [0, 0, 0]]


def test_a_label_that_is_not_known_is_refused(load: Load, shown: Shown, tmp_path: Path) -> None:
    """At its cell."""
    facts = load(FILMS, **GENRES).facts
    (tmp_path / "new.csv").write_text("a,b,genres\n1,2,love|drma\n", encoding="utf-8")

    assert shown(DataError, read_rows, Path("new.csv"), facts) == (
        "error[unknown-class]: row 1 of column `genres`: the model knows no class `drma`\n"
        " --> new.csv:2:5\n"
        "  |\n"
        "2 | 1,2,love|drma\n"
        "  |     ^^^^^^^^^\n"
        "hint: did you mean `drama`?\n"
    )


@pytest.mark.parametrize(
    ("cells", "found"), [(["", ""], "0 different labels"), (["war,drama", "war,drama"], "1 different label")]
)
def test_two_labels_there_must_be(load: Load, shown: Shown, cells: list[str], found: str) -> None:
    """Most often the separator is another."""
    arrays = {"x": np.arange(4.0).reshape(2, 2), "genres": np.array(cells)}

    assert shown(DataError, load, arrays, **GENRES) == (
        f"error[one-class-only]: `genres` has {found}, expected at least two\n"
        " --> recipe.yaml:4:1\n"
        "hint: is `separator` right? what has one label an example is a `category`\n"
    )


def test_a_label_that_no_training_example_has_is_refused(load: Load, shown: Shown) -> None:
    """Nothing could be learned of it."""
    lines = "".join(f"{row},{row},{'a|b' if row else 'rare'}\n" for row in range(10))
    held_out = [seed for seed in range(20) if _is_held_out(load, lines, seed)]

    assert shown(DataError, load, f"a,b,genres\n{lines}", **GENRES, test=0.3, seed=held_out[0]) == (
        "error[class-absent-from-training]: class `rare` of `genres` has no example in the training part\n"
        " --> recipe.yaml:4:1\n"
        "hint: split with another `seed`, or keep fewer examples out of it\n"
    )


def _is_held_out(load: Load, lines: str, seed: int) -> bool:
    """Tell whether the first line is tested on, by a target that minds nothing."""
    dataset = load(f"a,b,genres\n{lines}", targets={"a": ("number", {})}, test=0.3, seed=seed)
    return 1 in dataset.parts["test"].rows
