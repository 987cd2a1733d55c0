"""What features are called, and the columns that they are read from.

What may be said of each type is in `archcli.recipe.input_types` and `archcli.recipe.target_types`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from archcli.recipe.recipe import Named

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
