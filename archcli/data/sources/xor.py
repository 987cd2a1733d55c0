"""Exclusive or: the four rows that no single layer can learn (Minsky and Papert, 1969)."""

from __future__ import annotations

import numpy as np

from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_xor(described: BuiltInSet) -> ArrayTable:
    """Open the four rows in the order 00, 01, 10, 11."""
    a = np.array([0, 0, 1, 1], np.float32)
    b = np.array([0, 1, 0, 1], np.float32)
    return ArrayTable("xor", "column", {"a": a, "b": b, "xor": (a != b).astype(np.int32)}, described.examples)
