"""The feature types: each reads its columns and fits itself. What a recipe may say is in `archcli.recipe.features`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.category import fit_category, read_category, read_known_category
from archcli.data.features.number import fit_number, read_known_number, read_number
from archcli.data.features.numeric import fit_numeric, read_numeric
from archcli.data.table import Numbers, Table, TargetValues
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Named


@dataclass(frozen=True)
class InputType:
    """What a type of input does.

    Attributes:
        read: Reads the raw values of all examples from the columns.
        fit: Describes the input, called `name`, from the raw values of the training examples.
    """

    read: Callable[[Table, Sequence[str], Faults], Numbers]
    fit: Callable[[str, Named, Sequence[str], Numbers], InputFacts]


@dataclass(frozen=True)
class TargetType:
    """What a type of target does.

    Attributes:
        read: Reads the values of all examples from the columns.
        read_known: Reads the values of new examples of a target that is known.
        fit: Describes the target, called `name`, from all values and the rows that are trained on.
    """

    read: Callable[[Table, Sequence[str], Faults], TargetValues]
    read_known: Callable[[Table, TargetFacts, Faults], TargetValues]
    fit: Callable[[str, Named, Sequence[str], TargetValues, NDArray[np.int64]], TargetFacts]


INPUTS: Final[Mapping[str, InputType]] = {"numeric": InputType(read_numeric, fit_numeric)}
"""The types of an input, by name."""

TARGETS: Final[Mapping[str, TargetType]] = {
    "category": TargetType(read_category, read_known_category, fit_category),
    "number": TargetType(read_number, read_known_number, fit_number),
}
"""The types of a target, by name."""
