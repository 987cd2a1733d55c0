"""The sources: where examples can come from, and what a recipe may say of each.

This table says what may be written in a recipe; a file in `archcli/data/sources/` reads it. The built-in sets are
described in `archcli.recipe.built_in`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.built_in import SIGNATURES
from archcli.recipe.types import Either, Field, FilePath, Null, Signature, Text

DELIMITERS: Final = (",", ";", "\t", "|")

TABLES: Final = ("csv", "parquet")
"""Sources of files with a line for each row, which may also be a step of a series or of a sequence."""

_TIME: Final = Field(
    "time", Text(), "The column that orders the lines of a series: numbers, or dates as ISO 8601 has them."
)
_ID: Final = Field("id", Text(), "The column that says which lines are one sequence; each is an example.")
_ORDER: Final = Field("order", Text(), "The column of numbers that orders the lines of a sequence.")

SOURCES: Final[Mapping[str, Signature]] = {
    "csv": Signature(
        "csv",
        "A text file with one example a line and the names of the columns in its first line.",
        {
            "path": Field("path", FilePath(), "The file, relative to the recipe.", required=True),
            "delimiter": Field(
                "delimiter",
                Text(DELIMITERS),
                "What stands between two cells.",
                inferred="the file's name: a tab for `.tsv`, else a comma",
            ),
            "time": _TIME,
            "id": _ID,
            "order": _ORDER,
        },
        first="path",
    ),
    "parquet": Signature(
        "parquet",
        "A Parquet file with one example a row: columns of numbers, texts, truth values, dates or times.",
        {
            "path": Field("path", FilePath(), "The file, relative to the recipe.", required=True),
            "time": _TIME,
            "id": _ID,
            "order": _ORDER,
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
    "lines": Signature(
        "lines",
        "A text file with one example a line: a label, a tab, and the text; the columns are `label` and `text`.",
        {"path": Field("path", FilePath(), "The file, UTF-8, relative to the recipe.", required=True)},
        first="path",
    ),
    "ts": Signature(
        "ts",
        "A file of time series as the UEA and UCR archives have them; the columns are `values`, all dimensions side by "
        "side, `dim_0`, `dim_1`, ..., `elapsed` where times stand beside the values, and `class` or `target`.",
        {"path": Field("path", FilePath(), "The file, relative to the recipe.", required=True)},
        first="path",
    ),
    "tfrecord": Signature(
        "tfrecord",
        "A TFRecord file of `tf.train.Example`; the columns are its features: numbers, texts, or PNG and JPEG files.",
        {
            "path": Field("path", FilePath(), "The file, relative to the recipe.", required=True),
            "compression": Field(
                "compression", Either((Text(("gzip", "zlib")), Null())), "How the whole file is compressed."
            ),
        },
        first="path",
    ),
    "folder": Signature(
        "folder",
        "A folder of images, sounds or texts, a folder for each class in it; the columns are `file` and `class`, for "
        "texts `text` as well.",
        {"path": Field("path", FilePath(), "The folder, relative to the recipe.", required=True)},
        first="path",
    ),
    **SIGNATURES,
}
"""All sources, by name."""
