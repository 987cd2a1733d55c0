"""The built-in sets: data that need no file, and the inputs and targets that they bring.

Some were measured, some are made on the spot by a seeded generator, some are fetched once. What is said of them here
needs neither data nor NumPy; `archcli/data/sources/` reads or makes them, and tests compare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Final

from archcli.errors import Problem
from archcli.recipe.built_in.described import NO_LABEL, Arguments, BuiltIn, BuiltInSet, Column
from archcli.recipe.built_in.fetched import FETCHED
from archcli.recipe.built_in.logic import LOGIC
from archcli.recipe.built_in.measured import DIGITS_FORMS, MEASURED
from archcli.recipe.built_in.pictures import PICTURES
from archcli.recipe.built_in.series import SERIES
from archcli.recipe.built_in.symbols import SYMBOLS
from archcli.recipe.recipe import Named, Value
from archcli.recipe.types import Signature

__all__ = [
    "BUILT_IN",
    "DIGITS_FORMS",
    "MAXIMUM_NUMBERS",
    "NO_LABEL",
    "SIGNATURES",
    "Arguments",
    "BuiltInSet",
    "Column",
    "built_in_set",
    "find_setting_problems",
]

_SETS: Final[Mapping[str, BuiltIn]] = {
    built_in.signature.name: built_in for built_in in (*MEASURED, *FETCHED, *LOGIC, *SYMBOLS, *SERIES, *PICTURES)
}

BUILT_IN: Final = tuple(_SETS)
"""The names of all built-in sets."""

SIGNATURES: Final[Mapping[str, Signature]] = {name: built_in.signature for name, built_in in _SETS.items()}
"""What may be said of each."""

MAXIMUM_NUMBERS: Final = 1_000_000_000
"""How many numbers a column may hold, 4 GB; a larger set would be killed for memory, not refused."""


def built_in_set(name: str, arguments: Mapping[str, Value] | None = None) -> BuiltInSet:
    """Return the description of a built-in set.

    Args:
        name: One of `BUILT_IN`.
        arguments: What the recipe says of the source; what is not there, or None, is the default.
    """
    built_in = _SETS[name]
    settled = built_in.arguments(arguments or {})
    content = built_in.describe(settled)
    return BuiltInSet(
        name,
        built_in.signature.summary,
        content.examples,
        content.columns,
        content.inputs,
        content.targets,
        content.ordered,
        settled,
        content.overlap,
    )


def find_setting_problems(source: Named) -> Iterator[Problem]:
    """Say which settings of a built-in set do not go together, each in range by itself."""
    built_in = _SETS[source.name]
    described = built_in_set(source.name, source.arguments)
    settled = described.arguments
    for lower, upper in built_in.order:
        low, high = settled.whole(lower), settled.whole(upper)
        if low >= high:
            message = f"`{lower}` of `{source.name}` must be below `{upper}`, which is {high}, found {low}"
            where = source.argument_locations.get(lower) or source.argument_locations.get(upper, source.location)
            yield Problem("out-of-range", message, where)
    for column in described.columns:
        # Where sequences differ in length the setting is all that is known of the longest.
        longest = settled.whole("length") if "length" in settled.values else 1
        numbers = described.examples * prod(longest if size is None else size for size in column.shape)
        if numbers > MAXIMUM_NUMBERS:
            message = (
                f"`{column.name}` of `{source.name}` would be {numbers:,} numbers, expected at most {MAXIMUM_NUMBERS:,}"
            )
            where = source.argument_locations.get("examples", source.location)
            yield Problem("out-of-range", message, where, "ask for fewer or smaller examples")
