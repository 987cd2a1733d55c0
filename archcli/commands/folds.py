"""Cross-validation: one run for each fold, and what the scores of their tests are together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, stdev
from typing import Protocol

import keras

from archcli.commands.finishing import TrainReport
from archcli.commands.train import train
from archcli.engine.progress import Progress


@dataclass(frozen=True)
class Spread:
    """One score over all folds.

    Attributes:
        mean: The mean of the folds' tests.
        deviation: Its standard deviation from fold to fold (of a sample).
    """

    mean: float
    deviation: float


@dataclass(frozen=True)
class FoldsReport:
    """What came of training every fold.

    Attributes:
        recipe_name: Name of the recipe.
        main: Name of the score that a person asks for first.
        scores: Every score of the tests by name.
        folds: The report of each fold's run, in order.
        baselines: The same scores as others get them, by the baseline's name, then by the score's.
    """

    recipe_name: str
    main: str
    scores: Mapping[str, Spread]
    folds: tuple[TrainReport, ...]
    baselines: Mapping[str, Mapping[str, Spread]] = field(default_factory=dict)


class FoldWatcher(Protocol):
    """Whoever watches."""

    def fold(self, number: int, count: int) -> AbstractContextManager[Progress]:
        """Return who watches the training of a fold, from 1."""

    def fold_ended(self, number: int, count: int, report: TrainReport) -> None:
        """Take note of a fold that is trained."""


def train_folds(
    text: str, overrides: Sequence[str] = (), *, count: int, runs: Path, command: str, watcher: FoldWatcher
) -> FoldsReport:
    """Train a recipe once for each of its folds; each is an ordinary run.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.
        count: How many folds there are.
        runs: The folder of all runs.
        command: The command line, for the record.
        watcher: Who watches.

    Raises:
        RecipeError, DataError, SetupError, TrainingError, Interrupted: As `train` does; runs that have ended are kept.
    """
    reports: list[TrainReport] = []
    for number in range(1, count + 1):
        keras.backend.clear_session()
        with watcher.fold(number, count) as progress:
            changed = (*overrides, f"data.split.fold={number}")
            report = train(text, changed, runs=runs, command=command, progress=progress)
        if report is None:
            raise ValueError("folds are trained by one process, which checking sees to")
        reports.append(report)
        watcher.fold_ended(number, count, report)
    scores = _spread([report.scores["test"] for report in reports])
    baselines = {name: _spread([report.baselines.get(name, {}) for report in reports]) for name in reports[0].baselines}
    return FoldsReport(reports[0].recipe_name, reports[0].main, scores, tuple(reports), baselines)


def _spread(folds: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Return mean and deviation of each score that all folds have."""
    return {
        name: Spread(mean(values), stdev(values))
        for name in folds[0]
        if len(values := [scores[name] for scores in folds if name in scores]) == len(folds)
    }
