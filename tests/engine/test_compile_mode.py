"""The rules by which steps are run as a graph, by XLA or eagerly."""

from __future__ import annotations

from typing import Any

import keras
import pytest

from archcli.engine import compile_mode
from archcli.engine.compile_mode import Mode, choose_mode, find_refused_layer, judge_layer
from archcli.errors import Problem, RecipeError
from archcli.layers.elman import Elman
from archcli.layers.fully_recurrent import FullyRecurrent
from archcli.layers.jordan import Jordan
from archcli.layers.reverse import Reverse

layers = keras.layers
MANY = {"core_count": 4, "total_steps": 100_000}
ON_CPU: dict[str, Any] = {"device": "cpu", **MANY}
ON_GPU: dict[str, Any] = {"device": "gpu", **MANY}


def mlp() -> keras.Model:
    """Build a network that XLA runs fast everywhere."""
    return keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dropout(0.1), layers.Dense(1)])


def cnn() -> keras.Model:
    """Build a convolutional network."""
    return keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])


def lstm() -> keras.Model:
    """Build a recurrent network inside a wrapper."""
    return keras.Sequential([keras.Input((5, 2)), layers.Bidirectional(layers.LSTM(3)), layers.Dense(1)])


@pytest.mark.parametrize("requested", ["graph", "xla", "eager"])
def test_what_the_recipe_asks_for_is_done(requested: Any) -> None:
    """A mode that is asked for overrules every rule."""
    assert choose_mode(cnn(), requested, **ON_CPU) == Mode(requested, "the recipe asks for it")


def test_dense_layers_go_to_xla_on_a_cpu() -> None:
    """Layers that were tried under XLA run by it."""
    assert choose_mode(mlp(), "auto", **ON_CPU) == Mode("xla", "XLA runs every layer of this model fast on a CPU")


def test_convolutions_stay_in_the_graph_on_a_cpu() -> None:
    """XLA's convolutions are slow on a CPU."""
    assert choose_mode(cnn(), "auto", **ON_CPU) == Mode(
        "graph", "`Conv2D` is not among the layers that XLA runs fast on a CPU"
    )


def test_a_layer_inside_a_wrapper_counts() -> None:
    """A convolution for every step of a sequence is a convolution."""
    model = keras.Sequential([keras.Input((5, 8, 2)), layers.TimeDistributed(layers.Conv1D(2, 3)), layers.Flatten()])

    assert choose_mode(model, "auto", **ON_CPU).name == "graph"


def test_a_layer_inside_a_nested_model_counts() -> None:
    """A convolution in a model in a model is a convolution."""
    model = keras.Sequential([keras.Input((8, 8, 1)), cnn(), layers.Dense(2)])

    assert choose_mode(model, "auto", **ON_CPU).name == "graph"


def test_layers_of_our_own_and_attention_go_to_xla_on_a_cpu() -> None:
    """They were tried under XLA, in models inside models too."""
    inputs = keras.Input((5, 4))
    inner = keras.Sequential([keras.Input((5, 4)), Elman(4, 4, return_sequences=True), Reverse()])
    hidden = Jordan(3, 2, return_sequences=True)(layers.MultiHeadAttention(1, 2)(inner(inputs), inputs))
    model = keras.Model(inputs, layers.Dense(1)(FullyRecurrent(3)(hidden)))

    assert choose_mode(model, "auto", **ON_CPU).name == "xla"
    assert choose_mode(model, "auto", device="cpu", core_count=4, total_steps=1_000).name == "xla"


def test_a_functional_model_with_a_convolution_stays_in_the_graph_on_a_cpu() -> None:
    """Whichever of Keras's forms the model has."""
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(layers.Conv2D(2, 3)(inputs))))

    assert choose_mode(model, "auto", **ON_CPU).name == "graph"


def test_batches_of_many_lengths_stay_in_the_graph() -> None:
    """XLA would compile each length anew, on any device."""
    expected = Mode("graph", "XLA compiles each length of a batch anew")

    assert choose_mode(mlp(), "auto", varied_lengths=True, **ON_CPU) == expected
    assert choose_mode(mlp(), "auto", varied_lengths=True, **ON_GPU) == expected
    assert choose_mode(mlp(), "eager", varied_lengths=True, **ON_CPU).name == "eager"


def test_xla_is_refused_for_batches_of_many_lengths() -> None:
    """Where the recipe asks for both, one of them must go."""
    with pytest.raises(RecipeError) as raised:
        choose_mode(mlp(), "xla", varied_lengths=True, **ON_CPU)

    message = "`train.compile: xla` wants batches of one length, and `train.bucket_by_length` cuts each to its own"
    assert raised.value.problems == (Problem("xla-needs-one-length", message, hint="leave one of the two out"),)


def test_a_layer_that_cannot_be_compiled_keeps_the_model_in_the_graph() -> None:
    """What Keras marks as beyond XLA is not tried, on any device."""
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.RandomRotation(0.1), layers.Flatten(), layers.Dense(1)])
    expected = Mode("graph", "`RandomRotation` cannot be compiled by XLA")

    assert choose_mode(model, "auto", **ON_CPU) == expected
    assert choose_mode(model, "auto", **ON_GPU) == expected


def test_op_determinism_keeps_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """With determinism switched on XLA is not chosen, on any device."""
    monkeypatch.setattr(compile_mode, "is_op_determinism_enabled", lambda: True)
    expected = Mode("graph", "XLA has no deterministic form of some operations")

    assert choose_mode(mlp(), "auto", **ON_CPU) == expected
    assert choose_mode(cnn(), "auto", **ON_GPU) == expected


def test_one_core_is_too_few_for_xla() -> None:
    """With one core XLA gains nothing."""
    mode = choose_mode(mlp(), "auto", device="cpu", core_count=1, total_steps=100_000)

    assert mode == Mode("graph", "XLA gains nothing on one core")


def test_a_short_training_is_not_compiled_by_xla() -> None:
    """Below ten thousand steps compiling takes longer than it saves."""
    mode = choose_mode(mlp(), "auto", device="cpu", core_count=4, total_steps=9_999)

    assert mode == Mode("graph", "compiling by XLA does not pay for 9999 steps, fewer than 10000")


def test_recurrent_steps_pay_sooner() -> None:
    """A step of a recurrent network saves more, so that fewer of them are enough."""
    assert choose_mode(lstm(), "auto", device="cpu", core_count=4, total_steps=999).name == "graph"
    assert choose_mode(lstm(), "auto", device="cpu", core_count=4, total_steps=1_000).name == "xla"


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (layers.LSTM(90), None),
        (layers.LSTM(91), "LSTM"),
        (layers.GRU(104), None),
        (layers.Bidirectional(layers.GRU(105)), "GRU"),
        (layers.SimpleRNN(181), None),
        (layers.SimpleRNN(182), "SimpleRNN"),
    ],
)
def test_wide_recurrent_layers_stay_in_the_graph_on_a_cpu(layer: keras.Layer, name: str | None) -> None:
    """What counts is how many weights the product with the state has, all gates together."""
    model = keras.Sequential([keras.Input((5, 2)), layer])
    reason = f"`{name}` is too wide to be run faster by XLA on a CPU"

    mode = choose_mode(model, "auto", **ON_CPU)

    assert mode == (Mode("graph", reason) if name else Mode("xla", "XLA runs every layer of this model fast on a CPU"))


@pytest.mark.parametrize(
    ("layer", "device", "verdict"),
    [
        (layers.LSTM(3), "cpu", "yes"),
        (layers.Conv1D(3, 3), "cpu", "slow"),
        (layers.TimeDistributed(layers.Conv1D(3, 3)), "cpu", "slow"),
        (layers.MaxPooling2D(), "cpu", "untried"),
        (layers.RandomRotation(0.1), "cpu", "no"),
        (layers.Conv1D(3, 3), "gpu", "yes"),
        (layers.RandomRotation(0.1), "gpu", "no"),
    ],
)
def test_each_layer_is_judged_as_the_rules_judge_models(layer: keras.Layer, device: Any, verdict: str) -> None:
    """A wrapper as what it wraps."""
    assert judge_layer(layer, device) == verdict


def test_lstm_keeps_cudnn_on_a_gpu() -> None:
    """On a GPU a graph keeps cuDNN's kernels."""
    assert choose_mode(lstm(), "auto", **ON_GPU) == Mode("graph", "`LSTM` keeps cuDNN's kernels on a GPU")


def test_a_gru_in_a_model_inside_the_model_keeps_cudnn_on_a_gpu() -> None:
    """However deep the layer is, beside whatever others."""
    inner = keras.Sequential([keras.Input((5, 2)), layers.GRU(3), layers.Dense(2)])
    model = keras.Sequential([keras.Input((5, 4)), layers.Dense(2), inner])

    assert choose_mode(model, "auto", **ON_GPU) == Mode("graph", "`GRU` keeps cuDNN's kernels on a GPU")


@pytest.mark.parametrize(
    "layer",
    [
        layers.LSTM(3, recurrent_dropout=0.5),
        layers.LSTM(3, activation="relu"),
        layers.GRU(3, reset_after=False),
        layers.Bidirectional(layers.LSTM(3, use_bias=False)),
        layers.RNN(layers.LSTMCell(3)),
        layers.SimpleRNN(3),
    ],
)
def test_what_has_lost_cudnn_goes_to_xla_on_a_gpu(layer: keras.Layer) -> None:
    """There are no kernels of cuDNN to keep."""
    model = keras.Sequential([keras.Input((5, 2)), layer, layers.Dense(1)])

    assert choose_mode(model, "auto", **ON_GPU) == Mode("xla", "XLA compiles every layer of this model on a GPU")


def test_xla_does_not_refuse_what_leaves_cudnn() -> None:
    """Keras says on a GPU that such a layer cannot be compiled; it can, in Keras's own loop."""
    layer = layers.LSTM(3)
    layer.supports_jit = False  # as on a GPU
    model = keras.Sequential([keras.Input((5, 2)), layer])

    assert find_refused_layer(model) is None


def test_convolutions_go_to_xla_on_a_gpu() -> None:
    """What is slow under XLA on a CPU is not on a GPU."""
    assert choose_mode(cnn(), "auto", **ON_GPU) == Mode("xla", "XLA compiles every layer of this model on a GPU")
