"""A B A C: after A the last letter alone does not say what comes; a state that decays does (after Jordan, 1986)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.symbols import LETTERS


def open_abac(described: BuiltInSet) -> ArrayTable:
    """Open sequences that are all alike: a plan of ones, and at each step the letter to be said."""
    periods = described.arguments.whole("periods")
    letters = np.array([LETTERS.index(letter) for letter in "ABAC" * periods])
    arrays = {
        "plan": np.ones((described.examples, len(letters), 1)),
        "letter": np.tile(letters, (described.examples, 1)),
    }
    return make_table(described, arrays)
