"""What a run ends with: the saved model, its scores, pictures, and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from archcli.commands.assessing import MOST_CONFUSED, Assessment, assess
from archcli.commands.baselines import simple_baselines, training_means
from archcli.commands.picturing import draw_scores
from archcli.commands.preparing import Prepared
from archcli.commands.scored import Scored
from archcli.commands.scores import PartScores, score_part
from archcli.commands.summary import count_weights
from archcli.data.splits import PART_NAMES, PartName
from archcli.engine.memory import give_back_unused
from archcli.engine.training import Outcome
from archcli.runs.directory import Run
from archcli.runs.drawing import Drawing, Undrawn
from archcli.runs.metrics import RunMetrics, write_metrics
from archcli.runs.plots import plot_learning_curves
from archcli.runs.writing import write_with


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
        intervals: The 95 % interval of those scores of `evaluated_on` that have one.
        baselines: Those scores as others get them, by the baseline's name, then by the score's.
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
    intervals: Mapping[str, Sequence[float]] = field(default_factory=dict)
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    undrawn: Undrawn | None = None


def finish(prepared: Prepared, outcome: Outcome, run: Run, pictures: Drawing) -> TrainReport:
    """Save the model of the best epoch, score it on every part and have its pictures drawn meanwhile.

    Args:
        prepared: What was trained; its core has the weights of the best epoch.
        outcome: What came of it.
        run: Where everything goes.
        pictures: Draws.

    Raises:
        DataError, SetupError: A file cannot be written: the disk is full, or anything else is wrong.
    """
    give_back_unused()  # chunks of data, of which there are no more
    _draw_curves(prepared, outcome, run, pictures)
    saved = prepared.compose()
    write_with(run.model, saved.save)
    evaluated = _score(saved, prepared, prepared.dataset.evaluated_on)
    means = training_means(prepared.dataset.training.targets, _scored(prepared))
    assessed = _assess(evaluated, prepared, means)
    draw_scores(assessed, run.plots, prepared.recipe.name, pictures)
    # Of the other parts the scores alone are kept: the answers to millions of examples take much memory.
    scores: dict[str, Mapping[str, float]] = {
        name: evaluated.scores if name == evaluated.part else _score(saved, prepared, name).scores
        for name in PART_NAMES
        if name in prepared.dataset.parts
    }
    metrics = RunMetrics(
        epochs=outcome.epochs_done,
        best_epoch=outcome.best_epoch,
        monitor=prepared.recipe.train.monitor,
        best_value=outcome.best_value,
        main=evaluated.main,
        scores=scores,
        seconds=outcome.seconds,
        parameter_count=count_weights(prepared.built.whole.weights),
        stopped_early=outcome.stopped_early,
        notes=outcome.notes,
        training_means=means,
        **_assessed_data(assessed),
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
        intervals=metrics.intervals,
        baselines=metrics.baselines,
        undrawn=undrawn,
    )


def _score(saved: keras.Model, prepared: Prepared, name: PartName) -> PartScores:
    part = prepared.dataset.parts[name]
    # Step by step takes as many runs as there are steps: not on what was trained on, where it says least.
    free = name != "training" or prepared.dataset.evaluated_on == name
    return score_part(saved, part.inputs, part.targets, _scored(prepared), part=name, free=free)


def _scored(prepared: Prepared) -> Scored:
    return Scored.of(prepared.recipe.model, prepared.dataset.facts)


def _assess(evaluated: PartScores, prepared: Prepared, means: Mapping[str, tuple[float, ...]]) -> Assessment:
    """Compare scores with what takes no fitting; `evaluate` fits linear models, too."""
    dataset = prepared.dataset
    inputs = dataset.parts[dataset.evaluated_on].inputs
    examples = len(dataset.training)
    return assess(evaluated, simple_baselines(evaluated, inputs, _scored(prepared), means=means, examples=examples))


def _assessed_data(assessed: Assessment) -> dict[str, Any]:
    """Return what `metrics.json` holds of the part that was evaluated."""
    data = assessed.data()
    confusion = assessed.scores.first.confusion
    return {
        "evaluated_on": data["part"],
        "intervals": data["intervals"],
        "baselines": data["baselines"],
        "score_notes": data["notes"],
        "targets": data["targets"],
        "confusion": None if confusion is None or len(confusion) > MOST_CONFUSED else confusion.tolist(),
    }


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
