"""The feature types: each reads its columns and fits itself. What a recipe may say is in `archcli.recipe.features`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.category import (
    fit_category,
    fit_category_input,
    may_miss_category,
    read_category,
    read_category_input,
    read_known_category,
)
from archcli.data.features.number import fit_number, read_known_number, read_number
from archcli.data.features.numeric import fit_numeric, may_miss_numbers, read_numeric
from archcli.data.features.text import fit_text, fit_text_input, read_known_text, read_text, read_text_input
from archcli.data.table import Raw, Table, TargetValues
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Named


@dataclass(frozen=True)
class FitOptions:
    """What fitting depends on beside the values.

    Attributes:
        padding: What the raw numbers hold after the end of a short sequence; None: all are as long.
        side_by_side: Whether it is one of several inputs in one tensor.
    """

    padding: float | None = None
    side_by_side: bool = False


@dataclass(frozen=True)
class InputType:
    """What a type of input does that is read from columns by itself.

    Attributes:
        read: Reads the raw values of all examples from the columns; whether some may be missing is said by `may_miss`.
        may_miss: Tells whether the recipe allows missing values.
        fit: Describes the input, called `name`, from the raw values of the training examples.
    """

    read: Callable[..., Raw]
    may_miss: Callable[[Named], bool]
    fit: Callable[[str, Named, Sequence[str], Any, FitOptions], InputFacts]


@dataclass(frozen=True)
class TargetType:
    """What a type of target does that is read from columns.

    Attributes:
        read: Reads the values of all examples from the columns.
        read_known: Reads the values of new examples of a target that is known.
        fit: Describes the target, called `name`, from all values and the rows that are trained on.
    """

    read: Callable[[Table, Named, Sequence[str], Faults], TargetValues]
    read_known: Callable[[Table, TargetFacts, Faults], TargetValues]
    fit: Callable[[str, Named, Sequence[str], TargetValues, NDArray[np.int64]], TargetFacts]


INPUTS: Final[Mapping[str, InputType]] = {
    "numeric": InputType(
        read_numeric,
        may_miss_numbers,
        lambda name, feature, columns, values, options: fit_numeric(
            name, feature, columns, values, padding=options.padding
        ),
    ),
    "category": InputType(
        read_category_input,
        may_miss_category,
        lambda name, feature, columns, values, options: fit_category_input(
            name, feature, columns, values, is_one_hot=options.side_by_side
        ),
    ),
    "text": InputType(
        read_text_input,
        lambda _: False,
        lambda name, feature, columns, values, _: fit_text_input(name, feature, columns, values),
    ),
}
"""The types of an input that is read from columns, by name."""

TARGETS: Final[Mapping[str, TargetType]] = {
    "category": TargetType(read_category, read_known_category, fit_category),
    "number": TargetType(read_number, read_known_number, fit_number),
    "text": TargetType(read_text, read_known_text, fit_text),
}
"""The types of a target that is read from columns, by name."""
