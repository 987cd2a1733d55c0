"""How many tensors layers take and give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.recipe.conftest import Read, Refuse

PAIRS = "{source: digit_pairs}"
BLOCKS = """{
  join: {inputs: [one, two], nodes: {out: {Subtract, from: [one, two]}}},
  part: {nodes: {a: {Identity, from: input}, b: {ReLU, from: input}}, outputs: [a, b]},
  flat: {layers: [Flatten]}}"""
USED = "u: {join, from: [left, right]}, 'v, w': {part, from: u}, t: {flat, from: v}"


def _model(node: str) -> str:
    shared = "{merge: [Concatenate, Flatten]}"
    same = "same: {layers: [Concatenate, Dense: 1], from: [t, w, m, x]}"
    nodes = f"{USED}, m: {{merge, from: [left, right]}}, {node}, {same}"
    return f"{{blocks: {BLOCKS}, shared: {shared}, nodes: {{{nodes}}}}}"


@pytest.mark.parametrize(
    "node",
    [
        "x: {Add, from: [left, right, u]}",
        "x: {Subtract, from: [left, right]}",
        "x: {Attention, from: [left, right, left]}",
        "x: {join, from: [left, right]}",
        "x: {join, one: left, two: right}",
        "x: {join, from: left, two: right}",
        "'x, _': {part, from: left}",
        "x: {layers: [Identity, flat], from: left}",
        "x: {merge, from: [left, right]}",
        "x: {MultiHeadAttention: {num_heads: 2, key_dim: 4}, from: [left, right]}",
        "x: {MultiHeadAttention: {num_heads: 2, key_dim: 4}, from: left, value: right}",
        "x: {MultiHeadAttention: {num_heads: 2, key_dim: 4}, query: left, value: right, key: u}",
    ],
)
def test_a_layer_that_gets_what_it_takes_is_read(node: str, read: Read) -> None:
    """In a list, one by one, or by name."""
    read(_model(node), PAIRS)


@pytest.mark.parametrize(
    ("node", "code", "message"),
    [
        ("x: {Dense: 8, from: [left, right]}", "wrong-input-count", "`Dense` takes one tensor, found 2"),
        ("x: {Add, from: left}", "wrong-input-count", "`Add` takes 2 tensors or more, found 1"),
        ("x: {Dot: 1, from: [left, right, u]}", "wrong-input-count", "`Dot` takes 2 tensors, found 3"),
        ("x: {join, from: left}", "wrong-input-count", "the block `join` takes 2 tensors, `one`, `two`; found 1"),
        ("x: {join, two: left}", "wrong-input-count", "the block `join` takes 2 tensors, `one`, `two`; found 1"),
        (
            "x: {join, from: [left, right, u]}",
            "wrong-input-count",
            "the block `join` takes 2 tensors, `one`, `two`; found 3",
        ),
        (
            "x: {join, from: left, one: right}",
            "wrong-input-count",
            "the block `join` is given `one` twice: `from` stands for `one`, `two`, in this order",
        ),
        ("x: {flat, from: [left, right]}", "wrong-input-count", "the block `flat` takes one tensor, found 2"),
        ("x: {merge, from: left}", "wrong-input-count", "the shared layer `merge` takes 2 tensors or more, found 1"),
        (
            "x: {MultiHeadAttention: {num_heads: 2, key_dim: 4}, from: left}",
            "wrong-input-count",
            "`MultiHeadAttention` takes 2 to 3 tensors, `query`, `value`, `key`; found 1",
        ),
        (
            "x: {MultiHeadAttention: {num_heads: 2, key_dim: 4}, query: left}",
            "wrong-input-count",
            "`MultiHeadAttention` takes 2 to 3 tensors, `query`, `value`, `key`; found 1",
        ),
        (
            "x: {layers: [Flatten, Add], from: left}",
            "layer-needs-several-inputs",
            "`Add` joins several tensors, but a chain hands one from layer to layer",
        ),
        ("x: {part, from: left}", "several-outputs", "the block `part` gives 2 tensors, but the node has one name"),
        (
            "'x, _, _': {part, from: left}",
            "wrong-output-count",
            "the block `part` gives 2 tensors, but the node names 3",
        ),
        (
            "x: {layers: [part, Flatten], from: left}",
            "several-outputs",
            "the block `part` gives several tensors, but a chain hands one from layer to layer",
        ),
    ],
)
def test_a_layer_that_gets_another_number_is_refused(node: str, code: str, message: str, refuse: Refuse) -> None:
    """With what it takes and what it got."""
    assert refuse(_model(node), PAIRS) == [(code, message)]


@pytest.mark.parametrize("layer", ["Add", "join", "merge"])
def test_a_chain_begins_with_a_layer_that_takes_one(layer: str, refuse: Refuse) -> None:
    """It gets the only input."""
    blocks = "{join: {inputs: [one, two], nodes: {out: {Subtract, from: [one, two]}}}}"
    extra = {"Add": "", "merge": "shared: {merge: Add}, ", "join": f"blocks: {blocks}, "}[layer]

    problems = refuse(f"{{{extra}layers: [{layer}, Dense: $classes]}}")

    assert [code for code, _ in problems] == ["layer-needs-several-inputs"]
