"""The sources: where examples can come from, and what a recipe may say of each.

This table says what may be written in a recipe; a file in `archcli/data/sources/` reads it. The built-in sets are
described in `archcli.recipe.built_in`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.built_in import SIGNATURES
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
    **SIGNATURES,
}
"""All sources, by name."""
