"""The table of built-in sets, against scikit-learn's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from archcli.recipe.built_in import BUILT_IN, DIGITS_FORMS, BuiltInSet, built_in_set
from archcli.recipe.features import INPUTS, TARGETS, read_columns
from archcli.recipe.recipe import Named
from archcli.recipe.sources import SOURCES

BUNCHES: dict[str, Callable[[], Any]] = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
}


def snake_case(name: str) -> str:
    """Return one of scikit-learn's names as the table writes it: `radius error`, `sepal length (cm)`."""
    return re.sub(r"[ /]", "_", name.removesuffix(" (cm)"))


@pytest.mark.parametrize("name", BUNCHES)
def test_tables_of_measurements_are_as_described(name: str) -> None:
    """Columns, their order, the number of examples and the classes."""
    described, bunch = built_in_set(name), BUNCHES[name]()

    *measured, target = described.columns
    assert described.examples == len(bunch.data)
    assert [column.name for column in measured] == [snake_case(str(column)) for column in bunch.feature_names]
    assert set(target.classes) == set(map(str, bunch.get("target_names", ())))
    assert list(target.classes) == sorted(target.classes)


def test_breast_cancer_has_its_groups_in_order() -> None:
    """scikit-learn writes `mean radius` and `radius error`; so does the table."""
    names = [column.name for column in built_in_set("breast_cancer").columns]

    assert (names[0], names[10], names[20]) == ("mean_radius", "radius_error", "worst_radius")


@pytest.mark.parametrize("form", DIGITS_FORMS)
def test_digits_are_as_described(form: str) -> None:
    """64 numbers in one of three shapes."""
    described, bunch = built_in_set("digits", {"as": form}), datasets.load_digits()

    pictures, digit = described.columns
    assert described.examples == len(bunch.images)
    assert np.prod(pictures.shape) == bunch.data.shape[1]
    assert pictures.name == form
    assert list(described.inputs) == [form]
    assert digit.classes == tuple(map(str, bunch.target_names))


def test_digits_are_pictures_unless_asked_otherwise() -> None:
    """`source: digits` is `source: {digits: {as: image}}`."""
    assert built_in_set("digits") == built_in_set("digits", {}) == built_in_set("digits", {"as": "image"})


def all_sets() -> list[BuiltInSet]:
    """Return every set in every form."""
    return [built_in_set(name) for name in BUILT_IN] + [built_in_set("digits", {"as": form}) for form in DIGITS_FORMS]


@pytest.mark.parametrize("described", all_sets(), ids=lambda described: described.name)
def test_what_a_set_brings_is_a_recipe_could_say(described: BuiltInSet) -> None:
    """Known types, known arguments, columns that there are, names that a recipe may give."""
    for features, types in ((described.inputs, INPUTS), (described.targets, TARGETS)):
        assert features
        for name, (kind, arguments) in features.items():
            assert re.fullmatch("[a-z][a-z0-9_]*", name)
            assert set(arguments) <= set(types[kind].arguments)
            place: Any = None
            for column in read_columns(Named(kind, arguments, place), name):
                assert described.column(column) is not None


def test_every_set_is_a_source() -> None:
    """And says what it is in one sentence."""
    assert set(BUILT_IN) < set(SOURCES)
    for name in BUILT_IN:
        assert SOURCES[name].summary.endswith(".")


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [({}, ("age",)), ({"columns": None}, ("age",)), ({"columns": "a"}, ("a",)), ({"columns": ("a", "b")}, ("a", "b"))],
)
def test_columns_are_the_name_unless_written(arguments: dict[str, Any], columns: tuple[str, ...]) -> None:
    """`age: numeric` is read from the column `age`."""
    place: Any = None

    assert read_columns(Named("numeric", arguments, place), "age") == columns
