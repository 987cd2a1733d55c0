"""A network whose answers are kept in state units and read in the next step (Jordan 1986)."""

from __future__ import annotations

from typing import Any, Final

from archcli.recipe.architectures.architecture import Architecture, Contradiction, Expansion, Settings, Surroundings
from archcli.recipe.architectures.graph import Nodes
from archcli.recipe.architectures.parts import (
    chosen_read,
    clipped,
    fitting_read,
    layer,
    mask_padding,
    one_input,
    output_activation,
    output_units,
    without_effect,
)
from archcli.recipe.architectures.settings import READ_WITHIN, UNITS, activation, signature
from archcli.recipe.types import Field, Number, Text

_EVEN_SHARE: Final = 0.5

SIGNATURE: Final = signature(
    "jordan",
    "Jordan's sequential network: hidden units, an answer, and state units that keep what was answered.",
    Field("units", UNITS, "Hidden units.", 32),
    Field("decay", Number(minimum=0, below=1), "Share of a state unit that is left in the next step.", 0.5),
    Field(
        "state_update",
        Text(("sum", "ema")),
        "What the answer adds to the state: `sum`: itself; `ema`: itself times 1 - decay, a moving average.",
        "sum",
    ),
    Field(
        "feedback",
        Text(("own", "teacher", "scheduled")),
        "What the state keeps in training: the network's own answers, the true ones, or now these, now those.",
        "own",
    ),
    Field(
        "teacher_share",
        Number(minimum=0, maximum=1),
        "Share of the steps at which `scheduled` feeds back the true answer.",
        inferred="0.5 where `feedback` is `scheduled`",
    ),
    Field("initial_state", Number(), "What each state unit holds before the first step.", 0.0),
    activation("tanh", "Activation of the hidden units."),
    READ_WITHIN,
    first="units",
)


def _split_inputs(surroundings: Surroundings) -> tuple[list[str], list[str]]:
    """Return the inputs that are a plan, and those that are the target one step late."""
    late = [name for name in surroundings.inputs if surroundings.shifts.get(name) == surroundings.target]
    return [name for name in surroundings.inputs if name not in late], late


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    found = fitting_read(settings, surroundings)
    feedback = settings["feedback"]
    if settings["teacher_share"] is not None and feedback != "scheduled":
        why = f"`feedback: {feedback}` is the same at every step"
        found.append(without_effect("teacher_share", why, "leave it out, or write `feedback: scheduled`"))
    return [*found, *_input_contradictions(feedback, surroundings)]


def _input_contradictions(feedback: str, surroundings: Surroundings) -> list[Contradiction]:
    plans, late = _split_inputs(surroundings)
    if feedback == "own":
        problems = one_input(SIGNATURE, surroundings)
        if problems and len(plans) == len(late) == 1:
            return [problems[0]._replace(hint=f"write `feedback: teacher` to feed `{late[0]}` back")]
        return problems
    if not late:
        target = surroundings.target
        message = f"`feedback: {feedback}` wants an input that is the target `{target}` one step late, found none"
        hint = f"add `previous: {{shift: {target}}}` to `data.inputs`, or write `feedback: own`"
        return [Contradiction("architecture-does-not-fit", message, "feedback", hint)]
    if len(plans) > 1 or len(late) > 1:
        names = ", ".join(f"`{name}`" for name in surroundings.inputs)
        message = f"`feedback: {feedback}` wants the target one step late and at most one other input, found {names}"
        hint = "keep two in `data.inputs`, or write the model as `nodes:`"
        return [Contradiction("architecture-does-not-fit", message, "feedback", hint)]
    return []


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    jordan = layer("Jordan", _arguments(settings, surroundings))
    plans, late = _split_inputs(surroundings)
    if len(surroundings.inputs) == 1:
        return Expansion({"layers": [*mask_padding(surroundings), jordan]}, clipped())
    nodes = Nodes(surroundings, plans[0])
    # The layer takes the true answers from the end of its inputs.
    both = nodes.add("both", [layer("Concatenate", {})], [nodes.first, late[0]])
    answer = nodes.add("answer", [jordan], both)
    return Expansion({"nodes": nodes.written, "outputs": answer}, clipped())


def _arguments(settings: Settings, surroundings: Surroundings) -> dict[str, Any]:
    share = settings["teacher_share"]
    scheduled = {"teacher_share": _EVEN_SHARE if share is None else share}
    return {
        "units": settings["units"],
        "output_units": output_units(surroundings),
        "decay": settings["decay"],
        "state_update": settings["state_update"],
        "feedback": settings["feedback"],
        **(scheduled if settings["feedback"] == "scheduled" else {}),
        "activation": settings["activation"],
        "output_activation": output_activation(surroundings),
        "initial_state_value": settings["initial_state"],
        "return_sequences": chosen_read(settings, surroundings) == "every_step",
    }


JORDAN: Final = Architecture(SIGNATURE, _expand, _contradictions)
