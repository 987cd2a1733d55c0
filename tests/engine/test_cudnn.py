"""Which arguments keep a recurrent layer from cuDNN: Keras's own conditions."""

from __future__ import annotations

import sys
from typing import Any

import keras
import pytest

from archcli.engine.cudnn import Loss, find_losses, has_kernel, keeps_cudnn, leave_cudnn
from archcli.layers.elman import Elman

layers = keras.layers
rnn = sys.modules["keras.src.backend.tensorflow.rnn"]  # Keras hides it behind a function of that name


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_the_defaults_keep_cudnn(kind: Any) -> None:
    """So does everything that cuDNN need not know of: dropout of the input, direction, initializers."""
    free = {"dropout": 0.5, "go_backwards": True, "return_sequences": True, "return_state": True, "stateful": True}

    assert keeps_cudnn(kind(4))
    assert keeps_cudnn(kind(4, **free, kernel_initializer="he_normal", kernel_regularizer="l2", dtype="mixed_float16"))


@pytest.mark.parametrize(
    ("arguments", "loss"),
    [
        ({"activation": "relu"}, Loss("activation", "relu", "tanh")),
        ({"activation": None}, Loss("activation", "linear", "tanh")),
        ({"recurrent_activation": "hard_sigmoid"}, Loss("recurrent_activation", "hard_sigmoid", "sigmoid")),
        ({"use_bias": False}, Loss("use_bias", value=False, wanted=True)),
        ({"recurrent_dropout": 0.2}, Loss("recurrent_dropout", 0.2, 0)),
        ({"unroll": True}, Loss("unroll", value=True, wanted=False)),
        ({"use_cudnn": False}, Loss("use_cudnn", value=False, wanted="auto")),
    ],
)
@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
def test_each_argument_that_loses_cudnn_is_named(kind: Any, arguments: dict[str, Any], loss: Loss) -> None:
    """With what it is and what it would have to be."""
    assert find_losses(kind(4, **arguments)) == (loss,)
    assert not keeps_cudnn(kind(4, **arguments))


def test_a_gru_that_resets_before_loses_cudnn() -> None:
    """The GRU of cuDNN resets after the product with the state."""
    assert find_losses(layers.GRU(4, reset_after=False)) == (Loss("reset_after", value=False, wanted=True),)


def test_all_losses_are_named() -> None:
    """One is not enough to repair it."""
    lost = find_losses(layers.LSTM(4, activation="relu", unroll=True, recurrent_dropout=0.1))

    assert [loss.argument for loss in lost] == ["activation", "recurrent_dropout", "unroll"]


@pytest.mark.parametrize(
    "layer", [layers.SimpleRNN(4), layers.RNN(layers.LSTMCell(4)), layers.ConvLSTM1D(2, 3), Elman(4), layers.Dense(4)]
)
def test_other_layers_never_go_to_cudnns_recurrent_kernels(layer: keras.Layer) -> None:
    """Also not Keras's loop round the cell of an LSTM."""
    assert not has_kernel(layer)
    assert not keeps_cudnn(layer)


ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"activation": "relu"},
    {"recurrent_activation": "tanh"},
    {"use_bias": False},
    {"unroll": True},
    {"dropout": 0.1, "go_backwards": True},
]


@pytest.mark.parametrize("arguments", [*ARGUMENTS, {"reset_after": False}])
def test_keras_comes_to_the_same_answer(arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own condition, asked as if there were a GPU."""
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    for kind in (layers.GRU,) if "reset_after" in arguments else (layers.LSTM, layers.GRU):
        layer = kind(4, **arguments)  # Keras says of a layer that it takes to cuDNN that XLA cannot compile it

        assert keeps_cudnn(layer) is not layer.supports_jit


@pytest.mark.parametrize("kind", [layers.LSTM, layers.GRU])
@pytest.mark.parametrize("arguments", [{}, {"recurrent_dropout": 0.5}, {"use_cudnn": False}, {"activation": "relu"}])
def test_keras_calls_cudnn_for_those_layers_alone(
    kind: Any, arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function that would run the kernel is called where we say so, and nowhere else."""
    called: list[str] = []

    def refuse(*_: Any) -> Any:
        called.append("cudnn")
        raise NotImplementedError

    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    monkeypatch.setattr(rnn, "_cudnn_lstm", refuse)
    monkeypatch.setattr(rnn, "_cudnn_gru", refuse)
    layer = kind(4, **arguments)

    layer(keras.ops.zeros((2, 3, 1)), training=True)

    assert bool(called) is keeps_cudnn(layer)


def test_layers_leave_cudnn_for_xla(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also inside wrappers; on a GPU XLA could not compile them otherwise."""
    monkeypatch.setattr(rnn, "_is_gpu_available", lambda: True)
    inner = layers.Bidirectional(layers.LSTM(3))
    model = keras.Sequential([inner])

    leave_cudnn(model)

    assert [(one.use_cudnn, one.supports_jit) for one in (inner.forward_layer, inner.backward_layer)] == [
        (False, True)
    ] * 2


def test_without_a_gpu_nothing_is_left() -> None:
    """The layer is as its recipe made it."""
    layer = layers.LSTM(3)

    leave_cudnn(keras.Sequential([keras.Input((3, 1)), layer]))

    assert layer.use_cudnn == "auto"
