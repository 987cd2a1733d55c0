"""Which layer would read the padding of short sequences as if it were values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final

import keras

STEP_BY_STEP: Final = frozenset(
    {"Activation", "ActivityRegularization", "AlphaDropout", "Dense", "Dropout", "ELU", "Embedding", "GaussianDropout"}
    | {"GaussianNoise", "Identity", "LayerNormalization", "LeakyReLU", "PReLU", "RMSNormalization", "ReLU", "Rescaling"}
    | {"ReversibleEmbedding", "Softmax", "SpatialDropout1D", "Step", "TimeDistributed", "UnitNormalization"}
    | {"Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"}
)
"""Layers that answer each step from that step alone: padding stays where it is, and no value is changed by it."""


def find_reader_of_padding(model: keras.Model, name: str) -> keras.layers.Layer | None:
    """Return the first layer that reads steps of an input together and is not told which of them are padding.

    `Masking` tells, and so does an `Embedding` with `mask_zero`.

    Args:
        model: A built model, sequential or functional.
        name: The input.
    """
    tensors = list(model.inputs)
    named = [tensor for tensor in tensors if tensor.name.partition(":")[0] == name] or tensors
    return _follow(model, named)[0]


def _follow(model: keras.Model, tensors: Iterable[Any]) -> tuple[keras.layers.Layer | None, Collection[int]]:
    """Return the layer that reads what comes of `tensors`, or else the places of the outputs that it reaches."""
    reached = {id(tensor) for tensor in tensors}
    for node in _nodes(model):
        arriving = [tensor for tensor in node.arguments.keras_tensors if id(tensor) in reached]
        layer = node.operation
        if not arriving or not isinstance(layer, keras.layers.Layer):  # an operation is what makes a mask
            continue
        if isinstance(layer, keras.layers.Masking) or getattr(layer, "mask_zero", False):
            continue
        outputs = node.output_tensors
        if isinstance(layer, keras.Model):
            places = [place for place, tensor in enumerate(node.arguments.keras_tensors) if id(tensor) in reached]
            found, left = _follow(layer, [layer.inputs[place] for place in places])
            if found is not None:
                return found, ()
            reached |= {id(outputs[place]) for place in left}
        elif type(layer).__name__ in STEP_BY_STEP:
            reached |= {id(tensor) for tensor in outputs}
        else:
            return layer, ()
    return None, [place for place, tensor in enumerate(model.outputs) if id(tensor) in reached]


def _nodes(model: keras.Model) -> list[Any]:
    """Return the calls of a model's layers, in an order in which each comes after those that it reads."""
    function = getattr(model, "_functional", None) or model
    depths = function._nodes_by_depth  # noqa: SLF001 -- Keras has no public walk over calls
    nodes = [node for depth in sorted(depths, reverse=True) for node in depths[depth]]
    return [node for node in nodes if not node.is_input]
