"""The pictures of scores: what `train` draws at its end and `evaluate` beside its numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from archcli.commands.assessing import MOST_CONFUSED, Assessment, step_errors
from archcli.commands.scores import OutputScores
from archcli.runs.drawing import Drawing
from archcli.runs.plots import plot_confusion, plot_predictions
from archcli.runs.score_plots import RankingCurve, plot_calibration, plot_horizon, plot_rankings, plot_residuals
from archcli.scoring.labels import known_numbers

MOST_COLUMNS_DRAWN: Final = 4
"""Columns of numbers that get pictures each: no one looks at more. Of a series the first and the last step do."""

MOST_CURVES: Final = 10


def draw_scores(assessed: Assessment, folder: Path, recipe_name: str, pictures: Drawing) -> None:
    """Have the pictures of all answers drawn; with several targets each is called after its own.

    Args:
        assessed: The scores.
        folder: Where the pictures go.
        recipe_name: For the titles.
        pictures: Draws.
    """
    several = len(assessed.scores.answers) > 1
    for own in assessed.scores.answers:
        if not own.scores:
            continue
        suffix = f"_{own.target.name}" if several else ""
        said = {"recipe_name": recipe_name, "part": Path(assessed.scores.part).name}
        if own.target.classes:
            _draw_classes(own, folder, pictures, suffix=suffix, said=said)
        else:
            _draw_numbers(own, folder, pictures, suffix=suffix, said=said)
        errors = step_errors(own, assessed.baselines)
        if errors:
            path = folder / f"horizon{suffix}.png"
            pictures.draw(plot_horizon, path, errors=errors, target=own.target.columns[0], **said)


def _draw_classes(own: OutputScores, folder: Path, pictures: Drawing, *, suffix: str, said: dict[str, str]) -> None:
    if own.confusion is not None and len(own.confusion) <= MOST_CONFUSED:
        path = folder / f"confusion_matrix{suffix}.png"
        pictures.draw(plot_confusion, path, counts=own.confusion, class_names=own.target.classes, **said)
    curves = _curves(own)
    if curves:
        worst = sorted(curves, key=lambda curve: curve.roc_auc)[:MOST_CURVES]
        path = folder / f"roc_and_precision_recall{suffix}.png"
        pictures.draw(
            plot_rankings, path, curves=curves if len(worst) == len(curves) else worst, of=len(curves), **said
        )
    if own.calibration is not None:
        path = folder / f"calibration{suffix}.png"
        pictures.draw(plot_calibration, path, **vars(own.calibration), error=own.calibration.error, **said)


def _curves(own: OutputScores) -> list[RankingCurve]:
    """Return the curves of all classes; of two classes that of the second, as its scores are."""
    total = sum(one.examples for one in own.classes)
    if own.target.kind == "multilabel":
        total = len(own.truth)
    is_binary = len(own.classes) == 2 and own.target.kind != "multilabel"
    return [
        RankingCurve(
            one.name,
            *(ranking.false_positives, ranking.true_positives, ranking.precisions),
            roc_auc=ranking.roc_auc,
            pr_auc=ranking.pr_auc,
            share=one.examples / total,
        )
        for number, (one, ranking) in enumerate(zip(own.classes, own.rankings, strict=True))
        if ranking is not None and (number == 1 or not is_binary)
    ]


def _draw_numbers(own: OutputScores, folder: Path, pictures: Drawing, *, suffix: str, said: dict[str, str]) -> None:
    target = own.target
    known, given = known_numbers(own.truth, own.outputs)
    truth, told = known.astype(np.float64), given.astype(np.float64)
    width = truth.shape[1]
    single = width == 1
    drawn = sorted({0, width - 1}) if target.is_series else range(min(width, MOST_COLUMNS_DRAWN))
    for column in drawn:
        name = target.columns[column] if column < len(target.columns) else f"{target.name} {column}"
        if target.is_series and not single:
            name = f"{target.columns[0]}, {column + 1} ahead"
        ending = f"{suffix}.png" if single else f"{suffix}_{column}.png"
        numbers = {"truth": truth[:, column], "predicted": told[:, column]}
        pictures.draw(plot_predictions, folder / f"predictions{ending}", **numbers, target=name, **said)
        pictures.draw(plot_residuals, folder / f"residuals{ending}", **numbers, target=name, **said)
