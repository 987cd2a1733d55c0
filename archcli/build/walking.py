"""The layers of a recipe, as they stand there: one after another, inside blocks, inside others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archcli.recipe.recipe import Block, Body, Chain, Graph, Layer, Model, Named, Shared, Value


def flat_layers(layers: Iterable[Layer]) -> Iterator[Named | Block | Shared]:
    """Yield layers in order; a chain among them is part of them."""
    for layer in layers:
        if isinstance(layer, Chain):
            yield from flat_layers(layer.layers)
        else:
            yield layer


def own_layers(body: Body) -> Iterator[Named | Block | Shared]:
    """Yield the layers of a model or of a block, without those inside its own blocks."""
    if isinstance(body, Chain):
        yield from flat_layers(body.layers)
        return
    for node in body.nodes:
        yield from flat_layers(node.layers)


def named_layers(model: Model) -> Iterator[Named]:
    """Yield everything that is made with arguments: of the body, of blocks at each use, and each shared layer once.

    Layers among the arguments of others are left out.
    """
    yield from _named_in(own_layers(model.body))
    yield from _named_in(flat_layers(model.shared.values()))


def is_graph(layer: Value) -> bool:
    """Say whether a layer is, or holds, a block made of nodes: Keras must know what arrives before it can be made."""
    match layer:
        case Block():
            return isinstance(layer.body, Graph) or any(is_graph(inner) for inner in own_layers(layer.body))
        case Chain():
            return any(is_graph(inner) for inner in layer.layers)
        case Named():
            return any(is_graph(value) for value in layer.arguments.values())
        case _:
            return False


def _named_in(layers: Iterable[Named | Block | Shared]) -> Iterator[Named]:
    for layer in layers:
        if isinstance(layer, Named):
            yield layer
        elif isinstance(layer, Block):
            yield from _named_in(own_layers(layer.body))
