"""What a run ends with: the saved model, its scores, pictures, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import keras
import numpy as np

from archcli.commands.preparing import Prepared
from archcli.commands.scored import Scored
from archcli.commands.scores import OutputScores, PartScores, score_part
from archcli.commands.summary import count_weights
from archcli.data.splits import PART_NAMES, PartName
from archcli.engine.training import Outcome
from archcli.runs.directory import Run
from archcli.runs.drawing import Drawing, Undrawn
from archcli.runs.metrics import RunMetrics, write_metrics
from archcli.runs.plots import plot_confusion, plot_learning_curves, plot_predictions
from archcli.runs.writing import write_with

MOST_COLUMNS_DRAWN: Final = 8
"""Columns of numbers that get a picture each: no one looks at more."""


@dataclass(frozen=True)
class TrainReport:
    """What came of a training.

    Attributes:
        run: The run directory.
        recipe_name: Name of the recipe.
        epochs: Epochs trained.
        best_epoch: The epoch whose weights are in the saved model.
        stopped_early: Whether early stopping or a callback ended it.
        monitor: The quantity that chose the best epoch.
        best_value: Its value there.
        evaluated_on: The part that the scores are of: `test`, or what is nearest to it.
        scores: Scores of every part by name; `main` is the one that a person asks for first.
        main: Name of that score.
        parameter_count: Weights of the model.
        seconds: Time spent training, compiling included.
        examples_per_second: Training speed, compiling excluded.
        mode: How steps were run.
        notes: What the learning rule has to say of it, such as whether it has converged.
        undrawn: Pictures that could not be drawn; None: all are there.
    """

    run: Run
    recipe_name: str
    epochs: int
    best_epoch: int
    stopped_early: bool
    monitor: str
    best_value: float
    evaluated_on: str
    scores: Mapping[str, Mapping[str, float]]
    main: str
    parameter_count: int
    seconds: float
    examples_per_second: float
    mode: str
    notes: tuple[str, ...] = ()
    undrawn: Undrawn | None = None


def finish(prepared: Prepared, outcome: Outcome, run: Run, pictures: Drawing) -> TrainReport:
    """Save the model of the best epoch, score it on every part and have its pictures drawn meanwhile.

    Args:
        prepared: What was trained; its core has the weights of the best epoch.
        outcome: What came of it.
        run: Where everything goes.
        pictures: Draws.

    Raises:
        SetupError: A file cannot be written.
    """
    _draw_curves(prepared, outcome, run, pictures)
    saved = prepared.compose()
    write_with(run.model, saved.save)
    evaluated = _score(saved, prepared, prepared.dataset.evaluated_on)
    _draw_answers(evaluated, prepared.recipe.name, run, pictures)
    parts = {
        name: evaluated if name == evaluated.part else _score(saved, prepared, name)
        for name in PART_NAMES
        if name in prepared.dataset.parts
    }
    metrics = RunMetrics(
        epochs=outcome.epochs_done,
        best_epoch=outcome.best_epoch,
        monitor=prepared.recipe.train.monitor,
        best_value=outcome.best_value,
        main=evaluated.main,
        scores={name: part.scores for name, part in parts.items()},
        seconds=outcome.seconds,
        parameter_count=count_weights(prepared.built.whole.weights),
        stopped_early=outcome.stopped_early,
        confusion=None if evaluated.first.confusion is None else evaluated.first.confusion.tolist(),
        notes=outcome.notes,
    )
    write_metrics(run, metrics)
    undrawn = pictures.finish()
    return TrainReport(
        run=run,
        recipe_name=prepared.recipe.name,
        epochs=metrics.epochs,
        best_epoch=metrics.best_epoch,
        stopped_early=metrics.stopped_early,
        monitor=metrics.monitor,
        best_value=metrics.best_value,
        evaluated_on=evaluated.part,
        scores=metrics.scores,
        main=metrics.main,
        parameter_count=metrics.parameter_count,
        seconds=metrics.seconds,
        examples_per_second=outcome.examples_per_second,
        mode=outcome.mode.name,
        notes=outcome.notes,
        undrawn=undrawn,
    )


def _score(saved: keras.Model, prepared: Prepared, name: PartName) -> PartScores:
    part = prepared.dataset.parts[name]
    scored = Scored.of(prepared.recipe.model, prepared.dataset.facts)
    # Step by step takes as many runs as there are steps: not on what was trained on, where it says least.
    free = name != "training" or prepared.dataset.evaluated_on == name
    return score_part(saved, part.inputs, part.targets, scored, part=name, free=free)


def _draw_curves(prepared: Prepared, outcome: Outcome, run: Run, pictures: Drawing) -> None:
    recipe = prepared.recipe
    pictures.draw(
        plot_learning_curves,
        run.plots / "learning_curves.png",
        rows=[{"epoch": row.epoch, **row.metrics} for row in outcome.rows],
        names=recipe.train.columns,
        best_epoch=outcome.best_epoch,
        recipe_name=recipe.name,
    )


def _draw_answers(evaluated: PartScores, recipe_name: str, run: Run, pictures: Drawing) -> None:
    several = len(evaluated.answers) > 1
    for scored in evaluated.answers:
        suffix = f"_{scored.target.name}" if several else ""
        _draw_answer(scored, recipe_name, evaluated.part, run, pictures, suffix=suffix)


def _draw_answer(
    scored: OutputScores, recipe_name: str, part: str, run: Run, pictures: Drawing, *, suffix: str
) -> None:
    """Draw the answers to one target against the truth."""
    target = scored.target
    if scored.confusion is not None:
        pictures.draw(
            plot_confusion,
            run.plots / f"confusion_matrix{suffix}.png",
            counts=scored.confusion,
            class_names=target.classes,
            recipe_name=recipe_name,
            part=part,
        )
    elif scored.truth is not None and scored.outputs is not None:
        truth, told = scored.truth.astype(np.float64), scored.outputs.astype(np.float64)
        single = truth.shape[1] == 1
        for column in range(min(truth.shape[1], MOST_COLUMNS_DRAWN)):
            name = target.columns[column] if column < len(target.columns) else f"{target.name} {column}"
            pictures.draw(
                plot_predictions,
                run.plots / (f"predictions{suffix}.png" if single else f"predictions{suffix}_{column}.png"),
                truth=truth[:, column],
                predicted=told[:, column],
                target=name,
                recipe_name=recipe_name,
                part=part,
            )
