"""The sources: where examples can come from, and what a recipe may say of each.

This table says what may be written in a recipe; a file in `archcli/data/sources/` reads it. The built-in sets are
described in `archcli.recipe.built_in`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.built_in import DIGITS_FORMS, built_in_set
from archcli.recipe.types import Field, FilePath, Signature, Text

DELIMITERS: Final = (",", ";", "\t", "|")

SOURCES: Final[Mapping[str, Signature]] = {
    "csv": Signature(
        "csv",
        "A text file with one example a line and the names of the columns in its first line.",
        {
            "path": Field("path", FilePath(), "The file, relative to the recipe.", required=True),
            "delimiter": Field("delimiter", Text(DELIMITERS), "What stands between two cells.", ","),
        },
        first="path",
    ),
    "npz": Signature(
        "npz",
        "A file of NumPy arrays, made by numpy.savez; the first axis of each array counts the examples.",
        {"path": Field("path", FilePath(), "The file, relative to the recipe.", required=True)},
        first="path",
    ),
    "digits": Signature(
        "digits",
        built_in_set("digits").summary,
        {
            "as": Field(
                "as",
                Text(DIGITS_FORMS),
                "image: (8, 8, 1), rows: 8 steps of 8 numbers, pixels: 64 steps of one number.",
                "image",
            ),
        },
        first="as",
    ),
    **{
        name: Signature(name, built_in_set(name).summary, {}, first=None)
        for name in ("iris", "wine", "breast_cancer", "diabetes", "xor")
    },
}
"""All sources, by name."""
