"""What a layer can be given when it is called, beside the tensor that comes first: Keras's arguments of `call`.

A test holds this table against Keras.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from archcli.recipe.catalogue import catalogue

CallArgument = Literal["tensor", "truth"]

_RECURRENT: Final[Mapping[str, CallArgument]] = {"initial_state": "tensor", "mask": "tensor", "training": "truth"}
_ATTENTION: Final[Mapping[str, CallArgument]] = {
    "mask": "tensor",
    "training": "truth",
    "return_attention_scores": "truth",
    "use_causal_mask": "truth",
}
_HEADS: Final[Mapping[str, CallArgument]] = {
    "query": "tensor",  # it is the first, but where several tensors go in, each may be named
    "value": "tensor",
    "key": "tensor",
    "query_mask": "tensor",
    "value_mask": "tensor",
    "key_mask": "tensor",
    "attention_mask": "tensor",
    "return_attention_scores": "truth",
    "training": "truth",
    "use_causal_mask": "truth",
}

_MASKED: Final[Mapping[str, CallArgument]] = {"mask": "tensor"}
_MASKED_IN_TRAINING: Final[Mapping[str, CallArgument]] = {"training": "truth", "mask": "tensor"}
_IN_TRAINING: Final[Mapping[str, CallArgument]] = {"training": "truth"}

CALLS: Final[Mapping[str, Mapping[str, CallArgument]]] = {
    **dict.fromkeys(
        (
            *("Bidirectional", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "Elman", "FullyRecurrent", "GRU", "Jordan"),
            *("LSTM", "RNN", "SimpleRNN"),
        ),
        _RECURRENT,
    ),
    **dict.fromkeys(("AdditiveAttention", "Attention"), _ATTENTION),
    **dict.fromkeys(("GroupedQueryAttention", "MultiHeadAttention"), _HEADS),
    **dict.fromkeys(("BatchNormalization", "Pipeline", "TimeDistributed"), _MASKED_IN_TRAINING),
    **dict.fromkeys(("GlobalAveragePooling1D", "Reverse", "Softmax"), _MASKED),
    **dict.fromkeys(
        (
            *("AlphaDropout", "Dense", "Dropout", "EinsumDense", "Equilibrium", "GaussianDropout"),
            *("GaussianNoise", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "SpectralNormalization"),
        ),
        _IN_TRAINING,
    ),
    "CategoryEncoding": {"count_weights": "tensor"},
    "ReversibleEmbedding": {"reverse": "truth"},
}
"""By layer, in Keras's order, without the first; a layer that is not here has none, and a cell is called by its `RNN`.

`training` is left out for `Random*` layers and others that take a picture: pictures are changed in training only.
"""

CALL_ARGUMENTS: Final = frozenset(argument for arguments in CALLS.values() for argument in arguments)
"""All of them: no block, shared layer or input of a block can be called so."""

TAKES_SEVERAL: Final = frozenset({"GroupedQueryAttention", "MultiHeadAttention"})
"""Layers that take several tensors one by one: query, value and perhaps key."""


def takes_a_list(layer: str) -> bool:
    """Tell whether a layer takes a list of tensors, as merges and `Attention` do."""
    entry = catalogue().entries("layer").get(layer)
    return entry is not None and entry.merges
