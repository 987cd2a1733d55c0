"""Copy memory: symbols, a wait, and the same symbols again (Bai, Kolter and Koltun, 2018, section 4.2)."""

from __future__ import annotations

import numpy as np

from archcli.data.sources.tables import make_table, one_hot
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.symbols import COPY_SYMBOLS


def open_copy(described: BuiltInSet) -> ArrayTable:
    """Open sequences of S symbols, T - 1 blanks and S + 1 delimiters, with the symbols as the last S targets.

    What is learned by one who remembers nothing is a cross-entropy of `S ln 8/(T + 2 S)`.
    """
    arguments = described.arguments
    length, delay = arguments.whole("length"), arguments.whole("delay")
    symbols = 1 + Draws(arguments.whole("seed")).below(COPY_SYMBOLS, described.examples, length)
    sequence = np.zeros((described.examples, delay + 2 * length), np.int64)
    target = sequence.copy()
    sequence[:, :length] = symbols
    sequence[:, -length - 1 :] = COPY_SYMBOLS + 1
    target[:, -length:] = symbols
    return make_table(described, {"symbols": one_hot(sequence, COPY_SYMBOLS + 2), "copy": target})
