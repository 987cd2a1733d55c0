"""Reber's grammar, alone (Cleeremans et al., 1989) and embedded (Hochreiter and Schmidhuber, 1997, experiment 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np

from archcli.data.sources.tables import make_table, one_hot, pad
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import NO_LABEL, BuiltInSet
from archcli.recipe.built_in.symbols import GRAMMAR_PADDING, REBER_SUCCESSORS, REBER_SYMBOLS

Symbols = list[tuple[str, str]]
"""A string: each symbol with all that could have stood in its place."""

_NODES: Final[Mapping[int, tuple[tuple[str, int], tuple[str, int]]]] = {
    0: (("T", 1), ("P", 2)),
    1: (("S", 1), ("X", 3)),
    2: (("T", 2), ("V", 4)),
    3: (("X", 2), ("S", 5)),
    4: (("P", 3), ("V", 5)),
}
"""Where each symbol leads; after B one is at 0, and at 5 there is only E."""


def open_reber(described: BuiltInSet) -> ArrayTable:
    """Open strings such as `BTSSXXTVVE`, drawn with even odds at every fork."""
    return _open_grammar(described, draw_reber)


def open_embedded_reber(described: BuiltInSet) -> ArrayTable:
    """Open Reber strings in `BT...TE` or `BP...PE`."""
    return _open_grammar(described, draw_embedded_reber)


def draw_reber(coins: Iterator[int]) -> Symbols:
    """Draw one string of Reber's grammar."""
    symbols: Symbols = [("B", "B")]
    node = 0
    while node in _NODES:
        fork = _NODES[node]
        symbol, node = fork[next(coins)]
        symbols.append((symbol, fork[0][0] + fork[1][0]))
    return [*symbols, ("E", "E")]


def draw_embedded_reber(coins: Iterator[int]) -> Symbols:
    """Draw one string of the embedded grammar: the last symbol but one is the second."""
    outer = "TP"[next(coins)]
    return [("B", "B"), (outer, "TP"), *draw_reber(coins), (outer, outer), ("E", "E")]


def _open_grammar(described: BuiltInSet, draw: Callable[[Iterator[int]], Symbols]) -> ArrayTable:
    coins = Draws(described.arguments.whole("seed")).coins()
    strings = [draw(coins) for _ in range(described.examples)]
    classes = REBER_SUCCESSORS[described.name]
    given = [np.array([REBER_SYMBOLS.index(symbol) for symbol, _ in string[:-1]]) for string in strings]
    wanted = [np.array([classes.index(symbol) for symbol, _ in string[1:]]) for string in strings]
    legal = [
        np.array([[float(symbol in might) for symbol in classes] for _, might in string[1:]]) for string in strings
    ]
    arrays = {
        "symbols": pad([one_hot(string, len(REBER_SYMBOLS)) for string in given], GRAMMAR_PADDING),
        "next": pad(wanted, NO_LABEL),
        "successors": pad(legal, GRAMMAR_PADDING),
    }
    return make_table(described, arrays)
