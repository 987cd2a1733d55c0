"""The types of targets: what a column of the data can be learned as.

This table says what may be written in a recipe; the file of the same name in `archcli/data/features/` does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.feature_arguments import LABEL_COLUMN, NUMBER_COLUMNS, SPLIT, TEXT_COLUMN, TEXT_STANDARDIZE
from archcli.recipe.types import Either, Field, GivenName, Null, Signature, Text, Whole

_TARGET_SCALE: Final = Field(
    "scale",
    Either((Text(("standard",)), Null())),
    "standard: learned with mean 0 and deviation 1, fitted on the training examples for each column, and answered in "
    "the target's own units; null: as they are.",
)

TARGETS: Final[Mapping[str, Signature]] = {
    "category": Signature(
        "category",
        "One of several classes, for each example, each step or each pixel; a label is text, as written.",
        {"columns": LABEL_COLUMN},
        first="columns",
    ),
    "multilabel": Signature(
        "multilabel",
        "Any of several labels for each example, all in one cell; none where it is empty.",
        {
            "columns": Field(
                "columns", Text(), "The column with the labels; a file of arrays: the array.", inferred="the name"
            ),
            "separator": Field(
                "separator",
                Text(),
                "What stands between two labels of a cell; blanks around a label do not count.",
                ",",
            ),
        },
        first="columns",
    ),
    "number": Signature(
        "number",
        "One number, or several side by side, for each example or each step.",
        {
            "columns": NUMBER_COLUMNS,
            "scale": _TARGET_SCALE,
        },
        first="columns",
    ),
    "text": Signature(
        "text",
        "A text, symbol by symbol, with a mark at its end.",
        {"columns": TEXT_COLUMN, "split": SPLIT, "standardize": TEXT_STANDARDIZE},
        first="columns",
    ),
    "series": Signature(
        "series",
        "The next values of a series.",
        {
            "columns": Field("columns", Text(), "The column of numbers.", inferred="the name"),
            "horizon": Field("horizon", Whole(minimum=1), "How many of them.", required=True),
            "missing": Field(
                "missing",
                Either((Text(("skip",)), Null())),
                "skip: a window after which one of them is missing is left out; null: none may be missing.",
            ),
            "scale": _TARGET_SCALE,
        },
        first="columns",
    ),
    "shift": Signature(
        "shift",
        "An input some steps late, or early: at each step the symbol of a text, or the numbers, that come next.",
        {
            "of": Field("of", GivenName(), "The input.", required=True),
            "by": Field("by", Whole(maximum=0), "How many steps late; -1: one step early; 0: the input itself.", -1),
        },
        first="of",
    ),
}
"""The types of a target, by name."""
