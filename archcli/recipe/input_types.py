"""The types of inputs: what a column of the data can become before the model takes it.

This table says what may be written in a recipe; the file of the same name in `archcli/data/features/` does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from archcli.recipe.feature_arguments import (
    MISSING,
    NUMBER_COLUMNS,
    SCALE,
    SPLIT,
    TEXT_COLUMN,
    TEXT_STANDARDIZE,
)
from archcli.recipe.features import COLOR_MODES, DATE_PARTS, SIDE_BY_SIDE, USUAL_DATE_PARTS
from archcli.recipe.types import Either, Field, GivenName, ListOf, Null, Number, Object, Signature, Text, Truth, Whole

INPUTS: Final[Mapping[str, Signature]] = {
    "numeric": Signature(
        "numeric",
        "Numbers: columns of a table, or an array of any shape.",
        {"columns": NUMBER_COLUMNS, "missing": MISSING, "scale": SCALE},
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
            "columns": TEXT_COLUMN,
            "split": SPLIT,
            "standardize": TEXT_STANDARDIZE,
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
            "columns": NUMBER_COLUMNS,
            "window": Field("window", Whole(minimum=1), "How many of them.", required=True),
            "stride": Field("stride", Whole(minimum=1), "How many steps after it the next window ends.", 1),
            "missing": MISSING,
            "scale": SCALE,
        },
        first="columns",
    ),
    "sequence": Signature(
        "sequence",
        "Numbers at each step of sequences that differ in length; each ends with its last step that has a number.",
        {"columns": NUMBER_COLUMNS, "missing": MISSING, "scale": SCALE},
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
            "scale": SCALE,
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
            "scale": SCALE,
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
