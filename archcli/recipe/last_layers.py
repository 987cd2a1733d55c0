"""Which layers decide what an output means: the last ones that change more than its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from archcli.recipe.recipe import Block, Body, Chain, Graph, Layer, Named, Shared

PASSES_ON: Final = frozenset(
    {"Cropping1D", "Cropping2D", "Cropping3D", "Flatten", "Identity", "Permute", "RepeatVector", "Reshape", "Reverse"}
    | {"ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "Masking"}
    | {f"SpatialDropout{dims}D" for dims in (1, 2, 3)}
    | {f"{reach}AveragePooling{dims}D" for reach in ("", "Adaptive", "Global") for dims in (1, 2, 3)}
    | {f"{reach}MaxPooling{dims}D" for reach in ("", "Adaptive", "Global") for dims in (1, 2, 3)}
)
"""Layers after which scores are still what they were before: probabilities, or logits."""

MIXES: Final = frozenset({"Average"})
"""Merges of probabilities that give probabilities."""

_WRAPPERS: Final = frozenset({"SpectralNormalization", "TimeDistributed"})
"""Layers that answer what the layer inside them does."""


def last_layers(body: Body, output: str, shared: Mapping[str, Layer]) -> tuple[Named, ...]:
    """Return the layers whose numbers an output has: one, or several that an `Average` mixes.

    Args:
        body: The model.
        output: The output's name; a chain has one, whatever it is called.
        shared: The layers used by name.

    Returns:
        None of them where the output is what arrived, perhaps in another shape.
    """
    if isinstance(body, Chain):
        found = _of_layers((*body.layers,), shared)
        return () if found is None else found
    return tuple({id(layer): layer for layer in _of_tensor(body, output, shared)}.values())


def _of_tensor(graph: Graph, name: str, shared: Mapping[str, Layer]) -> Iterator[Named]:
    """Yield the layers whose numbers a tensor of a graph has."""
    node = next((node for node in graph.nodes if name in node.names), None)
    if node is None:
        return  # it arrives from outside
    found = _of_layers(node.layers, shared)
    if found is None or (len(found) == 1 and found[0].name in MIXES and len(node.inputs) > 1):
        for read in node.inputs:
            yield from _of_tensor(graph, read, shared)
        return
    yield from found


def _of_layers(layers: tuple[Layer, ...], shared: Mapping[str, Layer]) -> tuple[Named, ...] | None:
    """Return the last layers of a row that change more than shape; None where none does."""
    for layer in reversed(layers):
        match layer:
            case Shared():
                found = _of_layers((shared[layer.name],), shared) if layer.name in shared else None
            case Chain():
                found = _of_layers(layer.layers, shared)
            case Block(body=Chain() as chain):
                found = _of_layers(chain.layers, shared)
            case Block(body=Graph() as graph):
                found = last_layers(graph, graph.outputs[0], shared) or None
            case Named() if layer.name in _WRAPPERS and isinstance(layer.arguments.get("layer"), (Named, Chain)):
                found = _of_layers((layer.arguments["layer"],), shared)  # type: ignore[arg-type]  # it is one of these
            case Named():
                found = None if layer.name in PASSES_ON else (layer,)
        if found is not None:
            return found
    return None
