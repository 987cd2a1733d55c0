"""A memory of patterns."""

from __future__ import annotations

from typing import Literal

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

PATTERNS = Surroundings(("noisy",), {}, "pattern", "number")


def test_a_hopfield_network_without_settings() -> None:
    """Hebb's rule, one unit after another; what it learns is stored in one pass."""
    found = expand("hopfield", {}, PATTERNS)

    assert found.model == {
        "layers": [{"Flatten": {}}, {"Hopfield": {"rule": "hebb", "update": "async", "max_steps": 100}}]
    }
    assert found.train == {"learning_rule": "storage"}


def test_a_hopfield_network_with_all_settings() -> None:
    """Each reaches the layer."""
    settings = {"rule": "pseudoinverse", "update": "sync", "max_steps": 7}

    assert expand("hopfield", settings, PATTERNS).model["layers"][-1] == {"Hopfield": settings}


def test_a_modern_one_without_more() -> None:
    """It needs to know how many patterns there are, and answers in one step."""
    found = expand("hopfield", {"modern": True, "patterns": 5}, PATTERNS)

    assert found.model == {"layers": [{"Flatten": {}}, {"ModernHopfield": {"patterns": 5, "beta": 1.0, "steps": 1}}]}
    assert found.train == {"learning_rule": "storage"}


def test_a_modern_one_with_all_settings() -> None:
    """Each reaches the layer."""
    settings = {"modern": True, "patterns": 5, "beta": 8, "max_steps": 3}

    found = expand("hopfield", settings, PATTERNS).model["layers"][-1]

    assert found == {"ModernHopfield": {"patterns": 5, "beta": 8, "steps": 3}}


def test_a_modern_one_must_know_how_many() -> None:
    """There is no number that would do for any data."""
    assert check_settings("hopfield", {"modern": True}, PATTERNS) == [
        (
            "missing-argument",
            "`modern: true` has no `patterns`, how many it stores",
            "modern",
            "give how many: `patterns: 10`",
        )
    ]


@pytest.mark.parametrize("setting", ["rule", "update"])
def test_a_modern_one_has_no_rule(setting: str) -> None:
    """What is for the other network would change nothing."""
    found = check_settings("hopfield", {"modern": True, "patterns": 5, setting: "hebb"}, PATTERNS)

    assert found == [
        (
            "setting-without-effect",
            f"`{setting}` changes nothing: it is for networks that are not modern",
            setting,
            "leave it out, or leave out `modern`",
        )
    ]


@pytest.mark.parametrize("setting", ["patterns", "beta"])
def test_the_first_one_has_no_beta(setting: str) -> None:
    """What is for the modern network would change nothing."""
    assert check_settings("hopfield", {setting: 2}, PATTERNS) == [
        (
            "setting-without-effect",
            f"`{setting}` changes nothing: it is for modern networks",
            setting,
            "leave it out, or write `modern: true`",
        )
    ]


@pytest.mark.parametrize("kind", ["category", "multilabel"])
def test_a_pattern_is_no_category(kind: Literal["category", "multilabel"]) -> None:
    """The target is the whole pattern, in numbers."""
    around = Surroundings(("noisy",), {}, "digit", kind)

    assert check_settings("hopfield", {}, around) == [
        (
            "architecture-does-not-fit",
            f"`hopfield` answers with a pattern, and the target `digit` is a {kind}",
            None,
            "make the target a `number`: the columns or the array of the whole pattern",
        )
    ]
