"""Two recurrent layers, one for each direction of time (Schuster and Paliwal 1997), put together in four ways."""

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
from archcli.recipe.architectures.graph import Nodes
from archcli.recipe.architectures.parts import (
    chosen_read,
    clipped,
    fitting_read,
    layer,
    mask_padding,
    one_input,
    output_layer,
    pool_steps,
    without_effect,
)
from archcli.recipe.architectures.recurrent import CELLS, recurrent_layer
from archcli.recipe.architectures.settings import READ, UNITS, signature
from archcli.recipe.types import Field, Text

_DECIDING_UNITS: Final = 8

SIGNATURE: Final = signature(
    "birnn",
    "Two recurrent layers, one from the first step on and one from the last back, so that each step knows both sides.",
    Field("cell", Text(tuple(CELLS)), "The kind of recurrent layer.", "lstm"),
    Field("units", UNITS, "Units of each direction.", 32),
    Field(
        "learning",
        Text(("merged", "stacked", "two_heads", "decision")),
        "How the directions learn: one answer from both states; the backward layer reads the forward one's states; an "
        "answer of each, averaged; an answer of each, and a small layer that decides.",
        "merged",
    ),
    Field(
        "merge",
        Text(("concat", "sum", "mul", "ave")),
        "How `merged` makes one state of both.",
        inferred="`concat` where `learning` is `merged`",
    ),
    READ,
    first="units",
)


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    found = [*one_input(SIGNATURE, surroundings), *fitting_read(settings, surroundings)]
    learning = settings["learning"]
    if settings["merge"] is not None and learning != "merged":
        why = f"`learning: {learning}` merges no states"
        found.append(without_effect("merge", why, "leave it out, or write `learning: merged`"))
    for name in surroundings.inputs:
        if surroundings.shifts.get(name) == surroundings.target:
            target = surroundings.target
            message = f"`birnn` reads later steps too, and in them its input `{name}` holds the target `{target}`"
            hint = "take one that reads forward only, such as `gru`"
            found.append(Contradiction("architecture-does-not-fit", message, None, hint))
    return found


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:
    match settings["learning"]:
        case "merged":
            return _merged(settings, surroundings)
        case "stacked":
            return _stacked(settings, surroundings)
        case learning:
            return _two_heads(settings, surroundings, decides=learning == "decision")


def _direction(settings: Settings, *, steps: bool, backwards: bool = False) -> PlainLayer:
    """Return the recurrent layer of one direction; with `steps` it gives all states, else the last."""
    arguments = {"return_sequences": True} if steps else {}
    return recurrent_layer(
        CELLS[settings["cell"]], settings["units"], arguments | ({"go_backwards": True} if backwards else {})
    )


def _merged(settings: Settings, surroundings: Surroundings) -> Expansion:
    read = chosen_read(settings, surroundings)
    arguments = {"layer": _direction(settings, steps=read != "last"), "merge_mode": settings["merge"] or "concat"}
    both = layer("Bidirectional", arguments, {"merge_mode": "concat"})
    layers = [*mask_padding(surroundings), both, *pool_steps(read), output_layer(surroundings)]
    return Expansion({"layers": layers}, clipped())


def _stacked(settings: Settings, surroundings: Surroundings) -> Expansion:
    read = chosen_read(settings, surroundings)
    steps = read != "last"
    nodes = Nodes(surroundings)
    past = nodes.add("past", [_direction(settings, steps=True)], nodes.first)
    # What comes last going backwards has seen every step; all steps are put back into the order of time.
    turned = [layer("Reverse", {})] if steps else []
    if steps and surroundings.padded:
        # Keras turns padding round as well, and not its mask; `Reverse` leaves it behind.
        backward = [layer("Concatenate", {}), *turned, _direction(settings, steps=True)]
    else:
        backward = [layer("Concatenate", {}), _direction(settings, steps=steps, backwards=True)]
    future = nodes.add("future", [*backward, *turned], [nodes.first, past])
    answer = nodes.add("answer", [*pool_steps(read), output_layer(surroundings)], future)
    return Expansion({"nodes": nodes.written, "outputs": answer}, clipped())


def _two_heads(settings: Settings, surroundings: Surroundings, *, decides: bool) -> Expansion:
    read = chosen_read(settings, surroundings)
    nodes = Nodes(surroundings)
    past, future = nodes.name("past"), nodes.name("future")
    both = layer("Bidirectional", {"layer": _direction(settings, steps=read != "last"), "merge_mode": None})
    nodes.written[f"{past}, {future}"] = {**both, "from": nodes.first}
    head = [*pool_steps(read), output_layer(surroundings)]
    heads = [nodes.add("from_past", head, past), nodes.add("from_future", head, future)]
    if not decides:
        pool = nodes.add("pool", [layer("Average", {})], heads)
        # The average is measured, and not trained: each direction learns by itself.
        weights: dict[str, float] = {pool: 0}
        return Expansion({"nodes": nodes.written, "outputs": [pool, *heads]}, {**clipped(), "loss_weights": weights})
    small = layer("Dense", {"units": _DECIDING_UNITS, "activation": "tanh"})
    decision = nodes.add("decision", [layer("Concatenate", {}), small, output_layer(surroundings)], heads)
    weights = {decision: 1.0, **dict.fromkeys(heads, 0.25)}
    return Expansion({"nodes": nodes.written, "outputs": [decision, *heads]}, {**clipped(), "loss_weights": weights})


BIRNN: Final = Architecture(SIGNATURE, _expand, _contradictions)
