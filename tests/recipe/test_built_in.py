"""The table of built-in sets: what was measured against scikit-learn's own, what is asked for against what it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn import datasets

from archcli.recipe.built_in import (
    BUILT_IN,
    DIGITS_FORMS,
    SIGNATURES,
    BuiltInSet,
    built_in_set,
    find_setting_problems,
)
from archcli.recipe.features import read_columns
from archcli.recipe.input_types import INPUTS
from archcli.recipe.recipe import Named
from archcli.recipe.sources import SOURCES
from archcli.recipe.target_types import TARGETS
from archcli.recipe.types import Number, Whole
from archcli.recipe.typing_of import is_within

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
    assert np.prod([size or 0 for size in pictures.shape]) == bunch.data.shape[1]
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


def test_a_setting_that_was_refused_counts_as_the_default() -> None:
    """Checking goes on with None in its place."""
    assert built_in_set("copy", {"length": None}) == built_in_set("copy")


def test_settings_change_the_description() -> None:
    """S symbols and a delay of T make T + 2 S steps."""
    described = built_in_set("copy", {"length": 10, "delay": 1000, "examples": 7})

    assert described.examples == 7
    assert [column.shape for column in described.columns] == [(1020, 10), (1020,)]
    assert described.arguments.whole("seed") == 0


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_setting_has_a_default_in_its_range(name: str) -> None:
    """So that the name alone is a source, and nothing is wrong with it."""
    place: Any = None

    for setting in SIGNATURES[name].arguments.values():
        assert setting.default is not None
        if isinstance(setting.type, (Whole, Number)):
            assert isinstance(setting.default, (int, float))
            assert is_within(setting.default, setting.type)
    assert not list(find_setting_problems(Named(name, {}, place)))


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("pipelined_xor", {"delay": 20}, "`delay` of `pipelined_xor` must be below `steps`, which is 20, found 20"),
        ("delayed_echo", {"steps": 3}, "`delay` of `delayed_echo` must be below `steps`, which is 3, found 3"),
        (
            "adding",
            {"examples": 1_000_000, "length": 1000, "vary": True},
            "`numbers` of `adding` would be 2,000,000,000 numbers, expected at most 1,000,000,000",
        ),
    ],
)
def test_settings_that_do_not_go_together(name: str, arguments: dict[str, Any], message: str) -> None:
    """Each is in range by itself."""
    place: Any = None

    (problem,) = find_setting_problems(Named(name, arguments, place))

    assert (problem.code, problem.message) == ("out-of-range", message)


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
