"""How long an answer takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

SECONDS: Final = 0.5
LEAST_RUNS: Final = 3
MOST_RUNS: Final = 50
BATCH: Final = 32


@dataclass(frozen=True)
class Latency:
    """Medians, in milliseconds.

    Attributes:
        one: Of one example.
        batch: Of a batch.
        examples: How many examples a batch has.
    """

    one: float
    batch: float
    examples: int


def measure(answer: Callable[[int], Any], *, examples: int) -> Latency:
    """Time answers to one example and to a batch.

    Args:
        answer: Answers the first so many examples.
        examples: How many there are; a batch has at most 32.
    """
    count = min(BATCH, examples)
    return Latency(_median(answer, 1), _median(answer, count), count)


def _median(answer: Callable[[int], Any], count: int) -> float:
    """Return the median of some runs after one that does not count; it stops after half a second."""
    answer(count)
    ends = time.perf_counter() + SECONDS
    taken: list[float] = []
    while len(taken) < MOST_RUNS and (len(taken) < LEAST_RUNS or time.perf_counter() < ends):
        began = time.perf_counter()
        answer(count)
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)
