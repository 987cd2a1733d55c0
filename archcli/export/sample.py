"""The examples that an export is compared on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.export.shipment import Arrays
from archcli.recipe.facts import InputFacts

MOST_EXAMPLES: Final = 256
PROBES: Final = 16
OPEN_SIZE: Final = 16
"""Steps of a probe whose length is open."""


@dataclass(frozen=True)
class Sample:
    """Examples that an export is compared on.

    Attributes:
        raw: Raw examples by the names of the saved model's inputs, `(examples, *shape)`.
        origin: The part of the data that they are from; `made up` where the data cannot be read again.
        reason: Why they are made up; None where they are not.
    """

    raw: Arrays
    origin: str
    reason: str | None = None


def spread_over(raw: Arrays, *, most: int = MOST_EXAMPLES) -> dict[str, NDArray[Any]]:
    """Return at most so many examples, evenly spread over all of them, the same every time."""
    count = len(next(iter(raw.values())))
    chosen = np.unique(np.linspace(0, count - 1, min(most, count)).astype(np.int64))
    return {name: values[chosen] for name, values in raw.items()}


def make_up(leaves: Iterable[InputFacts]) -> dict[str, NDArray[Any]]:
    """Make raw inputs like those that a model was trained on, the same every time.

    Args:
        leaves: What the saved model takes.
    """
    random = np.random.default_rng(0)
    return {leaf.name: _probe(leaf, random) for leaf in leaves}


def _probe(facts: InputFacts, random: np.random.Generator) -> NDArray[Any]:
    shape = tuple(OPEN_SIZE if size is None else size for size in facts.shape)
    if facts.kind in ("category", "text"):
        words = [*facts.words, "never seen"]
        glue = "" if facts.split == "character" else " "
        count = 1 if facts.kind == "category" else OPEN_SIZE
        texts = [glue.join(random.choice(words, count)) for _ in range(PROBES)]
        return np.array(texts, object).reshape(-1, 1)
    if facts.kind == "date":
        days = random.integers(1, 29, PROBES)
        return np.array([f"2024-06-{day:02d}" for day in days], object).reshape(-1, 1)
    if facts.spectrum is not None:
        return random.uniform(-1, 1, (PROBES, facts.spectrum.samples)).astype(np.float32)
    if facts.dtype == "int32":
        return random.integers(0, facts.vocabulary or 1, (PROBES, *shape)).astype(np.int32)
    drawn = random.standard_normal((PROBES, *shape))
    if facts.scale is not None and facts.offset is not None:
        drawn = (drawn - np.asarray(facts.offset)) / np.asarray(facts.scale)
    return drawn.astype(np.float32)
