"""Score a trained run, on its own data or on others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from archcli.commands.reading import read_data
from archcli.commands.resume import check_same_data
from archcli.commands.saved import open_saved
from archcli.commands.scores import PartScores, score_part
from archcli.data.rows import read_rows
from archcli.errors import DataError, Problem, RecipeError
from archcli.recipe.checking import load_recipe
from archcli.runs.directory import Run

PartChoice = Literal["training", "validation", "test"]


@dataclass(frozen=True)
class EvaluateReport:
    """Scores of a run.

    Attributes:
        run: The run.
        scores: What was measured.
    """

    run: Run
    scores: PartScores


def evaluate(text: str, *, runs: Path, part: PartChoice | None = None, file: Path | None = None) -> EvaluateReport:
    """Score the saved model of a run.

    Args:
        text: What the user calls the run.
        runs: The folder of all runs.
        part: The part of its own data; None: the one farthest from training that there is.
        file: A file with inputs and targets to score it on instead.

    Raises:
        RecipeError: There is no such run, or it has no such part.
        DataError: The data cannot be used, or are not those that it was trained on.
    """
    saved = open_saved(text, runs)
    if file is not None:
        rows = read_rows(file, saved.facts, saved.recipe.data.source, needs_targets=True)
        if not rows.targets:
            wanted = [column for target in saved.scored.learned.values() for column in target.columns]
            columns = ", ".join(f"`{column}`" for column in dict.fromkeys(wanted))
            hint = f"`archcli predict {text} {file}` needs no target"
            raise DataError(Problem("no-target", f"`{file}` has no {columns} to compare with", hint=hint))
        scores = score_part(saved.model, rows.inputs, rows.targets, saved.scored, part=str(file))
        return EvaluateReport(saved.run, scores)
    dataset = read_data(load_recipe(saved.run.resolved), batch_size=1)
    check_same_data(saved.run, dataset)
    chosen = part or dataset.evaluated_on
    if chosen not in dataset.parts:
        parts = ", ".join(f"`{name}`" for name in dataset.parts)
        raise RecipeError(
            Problem("no-such-part", f"`{saved.run.name}` has no {chosen} examples", hint=f"it has {parts}")
        )
    examples = dataset.parts[chosen]
    scores = score_part(saved.model, examples.inputs, examples.targets, saved.scored, part=chosen)
    return EvaluateReport(saved.run, scores)
