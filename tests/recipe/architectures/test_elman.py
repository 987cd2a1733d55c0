"""Elman's simple recurrent network."""

from __future__ import annotations

from archcli.recipe.architectures import Surroundings, expand

ONCE = Surroundings(("bits",), {}, "parity", "category")
EVERY_STEP = Surroundings(("bits",), {}, "next_bit", "number", per_step=True)
CLIPPED = {"optimizer": {"Adam": {"learning_rate": 0.003, "global_clipnorm": 1.0}}}


def test_an_elman_network_without_settings() -> None:
    """The readout is within the layer, so that the context is what Elman says."""
    found = expand("elman", {}, ONCE)

    assert found.model == {
        "layers": [
            {
                "Elman": {
                    "units": 32,
                    "output_units": "$classes",
                    "activation": "tanh",
                    "output_activation": "softmax",
                    "initial_context": 0.0,
                    "return_sequences": False,
                }
            }
        ]
    }
    assert found.train == CLIPPED


def test_the_network_of_1990() -> None:
    """Sigmoid units, a context of 0.5, and gradients through one step."""
    settings = {"units": 2, "activation": "sigmoid", "initial_context": 0.5, "learning_rule": "srn_1990"}

    found = expand("elman", settings, EVERY_STEP)

    assert found.model == {
        "layers": [
            {
                "Elman": {
                    "units": 2,
                    "output_units": "$horizon",
                    "activation": "sigmoid",
                    "output_activation": "linear",
                    "initial_context": 0.5,
                    "return_sequences": True,
                }
            }
        ]
    }
    assert found.train == {**CLIPPED, "learning_rule": "srn_1990"}
