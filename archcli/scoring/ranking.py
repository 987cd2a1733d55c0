"""How well chances put the examples of a class before all others: ROC and precision-recall curves, and their areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_RANKED: Final = 5_000_000
"""Chances that are sorted, over all classes: about a second. Of more there is no area."""


POINTS: Final = 1000
"""Of a curve that is kept: a picture needs no million."""


@dataclass(frozen=True)
class Ranking:
    """The curves of one class, or label, against all others: a point for each different chance, the highest first.

    Attributes:
        true_positives: Share of the examples of the class that have at least this chance, `(points,)`, rising to 1;
            the recall.
        false_positives: Share of the others that have, likewise.
        precisions: Share of those that have that are of the class.
        roc_auc: The area under true against false positives, by trapezoids from (0, 0): 0.5 is chance, 1 best. It is
            the chance that an example of the class is put before one that is not, ties counted by half (J. Hanley, B.
            McNeil, "The meaning and use of the area under a ROC curve", Radiology 143, 1982).
        pr_auc: The average precision: precision at each point, weighted by what the recall gains there. No line is
            drawn between the points, which would promise too much (J. Davis, M. Goadrich, "The relationship between
            precision-recall and ROC curves", ICML 2006). Chance scores the share of the class.
    """

    true_positives: NDArray[np.float64]
    false_positives: NDArray[np.float64]
    precisions: NDArray[np.float64]
    roc_auc: float
    pr_auc: float

    def thinned(self, points: int) -> Ranking:
        """Return at most about so many of the points, evenly spread, the last among them; the areas stay those of all.

        What is returned holds no memory of the others.
        """
        if len(self.precisions) <= points:
            return self
        kept = np.unique(np.linspace(0, len(self.precisions) - 1, points).astype(np.int64))
        curves = (self.true_positives[kept], self.false_positives[kept], self.precisions[kept])
        return Ranking(*curves, self.roc_auc, self.pr_auc)


def rank(is_positive: NDArray[np.bool_], chances: NDArray[Any]) -> Ranking | None:
    """Rank examples by the chance that they are of a class.

    Args:
        is_positive: Whether each is, `(examples,)`.
        chances: Any numbers, higher where it is more likely, `(examples,)`, finite.

    Returns:
        None where all are of the class, or none: then there is nothing to be put before anything.
    """
    positives = int(is_positive.sum())
    negatives = len(is_positive) - positives
    if not positives or not negatives:
        return None
    order = np.argsort(chances)[::-1]
    falling = chances[order]
    ends = np.append(np.flatnonzero(falling[1:] != falling[:-1]), len(falling) - 1)  # the last of each equal chance
    hits = np.cumsum(is_positive[order])[ends]
    taken = ends + 1
    up, across, precisions = hits / positives, (taken - hits) / negatives, hits / taken
    first = across[0] * up[0] / 2  # the trapezoid from (0, 0)
    areas = float(first + np.trapezoid(up, across)), float(np.sum(np.diff(up, prepend=0.0) * precisions))
    return Ranking(up, across, precisions, *areas)


@dataclass(frozen=True)
class Areas:
    """The areas of all classes or labels together.

    Attributes:
        scores: `roc_auc` and `pr_auc`; empty where they are undefined.
        notes: What is left out, or what the means are over; sentences without a full stop.
        rankings: The curves of each class by itself, thinned; None: it has no example, or all of them, or none were
            ranked.
    """

    scores: dict[str, float]
    notes: tuple[str, ...]
    rankings: tuple[Ranking | None, ...]


def rank_classes(
    is_positive: NDArray[Any], chances: NDArray[Any], names: Sequence[str], *, only: int | None = None
) -> Areas:
    """Rank examples by the chances of each class, or label, against all others.

    Args:
        is_positive: Of which classes each example is, `(examples, classes)`; or the number of its only one,
            `(examples,)`.
        chances: `(examples, classes)`.
        names: Each class.
        only: The class that the scores are of; None: they are means over all classes that can be ranked.
    """
    many = leave_out_many(chances.size, names)
    if many is not None:
        return many
    if not np.isfinite(chances).all():
        return _nothing("not all chances are finite", names)
    rankings = tuple(_rank_one(is_positive, chances, number) for number in range(len(names)))
    ranked = [one for one in (rankings if only is None else [rankings[only]]) if one is not None]
    if not ranked:
        return _nothing(_why_nothing(is_positive, names), names)
    scores = {
        "roc_auc": float(np.mean([one.roc_auc for one in ranked])),
        "pr_auc": float(np.mean([one.pr_auc for one in ranked])),
    }
    all_count = len(names) if only is None else 1
    note = (
        f"`roc_auc` and `pr_auc` are means over {len(ranked)} of {all_count}: the others have no example here, or all"
    )
    return Areas(scores, (note,) if len(ranked) < all_count else (), rankings)


def leave_out_many(count: int, names: Sequence[str]) -> Areas | None:
    """Return that there are no areas where there are too many chances, `count` over all classes; None: there are few.

    Args:
        count: Examples times classes.
        names: Each class.
    """
    return _nothing(f"{count:,} chances are more than {MOST_RANKED:,}", names) if count > MOST_RANKED else None


def _rank_one(is_positive: NDArray[Any], chances: NDArray[Any], number: int) -> Ranking | None:
    """Rank by the chances of one class, and keep little of it."""
    of_class = is_positive == number if is_positive.ndim == 1 else is_positive[:, number]
    ranking = rank(of_class, chances[:, number])
    return None if ranking is None else ranking.thinned(POINTS)


def _nothing(reason: str, names: Sequence[str]) -> Areas:
    return Areas({}, (f"`roc_auc` and `pr_auc` are left out: {reason}",), (None,) * len(names))


def _why_nothing(is_positive: NDArray[Any], names: Sequence[str]) -> str:
    numbers = range(len(names))
    is_whole = [(is_positive == each if is_positive.ndim == 1 else is_positive[:, each]).all() for each in numbers]
    whole = np.flatnonzero(is_whole)
    return f"every example is `{names[whole[0]]}`" if len(whole) == 1 else "no class has some of the examples"
