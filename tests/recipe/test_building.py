"""One model in the two forms that Keras's APIs have."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.errors import RecipeError, Source
from archcli.recipe.building import convert_build
from archcli.recipe.checking import check_nodes, expand_nodes
from archcli.recipe.layering import find_named
from archcli.recipe.loading import load_nodes
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import MapNode
from archcli.recipe.recipe import Recipe
from archcli.recipe.schema import RECIPE
from archcli.recipe.writing import node_data, write_yaml

BLOCKS = "{wide: {parameters: {units}, layers: [Dense: $units, ReLU]}}"
CHAINS = [
    ("{layers: [Dense: {units: $classes, activation: softmax}]}", "{source: iris}"),
    (
        f"{{blocks: {BLOCKS}, layers: [wide: 8, {{wide: 4, repeat: 2}}, [Dropout: 0.1, ReLU], Dense: $classes]}}",
        "{source: iris}",
    ),
    ("{layers: [{Dense: 8, repeat: 3}, Dense: $classes]}", "{source: iris}"),
    ("{architecture: {cnn: {dropout: 0.1}}}", "{source: digits}"),
    ("{architecture: {lstm: 8}}", "{source: {digits: {as: rows}}}"),
    (
        "{layers: [Flatten, Dense: 64, Reshape: [8, 8, 1]]}",
        "{source: digits, targets: {image: {shift: {of: image, by: 0}}}}",
    ),
]


def _read(text: str) -> tuple[Recipe, dict[str, Any]]:
    node = to_long_form(load_nodes(Source("recipe.yaml", text)), RECIPE)
    assert isinstance(node, MapNode)
    recipe, problems = check_nodes(node, default_name="it")
    assert problems == []
    assert recipe is not None
    data = node_data(expand_nodes(node))
    assert isinstance(data, dict)
    return recipe, data


def _text(model: str, data: str) -> str:
    return f"archcli: 1\ndata: {data}\nmodel: {model}\n"


def _layers(recipe: Recipe) -> list[tuple[str, list[str]]]:
    """Return the layers in order, each with the names of its arguments."""
    return [(named.name, list(named.arguments)) for named in find_named(recipe.model.body)]


@pytest.mark.parametrize(("model", "data"), CHAINS)
def test_a_chain_becomes_a_graph_and_a_chain_again(model: str, data: str) -> None:
    """With the same layers in the same order, learning the same target."""
    chain, written = _read(_text(model, data))

    graph, as_graph = _read(write_yaml(convert_build(written, chain, "functional")))
    again, _ = _read(write_yaml(convert_build(as_graph, graph, "sequential")))

    assert (graph.model.build, again.model.build) == ("functional", "sequential")
    assert _layers(chain) == _layers(graph) == _layers(again)
    assert set(chain.model.outputs.values()) == set(graph.model.outputs.values()) == set(again.model.outputs.values())
    assert list(again.data.targets) == list(chain.data.targets)


def test_nodes_get_names_that_nothing_else_has() -> None:
    """The last is called like the target; a block of that name keeps it."""
    recipe, written = _read(
        _text("{blocks: {step_1: {layers: [Dense: 8]}}, layers: [step_1, ReLU, Dense: $classes]}", "{source: iris}")
    )

    nodes = convert_build(written, recipe, "functional")["model"]["nodes"]

    assert list(nodes) == ["step_1_", "step_2", "species"]
    assert [node["from"] for node in nodes.values()] == ["measurements", "step_1_", "step_2"]


def test_a_graph_that_learns_an_input_learns_it_as_a_chain() -> None:
    """A chain would take the target that the set brings."""
    recipe, written = _read(
        _text(
            "{nodes: {a: {layers: [Flatten, Dense: 64, Reshape: [8, 8, 1]], from: input}}, outputs: {a: image}}",
            "{source: digits}",
        )
    )

    again, _ = _read(write_yaml(convert_build(written, recipe, "sequential")))

    assert again.model.outputs == {"image": "image"}
    assert again.data.targets["image"].name == "shift"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "{nodes: {a: {Dense: 4, from: input}, b: {Add, from: [input, a]}}}",
            "the model is no row of layers: the node `b` does not just read `a`",
        ),
        (
            "{nodes: {a: {Dropout: 0.1, from: input, training: true}, b: {Dense: $classes, from: a}}}",
            "the model is no row of layers: the node `a` does not just read `measurements`",
        ),
        (
            "{nodes: {a: {Dense: $classes, from: input}, b: {Dense: $classes, from: a}}, outputs: [b, a]}",
            "the model is no row of layers: it answers with more than its last node, `b`",
        ),
        (
            "{shared: {code: {Dense: 4}}, nodes: {a: {code, from: input}, b: {Dense: $classes, from: a}}}",
            "the model uses a shared layer, and Keras's Sequential has none",
        ),
    ],
)
def test_what_is_no_row_of_layers_does_not_become_one(model: str, message: str) -> None:
    """A merge, an argument of a call, a second output, weights that are shared."""
    recipe, written = _read(_text(model, "{source: iris}"))

    with pytest.raises(RecipeError) as refused:
        convert_build(written, recipe, "sequential")

    assert [(problem.code, problem.message) for problem in refused.value.problems] == [("not-sequential", message)]
