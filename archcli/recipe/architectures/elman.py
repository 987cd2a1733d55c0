"""A network whose hidden units are copied into context units and read in the next step (Elman 1990)."""

from __future__ import annotations

from typing import Final

from archcli.recipe.architectures.architecture import Architecture, Contradiction, Expansion, Settings, Surroundings
from archcli.recipe.architectures.parts import (
    chosen_read,
    clipped,
    fitting_read,
    layer,
    mask_padding,
    one_input,
    output_activation,
    output_units,
)
from archcli.recipe.architectures.settings import READ_WITHIN, UNITS, activation, signature
from archcli.recipe.types import Field, Number, Text

SIGNATURE: Final = signature(
    "elman",
    "Elman's simple recurrent network: hidden units, a copy of them that is read in the next step, and an answer.",
    Field("units", UNITS, "Hidden units, and so context units.", 32),
    Field("initial_context", Number(), "What each context unit holds before the first step; Elman's: 0.5.", 0.0),
    activation("tanh", "Activation of the hidden units; Elman's: `sigmoid`."),
    Field(
        "learning_rule",
        Text(("bptt", "srn_1990")),
        "Gradients through all steps, or, as in 1990, through one with the context taken for an input.",
        "bptt",
    ),
    READ_WITHIN,
    first="units",
)


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    return [*one_input(SIGNATURE, surroundings), *fitting_read(settings, surroundings)]


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    arguments = {
        "units": settings["units"],
        "output_units": output_units(surroundings),
        "activation": settings["activation"],
        "output_activation": output_activation(surroundings),
        "initial_context": settings["initial_context"],
        "return_sequences": chosen_read(settings, surroundings) == "every_step",
    }
    rule = settings["learning_rule"]
    train = clipped() if rule == "bptt" else {**clipped(), "learning_rule": rule}
    return Expansion({"layers": [*mask_padding(surroundings), layer("Elman", arguments)]}, train)


ELMAN: Final = Architecture(SIGNATURE, _expand, _contradictions)
