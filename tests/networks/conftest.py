"""What the tests of whole networks share: a recipe made ready to train, and another model to compare it with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archcli.commands.preparing import Prepared, prepare
from archcli.recipe.checking import load_recipe

PrepareNetwork = Callable[..., Prepared]
CompareNetworks = Callable[..., None]


@pytest.fixture
def prepare_network() -> PrepareNetwork:
    """Make the recipe of a name beside this file ready to train, with overrides such as `train.epochs=5`."""

    def prepared(name: str, *overrides: str) -> Prepared:
        return prepare(load_recipe(Path(__file__).with_name(f"{name}.yaml"), overrides))

    return prepared


@pytest.fixture
def compare_networks() -> CompareNetworks:
    """Hold a recipe's network against the same one written in plain Keras.

    They have as many weights to train. With the same random weights they give the same outputs for examples of the
    recipe's data, bit for bit, as they compute the same sums in the same order.
    """

    def compare(prepared: Prepared, plain: keras.Model, *, examples: int = 4) -> None:
        inputs = prepared.examples(prepared.dataset.parts["training"]).first(examples).inputs
        give_same_weights(prepared.core, plain)
        assert count_trained(prepared.core) == count_trained(plain)

        output, expected = prepared.core(inputs, training=False), plain(inputs, training=False)

        flat = [np.asarray(part) for part in keras.tree.flatten(output)]
        assert all(np.isfinite(part).all() and part.std() > 0 for part in flat)  # equal, and not for being all zero
        for part, wanted in zip(flat, keras.tree.flatten(expected), strict=True):
            np.testing.assert_array_equal(part, wanted)

    return compare


def count_trained(model: Any) -> int:
    """Count the numbers that training changes."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def give_same_weights(model: keras.Model, other: keras.Model) -> None:
    """Give two models the same random weights, each layer those of the layer at the same place in the other.

    The models are walked from their outputs back to their inputs, through the models inside them, so that neither the
    order nor the nesting counts in which they are written. Layers that meet must be alike.
    """
    numbers = np.random.default_rng(7)
    layers, others = weighted_layers(model), weighted_layers(other)
    assert [described(layer) for layer in layers] == [described(layer) for layer in others]
    assert sum(len(layer.weights) for layer in layers) == len(model.weights)
    for layer, same in zip(layers, others, strict=True):
        # Variances are positive; nothing is about zero, so that no weight is without effect.
        weights = [np.abs(numbers.normal(0.02, 0.2, weight.shape)) for weight in layer.weights]
        signs = [1 if "variance" in weight.path else numbers.choice([-1, 1], weight.shape) for weight in layer.weights]
        weights = [weight * sign for weight, sign in zip(weights, signs, strict=True)]
        layer.set_weights(weights)
        same.set_weights(weights)


def described(layer: Any) -> tuple[str, list[tuple[int, ...]]]:
    """Return the class of a layer and the shapes of its weights."""
    return type(layer).__name__, [tuple(weight.shape) for weight in layer.weights]


def weighted_layers(model: keras.Model) -> list[Any]:
    """Return the layers that have weights, each once, in the order in which the outputs come to depend on them."""
    seen: set[int] = set()
    given: dict[int, Iterator[Any]] = {id(tensor): iter(()) for tensor in model.inputs}
    behind = [layer for tensor in model.outputs for layer in layers_behind(tensor, given, seen)]
    weighted = [layer for layer in behind if isinstance(layer, keras.Layer) and layer.weights]
    return list({id(layer): layer for layer in weighted}.values())


def layers_behind(tensor: Any, given: dict[int, Iterator[Any]], seen: set[int]) -> Iterator[Any]:
    """Yield the layers and operations that a tensor depends on, those that come first before the others.

    Args:
        tensor: Keras's, without values.
        given: By `id`, the tensors at which to stop, and in its place the layers that lead there.
        seen: The `id` of what was walked already, and is not walked again.
    """
    if id(tensor) in seen:
        return
    seen.add(id(tensor))
    if id(tensor) in given:
        yield from given[id(tensor)]
        return
    layer, node_index, tensor_index = tensor._keras_history
    arriving = layer._inbound_nodes[node_index].input_tensors
    if not isinstance(layer, keras.Model):
        for before in arriving:
            yield from layers_behind(before, given, seen)
        yield layer
        return
    # Masks arrive after the tensors.
    inside = {id(own): layers_behind(before, given, seen) for own, before in zip(layer.inputs, arriving, strict=False)}
    yield from layers_behind(layer.outputs[tensor_index], inside, set())
