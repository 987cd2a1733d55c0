"""Score a trained run, on its own data or on others, beside baselines, and keep what came out in the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from archcli.commands.assessing import Assessment, assess
from archcli.commands.baselines import Baselines, simple_baselines, training_means
from archcli.commands.linear_baselines import is_small, linear_baselines
from archcli.commands.mistakes import find_mistakes
from archcli.commands.picturing import draw_scores
from archcli.commands.reading import read_data
from archcli.commands.resume import check_same_data
from archcli.commands.saved import SavedRun, open_saved
from archcli.commands.scores import PartScores, possible_scores, score_part
from archcli.commands.thresholds import judge, read_thresholds
from archcli.data.dataset import Dataset, Part
from archcli.data.rows import read_rows
from archcli.engine.memory import give_back_unused
from archcli.errors import ArchcliError, DataError, Problem, RecipeError, SetupError
from archcli.recipe.checking import load_recipe
from archcli.runs.directory import Run
from archcli.runs.drawing import Drawing, drawing
from archcli.runs.evaluations import new_evaluation
from archcli.runs.metrics import read_metrics
from archcli.runs.writing import write_json

PartChoice = Literal["training", "validation", "test"]


@dataclass(frozen=True)
class EvaluateReport:
    """Scores of a run.

    Attributes:
        run: The run.
        assessed: What was measured, and what it is to be judged by.
        kept: The folder with `metrics.json` and the pictures; None where it could not be written.
        missed: The thresholds that are missed, a problem each.
        notes: What did not go as it should, beside the scores: pictures that could not be drawn, say.
    """

    run: Run
    assessed: Assessment
    kept: Path | None
    missed: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return plain data for `--json`."""
        said = {"kept": None if self.kept is None else str(self.kept), "missed": [one.message for one in self.missed]}
        data = self.assessed.data()
        return {"run": str(self.run.path), **data, "notes": [*data["notes"], *self.notes], **said}


@dataclass(frozen=True)
class _Examples:
    """What is scored.

    Attributes:
        part: What it is called in reports.
        name: What it is called in the name of a folder.
        inputs: Raw, by name.
        targets: Raw, by name.
        rows: Where each example stands in the source, from 1.
        training: What the model was trained on; None where it is not at hand.
        means: Those of the numbers that it was trained on, by target.
        notes: Why the training examples are not at hand.
    """

    part: str
    name: str
    inputs: Mapping[str, NDArray[Any]]
    targets: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64]
    training: Part | None
    means: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def evaluate(
    text: str,
    *,
    runs: Path,
    part: PartChoice | None = None,
    file: Path | None = None,
    under: Sequence[str] = (),
    over: Sequence[str] = (),
    mistakes: int = 5,
    with_baselines: bool = True,
) -> EvaluateReport:
    """Score the saved model of a run.

    Args:
        text: What the user calls the run.
        runs: The folder of all runs.
        part: The part of its own data; None: the one farthest from training that there is.
        file: A file with inputs and targets to score it on instead.
        under: What scores may not be under, such as `accuracy=0.97`.
        over: What errors may not be over, such as `mae=2`.
        mistakes: How many of the worst to list, from 0.
        with_baselines: Whether to fit and score baselines.

    Raises:
        RecipeError: There is no such run, it has no such part, or no such score.
        DataError: The data cannot be used, or are not those that it was trained on.
    """
    with drawing() as pictures:  # it gets ready while the model is loaded
        saved = open_saved(text, runs)
        scored = saved.scored
        thresholds = read_thresholds(under, over, possible_scores(scored))
        if file is None:
            examples = _own_examples(saved, part)
        else:
            examples = _examples_of(file, saved, text, with_training=with_baselines)
        give_back_unused()  # what reading took
        scores = score_part(saved.model, examples.inputs, examples.targets, scored, part=examples.part)
        baselines, notes = _compare(scores, examples, saved) if with_baselines else ({}, ())
        assessed = assess(scores, baselines, notes)
        found = {own.target.name: find_mistakes(own, examples.rows, mistakes) for own in scores.answers}
        assessed = replace(assessed, mistakes=found)
        kept, troubles = _keep(saved, assessed, examples.name, pictures)
    return EvaluateReport(saved.run, assessed, kept, judge(thresholds, scores.scores), troubles)


def _own_examples(saved: SavedRun, part: PartChoice | None) -> _Examples:
    dataset = _read_own(saved)
    chosen = part or dataset.evaluated_on
    if chosen not in dataset.parts:
        parts = ", ".join(f"`{name}`" for name in dataset.parts)
        raise RecipeError(
            Problem("no-such-part", f"`{saved.run.name}` has no {chosen} examples", hint=f"it has {parts}")
        )
    examples = dataset.parts[chosen]
    means = training_means(dataset.training.targets, saved.scored)
    return _Examples(chosen, chosen, examples.inputs, examples.targets, examples.rows, dataset.training, means)


def _examples_of(file: Path, saved: SavedRun, text: str, *, with_training: bool) -> _Examples:
    """Read a file; and the training examples where a linear model is fitted on them."""
    rows = read_rows(file, saved.facts, saved.recipe.data.source, needs_targets=True)
    if not rows.targets:
        wanted = [column for target in saved.scored.learned.values() for column in target.columns]
        columns = ", ".join(f"`{column}`" for column in dict.fromkeys(wanted))
        hint = f"`archcli predict {text} {file}` needs no target"
        raise DataError(Problem("no-target", f"`{file}` has no {columns} to compare with", hint=hint))
    metrics = read_metrics(saved.run)
    means = {} if metrics is None else {name: tuple(mean) for name, mean in metrics.training_means.items()}
    training, notes = _find_training(saved) if with_training else (None, ())
    return _Examples(str(file), file.stem, rows.inputs, rows.targets, rows.rows, training, means, notes)


def _find_training(saved: SavedRun) -> tuple[Part | None, tuple[str, ...]]:
    """Read what the model was trained on, or say why not: new data can be scored without it."""
    count = saved.facts.training_examples
    if not is_small(count):
        return None, (f"no linear model is fitted: {count:,} training examples are too many to be quick",)
    try:
        return _read_own(saved).training, ()
    except ArchcliError as error:
        return None, (f"no linear model is fitted: {error.problems[0].message}",)


def _read_own(saved: SavedRun) -> Dataset:
    dataset = read_data(load_recipe(saved.run.resolved), batch_size=1, is_trained=True)
    check_same_data(saved.run, dataset)
    return dataset


def _compare(scores: PartScores, examples: _Examples, saved: SavedRun) -> tuple[Baselines, tuple[str, ...]]:
    """Score everything that the model is to be compared with."""
    count = saved.facts.training_examples
    baselines = simple_baselines(scores, examples.inputs, saved.scored, means=examples.means, examples=count)
    if examples.training is None:
        return baselines, examples.notes
    linear, notes = linear_baselines(scores, examples.inputs, examples.training, saved.scored)
    return baselines | linear, tuple(notes)


def _keep(saved: SavedRun, assessed: Assessment, name: str, pictures: Drawing) -> tuple[Path | None, tuple[str, ...]]:
    """Write `metrics.json` and the pictures into the run; a run that may only be read is evaluated all the same."""
    try:
        with new_evaluation(saved.run, name) as evaluation:
            draw_scores(assessed, evaluation.path, saved.recipe.name, pictures)
            write_json(evaluation.path / "metrics.json", {"run": saved.run.name, **assessed.data()})
            undrawn = pictures.finish()
            return evaluation.final, () if undrawn is None else (undrawn.message,)
    except SetupError as error:
        return None, (f"nothing is kept: {error.problems[0].message}",)
