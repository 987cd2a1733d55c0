"""A model tied to its data: which output learns what, and what is never used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.recipe import Named

if TYPE_CHECKING:
    from tests.recipe.conftest import Read, Refuse

FLOWERS = "{source: {csv: f.csv}, inputs: {size: {numeric: [a, b]}}, targets: {kind: category, price: number}}"
TRUNK = "trunk: {Dense: 8, from: size}"
KIND = "kind: {Dense: {units: $classes, activation: softmax}, from: trunk}"
PRICE = "price: {Dense: 1, from: trunk}"
END = "Dense: {units: $classes, activation: softmax}"


def test_an_output_learns_the_target_of_its_name(read: Read) -> None:
    """In the order of `outputs`."""
    recipe = read(f"{{nodes: {{{TRUNK}, {KIND}, {PRICE}}}, outputs: [price, kind]}}", FLOWERS)

    assert list(recipe.model.outputs.items()) == [("price", "price"), ("kind", "kind")]
    assert {name: objective.task for name, objective in recipe.objectives.items()} == {
        "price": "regression",
        "kind": "classification",
    }
    assert {name: loss.name for name, loss in recipe.train.loss.items()} == {
        "price": "MeanSquaredError",
        "kind": "SparseCategoricalCrossentropy",
    }


def test_several_outputs_learn_the_only_target(read: Read) -> None:
    """The first is its answer."""
    recipe = read(
        "{nodes: {'past, future': {Bidirectional: {layer: {GRU: {units: 4, return_sequences: true}}, "
        "merge_mode: null}, from: input}, a: {Dense: {units: 3, activation: softmax}, from: past}, "
        "b: {Dense: {units: 3, activation: softmax}, from: future}}, outputs: [b, a]}",
        "{source: past_vs_future}",
        "{loss_weights: {a: 0}, metrics: {b: []}}",
    )

    (target,) = recipe.data.targets
    assert recipe.model.outputs == {"b": target, "a": target}
    assert recipe.train.loss_weights == {"b": 1.0, "a": 0.0}
    assert {name: len(metrics) for name, metrics in recipe.train.metrics.items()} == {"b": 0, "a": 1}


def test_an_output_is_bound_by_hand(read: Read) -> None:
    """To a target, to nothing, or to an input; a target that the set brings and none learns is dropped."""
    recipe = read(
        "{nodes: {code: {layers: [Flatten, Dense: 2], from: image}, "
        "again: {layers: [Dense: 64, Reshape: [8, 8, 1]], from: code}}, outputs: {again: image, code: null}}",
        "{source: digits}",
    )

    assert recipe.model.outputs == {"again": "image", "code": None}
    assert list(recipe.objectives) == ["again"]
    assert {name: (target.name, target.arguments) for name, target in recipe.data.targets.items()} == {
        "image": ("shift", {"of": "image", "by": 0})
    }


def test_an_autoencoder_of_a_file_needs_no_targets(read: Read) -> None:
    """Its outputs say what they learn."""
    recipe = read(
        "{nodes: {code: {Dense: 1, from: input}, again: {Dense: 2, from: code}}, outputs: {again: size}}",
        "{source: {csv: f.csv}, inputs: {size: {numeric: [a, b]}}}",
    )

    assert recipe.model.outputs == {"again": "size"}


@pytest.mark.parametrize(
    ("model", "build"),
    [
        (f"{{layers: [{END}]}}", "sequential"),
        (f"{{build: functional, layers: [{END}]}}", "functional"),
        (f"{{nodes: {{species: {{{END}, from: input}}}}}}", "functional"),
        (f"{{shared: {{code: {{Dense: 4}}}}, layers: [code, code, {END}]}}", "functional"),
        (f"{{blocks: {{wide: {{layers: [Dense: 4]}}}}, layers: [wide, {END}]}}", "sequential"),
        ("{architecture: mlp}", "sequential"),
    ],
)
def test_the_api_follows_from_the_form(model: str, build: str, read: Read) -> None:
    """A graph and shared layers want the functional one."""
    assert read(model).model.build == build


def test_a_shared_layer_is_kept_once(read: Read) -> None:
    """Those that are used, by name."""
    recipe = read(f"{{shared: {{code: {{Dense: 4}}}}, layers: [code, code, {END}]}}")

    assert [(name, type(layer)) for name, layer in recipe.model.shared.items()] == [("code", Named)]


@pytest.mark.parametrize(
    ("model", "problems"),
    [
        (
            f"{{nodes: {{{TRUNK}, {KIND}}}}}",
            [("unused-target", "no output learns the target `price`")],
        ),
        (
            f"{{nodes: {{{TRUNK}, {KIND}, cost: {{Dense: 1, from: trunk}}}}, outputs: [kind, cost]}}",
            [("output-without-target", "the output `cost` has no target of its name")],
        ),
        (
            f"{{nodes: {{{TRUNK}, {KIND}, {PRICE}}}, outputs: {{kind: kind, price: prise}}}}",
            [("unknown-target", "no target and no input is called `prise`")],
        ),
        (
            f"{{nodes: {{{TRUNK}, {KIND}, {PRICE}}}, outputs: {{kind: null, price: null}}}}",
            [("output-without-target", "no output has a target: there is nothing to learn")],
        ),
        (
            f"{{layers: [{END}]}}",
            [("several-targets", "a chain of layers has one target, found 2: `kind`, `price`")],
        ),
    ],
)
def test_outputs_and_targets_that_do_not_meet_are_refused(
    model: str, problems: list[tuple[str, str]], refuse: Refuse
) -> None:
    """Both ways round."""
    assert refuse(model, FLOWERS) == problems


@pytest.mark.parametrize(
    ("model", "problem"),
    [
        ("{build: functional}", ("missing-key", "`model` needs `layers`, `nodes` or `architecture`")),
        (f"{{layers: [{END}], architecture: mlp}}", ("not-one-form", "`model` has both `layers` and `architecture`")),
        (
            f"{{layers: [{END}], outputs: species}}",
            (
                "not-one-form",
                "`outputs` names nodes of a graph, and `layers` is a chain, which ends with its last layer",
            ),
        ),
        (
            f"{{build: sequential, nodes: {{species: {{{END}, from: input}}}}}}",
            ("not-sequential", "a graph cannot be built with Keras's Sequential"),
        ),
        (
            f"{{blocks: {{wide: {{layers: [Dense: 3]}}}}, layers: [{END}]}}",
            ("unused-block", "nothing uses the block `wide`"),
        ),
        (
            f"{{shared: {{code: {{Dense: 3}}}}, layers: [{END}]}}",
            ("unused-block", "nothing uses the shared layer `code`"),
        ),
        (
            f"{{blocks: {{wide: {{parameters: {{units: 3}}, layers: [Dense: 3]}}}}, layers: [wide, {END}]}}",
            ("unused-parameter", "the block `wide` never uses its parameter `units`"),
        ),
        (
            f"{{blocks: {{wide: {{inputs: a, layers: [Dense: 3]}}}}, layers: [wide, {END}]}}",
            ("wrong-type", "`inputs` wants a list of names, found the text `a`"),
        ),
        (
            f"{{blocks: {{mask: {{layers: [Dense: 3]}}}}, layers: [mask, {END}]}}",
            ("repeated-name", "a block cannot be called `mask`, an argument of Keras's layers when they are called"),
        ),
    ],
)
def test_a_model_that_cannot_be_is_refused(model: str, problem: tuple[str, str], refuse: Refuse) -> None:
    """With one problem."""
    assert refuse(model) == [problem]


def test_a_model_is_looked_at_though_its_data_are_wrong(refuse: Refuse) -> None:
    """Everything at once."""
    problems = refuse("{nodes: {a: {Dens: 3, from: input}}}", "{source: irsi}")

    assert [code for code, _ in problems] == ["unknown-source", "unknown-layer"]
