"""Which recurrent layers Keras gives to cuDNN, NVIDIA's library, on a GPU, and which arguments keep them from it.

cuDNN has one fixed LSTM and one fixed GRU, which run all steps of a sequence in one kernel. Keras takes them in silence
where the arguments allow it, and its own loop over the steps where they do not. The conditions are those of
`keras.src.backend.tensorflow.rnn.cudnn_ok` and of `inner_loop` of the two layers, Keras 3.15. All else that runs over
steps (`SimpleRNN`, `RNN` round any cell, `ConvLSTM2D`, the layers of this program) never goes there.

Where a mask arrives, cuDNN wants sequences that are padded at their end, none of them empty; else the step fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import keras

KEPT_BY: Final[Mapping[str, Any]] = {
    "activation": "tanh",
    "recurrent_activation": "sigmoid",
    "use_bias": True,
    "recurrent_dropout": 0,
    "unroll": False,
    "reset_after": True,
    "use_cudnn": "auto",
}
"""For each argument that decides: the value that keeps a layer with cuDNN."""


@dataclass(frozen=True)
class Loss:
    """An argument that keeps a layer from cuDNN.

    Attributes:
        argument: Its name.
        value: What it is.
        wanted: What it would have to be.
    """

    argument: str
    value: Any
    wanted: Any


def has_kernel(layer: keras.Layer) -> bool:
    """Return whether cuDNN computes what a layer does, if its arguments allow it."""
    return isinstance(layer, (keras.layers.LSTM, keras.layers.GRU))


def find_losses(layer: keras.Layer) -> tuple[Loss, ...]:
    """Return the arguments of an `LSTM` or `GRU` that keep it from cuDNN; none where it goes there on a GPU."""
    values = {name: _value(layer, name) for name in KEPT_BY if hasattr(layer, name)}
    return tuple(Loss(name, value, KEPT_BY[name]) for name, value in values.items() if not _keeps(name, value))


def keeps_cudnn(layer: keras.Layer) -> bool:
    """Return whether a layer runs by cuDNN's kernels, as a graph on a GPU."""
    return has_kernel(layer) and not find_losses(layer)


def leave_cudnn(model: keras.Model) -> None:
    """Let every `LSTM` and `GRU` of a model run in Keras's own loop, which XLA can compile, unlike cuDNN's kernels.

    A layer that could not go to cuDNN, as none can where there is no GPU, is left as it is.
    """
    for layer in model._flatten_layers():  # noqa: SLF001 -- see compile_mode
        if has_kernel(layer) and not layer.supports_jit:
            layer.use_cudnn, layer.supports_jit = False, True


def _value(layer: keras.Layer, name: str) -> Any:
    value = getattr(layer, name)
    return keras.activations.serialize(value) if name.endswith("activation") else value


def _keeps(name: str, value: Any) -> bool:
    return value in ("auto", True) if name == "use_cudnn" else bool(value == KEPT_BY[name])
