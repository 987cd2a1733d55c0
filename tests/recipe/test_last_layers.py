"""Which layers decide what an output means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.last_layers import last_layers

if TYPE_CHECKING:
    from tests.recipe.conftest import Read

SOFTMAX = "Dense: {units: $classes, activation: softmax, name: answer}"
HEADS = (
    "a: {Dense: {units: 3, activation: softmax, name: one}, from: input}, "
    "b: {Dense: {units: 3, activation: softmax, name: two}, from: input}"
)


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (f"{{layers: [{SOFTMAX}]}}", ["answer"]),
        (f"{{layers: [Dense: 8, {SOFTMAX}, Dropout: 0.1, [Identity, Flatten]]}}", ["answer"]),
        (f"{{layers: [Dense: 8, {{TimeDistributed: {{{SOFTMAX}}}}}, GlobalMaxPooling1D]}}", ["answer"]),
        (f"{{blocks: {{end: {{layers: [{SOFTMAX}, Flatten]}}}}, layers: [end]}}", ["answer"]),
        (f"{{blocks: {{end: {{nodes: {{a: {{{SOFTMAX}, from: input}}}}}}}}, layers: [end, Flatten]}}", ["answer"]),
        (f"{{shared: {{end: [{SOFTMAX}]}}, layers: [Dense: 3, end]}}", ["answer"]),
        (f"{{nodes: {{a: {{{SOFTMAX}, from: input}}, b: {{Flatten, from: a}}}}}}", ["answer"]),
        (f"{{nodes: {{{HEADS}, pool: {{Average, from: [a, b]}}}}}}", ["one", "two"]),
        (f"{{nodes: {{{HEADS}, pool: {{layers: [Average, Flatten], from: [a, b]}}}}}}", ["one", "two"]),
        ("{nodes: {a: {Flatten, from: input}}}", []),
    ],
)
def test_what_only_reshapes_is_passed_over(model: str, names: list[str], read: Read) -> None:
    """In chains, blocks, shared layers, wrappers, nodes and averages."""
    recipe = read(model)

    found = last_layers(recipe.model.body, next(iter(recipe.model.outputs)), recipe.model.shared)

    assert [layer.arguments["name"] for layer in found] == names
