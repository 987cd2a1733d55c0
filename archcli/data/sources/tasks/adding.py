"""The adding problem: keep one number until another is marked, and ignore all others.

Original: Hochreiter and Schmidhuber (1997), experiment 4. Modern: Le, Jaitly and Hinton (2015), with one mark in each
half as in Arjovsky, Shah and Bengio (2016).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.tables import make_table
from archcli.data.sources.tasks.draws import Draws
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.built_in.series import ADDING_PADDING

_FIRST_PAIRS = 10


def open_adding(described: BuiltInSet) -> ArrayTable:
    """Open pairs of a value and a marker at each step, and what the two values marked by 1 make.

    Modern: values from 0 to 1, markers 1 and 0, the target their sum; who always says 1 has a mean squared error of
    1/6. Original: values from -1 to 1, the target `0.5 + (X1 + X2)/4`; one of the first ten pairs is marked, then one
    of the first T/2 - 1 pairs that are left; the first and the last pair have the marker -1 unless they are marked, and
    a first pair that is marked has the value 0. Who always says 0.5 has an error just below 1/24.
    """
    arguments = described.arguments
    draws = Draws(arguments.whole("seed"))
    count, shortest = described.examples, arguments.whole("length")
    lengths = np.full(count, shortest)
    if arguments.truth("vary"):
        lengths += draws.below(shortest // 10 + 1, count)
    is_original = arguments.text("form") == "original"
    open_form = _original if is_original else _modern
    numbers = open_form(draws, lengths, shortest)
    total = (numbers[..., 0] * (numbers[..., 1] == 1)).sum(axis=1)
    numbers[np.arange(numbers.shape[1]) >= lengths[:, np.newaxis]] = ADDING_PADDING
    return make_table(described, {"numbers": numbers, "sum": 0.5 + total / 4 if is_original else total})


def _modern(draws: Draws, lengths: NDArray[np.int64], _: int) -> NDArray[np.float64]:
    count = len(lengths)
    numbers = np.zeros((count, lengths.max(), 2))
    numbers[..., 0] = draws.uniform(0, 1, *numbers.shape[:2])
    half, rows = lengths // 2, np.arange(count)
    numbers[rows, draws.below(half, count), 1] = 1
    numbers[rows, half + draws.below(lengths - half, count), 1] = 1
    return numbers


def _original(draws: Draws, lengths: NDArray[np.int64], shortest: int) -> NDArray[np.float64]:
    count, rows = len(lengths), np.arange(len(lengths))
    numbers = np.zeros((count, lengths.max(), 2))
    numbers[..., 0] = draws.uniform(-1, 1, *numbers.shape[:2])
    first = draws.below(min(_FIRST_PAIRS, shortest // 2), count)
    second = draws.below(shortest // 2 - 1, count)
    second += second >= first  # the first mark is passed over
    numbers[:, 0, 1] = numbers[rows, lengths - 1, 1] = -1
    numbers[rows, first, 1] = numbers[rows, second, 1] = 1
    numbers[numbers[:, 0, 1] == 1, 0, 0] = 0
    return numbers
