"""A whole data set: built-in sets, fingerprints, descriptions, and what makes training impossible."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.description import facts_from_description
from archcli.errors import DataError, RecipeError
from archcli.recipe.built_in import BUILT_IN, built_in_set
from archcli.recipe.built_in.fetched import FETCHED
from archcli.recipe.recipe import Data

Load = Callable[..., Dataset]
Section = Callable[..., Data]
Shown = Callable[..., str]

TABLE = "a,b,kind\n" + "".join(f"{i},{i * i},{'xyz'[i % 3]}\n" for i in range(60))

AT_HAND = [name for name in BUILT_IN if name not in {one.signature.name for one in FETCHED}]
"""The sets that need no network."""


def load_built_in(section: Section, name: str, arguments: dict[str, str] | None = None, **split: Any) -> Dataset:
    """Load a built-in set with the inputs and targets that it brings."""
    described = built_in_set(name, arguments)
    return load_dataset(section(name, arguments or {}, described.inputs, described.targets, **split), batch_size=1)


@pytest.mark.parametrize("form", ["image", "rows", "pixels"])
def test_digits_are_scikit_learns(section: Section, form: str) -> None:
    """The same pictures in three shapes, the same order, and sixteenths as the scale."""
    dataset = load_built_in(section, "digits", {"as": form})

    bunch = datasets.load_digits()
    pictures = dataset.training.inputs[form]
    assert pictures.shape == (1797, *{"image": (8, 8, 1), "rows": (8, 8), "pixels": (64, 1)}[form])
    np.testing.assert_array_equal(pictures.reshape(-1, 64), bunch.data)
    np.testing.assert_array_equal(dataset.training.targets["digit"], bunch.target)
    assert dataset.facts.inputs[form].scale == (0.0625,)


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer"])
def test_measurements_are_scikit_learns(section: Section, name: str) -> None:
    """All columns in their order, and each label what scikit-learn calls it."""
    dataset = load_built_in(section, name)

    bunch = getattr(datasets, f"load_{name}")()
    np.testing.assert_array_equal(dataset.training.inputs["measurements"], bunch.data.astype(np.float32))
    (target,) = dataset.facts.targets.values()
    labels = [target.classes[number] for number in dataset.training.targets[target.name]]
    assert labels == [str(bunch.target_names[number]) for number in bunch.target]


def test_diabetes_is_raw(section: Section) -> None:
    """Not the columns that scikit-learn scales over all examples."""
    dataset = load_built_in(section, "diabetes")

    bunch = datasets.load_diabetes(scaled=False)
    np.testing.assert_array_equal(dataset.training.inputs["measurements"], bunch.data.astype(np.float32))
    np.testing.assert_array_equal(dataset.training.targets["progression"][:, 0], bunch.target)


def test_xor_is_exclusive_or(section: Section) -> None:
    """Four rows, all trained on, and said to be."""
    dataset = load_built_in(section, "xor")

    bits = dataset.training.inputs["bits"]
    np.testing.assert_array_equal(bits, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(dataset.training.targets["xor"], np.logical_xor(*bits.T))
    assert dataset.evaluated_on == "training"
    assert dataset.validation is None
    assert dataset.test is None


@pytest.mark.parametrize("name", AT_HAND)
def test_facts_are_as_described_without_reading(section: Section, name: str) -> None:
    """What `check` knows from the table is what training finds."""
    described = built_in_set(name)

    facts = load_built_in(section, name).facts

    assert facts.training_examples == described.examples
    for given in facts.inputs.values():
        column = described.column(given.columns[0])
        assert column is not None
        # A text is as many characters as it has.
        assert given.shape == ((None,) if column.text else column.shape or (len(given.columns),))
    for target in facts.targets.values():
        column = described.column(target.columns[0])
        assert column is not None
        assert column.text or target.classes == column.classes


def test_columns_of_a_built_in_set_may_be_chosen(section: Section) -> None:
    """A recipe may bring its own inputs and targets."""
    data = section("iris", {}, {"petals": ("numeric", {"columns": ("petal_width",)})}, {"sepal_length": ("number", {})})

    dataset = load_dataset(data, batch_size=1)

    np.testing.assert_array_equal(
        dataset.training.inputs["petals"], datasets.load_iris().data[:, 3:].astype(np.float32)
    )
    assert dataset.facts.targets["sepal_length"].kind == "number"


def test_parts_hold_the_rows_that_they_name(load: Load) -> None:
    """`rows` counts from 1 and leads back to the example."""
    dataset = load(TABLE, validation=0.2, test=0.3, stratify=True)

    assert {name: len(part) for name, part in dataset.parts.items()} == {"training": 30, "validation": 12, "test": 18}
    assert dataset.evaluated_on == "test"
    for part in dataset.parts.values():
        np.testing.assert_array_equal(part.inputs["x"][:, 0], part.rows - 1)
        np.testing.assert_array_equal(part.targets["kind"], (part.rows - 1) % 3)


def test_without_a_test_part_the_validation_part_is_judged(load: Load) -> None:
    """The part farthest from training that there is."""
    assert load(TABLE, validation=0.2).evaluated_on == "validation"


def test_the_fingerprint_is_of_what_is_read(load: Load) -> None:
    """Split and file format do not change it; a value, a label or a name does."""
    fingerprint = load(TABLE).fingerprint

    assert len(fingerprint) == 64
    assert load(TABLE, test=0.5, seed=3).fingerprint == fingerprint
    assert load(TABLE.replace(",", ";"), delimiter=";").fingerprint == fingerprint
    assert load(TABLE.replace("59,", "59.5,")).fingerprint != fingerprint
    assert load(TABLE.replace("x", "w")).fingerprint != fingerprint
    assert load(TABLE, inputs={"z": ("numeric", {"columns": ("a", "b")})}).fingerprint != fingerprint


def test_a_description_says_all_but_the_examples(load: Load) -> None:
    """Sizes, classes of each part, split and fingerprint, as plain data."""
    dataset = load(TABLE, test=0.5, stratify=True)

    description = dataset.describe()

    facts = description.pop("facts")
    assert description == {
        "source": {"csv": {"path": dataset.data.source.arguments["path"], "delimiter": ","}},
        "fingerprint": dataset.fingerprint,
        "examples": {"training": 30, "validation": 0, "test": 30},
        "evaluated_on": "test",
        "split": {
            "validation": 0,
            "test": 0.5,
            "stratify": True,
            "group": None,
            "time": False,
            "folds": None,
            "fold": None,
            "absent_classes": "refuse",
            "seed": 0,
        },
        "classes": {"kind": {"training": {"x": 10, "y": 10, "z": 10}, "test": {"x": 10, "y": 10, "z": 10}}},
    }
    assert facts["inputs"]["x"]["columns"] == ["a", "b"]


@pytest.mark.parametrize("name", AT_HAND)
def test_facts_survive_json_to_the_last_digit(section: Section, name: str) -> None:
    """What `predict` reads is what training fitted."""
    dataset = load_built_in(section, name)

    assert facts_from_description(json.loads(json.dumps(dataset.describe()))) == dataset.facts


@pytest.mark.parametrize(
    ("description", "cause"),
    [({}, "KeyError 'facts'"), ({"facts": {"inputs": []}}, "AttributeError 'list' object has no attribute 'items'")],
)
def test_a_description_that_is_not_whole(shown: Shown, description: dict[str, Any], cause: str) -> None:
    """A run directory that was changed by hand is no bug of ours."""
    assert shown(RecipeError, facts_from_description, description) == (
        f"error[damaged-run]: the description of the data is not whole: {cause}\nhint: train it anew\n"
    )


def test_one_class_only(load: Load, shown: Shown) -> None:
    """There is nothing to tell apart."""
    assert shown(DataError, load, "a,b,kind\n1,2,x\n3,4,x\n") == (
        """\
error[one-class-only]: every example of `kind` is of the class `x`, expected at least two classes
 --> recipe.yaml:4:1
hint: add examples of another class, or see whether this is the column that was meant
"""
    )


def test_a_class_absent_from_training(load: Load, shown: Shown) -> None:
    """Without stratification a rare class can fall out of the training part."""
    content = "a,b,kind\n" + "1,2,x\n" * 9 + "3,4,y\n"
    seed = next(
        seed for seed in range(100) if np.argmin(np.random.PCG64(seed).random_raw(10)) == 9
    )  # the last example is drawn first, into the test part

    assert shown(DataError, load, content, test=0.1, seed=seed, absent_classes="allow") == (
        """\
error[class-absent-from-training]: class `y` of `kind` has no example in the training part
 --> recipe.yaml:4:1
hint: give every part its share of each class by `stratify: true`, or split with another `seed`
"""
    )


def test_fewer_examples_than_a_batch(load: Load, shown: Shown) -> None:
    """The hint is what to type."""
    assert shown(DataError, load, TABLE, test=0.5, batch_size=32) == (
        """\
error[too-few-examples]: 30 training examples do not fill a batch of 32
 --> recipe.yaml:2:1
hint: make the batch smaller: `train.batch_size=30`
"""
    )
    assert len(load(TABLE, test=0.5, batch_size=30).training) == 30


def test_stratifying_without_a_category(load: Load, shown: Shown) -> None:
    """Numbers have no classes; the recipe is wrong."""
    assert shown(RecipeError, load, TABLE, targets={"b": ("number", {})}, stratify=True, test=0.5) == (
        """\
error[cannot-stratify]: `stratify` shares out classes, and no target is a category
 --> recipe.yaml:5:1
hint: write `stratify: false`
"""
    )


def test_a_file_that_is_not_there(section: Section, shown: Shown) -> None:
    """Pointed at where the recipe names it."""
    data = section("csv", {"path": "/nowhere/flats.csv"}, {"a": ("numeric", {})}, {"b": ("number", {})})

    assert shown(DataError, load_dataset, data, batch_size=1) == (
        """\
error[file-not-found]: there is no folder `/nowhere`
 --> recipe.yaml:2:18
hint: paths are relative to the recipe that names them
"""
    )


def test_reading_leaves_the_recipe_as_it_is(section: Section) -> None:
    """A data section can be loaded twice, with equal results."""
    described = built_in_set("wine")
    data = section("wine", {}, described.inputs, described.targets, validation=0.1, test=0.2, stratify=True)

    first, again = load_dataset(data, batch_size=1), load_dataset(replace(data), batch_size=32)

    assert first.facts == again.facts
    assert first.fingerprint == again.fingerprint
    for name, part in first.parts.items():
        np.testing.assert_array_equal(part.rows, again.parts[name].rows)
