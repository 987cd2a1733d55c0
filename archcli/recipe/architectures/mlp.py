"""Dense layers one after another: the multi-layer perceptron (Rumelhart, Hinton and Williams 1986)."""

from __future__ import annotations

from typing import Final

from archcli.recipe.architectures.architecture import (
    Architecture,
    Contradiction,
    Expansion,
    PlainLayer,
    Settings,
    Surroundings,
)
from archcli.recipe.architectures.parts import (
    answers_once,
    dropout,
    hidden_layer,
    layer,
    one_input,
    output_layer,
    regularizer,
    without_effect,
)
from archcli.recipe.architectures.settings import BATCH_NORM, L1, L2, SHARE, UNITS, activation, signature
from archcli.recipe.types import Either, Field, ListOf

SIGNATURE: Final = signature(
    "mlp",
    "Dense layers one after another, for tables and other inputs without order: the multi-layer perceptron.",
    Field("hidden", Either((UNITS, ListOf(UNITS))), "Units of each hidden layer, from the input on.", [64, 64]),
    activation("relu", "Activation of the hidden layers."),
    Field("dropout", SHARE, "Share of each hidden layer that is dropped in training.", 0.0),
    L1,
    L2,
    BATCH_NORM,
    first="hidden",
)
_OF_HIDDEN_LAYERS: Final = ("activation", "dropout", "batch_norm")


def hidden_units(hidden: int | list[int]) -> list[int]:
    """Return the units of each hidden layer, of which one may be given without a list."""
    return hidden if isinstance(hidden, list) else [hidden]


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    found = [*one_input(SIGNATURE, surroundings), *answers_once(SIGNATURE, surroundings)]
    if not hidden_units(settings["hidden"]):
        found += [
            without_effect(name, "there are no hidden layers", "leave it out, or give `hidden` some units")
            for name in _OF_HIDDEN_LAYERS
            if settings[name] != SIGNATURE.arguments[name].default
        ]
    return found


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    layers: list[PlainLayer] = [layer("Flatten", {})]
    for units in hidden_units(settings["hidden"]):
        layers += [*hidden_layer("Dense", {"units": units}, settings), *dropout(settings["dropout"])]
    return Expansion({"layers": [*layers, output_layer(surroundings, regularizer(settings))]})


MLP: Final = Architecture(SIGNATURE, _expand, _contradictions)
