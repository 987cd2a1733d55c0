"""Nodes of a graph: their layers, what these read, and what they are called with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.recipe import Graph, GraphNode, Named, Recipe

if TYPE_CHECKING:
    from tests.recipe.conftest import Read, Refuse

ROWS = "{source: {digits: {as: rows}}}"
LABEL = "label: {Dense: {units: $classes, activation: softmax}, from: a}"


def _node(recipe: Recipe, name: str) -> GraphNode:
    assert isinstance(recipe.model.body, Graph)
    return next(node for node in recipe.model.body.nodes if name in node.names)


def _names(node: GraphNode) -> list[str]:
    return [layer.name for layer in node.layers if isinstance(layer, Named)]


@pytest.mark.parametrize(
    ("written", "layers"),
    [
        ("{GRU: 8, from: input}", ["GRU"]),
        ("{Flatten, from: input}", ["Flatten"]),
        ("{Flatten: , from: input}", ["Flatten"]),
        ("{layers: [Flatten, Dense: 3], from: input}", ["Flatten", "Dense"]),
        ("{Dense: 8, from: input, repeat: 3}", ["Dense", "Dense", "Dense"]),
    ],
)
def test_a_node_has_a_layer_or_several(written: str, layers: list[str], read: Read) -> None:
    """One by its name, a chain under `layers`, or one repeated."""
    recipe = read(f"{{nodes: {{a: {written}, {LABEL}}}}}", ROWS)

    assert _names(_node(recipe, "a")) == layers
    assert _node(recipe, "a").inputs == ("rows",)


def test_beside_a_layer_stand_the_arguments_of_its_call(read: Read) -> None:
    """A text is a tensor's name there, and anything else is itself."""
    recipe = read(
        """{nodes: {
          "last, state": {GRU: {units: 8, return_state: true}, from: input},
          again: {GRU: {units: 8, return_sequences: true}, from: rows, initial_state: state, training: true},
          a: {MultiHeadAttention: {num_heads: 2, key_dim: 4}, query: again, value: rows, use_causal_mask: true},
          both: {layers: [Flatten], from: a},
          label: {layers: [Concatenate, Dense: {units: $classes, activation: softmax}], from: [both, last]}}}""",
        ROWS,
    )

    assert _node(recipe, "again").tensors == {"initial_state": "state"}
    assert _node(recipe, "again").arguments == {"training": True}
    assert _node(recipe, "a").inputs == ()
    assert _node(recipe, "a").tensors == {"query": "again", "value": "rows"}


def test_outputs_of_a_layer_are_named_in_order_and_one_may_be_unwanted(read: Read) -> None:
    """`_` for the one that nobody wants."""
    recipe = read(f"{{nodes: {{'a, _': {{GRU: {{units: 8, return_state: true}}, from: input}}, {LABEL}}}}}", ROWS)

    assert _node(recipe, "a").names == ("a", None)


def test_a_node_that_is_null_is_not_there(read: Read) -> None:
    """So that a recipe can take one away from the recipe that it extends."""
    recipe = read(f"{{nodes: {{a: {{GRU: 8, from: input}}, b: null, {LABEL}}}}}", ROWS)

    assert isinstance(recipe.model.body, Graph)
    assert [node.names for node in recipe.model.body.nodes] == [("a",), ("label",)]


@pytest.mark.parametrize(
    ("written", "code", "message"),
    [
        ("GRU", "wrong-type", "the node `a` wants a layer and what it reads, found the text `GRU`"),
        ("", "wrong-type", "the node `a` wants a layer and what it reads, found nothing"),
        ("{from: input}", "node-without-layer", "the node `a` has no layer"),
        ("{GRU: 8}", "missing-key", "the node `a` does not say what it reads"),
        ("{GRU: 8, from: 3}", "wrong-type", "`from` wants the name of a node or a list of names, found `3`"),
        ("{GRU: 8, form: input}", "unknown-argument", "`GRU` is not called with `form`"),
        ("{GRU: 8, From: input}", "unknown-argument", "`GRU` is not called with `From`"),
        ("{GRU: 8, from: input, units: 3}", "unknown-argument", "`GRU` is not called with `units`"),
        (
            "{GRU: 8, from: input, training: yes}",
            "wrong-type",
            "`training` wants `true` or `false`, found the text `yes`",
        ),
        ("{GRU: 8, ReLU: , from: input}", "not-one-form", "the node `a` has one layer, found `GRU` and `ReLU`"),
        ("{layers: [GRU: 8], ReLU: , from: input}", "not-one-form", "the node `a` has both `layers` and `ReLU`"),
        ("{Add from: [input, input]}", "unknown-layer", "no layer is called `Add from`"),
    ],
)
def test_a_node_of_another_form_is_refused(written: str, code: str, message: str, refuse: Refuse) -> None:
    """With one problem, though others read it."""
    assert refuse(f"{{nodes: {{a: {written}, {LABEL}}}}}", ROWS) == [(code, message)]
