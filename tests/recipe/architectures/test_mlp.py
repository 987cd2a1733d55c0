"""Dense layers one after another."""

from __future__ import annotations

import pytest

from archcli.recipe.architectures import Surroundings, check_settings, expand

CLASSES = Surroundings(("measured",), {}, "species", "category")
NUMBERS = Surroundings(("measured",), {}, "price", "number")


def test_an_mlp_without_settings() -> None:
    """Two hidden layers; pictures are flattened first."""
    found = expand("mlp", {}, CLASSES)

    assert found.model == {
        "layers": [
            {"Flatten": {}},
            {"Dense": {"units": 64, "activation": "relu"}},
            {"Dense": {"units": 64, "activation": "relu"}},
            {"Dense": {"units": "$classes", "activation": "softmax"}},
        ]
    }
    assert found.train == {}


def test_an_mlp_with_all_settings() -> None:
    """Normalised before its activation, dropped after it, and every kernel penalised, the answer's too."""
    settings = {"hidden": (8,), "activation": "tanh", "dropout": 0.3, "l1": 1e-5, "l2": 1e-4, "batch_norm": True}
    penalty = {"L1L2": {"l1": 1e-5, "l2": 1e-4}}

    found = expand("mlp", settings, NUMBERS)

    assert found.model == {
        "layers": [
            {"Flatten": {}},
            {"Dense": {"units": 8, "kernel_regularizer": penalty, "use_bias": False}},
            {"BatchNormalization": {}},
            {"Activation": {"activation": "tanh"}},
            {"Dropout": {"rate": 0.3}},
            {"Dense": {"units": "$horizon", "activation": "linear", "kernel_regularizer": penalty}},
        ]
    }


def test_one_hidden_layer_needs_no_list() -> None:
    """`mlp: 32` is `mlp: {hidden: [32]}`."""
    assert expand("mlp", {"hidden": 32}, CLASSES) == expand("mlp", {"hidden": [32]}, CLASSES)


@pytest.mark.parametrize(("setting", "value"), [("activation", "tanh"), ("dropout", 0.1), ("batch_norm", True)])
def test_what_is_of_hidden_layers_needs_one(setting: str, value: object) -> None:
    """A setting that can change nothing is a problem."""
    found = check_settings("mlp", {"hidden": (), setting: value}, CLASSES)

    assert found == [
        (
            "setting-without-effect",
            f"`{setting}` changes nothing: there are no hidden layers",
            setting,
            "leave it out, or give `hidden` some units",
        )
    ]
