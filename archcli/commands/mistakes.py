"""The worst mistakes of a model, in the target's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.commands.scores import OutputScores
from archcli.recipe.facts import TargetFacts
from archcli.scoring.classification import class_probabilities
from archcli.scoring.labels import known_numbers, labelled_places
from archcli.scoring.mistakes import worst_classes, worst_labels, worst_numbers
from archcli.scoring.multilabel import told_labels


@dataclass(frozen=True)
class Mistake:
    """One answer that is wrong.

    Attributes:
        row: Where its example stands in the source, from 1, as in `archcli.data.dataset.Part`.
        place: The step, or the line and column of the pixel, from 1; empty where an example has one answer.
        column: The column that the number is of; None for classes, and where there is but one.
        truth: The true label, labels or number.
        answer: The one told.
        confidence: The probability of the answer, of several labels that of the one told worst; None for numbers.
    """

    row: int
    place: tuple[int, ...]
    column: str | None
    truth: str | float
    answer: str | float
    confidence: float | None = None


def find_mistakes(scored: OutputScores, rows: NDArray[np.int64], count: int) -> tuple[Mistake, ...]:
    """Return the worst mistakes of an output, the worst first.

    Of classes those that gave the true one the least probability; of labels those that were surest of a wrong one; of
    numbers those that are farthest off.

    Args:
        scored: The scores of the output.
        rows: Where each example stands in the source, `(examples,)`.
        count: How many at most.
    """
    target = scored.target
    if not len(scored.truth) or not scored.scores or not count:
        return ()
    if not target.classes:
        return _of_numbers(scored.truth, scored.outputs, target, rows, count)
    if target.kind == "multilabel":
        return _of_labels(scored.truth, scored.outputs, target, rows, count)
    return _of_classes(scored.truth, scored.outputs, target, rows, count)


def _of_classes(
    truth: NDArray[Any], outputs: NDArray[Any], target: TargetFacts, rows: NDArray[np.int64], count: int
) -> tuple[Mistake, ...]:
    labels, given = labelled_places(truth, outputs)
    worst = worst_classes(labels, given, count)
    places = np.flatnonzero(truth >= 0)[worst] if len(labels) < truth.size else worst
    where = np.stack(np.unravel_index(places, truth.shape), axis=1)  # (mistakes, 1 + places)
    chances = class_probabilities(given[worst])
    told = chances.argmax(axis=-1)
    return tuple(
        Mistake(
            int(rows[place[0]]),
            tuple(int(index) + 1 for index in place[1:]),
            None,
            target.classes[int(labels[label])],
            target.classes[int(answer)],
            float(chances[number, answer]),
        )
        for number, (label, place, answer) in enumerate(zip(worst, where, told, strict=True))
    )


def _of_labels(
    truth: NDArray[Any], outputs: NDArray[Any], target: TargetFacts, rows: NDArray[np.int64], count: int
) -> tuple[Mistake, ...]:
    glue = target.separator or ", "
    mistakes = []
    for number in worst_labels(truth, outputs, count).tolist():
        expected, chances = truth[number] > 0, outputs[number].astype(np.float64)
        told = told_labels(outputs[number])
        worst = int(np.abs(chances - expected).argmax())
        mistakes.append(
            Mistake(
                int(rows[number]),
                (),
                None,
                glue.join(compress(target.classes, expected)),
                glue.join(compress(target.classes, told)),
                float(chances[worst] if told[worst] else 1 - chances[worst]),
            )
        )
    return tuple(mistakes)


def _of_numbers(
    truth: NDArray[Any], outputs: NDArray[Any], target: TargetFacts, rows: NDArray[np.int64], count: int
) -> tuple[Mistake, ...]:
    expected, told = known_numbers(truth, outputs)
    of, columns = worst_numbers(expected, told, count)
    places = np.argwhere(~np.isnan(truth).any(axis=-1))[of] if truth.ndim > 2 else of[:, np.newaxis]
    return tuple(
        Mistake(
            int(rows[place[0]]),
            (column + 1,) if target.is_series else tuple(int(index) + 1 for index in place[1:]),
            None if target.is_series or expected.shape[1] == 1 else _column(target, column),
            _plain(expected[row, column]),
            _plain(told[row, column]),
        )
        for row, column, place in zip(of.tolist(), columns.tolist(), places, strict=True)
    )


def _column(target: TargetFacts, index: int) -> str:
    return target.columns[index] if index < len(target.columns) else f"{target.name} {index}"


def _plain(number: Any) -> float:
    """Return a number with the digits that its type has."""
    return float(str(number))
