"""Units that settle."""

from __future__ import annotations

from archcli.recipe.architectures import Surroundings, expand

CLASSES = Surroundings(("measured",), {}, "species", "category")
NUMBERS = Surroundings(("measured",), {}, "price", "number")


def test_an_equilibrium_network_without_settings() -> None:
    """With a bound under which it always settles."""
    found = expand("equilibrium", {}, CLASSES)

    settling = {"tolerance": 1e-4, "max_steps": 200, "damping": 1.0, "gradient_steps": 5, "contraction": 0.95}
    assert found.model == {
        "layers": [
            {"Flatten": {}},
            {"Equilibrium": {"units": 64, "activation": "tanh", **settling}},
            {"Dense": {"units": "$classes", "activation": "softmax"}},
        ]
    }
    assert found.train == {"optimizer": {"Adam": {"learning_rate": 0.001, "global_clipnorm": 1.0}}}


def test_an_equilibrium_network_with_all_settings() -> None:
    """Each reaches the layer, null too."""
    settings = {
        "units": 8,
        "activation": "relu",
        "tolerance": 1e-3,
        "max_steps": 50,
        "damping": 0.5,
        "gradient_steps": 1,
        "contraction": None,
    }

    found = expand("equilibrium", settings, NUMBERS)

    assert found.model["layers"][1:] == [
        {"Equilibrium": settings},
        {"Dense": {"units": "$horizon", "activation": "linear"}},
    ]
