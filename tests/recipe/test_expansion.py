"""An architecture in a recipe becomes the layers that it stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.errors import Source
from archcli.recipe.checking import check_nodes, expand_nodes
from archcli.recipe.loading import load_nodes
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import MapNode
from archcli.recipe.recipe import Chain, Graph
from archcli.recipe.schema import RECIPE
from archcli.recipe.writing import node_data, resolved_data, write_yaml

if TYPE_CHECKING:
    from tests.recipe.conftest import Read, Refuse


def _nodes(text: str) -> MapNode:
    node = to_long_form(load_nodes(Source("recipe.yaml", text)), RECIPE)
    assert isinstance(node, MapNode)
    return node


@pytest.mark.parametrize(
    ("architecture", "data", "form"),
    [
        ("perceptron", "{source: iris}", Chain),
        ("{perceptron: {activation: step, rule: perceptron}}", "{source: iris}", Chain),
        ("{mlp: {hidden: [8], dropout: 0.1, l2: 1e-4, batch_norm: true}}", "{source: iris}", Chain),
        ("cnn", "{source: digits}", Chain),
        ("{gru: 8}", "{source: {digits: {as: rows}}}", Chain),
        ("birnn", "{source: past_vs_future}", Chain),
        ("{birnn: {learning: decision}}", "{source: past_vs_future}", Graph),
        ("{frnn: {neurons: 6, ticks: 2}}", "{source: {pipelined_xor: {delay: 1}}}", Chain),
        ("elman", "{source: temporal_xor}", Chain),
    ],
)
def test_an_expanded_recipe_is_the_same_recipe(architecture: str, data: str, form: type) -> None:
    """Printed, read again and resolved: without an architecture, and with the same layers and training."""
    node = _nodes(f"archcli: 1\nname: it\ndata: {data}\nmodel: {{architecture: {architecture}}}\n")
    recipe, problems = check_nodes(node, default_name="it")
    assert problems == []
    assert recipe is not None

    again, problems = check_nodes(_nodes(write_yaml(node_data(expand_nodes(node)))), default_name="it")

    assert problems == []
    assert again is not None
    assert isinstance(recipe.model.body, form)
    assert resolved_data(again) == resolved_data(recipe)


def test_what_the_recipe_writes_goes_before_the_architecture(read: Read) -> None:
    """A recurrent architecture brings a clipped optimizer, which is only a default."""
    rows = "{source: {digits: {as: rows}}}"

    brought = read("{architecture: lstm}", rows)
    merged = read("{architecture: lstm}", rows, "{optimizer: {Adam: 0.5}}")
    replaced = read("{architecture: lstm}", rows, "{optimizer: sgd}")

    assert brought.train.optimizer.arguments["global_clipnorm"] == 1.0
    assert (merged.train.optimizer.name, merged.train.optimizer.arguments["learning_rate"]) == ("Adam", 0.5)
    assert merged.train.optimizer.arguments["global_clipnorm"] == 1.0
    assert (replaced.train.optimizer.name, dict(replaced.train.optimizer.arguments)) == ("SGD", {})


@pytest.mark.parametrize(
    ("model", "data", "code", "message"),
    [
        ("{architecture: mpl}", "{source: iris}", "unknown-architecture", "no architecture is called `mpl`"),
        ("{architecture: {mlp: {hiden: [3]}}}", "{source: iris}", "unknown-argument", "`mlp` has no argument `hiden`"),
        (
            "{architecture: {mlp: {hidden: [0]}}}",
            "{source: iris}",
            "out-of-range",
            "an item of `hidden` of `mlp` wants a whole number from 1, found `0`",
        ),
        (
            "{architecture: mlp}",
            "{source: digit_pairs}",
            "architecture-does-not-fit",
            "`mlp` takes one input, found 2: `left`, `right`",
        ),
        (
            "{architecture: {cnn: {pool: null, pool_size: 3}}}",
            "{source: digits}",
            "setting-without-effect",
            "`pool_size` changes nothing: `pool: null` pools nothing",
        ),
        (
            "{architecture: mlp, outputs: species}",
            "{source: iris}",
            "not-one-form",
            "`outputs` names nodes of a graph, and an architecture brings its own",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(model: str, data: str, code: str, message: str, refuse: Refuse) -> None:
    """At the setting."""
    assert refuse(model, data) == [(code, message)]
