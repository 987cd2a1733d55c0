"""Every architecture that is a row of layers, built by both of Keras's APIs and in both of the language's forms."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from archcli.build.model import build_model
from archcli.commands.preparing import Prepared, prepare
from archcli.commands.show import show
from archcli.recipe.checking import load_recipe
from archcli.recipe.filling import fill_facts

LINEAR = {
    "perceptron": ("iris", "perceptron"),
    "perceptron that is trained by Rosenblatt's rule": ("iris", "{perceptron: {activation: step, rule: perceptron}}"),
    "mlp": ("wine", "{mlp: {hidden: [16, 8], dropout: 0.2, batch_norm: true, l2: 1e-4}}"),
    "cnn in one dimension": ("mackey_glass", "{cnn: {dims: 1, filters: [4, 8], pool: average}}"),
    "cnn in two dimensions": ("digits", "{cnn: {filters: [4, 8], edges: scharr, padding: 1, dropout: 0.1}}"),
    "cnn in three dimensions": ("{volumes: {examples: 50}}", "{cnn: {dims: 3, filters: [4, 8]}}"),
    "rnn": ("{digits: {as: rows}}", "{rnn: {units: 8, dropout: 0.1}}"),
    "rnn that answers at every step": ("{parity: {examples: 50}}", "{rnn: {units: 8, initializer: identity}}"),
    "gru": ("{digits: {as: rows}}", "{gru: {units: 8, read: mean}}"),
    "lstm": ("{digits: {as: rows}}", "{lstm: {units: 8, gate_bias: {chrono: 8}}}"),
    "lstm over sequences of many lengths": ("{reber: {examples: 50}}", "{lstm: {units: 8}}"),
    "birnn, merged": ("{past_vs_future: {examples: 50}}", "{birnn: {units: 8, merge: sum}}"),
    "frnn": ("{pipelined_xor: {examples: 50}}", "{frnn: {neurons: 6, ticks: 2, self_connections: false}}"),
    "elman": ("{temporal_xor: {examples: 50}}", "{elman: {units: 4, initial_context: 0.5}}"),
    "jordan that hears its own answer": ("abac", "{jordan: {units: 4, decay: 0.3}}"),
    "equilibrium": ("wine", "{equilibrium: {units: 8, contraction: 0.5}}"),
    "hopfield": ("{noisy_patterns: {examples: 50}}", "{hopfield: {rule: hebb, update: sync}}"),
    "hopfield, modern": ("{noisy_patterns: {examples: 50}}", "{hopfield: {modern: true, patterns: 5}}"),
}
"""Data and architecture, by what the test is called."""


@pytest.mark.parametrize("name", LINEAR)
def test_a_row_of_layers_computes_the_same_in_every_form(name: str, tmp_path: Path) -> None:
    """Sequential, functional by `build: functional`, as nodes, and as layers again: equal weights, equal bits."""
    source, architecture = LINEAR[name]
    written = tmp_path / "written.yaml"
    written.write_text(f"archcli: 1\ndata: {{source: {source}}}\nmodel: {{architecture: {architecture}}}\n", "utf-8")
    layers, nodes, again = (tmp_path / f"{form}.yaml" for form in ("layers", "nodes", "again"))
    layers.write_text(show(str(written), form="expanded"), "utf-8")
    nodes.write_text(show(str(written), build="functional"), "utf-8")
    again.write_text(show(str(nodes), build="sequential"), "utf-8")

    prepared = prepare(load_recipe(layers))
    facts = prepared.dataset.facts
    others = [
        build_model(fill_facts(load_recipe(path, overrides), facts).model, inputs=facts.inputs).core
        for path, overrides in ((layers, ["model.build=functional"]), (nodes, []), (again, []))
    ]

    assert [type(model) for model in (prepared.core, others[2])] == [keras.Sequential] * 2
    assert all(type(model) is not keras.Sequential for model in others[:2])
    assert "nodes:" in nodes.read_text("utf-8")
    for model in others:
        assert_same_answers(prepared, model)


def assert_same_answers(prepared: Prepared, other: keras.Model) -> None:
    """Give another model the same weights, and hold what it answers against what the prepared one does, bit for bit."""
    numbers = np.random.default_rng(3)
    weights = [np.abs(numbers.normal(0.0, 0.3, weight.shape)) for weight in prepared.core.get_weights()]
    inputs = prepared.examples(prepared.dataset.parts["training"]).first(8).inputs

    prepared.core.set_weights(weights)
    other.set_weights(weights)

    expected = np.asarray(prepared.core(inputs, training=False))
    assert np.isfinite(expected).all()
    assert expected.std() > 0
    np.testing.assert_array_equal(other(inputs, training=False), expected)
