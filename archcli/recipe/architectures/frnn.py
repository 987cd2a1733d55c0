"""Neurons that are all connected with each other (Williams and Zipser 1989)."""

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
    output_layer,
    pool_steps,
)
from archcli.recipe.architectures.settings import READ, UNITS, activation, signature
from archcli.recipe.types import Either, Field, Null, Text, Truth

SIGNATURE: Final = signature(
    "frnn",
    "A fully recurrent network: neurons that are all connected with each other, some of which are read.",
    Field("neurons", UNITS, "How many neurons there are.", 32),
    Field(
        "ticks",
        UNITS,
        "How often all neurons change while one step is put in; with 1, a step reaches the answer to it without "
        "passing a second neuron.",
        2,
    ),
    Field("output_units", Either((UNITS, Null())), "How many neurons, the first ones, are read; null: all."),
    Field("self_connections", Truth(), "Whether a neuron is connected with itself, too.", default=True),
    Field(
        "input_mode",
        Text(("dense", "clamp")),
        "`dense`: every neuron gets every input, weighted; `clamp`: each gets one, as many as there are neurons.",
        "dense",
    ),
    activation("tanh", "Activation of the neurons."),
    READ,
    first="neurons",
)


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    found = [*one_input(SIGNATURE, surroundings), *fitting_read(settings, surroundings)]
    neurons, read = settings["neurons"], settings["output_units"]
    if isinstance(read, int) and isinstance(neurons, int) and read > neurons:
        message = f"`output_units: {read}` reads more neurons than the {neurons} of `neurons`"
        found.append(Contradiction("settings-contradict", message, "output_units", "read fewer, or leave it out: all"))
    return found


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    read = chosen_read(settings, surroundings)
    arguments = {
        "units": settings["neurons"],
        "output_units": settings["output_units"],
        "ticks": settings["ticks"],
        "self_connections": settings["self_connections"],
        "input_mode": settings["input_mode"],
        "activation": settings["activation"],
        "return_sequences": read != "last",
    }
    neurons = layer("FullyRecurrent", arguments, {"output_units": None})
    layers = [*mask_padding(surroundings), neurons, *pool_steps(read), output_layer(surroundings)]
    return Expansion({"layers": layers}, clipped())


FRNN: Final = Architecture(SIGNATURE, _expand, _contradictions)
