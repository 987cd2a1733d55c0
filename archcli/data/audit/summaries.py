"""What each column holds, in a few figures, over all parts together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.variables import Variable


@dataclass(frozen=True)
class Lengths:
    """How long sequences or texts are, in steps, words or characters."""

    least: int
    median: float
    most: int


@dataclass(frozen=True)
class Summary:
    """One column in figures.

    Attributes:
        variable: The column.
        examples: How many examples all parts have.
        missing: How many of them have no value.
        minimum: Of numbers, those of all steps or pixels; None where there is none.
        mean: Of numbers.
        maximum: Of numbers.
        different: How many different categories, labels or texts there are; None for numbers.
        most_frequent: The category, label or text that is there most often, and how often; None where all differ.
        lengths: Of sequences or texts that differ in length.
        earliest: Of dates, as written.
        latest: Of dates, as written.
    """

    variable: Variable
    examples: int
    missing: int
    minimum: float | None = None
    mean: float | None = None
    maximum: float | None = None
    different: int | None = None
    most_frequent: tuple[str, int] | None = None
    lengths: Lengths | None = None
    earliest: str | None = None
    latest: str | None = None


def summarise(variable: Variable) -> Summary:
    """Return what a column holds in figures."""
    examples = sum(len(values) for values in variable.parts.values())
    missing = sum(variable.count_missing(part) for part in variable.parts)
    lengths = None if variable.lengths is None else _summarise_lengths(variable.lengths.values())
    if variable.holds == "numbers":
        minimum, mean, maximum = _summarise_numbers(variable.parts.values())
        return Summary(variable, examples, missing, minimum, mean, maximum, lengths=lengths)
    names = variable.classes
    if variable.kind == "date":
        dates = (min(names), max(names)) if names else (None, None)
        return Summary(variable, examples, missing, different=len(names), earliest=dates[0], latest=dates[1])
    counts = sum((variable.count_classes(part) for part in variable.parts), np.zeros(len(names), np.int64))
    most = int(np.argmax(counts)) if len(counts) else 0
    frequent = (names[most], int(counts[most])) if len(counts) and counts[most] > 1 else None
    different = int(np.count_nonzero(counts))
    return Summary(variable, examples, missing, different=different, most_frequent=frequent, lengths=lengths)


def _summarise_numbers(parts: Iterable[NDArray[Any]]) -> tuple[float | None, float | None, float | None]:
    """Return minimum, mean and maximum of all numbers that are there."""
    least, most, total, count = np.inf, -np.inf, 0.0, 0
    for values in parts:
        there = values[~np.isnan(values)] if values.dtype.kind == "f" and np.isnan(np.sum(values)) else values
        if there.size:
            least, most = min(least, float(there.min())), max(most, float(there.max()))
            total += float(there.sum(dtype=np.float64))
            count += there.size
    return (least, total / count, most) if count else (None, None, None)


def _summarise_lengths(parts: Iterable[NDArray[Any]]) -> Lengths:
    lengths = np.concatenate(list(parts))
    return Lengths(int(lengths.min()), float(np.median(lengths)), int(lengths.max()))
