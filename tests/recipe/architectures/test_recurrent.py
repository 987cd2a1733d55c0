"""Plain, gated and long-memory recurrent layers."""

from __future__ import annotations

from typing import Any

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

CLASSES = Surroundings(("signal",), {}, "kind", "category")
EVERY_STEP = Surroundings(("signal",), {}, "kind", "category", per_step=True)
NUMBERS = Surroundings(("past",), {}, "next_day", "number", per_step=False)
CLIPPED = {"optimizer": {"Adam": {"learning_rate": 0.003, "global_clipnorm": 1.0}}}
ANSWER = {"Dense": {"units": "$classes", "activation": "softmax"}}


@pytest.mark.parametrize(("name", "layer"), [("rnn", "SimpleRNN"), ("gru", "GRU"), ("lstm", "LSTM")])
def test_one_layer_reads_and_the_last_step_answers(name: str, layer: str) -> None:
    """Without settings, and with as many numbers as the target has."""
    of_classes, of_numbers = expand(name, {}, CLASSES), expand(name, {}, NUMBERS)

    assert of_classes.model == {"layers": [{layer: {"units": 64}}, ANSWER]}
    assert of_classes.train == CLIPPED
    assert of_numbers.model["layers"][-1] == {"Dense": {"units": "$horizon", "activation": "linear"}}


def test_stacked_layers_hand_on_every_step() -> None:
    """All but the last, which gives what is read."""
    stacked = {"units": (32, 16), "dropout": 0.1, "recurrent_dropout": 0.2}
    drops = {"dropout": 0.1, "recurrent_dropout": 0.2}

    found = expand("gru", stacked, CLASSES)

    assert found.model == {
        "layers": [
            {"GRU": {"units": 32, **drops, "return_sequences": True}},
            {"GRU": {"units": 16, **drops}},
            ANSWER,
        ]
    }


@pytest.mark.parametrize(("read", "pool"), [("mean", "GlobalAveragePooling1D"), ("max", "GlobalMaxPooling1D")])
def test_steps_may_be_read_together(read: str, pool: str) -> None:
    """The mean or the greatest of all states."""
    found = expand("rnn", {"read": read}, CLASSES)

    assert found.model == {"layers": [{"SimpleRNN": {"units": 64, "return_sequences": True}}, {pool: {}}, ANSWER]}


def test_every_step_is_read_by_itself() -> None:
    """Where the target has a label for each."""
    found = expand("lstm", {"units": 8}, EVERY_STEP)

    assert found.model == {"layers": [{"LSTM": {"units": 8, "return_sequences": True}}, ANSWER]}


def test_an_identity_begins_as_le_wrote_it() -> None:
    """Recurrent weights keep every state, relu lets it pass, and inputs count little (Le, Jaitly and Hinton 2015)."""
    found = expand("rnn", {"initializer": "identity"}, CLASSES)

    assert found.model["layers"][0] == {
        "SimpleRNN": {
            "units": 64,
            "activation": "relu",
            "kernel_initializer": {"RandomNormal": {"stddev": 0.001}},
            "recurrent_initializer": {"Identity": {}},
        }
    }
    assert found.train == {"optimizer": {"Adam": {"learning_rate": 0.001, "global_clipnorm": 1.0}}}


def test_an_identity_goes_with_relu_only() -> None:
    """Another activation written beside it is a contradiction."""
    found = check_settings("rnn", {"initializer": "identity", "activation": "tanh"}, CLASSES)

    assert check_settings("rnn", {"initializer": "identity", "activation": "relu"}, CLASSES) == []
    assert found == [
        (
            "settings-contradict",
            "`initializer: identity` goes with `relu`, found `activation: tanh`",
            "activation",
            "leave `activation` out, or write `initializer: orthogonal`",
        )
    ]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        (
            "lstm",
            {"bias_initializer": {"Chrono": {"max_steps": 100, "gates": "lstm"}}, "unit_forget_bias": False},
        ),
        ("gru", {"bias_initializer": {"Chrono": {"max_steps": 100, "gates": "gru"}}}),
    ],
)
def test_gates_may_begin_with_a_memory_of_known_length(name: str, arguments: dict[str, Any]) -> None:
    """An LSTM's forget bias of 1 makes way for the bias that is drawn."""
    (layer,) = expand(name, {"gate_bias": {"chrono": 100}}, CLASSES).model["layers"][0].values()

    assert layer == {"units": 64, **arguments}


def test_recurrent_weights_may_begin_as_others_do() -> None:
    """By Glorot's rule in place of an orthogonal matrix."""
    (layer,) = expand("lstm", {"initializer": "glorot_uniform"}, CLASSES).model["layers"][0].values()

    assert layer == {"units": 64, "recurrent_initializer": {"GlorotUniform": {}}}


def test_padding_is_masked_first() -> None:
    """So that no layer behind reads it."""
    padded = Surroundings(("signal",), {}, "kind", "category", padded=True)

    assert expand("gru", {}, padded).model["layers"][0] == {"Masking": {"mask_value": "$padding"}}
