"""Units that settle: their state is where it no longer changes (Almeida 1987, Pineda 1987, Bai et al. 2019)."""

from __future__ import annotations

from typing import Final

from archcli.recipe.architectures.architecture import Architecture, Contradiction, Expansion, Settings, Surroundings
from archcli.recipe.architectures.parts import answers_once, clipped, layer, one_input, output_layer
from archcli.recipe.architectures.settings import UNITS, activation, signature
from archcli.recipe.types import Either, Field, Null, Number

SIGNATURE: Final = signature(
    "equilibrium",
    "Units that are connected with each other and run until they settle, then an answer from where they stand.",
    Field("units", UNITS, "How many units settle.", 64),
    activation("tanh", "Activation of the units."),
    Field("tolerance", Number(above=0), "Change from which on the state counts as settled.", 1e-4),
    Field("max_steps", UNITS, "Steps after which it is a failure not to have settled.", 200),
    Field("damping", Number(above=0, maximum=1), "Share of the new state in each step; 1: no damping.", 1.0),
    Field("gradient_steps", UNITS, "Steps from the settled state on that gradients go back through.", 5),
    Field(
        "contraction",
        Either((Number(above=0), Null())),
        "Bound on the recurrent weights; below 1, all settle, each in one state only; null: no bound.",
        0.95,
    ),
    first="units",
)


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:  # noqa: ARG001 -- all settings go together
    return [*one_input(SIGNATURE, surroundings), *answers_once(SIGNATURE, surroundings)]


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    settling = layer("Equilibrium", settings)
    return Expansion({"layers": [layer("Flatten", {}), settling, output_layer(surroundings)]}, clipped(1e-3))


EQUILIBRIUM: Final = Architecture(SIGNATURE, _expand, _contradictions)
