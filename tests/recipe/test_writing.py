"""Plain data and nodes to YAML that reads back the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from archcli.errors import Source
from archcli.recipe.loading import load_nodes
from archcli.recipe.nodes import data_of
from archcli.recipe.writing import node_data, write_yaml

if TYPE_CHECKING:
    from tests.recipe.conftest import Load

HOSTILE_TEXTS = [
    "", " ", "null", "Null", "~", "true", "FALSE", "no", "Yes", "1", "-0", "1.0", "1e-3", "1_000", "0x1F", "0o7", "010",
    ".inf", "-.INF", ".nan", "12:30", "2024-01-01", "=", "<<", "---", "...", "- a", "a: b", "a:", ":", ": a", "# a",
    "a # b", "a#b", "@a", "`a`", "%a", "!a", "!!str", "&a", "*a", "|", ">", "?", "? a", "[a]", "{a: b}", "a, b", "'a'",
    '"a"', "a'b", 'a"b', "\\", "C:\\data\\a.csv", "$name", "$", " $name", "a$b", "\n", "a\n", "a\nb", "a\n\nb\n", " a",
    "a ", "\ta", "a\tb", "a\r\nb", "\x07", "\x1b[31m", "\x85", "\u2028", "\u2029", "\ufeff", "\u00a0a", "a:\u00a0b",
    "größe", "日本語", "😀", "\U0001f469\u200d\U0001f52c", "\ud7ff", "x" * 500, "word " * 80, "- " * 80,
]  # fmt: skip
"""What YAML would read as something else, cut, fold or take for a sign of its own."""


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=ascii)
def test_a_text_reads_back_as_itself(text: str) -> None:
    """As a value, an item, a key, in a block and in braces."""
    data = {"value": text, "items": [text, [text, {"deep": text}]], "keys": {text: {text: 1, "other": [text]}}}

    written = write_yaml(data)

    assert data_of(load_nodes(Source("written.yaml", written))) == data


@pytest.mark.parametrize(
    "number", [0, -1, 2**70, 0.0, -0.0, 1.0, 1e-3, 1e22, 1e16, 1.5e300, 5e-324, 0.1 + 0.2, math.inf, -math.inf]
)
def test_a_number_reads_back_as_itself(number: float) -> None:
    """All its digits, and whether it is whole."""
    read = data_of(load_nodes(Source("written.yaml", write_yaml([number]))))

    assert isinstance(read, list)
    assert repr(read[0]) == repr(number)


def test_not_a_number_reads_back() -> None:
    """NaN equals nothing, itself included."""
    read = data_of(load_nodes(Source("written.yaml", write_yaml({"a": math.nan}))))

    assert isinstance(read, dict)
    assert math.isnan(read["a"])


def test_truths_null_and_empty_collections_read_back() -> None:
    """Each as what it is."""
    data: dict[str, object] = {"a": True, "b": False, "c": None, "d": [], "e": {}, "f": [[], {}, None]}

    assert data_of(load_nodes(Source("written.yaml", write_yaml(data)))) == data


def test_a_reference_stays_a_reference_and_a_dollar_text_a_text(load: Load) -> None:
    """`$width` asks for a value before and after; `"$width"` never does."""
    node = load("a: $width\nb: '$width'\nc: [$classes.kind]\n")

    written = write_yaml(node_data(node))

    assert written == 'a: $width\nb: "$width"\nc: [$classes.kind]\n'


def test_what_is_short_stands_on_one_line() -> None:
    """Innermost mappings and lists are written in braces, as people write them."""
    data = {"model": {"layers": [{"Dense": {"units": 3, "activation": "softmax"}}, "Flatten"]}}

    assert write_yaml(data) == "model:\n  layers:\n    - Dense: {units: 3, activation: softmax}\n    - Flatten\n"


def test_anchors_are_written_out() -> None:
    """The same object twice is written twice: no anchor that nobody gave."""
    shared = {"units": 3}

    assert write_yaml([shared, shared]) == "- {units: 3}\n- {units: 3}\n"
