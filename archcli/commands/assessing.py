"""Scores with what they are to be judged by: intervals, baselines, each class and each step by itself, the mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.commands.baselines import Baselines, flat_scores
from archcli.commands.mistakes import Mistake
from archcli.commands.scores import OutputScores, PartScores
from archcli.scoring.bootstrap import FEWEST, Interval, class_intervals, label_intervals, number_intervals
from archcli.scoring.calibration import Calibration
from archcli.scoring.classification import share
from archcli.scoring.labels import known_numbers
from archcli.scoring.regression import score_numbers

MOST_CONFUSED: Final = 100
"""Classes of which the confusion is written and drawn."""

MOST_COLUMNS: Final = 200
"""Columns, or steps ahead, that are scored each by itself."""


@dataclass(frozen=True)
class Assessment:
    """Scores of one part, and what they are to be judged by.

    Attributes:
        scores: The scores.
        baselines: What other answers score, by the baseline's name.
        intervals: The 95 % interval of those scores that have one, by their names.
        notes: What is left out, and why; sentences without a full stop.
        mistakes: The worst of each answer, by the target's name.
    """

    scores: PartScores
    baselines: Baselines
    intervals: Mapping[str, Interval]
    notes: tuple[str, ...]
    mistakes: Mapping[str, tuple[Mistake, ...]] = field(default_factory=dict)

    @property
    def flat_baselines(self) -> dict[str, dict[str, float]]:
        """All scores of the baselines, by the baseline's name and theirs."""
        return flat_scores(self.baselines)

    def data(self) -> dict[str, Any]:
        """Return plain data, as README describes them."""
        return {
            "part": self.scores.part,
            "examples": self.scores.examples,
            "main": self.scores.main,
            "scores": dict(self.scores.scores),
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "baselines": self.flat_baselines,
            "notes": list(self.notes),
            "targets": self.targets(),
        }

    def targets(self) -> dict[str, dict[str, Any]]:
        """Return plain data of each target by its name."""
        return {own.target.name: self._target(own) for own in self.scores.answers}

    def _target(self, own: OutputScores) -> dict[str, Any]:
        confusion = own.confusion if own.confusion is not None and len(own.confusion) <= MOST_CONFUSED else None
        mistakes = self.mistakes.get(own.target.name)
        return {
            "classes": [vars(one) for one in own.classes],
            "confusion": None if confusion is None else confusion.tolist(),
            "confusion_shares": None if confusion is None else confusion_shares(confusion).tolist(),
            "calibration": None if own.calibration is None else _calibration_data(own.calibration),
            "columns": _columns_data(own),
            "steps": _steps_data(own, self.baselines),
            **({} if mistakes is None else {"mistakes": [asdict(one) for one in mistakes]}),
        }


def assess(part: PartScores, baselines: Baselines, notes: tuple[str, ...] = ()) -> Assessment:
    """Put scores and baselines together with the intervals of the scores.

    Args:
        part: The scores of the model.
        baselines: What they are to be compared with.
        notes: What is to be said of the baselines.
    """
    intervals: dict[str, Interval] = {}
    for own in part.outputs:
        intervals |= {own.called(name): found for name, found in _intervals(own).items() if name in own.scores}
    said = [f"{own.name}: {note}" if own.name else note for own in part.outputs for note in own.notes]
    if part.examples < FEWEST:
        said.append(f"no score has an interval: {part.examples} examples are fewer than {FEWEST}")
    return Assessment(part, baselines, intervals, (*said, *notes))


def confusion_shares(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a confusion matrix as shares of each true class; zeros where it has no example."""
    return share(confusion, np.broadcast_to(confusion.sum(axis=1, keepdims=True), confusion.shape))


def step_errors(own: OutputScores, baselines: Baselines) -> dict[str, list[float]]:
    """Return the mean absolute error at each step ahead of a series, by who answers; empty for anything else."""
    if not own.target.is_series:
        return {}
    answering = {"model": own, **_answers_of(own, baselines)}
    return {
        name: np.abs(one.outputs.astype(np.float64) - one.truth).mean(axis=0).tolist()
        for name, one in answering.items()
    }


def _intervals(own: OutputScores) -> dict[str, Interval]:
    target = own.target
    if not own.scores:
        return {}
    if not target.classes:
        truth, told = known_numbers(own.truth, own.outputs)
        is_there = ~np.isnan(own.truth).any(axis=-1) if own.truth.ndim > 2 else np.ones(len(own.truth), np.bool_)
        return number_intervals(truth, told, np.nonzero(is_there)[0])
    if target.kind == "multilabel":
        return label_intervals(own.truth, own.outputs)
    return class_intervals(own.truth, own.outputs, len(target.classes))


def _answers_of(own: OutputScores, baselines: Baselines) -> dict[str, OutputScores]:
    """Return the answers of baselines to the same target."""
    return {name: one for name, outputs in baselines.items() for one in outputs if one.target.name == own.target.name}


def _calibration_data(calibration: Calibration) -> list[dict[str, float]]:
    """Return the bins that are not empty."""
    return [
        {
            "from": float(calibration.edges[number]),
            "to": float(calibration.edges[number + 1]),
            "examples": int(count),
            "confidence": float(calibration.confidences[number]),
            "accuracy": float(calibration.accuracies[number]),
        }
        for number, count in enumerate(calibration.counts)
        if count
    ]


def _columns_data(own: OutputScores) -> list[dict[str, Any]] | None:
    """Return the scores of each of several columns; None where there is one, or steps of a series."""
    if own.target.classes or own.target.is_series or not own.scores or not 1 < own.truth.shape[-1] <= MOST_COLUMNS:
        return None
    truth, told = known_numbers(own.truth, own.outputs)
    names = own.target.columns
    return [
        {
            "column": names[index] if len(names) == truth.shape[1] else f"{own.target.name} {index}",
            **score_numbers(truth[:, [index]], told[:, [index]]).scores,
        }
        for index in range(truth.shape[1])
    ]


def _steps_data(own: OutputScores, baselines: Baselines) -> list[dict[str, Any]] | None:
    """Return the scores of each step ahead of a series, the baselines' beside them; None for anything else."""
    if not own.target.is_series or not own.scores or own.truth.shape[1] > MOST_COLUMNS:
        return None
    answers = _answers_of(own, baselines)
    return [
        {
            "step": index + 1,
            **_step_scores(own, index),
            "baselines": {name: _step_scores(one, index) for name, one in answers.items()},
        }
        for index in range(own.truth.shape[1])
    ]


def _step_scores(own: OutputScores, index: int) -> dict[str, float]:
    return score_numbers(own.truth[:, [index]], own.outputs[:, [index]]).scores
