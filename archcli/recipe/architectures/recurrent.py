"""Recurrent layers of Keras one above another: plain, gated (Cho et al. 2014), with memory cells (Hochreiter 1997)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from archcli.recipe.architectures.architecture import (
    Architecture,
    Contradiction,
    Expansion,
    PlainLayer,
    Settings,
    Surroundings,
)
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
from archcli.recipe.architectures.settings import (
    ACTIVATIONS,
    ONE_OR_EACH,
    READ,
    SHARE,
    activation,
    signature,
)
from archcli.recipe.types import Either, Field, Null, Section, Signature, Text, Whole

CELLS: Final[Mapping[str, str]] = {"rnn": "SimpleRNN", "gru": "GRU", "lstm": "LSTM"}
"""Keras's layer for each kind of cell."""

_DEFAULTS: Final[Mapping[str, Any]] = {
    "activation": "tanh",
    "dropout": 0,
    "recurrent_dropout": 0,
    "return_sequences": False,
}

_UNITS: Final = Field("units", ONE_OR_EACH, "Units, or those of each layer where they are stacked.", 64)
_DROPOUT: Final = Field(
    "dropout", SHARE, "Share of each layer's inputs dropped in training, the same at all steps.", 0.0
)
_RECURRENT_DROPOUT: Final = Field(
    "recurrent_dropout", SHARE, "Share of each layer's state dropped in training, the same at all steps.", 0.0
)
_GATE_BIAS: Final = Field(
    "gate_bias",
    Either(
        (
            Section(
                "gate_bias",
                (Field("chrono", Whole(minimum=3), "The longest time to remember, in steps.", required=True),),
            ),
            Null(),
        )
    ),
    "What the gates' biases begin with; `{chrono: T}`: so that they remember for up to T steps (Tallec and Ollivier "
    "2018); null: as Keras has them.",
)

_RNN: Final = signature(
    "rnn",
    "Plain recurrent layers, each step's state made from the input and the state before.",
    _UNITS,
    _DROPOUT,
    _RECURRENT_DROPOUT,
    Field(
        "initializer",
        Text(("orthogonal", "glorot_uniform", "identity")),
        "What recurrent weights begin as; `identity`: every state is kept at first, with `relu` (Le et al. 2015).",
        "orthogonal",
    ),
    Field(
        "activation",
        Text(ACTIVATIONS, "activation"),
        "Activation of the states.",
        inferred="the initializer: `relu` for `identity`, else `tanh`",
    ),
    READ,
    first="units",
)


def _gated(name: str, summary: str) -> Signature:
    return signature(
        name,
        summary,
        _UNITS,
        _DROPOUT,
        _RECURRENT_DROPOUT,
        Field("initializer", Text(("orthogonal", "glorot_uniform")), "What recurrent weights begin as.", "orthogonal"),
        _GATE_BIAS,
        activation("tanh", "Activation of the states; another than `tanh` is slow on a GPU."),
        READ,
        first="units",
    )


_GRU: Final = _gated("gru", "Recurrent layers whose gates say how much of the state is kept: gated recurrent units.")
_LSTM: Final = _gated("lstm", "Recurrent layers with memory cells that gates write, keep and read: for long lags.")


def recurrent_layer(name: str, units: Any, arguments: Mapping[str, Any]) -> PlainLayer:
    """Return one of Keras's recurrent layers, without the arguments that are its defaults."""
    return layer(name, {"units": units, **arguments}, _DEFAULTS)


def _contradictions(found: Signature, settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    problems = [*one_input(found, surroundings), *fitting_read(settings, surroundings)]
    if settings["initializer"] == "identity" and settings["activation"] not in (None, "relu"):
        message = f"`initializer: identity` goes with `relu`, found `activation: {settings['activation']}`"
        hint = "leave `activation` out, or write `initializer: orthogonal`"
        problems.append(Contradiction("settings-contradict", message, "activation", hint))
    return problems


def _expand(kind: str, settings: Settings, surroundings: Surroundings) -> Expansion:
    read = chosen_read(settings, surroundings)
    units = settings["units"] if isinstance(settings["units"], list) else [settings["units"]]
    arguments = {
        "activation": settings["activation"] or ("relu" if settings["initializer"] == "identity" else "tanh"),
        "dropout": settings["dropout"],
        "recurrent_dropout": settings["recurrent_dropout"],
        **_initializers(kind, settings),
    }
    layers: list[PlainLayer] = mask_padding(surroundings)
    for place, count in enumerate(units, start=1):
        gives_steps = {"return_sequences": place < len(units) or read != "last"}
        layers.append(recurrent_layer(CELLS[kind], count, {**arguments, **gives_steps}))
    # What keeps every state from the start is the first to explode.
    train = clipped(1e-3) if settings["initializer"] == "identity" else clipped()
    return Expansion({"layers": [*layers, *pool_steps(read), output_layer(surroundings)]}, train)


def _initializers(kind: str, settings: Settings) -> dict[str, Any]:
    """Return the initializers that differ from Keras's."""
    found: dict[str, Any] = {}
    if settings["initializer"] == "identity":  # inputs count little at first (Le et al. 2015)
        found["kernel_initializer"] = {"RandomNormal": {"stddev": 0.001}}
        found["recurrent_initializer"] = {"Identity": {}}
    elif settings["initializer"] == "glorot_uniform":
        found["recurrent_initializer"] = {"GlorotUniform": {}}
    gate_bias = settings.get("gate_bias")
    if gate_bias is not None:
        found["bias_initializer"] = {"Chrono": {"max_steps": gate_bias["chrono"], "gates": kind}}
        if kind == "lstm":
            found["unit_forget_bias"] = False
    return found


def _architecture(found: Signature) -> Architecture:
    return Architecture(found, partial(_expand, found.name), partial(_contradictions, found))


RNN: Final = _architecture(_RNN)
GRU: Final = _architecture(_GRU)
LSTM: Final = _architecture(_LSTM)
