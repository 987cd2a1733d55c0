"""And, or, exclusive or: the last is the one that no single layer can learn (Minsky and Papert, 1969)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "and": np.logical_and,
    "or": np.logical_or,
    "xor": np.logical_xor,
}


def open_truth_table(described: BuiltInSet) -> ArrayTable:
    """Open the four rows in the order 00, 01, 10, 11."""
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    return make_table(described, {"a": a, "b": b, described.name: _FUNCTIONS[described.name](a, b)})
