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
            "time": Field(
                "time", Text(), "The column that orders the lines of a series: numbers, or dates as ISO 8601 has them."
            ),
            "id": Field("id", Text(), "The column that says which lines are one sequence; each is an example."),
            "order": Field("order", Text(), "The column of numbers that orders the lines of a sequence."),
        },
        first="path",
    ),
    "npz": Signature(
        "npz",
        "A file of NumPy arrays, made by numpy.savez; the first axis of each array counts the examples.",
        {"path": Field("path", FilePath(), "The file, relative to the recipe.", required=True)},
        first="path",
    ),
    "text": Signature(
        "text",
        "One long text, cut into windows.",
        {"path": Field("path", FilePath(), "The file, UTF-8, relative to the recipe.", required=True)},
        first="path",
    ),
    "folder": Signature(
        "folder",
        "A folder of images, a folder for each class in it; the columns are `file` and `class`.",
        {"path": Field("path", FilePath(), "The folder, relative to the recipe.", required=True)},
        first="path",
    ),
    **SIGNATURES,
}
"""All sources, by name."""
