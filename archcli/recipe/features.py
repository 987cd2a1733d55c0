"""The feature types: what a column of the data can become, as an input of the model or as its target.

This table says what may be written in a recipe; the file of the same name in `archcli/data/features/` does it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from archcli.recipe.recipe import Named
from archcli.recipe.types import (
    Either,
    Field,
    GivenName,
    ListOf,
    Null,
    Number,
    Object,
    Signature,
    Text,
    Truth,
    Whole,
)

SIDE_BY_SIDE: Final = "side_by_side"
"""What a list of inputs is in long form."""

SPLITS: Final = ("character", "word")
"""What a text can be cut into."""

STANDARDIZE: Final = ("lower_and_strip_punctuation", "lower", "strip_punctuation")
"""What can be done to a text before it is cut, named as in Keras's `TextVectorization`."""

COLOR_MODES: Final = ("rgb", "rgba", "grayscale")
"""How an image is read, named as in Keras."""

FOLDER_FILE: Final = "file"
"""The column of a folder of images that holds their names."""

FOLDER_CLASS: Final = "class"
"""The column of a folder of images that holds their classes."""

FOLDER_TEXT: Final = "text"
"""The column of a folder of texts that holds them."""

LINE_TEXT: Final = "text"
"""The column of a file of lines that holds the texts."""

LINE_LABEL: Final = "label"
"""The column of a file of lines that holds what stands before the tab."""

TS_VALUES: Final = "values"
"""The column of a `.ts` file that holds all dimensions side by side; each alone is called `dim_0`, `dim_1`, ..."""

TS_ELAPSED: Final = "elapsed"
"""The column of a `.ts` file with a time beside each value that holds how long after the first a step is."""

TS_CLASS: Final = "class"
"""The column of a `.ts` file that holds the classes."""

TS_TARGET: Final = "target"
"""The column of a `.ts` file that holds numbers to be learned."""

DATE_PATTERN: Final = (
    r"^[ \t]*([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?[ \t]*$"
)
"""A date, perhaps with a time, as ISO 8601 has it: year, month, day, hour, minute and second are its groups. A zone may
stand at the end, and is not applied: the parts are those that are written. RE2 and Python read it alike."""

DATE_PARTS: Final = ("year", "month", "day", "weekday", "day_of_year", "hour", "minute", "second", "days")
"""What a date can become; `days` counts those since 1970."""

USUAL_DATE_PARTS: Final = ("year", "month", "day", "weekday", "hour")
"""What a date becomes where the recipe does not say."""

_COLUMN: Final = Field(
    "columns", Text(), "The column with the label; a file of arrays: the array.", inferred="the name"
)
_COLUMNS: Final = Field(
    "columns",
    Either((Text(), ListOf(Text(), minimum_length=1))),
    "The columns of numbers, side by side in this order; a file of arrays: the arrays.",
    inferred="the name",
)
_TEXT_COLUMN: Final = Field(
    "columns", Text(), "The column with the text; a file of arrays: the array.", inferred="the name"
)
_SPLIT: Final = Field("split", Text(SPLITS), "What it is cut into; words stand between blanks.", "word")
_STANDARDIZE: Final = Field(
    "standardize",
    Either((Text(STANDARDIZE), Null())),
    "What is done to it first, as Keras's `TextVectorization` does; null: nothing.",
    inferred="the split: words are written small and without punctuation, characters are left as they are",
)

_SCALE: Final = Field(
    "scale",
    Either((Text(("standard", "min_max")), Number(above=0), Null())),
    "standard: mean 0 and deviation 1, min_max: from 0 to 1, each fitted on the training examples for each index of "
    "the last axis; a number: multiplied by it; null: as they are.",
)

_MISSING: Final = Field(
    "missing",
    Either((Text(("mean", "median", "zero")), Number(), Null())),
    "What stands for a number that is not there: mean or median of the training examples, zero, or a number; null: "
    "none may be missing.",
)

INPUTS: Final[Mapping[str, Signature]] = {
    "numeric": Signature(
        "numeric",
        "Numbers: columns of a table, or an array of any shape.",
        {"columns": _COLUMNS, "missing": _MISSING, "scale": _SCALE},
        first="columns",
    ),
    "category": Signature(
        "category",
        "One of several categories: its index, for an Embedding, or side by side with others a row of 0 and 1; 0 is "
        "any that the training examples do not have.",
        {
            "columns": Field(
                "columns",
                Either((Text(), ListOf(Text(), minimum_length=1))),
                "The column with the category; side by side with others perhaps several.",
                inferred="the name",
            ),
            "missing": Field(
                "missing",
                Either((Text(("most_frequent",)), Null())),
                "What stands for a category that is not there: the most frequent of the training examples; null: none "
                "may be missing.",
            ),
        },
        first="columns",
    ),
    "text": Signature(
        "text",
        "A text as indices of its words or characters, for an Embedding; 0 is padding, 1 any that the training "
        "examples do not have.",
        {
            "columns": _TEXT_COLUMN,
            "split": _SPLIT,
            "standardize": _STANDARDIZE,
            "max_tokens": Field(
                "max_tokens",
                Whole(minimum=3),
                "How many indices there are at most: the most frequent words, with padding and unknown.",
                inferred="the training examples: all",
            ),
            "output_sequence_length": Field(
                "output_sequence_length",
                Whole(minimum=1),
                "How long each is made, by cutting or padding.",
                inferred="the texts: each as long as it is",
            ),
            "window": Field(
                "window",
                Whole(minimum=1),
                "How many symbols of one long text make an example; the next begins after it.",
            ),
        },
        first="columns",
    ),
    "shift": Signature(
        "shift",
        "A target some steps late: the truth in training, the model's own answer in prediction.",
        {
            "of": Field("of", GivenName(), "The target.", required=True),
            "by": Field("by", Whole(minimum=1), "How many steps late.", 1),
        },
        first="of",
    ),
    "series": Signature(
        "series",
        "The last values of a series, in the order of time.",
        {
            "columns": _COLUMNS,
            "window": Field("window", Whole(minimum=1), "How many of them.", required=True),
            "stride": Field("stride", Whole(minimum=1), "How many steps after it the next window ends.", 1),
            "missing": _MISSING,
            "scale": _SCALE,
        },
        first="columns",
    ),
    "sequence": Signature(
        "sequence",
        "Numbers at each step of sequences that differ in length; each ends with its last step that has a number.",
        {"columns": _COLUMNS, "missing": _MISSING, "scale": _SCALE},
        first="columns",
    ),
    "image": Signature(
        "image",
        "A picture, its points from 0 to 255.",
        {
            "columns": Field(
                "columns",
                Text(),
                "The column with the name of the file, relative to the file that it stands in; of records: the file.",
                inferred="the name",
            ),
            "height": Field("height", Whole(minimum=1, maximum=4096), "Rows that it is made to have.", required=True),
            "width": Field("width", Whole(minimum=1, maximum=4096), "Columns that it is made to have.", required=True),
            "color_mode": Field(
                "color_mode", Text(COLOR_MODES), "Colours, colours with their opacity, or greys.", "rgb"
            ),
        },
        first=None,
    ),
    "date": Signature(
        "date",
        "A date, perhaps with a time, as ISO 8601 has it, in numbers.",
        {
            "columns": Field("columns", Text(), "The column with the date.", inferred="the name"),
            "parts": Field(
                "parts",
                ListOf(Text(DATE_PARTS), minimum_length=1),
                "What it becomes, a number each: `weekday` from 1 for Monday, `days` those since 1970.",
                USUAL_DATE_PARTS,
            ),
            "cyclic": Field(
                "cyclic",
                Truth(),
                "Whether what begins anew, such as the hour, becomes a sine and a cosine in place of a number.",
                False,
            ),
            "missing": Field(
                "missing",
                Either((Text(("mean", "median", "zero")), Null())),
                "What stands for each number of a date that is not there: mean or median of the training examples, or "
                "zero; null: none may be missing.",
            ),
            "scale": _SCALE,
        },
        first="columns",
    ),
    "audio": Signature(
        "audio",
        "Sound of a WAV file as short-time spectra: for each frame the logarithm of the power at each frequency.",
        {
            "columns": Field(
                "columns",
                Text(),
                "The column with the name of the file, relative to the file that it stands in.",
                inferred="the name",
            ),
            "sampling_rate": Field(
                "sampling_rate",
                Whole(minimum=1, maximum=1_000_000),
                "Samples a second, which every file must have.",
                required=True,
            ),
            "seconds": Field(
                "seconds",
                Number(above=0, maximum=3600),
                "How long each is made, by cutting its end or by silence after it.",
                required=True,
            ),
            "frame_length": Field(
                "frame_length",
                Whole(minimum=2, maximum=65536),
                "Samples of a frame, weighed by a Hann window.",
                inferred="the sampling rate: 25 ms",
            ),
            "frame_step": Field(
                "frame_step",
                Whole(minimum=1, maximum=65536),
                "Samples from the start of a frame to that of the next.",
                inferred="the sampling rate: 10 ms",
            ),
            "num_mel_bins": Field(
                "num_mel_bins",
                Either((Whole(minimum=1, maximum=1024), Null())),
                "Bands of the mel scale that the frequencies are gathered in; null: each frequency for itself.",
            ),
            "scale": _SCALE,
        },
        first=None,
    ),
    SIDE_BY_SIDE: Signature(
        SIDE_BY_SIDE,
        "Several inputs in one tensor, categories as rows of 0 and 1; short for it is the list of them.",
        {"parts": Field("parts", ListOf(Object("input"), minimum_length=1), "The inputs, in order.", required=True)},
        first="parts",
    ),
}
"""The types of an input, by name."""

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
        {"columns": _COLUMN},
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
            "columns": _COLUMNS,
            "scale": _TARGET_SCALE,
        },
        first="columns",
    ),
    "text": Signature(
        "text",
        "A text, symbol by symbol, with a mark at its end.",
        {"columns": _TEXT_COLUMN, "split": _SPLIT, "standardize": _STANDARDIZE},
        first="columns",
    ),
    "series": Signature(
        "series",
        "The next values of a series.",
        {
            "columns": Field("columns", Text(), "The column of numbers.", inferred="the name"),
            "horizon": Field("horizon", Whole(minimum=1), "How many of them.", required=True),
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


def read_columns(feature: Named, name: str) -> tuple[str, ...]:
    """Return the columns that a feature is read from; its own `name` where the recipe does not say.

    A shift is read from none; inputs side by side from those of all parts.
    """
    if feature.name == SIDE_BY_SIDE:
        return tuple(column for part in side_by_side(feature) for column in read_columns(part, name))
    if feature.name == "shift":
        return ()
    match feature.arguments.get("columns"):
        case str() as column:
            return (column,)
        case tuple() as columns:
            return tuple(column for column in columns if isinstance(column, str))
        case _:
            return (name,)


def has_windows(feature: Named) -> bool:
    """Tell whether the examples of an input are windows of one text or series, in order."""
    return feature.name == "series" or feature.arguments.get("window") is not None


def side_by_side(feature: Named) -> tuple[Named, ...]:
    """Return the inputs that stand side by side in one, those in a list within a list too; one alone is itself."""
    if feature.name != SIDE_BY_SIDE:
        return (feature,)
    return tuple(_leaves(feature))


def _leaves(feature: Named) -> Iterator[Named]:
    parts = feature.arguments.get("parts")
    for part in parts if isinstance(parts, tuple) else ():
        if isinstance(part, Named) and part.name == SIDE_BY_SIDE:
            yield from _leaves(part)
        elif isinstance(part, Named):
            yield part
