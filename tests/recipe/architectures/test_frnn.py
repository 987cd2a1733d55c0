"""Neurons that are all connected with each other."""

from __future__ import annotations

from archcli.recipe.architectures import Surroundings, check_settings, expand

ONCE = Surroundings(("bits",), {}, "xor", "category", per_step=False)
EVERY_STEP = Surroundings(("bits",), {}, "sum", "number", per_step=True)


def test_an_frnn_without_settings() -> None:
    """All neurons are read at the last step, after two ticks."""
    found = expand("frnn", {}, ONCE)

    neurons = {"units": 32, "ticks": 2, "self_connections": True, "input_mode": "dense", "activation": "tanh"}
    assert found.model == {
        "layers": [
            {"FullyRecurrent": {**neurons, "return_sequences": False}},
            {"Dense": {"units": "$classes", "activation": "softmax"}},
        ]
    }
    assert found.train == {"optimizer": {"Adam": {"learning_rate": 0.003, "global_clipnorm": 1.0}}}


def test_an_frnn_with_all_settings() -> None:
    """The first neurons are read at every step."""
    settings = {
        "neurons": 6,
        "ticks": 1,
        "output_units": 2,
        "self_connections": False,
        "input_mode": "clamp",
        "activation": "sigmoid",
    }

    found = expand("frnn", settings, EVERY_STEP)

    neurons = {"units": 6, **{key: value for key, value in settings.items() if key != "neurons"}}
    assert found.model == {
        "layers": [
            {"FullyRecurrent": {**neurons, "return_sequences": True}},
            {"Dense": {"units": "$horizon", "activation": "linear"}},
        ]
    }


def test_there_must_be_as_many_neurons_as_are_read() -> None:
    """At least."""
    assert check_settings("frnn", {"neurons": 6, "output_units": 7}, ONCE) == [
        (
            "settings-contradict",
            "`output_units: 7` reads more neurons than the 6 of `neurons`",
            "output_units",
            "read fewer, or leave it out: all",
        )
    ]
