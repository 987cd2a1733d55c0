"""Graphs tied together: order, names, outputs, and what nothing uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.recipe import Graph

if TYPE_CHECKING:
    from tests.recipe.conftest import Read, Refuse

PAIRS = "{source: digit_pairs}"
SAME = "same: {Dense: {units: 1, activation: sigmoid}, from: both}"
END = "species: {Dense: {units: $classes, activation: softmax}, from: wide}"


def test_nodes_are_put_in_the_order_in_which_they_can_be_computed(read: Read) -> None:
    """They may be written in any."""
    nodes = f"{{{SAME}, both: {{layers: [Subtract, Flatten], from: [left, b]}}, b: {{Identity, from: right}}}}"

    recipe = read(f"{{nodes: {nodes}}}", PAIRS)

    assert isinstance(recipe.model.body, Graph)
    assert [node.names for node in recipe.model.body.nodes] == [("b",), ("both",), ("same",)]
    assert (recipe.model.body.inputs, recipe.model.body.outputs) == (("left", "right"), ("same",))


@pytest.mark.parametrize("name", ["input", "measurements"])
def test_the_only_input_has_two_names(name: str, read: Read) -> None:
    """Its own, and `input`."""
    recipe = read(f"{{nodes: {{wide: {{Dense: 8, from: {name}}}, {END}}}}}")

    assert isinstance(recipe.model.body, Graph)
    assert recipe.model.body.nodes[0].inputs == ("measurements",)


@pytest.mark.parametrize(
    ("nodes", "problem"),
    [
        (
            f"a: {{Dense: 3, from: wide}}, wide: {{Dense: 3, from: b}}, b: {{Dense: 3, from: a}}, {END}",
            ("graph-cycle", "the nodes wait for each other: a -> b -> wide -> a"),
        ),
        (f"wide: {{Dense: 3, from: wide}}, {END}", ("graph-cycle", "the nodes wait for each other: wide -> wide")),
        (f"wide: {{Dense: 3, from: inptu}}, {END}", ("unknown-node", "no node and no input is called `inptu`")),
        (
            f"wide: {{Dense: 3, from: input}}, aside: {{Dense: 3, from: wide}}, {END}",
            ("several-ends", "the model does not say what leaves it: no node reads `aside`, `species`"),
        ),
        (
            f"'wide, rest': {{Dense: 3, from: input}}, {END}",
            ("unused-node", "nothing reads `rest`"),
        ),
        (
            f"wide: {{Dense: 3, from: input}}, _: {{Dense: 3, from: wide}}, {END}",
            ("unused-node", "of the node `_` nothing is wanted"),
        ),
        (
            f"wide: {{Dense: 3, from: input}}, measurements: {{Dense: 3, from: wide}}, {END}",
            ("repeated-name", "a node is called `measurements`, like an input"),
        ),
        (
            f"wide: {{Dense: 3, from: input}}, layers: {{Dense: 3, from: wide}}, {END}",
            ("repeated-name", "a node cannot be called `layers`, a word of the language"),
        ),
        (
            f"wide: {{Dense: 3, from: input}}, Deep: {{Dense: 3, from: wide}}, {END}",
            ("not-a-name", "`Deep` cannot be a name"),
        ),
    ],
)
def test_a_graph_that_cannot_be_is_refused(nodes: str, problem: tuple[str, str], refuse: Refuse) -> None:
    """One problem each, and the whole circle."""
    assert refuse(f"{{nodes: {{{nodes}}}}}") == [problem]


@pytest.mark.parametrize(
    ("outputs", "problem"),
    [
        ("specie", ("unknown-node", "no node is called `specie`")),
        ("[species, species]", ("repeated-name", "`species` is an output twice")),
        ("[species, measurements]", ("unknown-node", "the output `measurements` is an input")),
        ("[]", ("empty-list", "the model has no outputs")),
        ("wide", ("unused-node", "no output of the model depends on the node `species`")),
    ],
)
def test_outputs_that_cannot_be_are_refused(outputs: str, problem: tuple[str, str], refuse: Refuse) -> None:
    """Unknown, twice, an input, none at all, or not all that there is."""
    assert refuse(f"{{nodes: {{wide: {{Dense: 8, from: input}}, {END}}}, outputs: {outputs}}}") == [problem]


def test_an_input_that_nothing_reads_is_refused(refuse: Refuse) -> None:
    """Of the model, and of a block."""
    blocks = "{join: {inputs: [one, two], nodes: {out: {Flatten, from: one}}}}"

    assert refuse(f"{{nodes: {{both: {{Flatten, from: left}}, {SAME}}}}}", PAIRS) == [
        ("unused-input", "nothing in the model reads the input `right`")
    ]
    assert refuse(f"{{blocks: {blocks}, nodes: {{both: {{join, from: [left, right]}}, {SAME}}}}}", PAIRS) == [
        ("unused-input", "nothing in the block `join` reads the input `two`")
    ]


def test_of_several_inputs_none_is_called_input(refuse: Refuse) -> None:
    """It would not say which."""
    assert refuse(f"{{nodes: {{both: {{layers: [Add, Flatten], from: [left, input]}}, {SAME}}}}}", PAIRS) == [
        ("unknown-node", "the model has 2 inputs, and `input` does not say which")
    ]
