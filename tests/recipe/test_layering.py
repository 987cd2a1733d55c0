"""Layers, blocks and shared layers as values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.layering import find_named
from archcli.recipe.recipe import Block, Chain, Fact, Graph, Layer, Named, Recipe, Shared

if TYPE_CHECKING:
    from tests.recipe.conftest import Read, Refuse

END = "Dense: {units: $classes, activation: softmax}"


def _layers(recipe: Recipe) -> tuple[Layer, ...]:
    assert isinstance(recipe.model.body, Chain)
    return recipe.model.body.layers


def _units(layer: object) -> list[object]:
    return [named.arguments["units"] for named in find_named(layer) if named.name == "Dense"]


def test_a_repeated_layer_is_as_many_layers(read: Read) -> None:
    """In a row, with its arguments each time; a chain inside a chain stays one."""
    recipe = read(f"{{layers: [{{Dense: 8, repeat: 3}}, [Dropout: 0.1, ReLU], {END}]}}")

    repeated, chain, last = _layers(recipe)
    assert isinstance(repeated, Chain)
    assert [layer.name for layer in repeated.layers if isinstance(layer, Named)] == ["Dense"] * 3
    assert isinstance(chain, Chain)
    assert isinstance(last, Named)


@pytest.mark.parametrize(
    ("use", "units"),
    [("wide", [8, 8]), ("wide: 16", [16, 16]), ("wide: {units: 16}", [16, 16]), ("{wide: 4, repeat: 2}", [4, 4, 4, 4])],
)
def test_a_use_of_a_block_has_its_parameters_put_in(use: str, units: list[int], read: Read) -> None:
    """Its default, its first parameter, or by name."""
    blocks = "{wide: {parameters: {units: 8}, layers: [Dense: $units, ReLU, Dense: $units]}}"

    recipe = read(f"{{blocks: {blocks}, layers: [{use}, {END}]}}")

    assert _units(_layers(recipe)[0]) == units


def test_a_block_hands_its_parameter_to_a_block_in_it(read: Read) -> None:
    """`$units` means the use of the inner block, where the outer one's `$width` is known."""
    blocks = """{
      inner: {parameters: {units, activation: relu}, layers: [Dense: {units: $units, activation: $activation}]},
      outer: {parameters: {width}, layers: [inner: $width, inner: {units: $width, activation: tanh}]}}"""

    recipe = read(f"{{blocks: {blocks}, layers: [outer: 5, {END}]}}")

    found = list(find_named(_layers(recipe)[0]))
    assert [(named.arguments["units"], named.arguments["activation"]) for named in found] == [(5, "relu"), (5, "tanh")]


def test_parameters_of_a_block_go_before_those_of_the_recipe(read: Read) -> None:
    """And a default of a block may be one of the recipe's, or a fact of the data."""
    blocks = "{wide: {parameters: {classes: 5, units: $classes}, layers: [Dense: $classes, Dense: $units]}}"

    recipe = read(f"{{blocks: {blocks}, layers: [wide, {END}]}}")

    first, second = _units(_layers(recipe)[0])
    assert first == 5
    assert isinstance(second, Fact)


def test_a_layer_may_be_a_parameter(read: Read) -> None:
    """A pattern around any layer."""
    blocks = "{twice: {parameters: {layer}, layers: [$layer, Dropout: 0.1, $layer]}}"

    recipe = read(f"{{blocks: {blocks}, layers: [twice: {{Dense: 4}}, {END}]}}")

    assert _units(_layers(recipe)[0]) == [4, 4]


def test_each_use_of_a_block_is_a_block_of_its_own(read: Read) -> None:
    """It has weights of its own, unlike the uses of a shared layer."""
    recipe = read(
        "{blocks: {wide: {layers: [Dense: 8]}}, shared: {code: [Dense: 8, wide]}, "
        f"layers: [wide, wide, code, code, {END}]}}"
    )

    wide, again, code, same, _ = _layers(recipe)
    assert isinstance(wide, Block)
    assert isinstance(again, Block)
    assert (wide.location, again.location) != (again.location, wide.location)
    assert isinstance(code, Shared)
    assert isinstance(same, Shared)
    assert list(recipe.model.shared) == ["code"]
    assert _units(recipe.model.shared["code"]) == [8, 8]


def test_a_graph_in_a_block_is_a_graph(read: Read) -> None:
    """Its only input is called `input` inside it."""
    recipe = read(
        "{blocks: {residual: {nodes: {change: {Dense: 4, from: input}, sum: {Add, from: [input, change]}}}}, "
        f"layers: [residual, {END}]}}"
    )

    block = _layers(recipe)[0]
    assert isinstance(block, Block)
    assert isinstance(block.body, Graph)
    assert (block.body.inputs, block.body.outputs) == (("input",), ("sum",))


@pytest.mark.parametrize(
    ("model", "code", "message"),
    [
        (f"{{layers: [[], {END}]}}", "empty-list", "`layers` is an empty list of layers"),
        (f"{{layers: [LSTMCell: 3, {END}]}}", "cell-outside-rnn", None),
        (
            f"{{blocks: {{a: {{layers: [b]}}, b: {{layers: [a]}}}}, layers: [a, {END}]}}",
            "block-cycle",
            "the block `a` is made of itself: a -> b -> a",
        ),
        (
            f"{{blocks: {{a: {{parameters: {{units}}, layers: [Dense: $units]}}}}, layers: [a, {END}]}}",
            "missing-argument",
            "the block `a` needs `units`",
        ),
        (
            f"{{shared: {{a: [a, ReLU]}}, layers: [a, {END}]}}",
            "block-cycle",
            "the shared layer `a` is made of itself: a -> a",
        ),
    ],
)
def test_what_is_no_layer_is_refused(model: str, code: str, message: str | None, refuse: Refuse) -> None:
    """Where it stands, and once."""
    problems = refuse(model)

    assert [found for found, _ in problems] == [code]
    assert message is None or problems == [(code, message)]
