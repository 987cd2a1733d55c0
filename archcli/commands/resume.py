"""Go on with a run that was interrupted, or train a finished one further."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from archcli.commands.finishing import TrainReport
from archcli.commands.recording import Recorder
from archcli.commands.running import make_ready, run_training
from archcli.data.dataset import Dataset
from archcli.engine.progress import Progress
from archcli.errors import DataError, Problem, RecipeError
from archcli.recipe.checking import load_recipe
from archcli.runs.directory import Run, open_run
from archcli.runs.listing import summarize_run
from archcli.runs.status import status_of


def resume(text: str, *, runs: Path, epochs: int | None, command: str, progress: Progress) -> TrainReport:
    """Go on from the last checkpoint of a run, in its own directory.

    Args:
        text: What the user calls the run.
        runs: The folder of all runs.
        epochs: Train until this many epochs are done; None: as many as the recipe says.
        command: The command line, for the record.
        progress: Who watches.

    Raises:
        RecipeError: There is no such run, it is finished, or it is being trained.
        DataError: The data are gone, or not those that it was trained on.
        TrainingError, Interrupted: As for `train`.
    """
    run = open_run(text, runs)
    recipe = load_recipe(run.resolved)
    summary = summarize_run(run, status_of(run))
    if epochs is not None:
        recipe = replace(recipe, train=replace(recipe.train, epochs=epochs))
    if summary.state == "finished" and recipe.train.epochs <= summary.epochs:
        message = f"the run `{run.name}` is finished: {summary.epochs} epochs are done"
        hint = f"`archcli resume {text} --epochs {2 * summary.epochs}` trains it further"
        raise RecipeError(Problem("nothing-to-resume", message, hint=hint))
    ready = make_ready(recipe)
    check_same_data(run, ready.prepared.dataset)
    log = run.log.read_text(encoding="utf-8").splitlines() if run.log.exists() else []
    recorder = Recorder(run, progress, log=(*log, command))
    return run_training(ready, recipe, run, recorder, resume=True)


def check_same_data(run: Run, dataset: Dataset) -> None:
    """Check that data are those that a run was trained on.

    Raises:
        DataError: They are not.
    """
    try:
        trained_on = json.loads(run.data.read_text(encoding="utf-8"))["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError):
        raise RecipeError(Problem("damaged-run", f"`{run.data}` cannot be read", hint="train it anew")) from None
    if trained_on != dataset.fingerprint:
        message = f"the data are not those that `{run.name}` was trained on: their fingerprint is another"
        hint = f"`{run.resolved}` says where they were; `archcli train {run.resolved}` begins anew on what is there now"
        raise DataError(Problem("data-changed", message, hint=hint))
