"""The feature types: what a column of the data can become, as an input of the model or as its target.

This table says what may be written in a recipe; the file of the same name in `archcli/data/features/` does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.recipe import Named
from archcli.recipe.types import Either, Field, ListOf, Null, Number, Signature, Text

_COLUMN: Final = Field(
    "columns", Text(), "The column with the label; a file of arrays: the array.", inferred="the name"
)
_COLUMNS: Final = Field(
    "columns",
    Either((Text(), ListOf(Text(), minimum_length=1))),
    "The columns of numbers, side by side in this order; a file of arrays: the arrays.",
    inferred="the name",
)

INPUTS: Final[Mapping[str, Signature]] = {
    "numeric": Signature(
        "numeric",
        "Numbers: columns of a table, or an array of any shape.",
        {
            "columns": _COLUMNS,
            "scale": Field(
                "scale",
                Either((Text(("standard", "min_max")), Number(above=0), Null())),
                "standard: mean 0 and deviation 1, min_max: from 0 to 1, each fitted on the training examples for each "
                "index of the last axis; a number: multiplied by it; null: as they are.",
            ),
        },
        first="columns",
    ),
}
"""The types of an input, by name."""

TARGETS: Final[Mapping[str, Signature]] = {
    "category": Signature(
        "category",
        "One of several classes; a label is text, as written.",
        {"columns": _COLUMN},
        first="columns",
    ),
    "number": Signature(
        "number",
        "One number, or several side by side.",
        {
            "columns": _COLUMNS,
            "scale": Field(
                "scale",
                Either((Text(("standard",)), Null())),
                "standard: learned with mean 0 and deviation 1, fitted on the training examples for each column, and "
                "answered in the target's own units; null: as they are.",
            ),
        },
        first="columns",
    ),
}
"""The types of a target, by name."""


def read_columns(feature: Named, name: str) -> tuple[str, ...]:
    """Return the columns that a feature is read from; its own `name` where the recipe does not say."""
    match feature.arguments.get("columns"):
        case str() as column:
            return (column,)
        case tuple() as columns:
            return tuple(column for column in columns if isinstance(column, str))
        case _:
            return (name,)
