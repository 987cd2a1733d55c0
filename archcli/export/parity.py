"""Whether an exported model still answers the same.

In float32 the largest difference counts: it may be 1e-5 of the largest answer, or 1e-5 where that is below 1. Smaller
numbers make other answers, and what counts is what they are worth: for classes and labels, how often the same is told,
and for all, the relative error, which is the root mean square of the differences over the standard deviation of the
answers. One of both must keep its bound: a model that has learned little tells by a hair, and which is chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.export.format import Quantize
from archcli.recipe.facts import TargetFacts

TOLERANCE: Final = 1e-5


@dataclass(frozen=True)
class Bounds:
    """What smaller numbers may change.

    Attributes:
        agreement: Share of equal classes or labels, from here to 1.
        relative_error: At most.
    """

    agreement: float
    relative_error: float


BOUNDS: Final[Mapping[Quantize, Bounds]] = MappingProxyType(
    {"float16": Bounds(0.99, 0.01), "dynamic": Bounds(0.97, 0.05), "int8": Bounds(0.95, 0.1)}
)


@dataclass(frozen=True)
class Parity:
    """How the answers of one output differ.

    Attributes:
        largest_difference: Between an answer of Keras's model and that of the exported one; infinite where only one of
            them is a number.
        mean_difference: Over all answers.
        tolerance: What the largest difference may be in float32.
        relative_error: The root mean square of the differences over the standard deviation of Keras's answers.
        agreement: Share of equal classes or labels, 0 to 1; None where the answers are numbers.
    """

    largest_difference: float
    mean_difference: float
    tolerance: float
    relative_error: float
    agreement: float | None

    def is_same(self, quantize: Quantize | None) -> bool:
        """Say whether the answers count as the same."""
        if quantize is None:
            return self.largest_difference <= self.tolerance
        bounds = BOUNDS[quantize]
        agrees = self.agreement is not None and self.agreement >= bounds.agreement
        return agrees or self.relative_error <= bounds.relative_error

    def describe(self, quantize: Quantize | None) -> str:
        """Say what is beyond its bound, in words."""
        if quantize is None:
            return f"by up to {self.largest_difference:.2g}, where {self.tolerance:.2g} is allowed"
        bounds = BOUNDS[quantize]
        error = f"with a relative error of {self.relative_error:.2g}, where {bounds.relative_error:g} is allowed"
        if self.agreement is None:
            return error
        return f"{error}, and tells the same in {self.agreement:.1%}, where {bounds.agreement:.0%} would do"


def compare(given: NDArray[Any], expected: NDArray[Any], target: TargetFacts | None) -> Parity:
    """Compare the answers of an exported model with those of Keras's.

    Args:
        given: Of the exported one, `(examples, ...)`.
        expected: Of Keras's, likewise.
        target: What they answer; None: they are only written out.
    """
    if given.shape != expected.shape:
        return Parity(np.inf, np.inf, TOLERANCE, np.inf, None)
    wide_given, wide = given.astype(np.float64), expected.astype(np.float64)
    differences = np.abs(wide_given - wide)
    both_missing = np.isnan(wide_given) & np.isnan(wide)
    differences = np.where(both_missing, 0.0, np.where(np.isnan(differences), np.inf, differences))
    answers = wide[np.isfinite(wide)]
    largest = float(np.abs(answers).max(initial=0.0))
    spread = float(answers.std()) if answers.size else 0.0
    return Parity(
        float(differences.max(initial=0.0)),
        float(differences.mean()) if differences.size else 0.0,
        TOLERANCE * max(1.0, largest),
        float(np.sqrt(np.square(differences).mean())) / (spread or max(1.0, largest)),
        _agreement(wide_given, wide, target),
    )


def _agreement(given: NDArray[np.float64], expected: NDArray[np.float64], target: TargetFacts | None) -> float | None:
    if target is None or not target.classes:
        return None
    return float(np.mean(_told(given, target) == _told(expected, target)))


def _told(answers: NDArray[np.float64], target: TargetFacts) -> NDArray[Any]:
    """Return which class, or whether each label, is told."""
    if target.kind == "multilabel" or answers.shape[-1] == 1:
        return answers >= 0.5
    told: NDArray[np.int64] = answers.argmax(axis=-1)
    return told
