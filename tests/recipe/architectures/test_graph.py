"""Graphs as plain data."""

from __future__ import annotations

from archcli.recipe.architectures import Surroundings
from archcli.recipe.architectures.graph import Nodes


def test_names_that_are_taken_get_a_number() -> None:
    """By an input, by the target or by another node."""
    nodes = Nodes(Surroundings(("past",), {}, "answer", "category"))

    names = [nodes.name(wanted) for wanted in ("past", "answer", "answer", "input", "free")]

    assert names == ["past_2", "answer_2", "answer_3", "input_2", "free"]


def test_one_layer_stands_by_itself_and_several_in_a_chain() -> None:
    """As the recipe language has it."""
    nodes = Nodes(Surroundings(("signal",), {}, "kind", "category"))

    first = nodes.add("first", [{"Flatten": {}}], nodes.first)
    second = nodes.add("second", [{"Flatten": {}}, {"ReLU": {}}], [first, "signal"])

    assert (first, second) == ("first", "second")
    assert nodes.written == {
        "first": {"Flatten": {}, "from": "input"},
        "second": {"layers": [{"Flatten": {}}, {"ReLU": {}}], "from": ["first", "signal"]},
    }
