"""Arguments that several types of inputs and targets have."""

from __future__ import annotations

from typing import Final

from archcli.recipe.features import SPLITS, STANDARDIZE
from archcli.recipe.types import Either, Field, ListOf, Null, Number, Text

LABEL_COLUMN: Final = Field(
    "columns", Text(), "The column with the label; a file of arrays: the array.", inferred="the name"
)
"""Where labels are read from."""

NUMBER_COLUMNS: Final = Field(
    "columns",
    Either((Text(), ListOf(Text(), minimum_length=1))),
    "The columns of numbers, side by side in this order; a file of arrays: the arrays.",
    inferred="the name",
)
"""Where numbers are read from."""

TEXT_COLUMN: Final = Field(
    "columns", Text(), "The column with the text; a file of arrays: the array.", inferred="the name"
)
"""Where a text is read from."""

SPLIT: Final = Field("split", Text(SPLITS), "What it is cut into; words stand between blanks.", "word")
"""How a text is cut."""

TEXT_STANDARDIZE: Final = Field(
    "standardize",
    Either((Text(STANDARDIZE), Null())),
    "What is done to it first, as Keras's `TextVectorization` does; null: nothing.",
    inferred="the split: words are written small and without punctuation, characters are left as they are",
)
"""What is done to it before."""

SCALE: Final = Field(
    "scale",
    Either((Text(("standard", "min_max")), Number(above=0), Null())),
    "standard: mean 0 and deviation 1, min_max: from 0 to 1, each fitted on the training examples for each index of "
    "the last axis; a number: multiplied by it; null: as they are.",
)
"""How numbers are scaled."""

MISSING: Final = Field(
    "missing",
    Either((Text(("mean", "median", "zero")), Number(), Null())),
    "What stands for a number that is not there: mean or median of the training examples, zero, or a number; null: "
    "none may be missing.",
)
"""What stands for a missing number."""
