"""What `tune:` asks for, and how its trials are drawn.

Trials are drawn independently of each other, as J. Bergstra and Y. Bengio recommend ("Random search for hyper-parameter
optimization", JMLR 13, 2012): where only some of the settings matter, which is the rule, as many random trials look at
more values of those than a grid does.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from archcli.recipe.writing import write_inline

_DIGITS: Final = 4
"""How finely numbers are drawn: in ten thousandths of the range at least, so that they can be read and typed."""


@dataclass(frozen=True)
class Choice:
    """A path with values that are as likely as each other.

    Attributes:
        path: Where in the recipe, as in an override.
        values: Plain data, as `write_inline` writes them.
    """

    path: str
    values: tuple[object, ...]


@dataclass(frozen=True)
class Range:
    """A path with all numbers from `low` to `high`.

    Attributes:
        path: Where in the recipe, as in an override.
        low: The lowest number.
        high: The highest number, above `low`.
        whole: Whether only whole numbers are meant, both ends among them.
        logarithmic: Whether the logarithm is uniform, not the number itself; `low` is above 0 then.
    """

    path: str
    low: float
    high: float
    whole: bool = False
    logarithmic: bool = False


Dimension = Choice | Range


@dataclass(frozen=True)
class Tuning:
    """What `archcli tune` tries.

    Attributes:
        trials: How many runs, from 1.
        seed: Decides what is tried.
        space: Paths and what is tried there, at least one.
    """

    trials: int
    seed: int
    space: tuple[Dimension, ...]


@dataclass(frozen=True)
class Setting:
    """What a trial has at a path.

    Attributes:
        path: Where in the recipe.
        value: Plain data.
    """

    path: str
    value: object

    @property
    def override(self) -> str:
        """The setting as it is typed behind the recipe: `parameters.width=64`."""
        return f"{self.path}={write_inline(self.value)}"


def draw_trials(tuning: Tuning) -> Iterator[tuple[Setting, ...]]:
    """Draw the settings of one trial after another, each of them once.

    Trial k of a seed and a space is always the same, however many trials are wanted: Python promises that
    `random.Random(seed).random()` gives the same numbers in every version, and nothing else is asked of it.

    Yields:
        One setting for each path, in their order. It ends where all have been tried, which only a space of choices and
        whole numbers allows.
    """
    generator = random.Random(tuning.seed)  # noqa: S311 -- no secret is made of it
    sizes = [_size(dimension) for dimension in tuning.space]
    total = math.prod(sizes)
    seen: set[tuple[str, ...]] = set()
    while len(seen) < total:
        settings = tuple(Setting(dimension.path, _draw(dimension, generator)) for dimension in tuning.space)
        typed = tuple(setting.override for setting in settings)
        if typed not in seen:
            seen.add(typed)
            yield settings


def _size(dimension: Dimension) -> float:
    """Count the values of a dimension; infinity where they are not counted."""
    if isinstance(dimension, Choice):
        return len({write_inline(value) for value in dimension.values})
    return dimension.high - dimension.low + 1 if dimension.whole else math.inf


def _draw(dimension: Dimension, generator: random.Random) -> object:
    share = generator.random()  # from 0 to below 1
    if isinstance(dimension, Choice):
        return dimension.values[int(share * len(dimension.values))]
    low, high = dimension.low, dimension.high
    beyond = high + 1 if dimension.whole else high  # each whole number has the part of the range up to the next one
    if dimension.logarithmic:
        span = math.log(beyond) - math.log(low)
        drawn = math.exp(math.log(low) + share * span)
    else:
        span = beyond - low
        drawn = low + share * span
    if dimension.whole:
        return int(min(max(math.floor(drawn), low), high))
    fineness = _fineness(span)
    drawn = float(f"{drawn:.{fineness + 1}g}") if dimension.logarithmic else round(drawn, fineness)
    return min(max(drawn, low), high)


def _fineness(span: float) -> int:
    """Return the digits after the point that tell ten thousand numbers of a span apart, at least."""
    return _DIGITS - math.floor(math.log10(span))
