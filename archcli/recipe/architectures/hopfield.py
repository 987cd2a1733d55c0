"""A memory of patterns, which is set and not trained (Hopfield 1982, Ramsauer et al. 2020)."""

from __future__ import annotations

from typing import Final

from archcli.recipe.architectures.architecture import Architecture, Contradiction, Expansion, Settings, Surroundings
from archcli.recipe.architectures.parts import answers_once, layer, one_input, without_effect
from archcli.recipe.architectures.settings import UNITS, signature
from archcli.recipe.types import Field, Number, Text, Truth

SIGNATURE: Final = signature(
    "hopfield",
    "A memory that stores the target's patterns in one pass and recalls the one that the input reminds of.",
    Field(
        "rule",
        Text(("hebb", "pseudoinverse")),
        "How patterns of +1 and -1 become weights; `pseudoinverse` also recalls patterns that resemble each other.",
        inferred="`hebb`, unless it is modern",
    ),
    Field(
        "update",
        Text(("async", "sync")),
        "Whether units change one after another or all at once, which may go to and fro for ever.",
        inferred="`async`, unless it is modern",
    ),
    Field(
        "max_steps",
        UNITS,
        "How often all units change at most; a modern one's: exactly.",
        inferred="100, and 1 for a modern one",
    ),
    Field("modern", Truth(), "Whether it is the continuous one of 2020, for patterns of any numbers.", default=False),
    Field("patterns", UNITS, "How many patterns a modern one stores.", inferred="nothing: a modern one needs it"),
    Field(
        "beta",
        Number(above=0),
        "How sharply a modern one tells one pattern from another.",
        inferred="1 for a modern one",
    ),
)


def _contradictions(settings: Settings, surroundings: Surroundings) -> list[Contradiction]:
    found = [*one_input(SIGNATURE, surroundings), *answers_once(SIGNATURE, surroundings)]
    if surroundings.kind != "number":
        message = f"`hopfield` answers with a pattern, and the target `{surroundings.target}` is a {surroundings.kind}"
        hint = "make the target a `number`: the columns or the array of the whole pattern"
        found.append(Contradiction("architecture-does-not-fit", message, None, hint))
    is_modern = settings["modern"]
    if is_modern and settings["patterns"] is None:
        message = "`modern: true` has no `patterns`, how many it stores"
        found.append(Contradiction("missing-argument", message, "modern", "give how many: `patterns: 10`"))
    for name in ("rule", "update") if is_modern else ("patterns", "beta"):
        if settings[name] is not None:
            why = "it is for networks that are not modern" if is_modern else "it is for modern networks"
            hint = "leave it out, or leave out `modern`" if is_modern else "leave it out, or write `modern: true`"
            found.append(without_effect(name, why, hint))
    return found


def _expand(settings: Settings, surroundings: Surroundings) -> Expansion:  # noqa: ARG001 -- it answers with as many numbers as it is given
    most = settings["max_steps"]
    if settings["modern"]:
        beta = 1.0 if settings["beta"] is None else settings["beta"]
        steps = 1 if most is None else most
        memory = layer("ModernHopfield", {"patterns": settings["patterns"], "beta": beta, "steps": steps})
    else:
        arguments = {
            "rule": settings["rule"] or "hebb",
            "update": settings["update"] or "async",
            "max_steps": 100 if most is None else most,
        }
        memory = layer("Hopfield", arguments)
    return Expansion({"layers": [layer("Flatten", {}), memory]}, {"learning_rule": "storage"})


HOPFIELD: Final = Architecture(SIGNATURE, _expand, _contradictions)
