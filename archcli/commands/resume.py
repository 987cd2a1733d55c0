"""Go on with a run that was interrupted, or train a finished one further."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from archcli.commands.finishing import TrainReport
from archcli.commands.recording import Recorder
from archcli.commands.running import follow_training, make_ready, run_training
from archcli.commands.workers import not_shared, open_shared_run
from archcli.data.dataset import Dataset
from archcli.engine.distribution.distribution import Distribution
from archcli.engine.distribution.sharing import chiefs_text
from archcli.engine.progress import Progress
from archcli.errors import DataError, Problem, RecipeError
from archcli.recipe.checking import load_recipe
from archcli.runs.directory import Run
from archcli.runs.listing import summarize_run
from archcli.runs.status import status_of


def resume(text: str, *, runs: Path, epochs: int | None, command: str, progress: Progress) -> TrainReport | None:
    """Go on from the last checkpoint of a run, in its own directory.

    Args:
        text: What the user calls the run.
        runs: The folder of all runs.
        epochs: Train until this many epochs are done; None: as many as the recipe says.
        command: The command line, for the record.
        progress: Who watches.

    Returns:
        What came of it; None where this process is one of several workers and another one writes.

    Raises:
        RecipeError: There is no such run, it is finished, or it is being trained; or this worker does not see it.
        DataError: The data are gone, or not those that it was trained on.
        TrainingError, Interrupted: As for `train`.
    """
    run = open_shared_run(text, runs)
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
    distribution = ready.settings.distribution
    check_shared(run, distribution)
    if not distribution.is_chief:
        follow_training(ready, run.path, resume=True)
        return None
    log = run.log.read_text(encoding="utf-8").splitlines() if run.log.exists() else []
    recorder = Recorder(run, progress, log=(*log, command))
    return run_training(ready, recipe, run, recorder, resume=True)


def check_shared(run: Run, distribution: Distribution) -> None:
    """Check that all workers see the same checkpoint.

    Raises:
        RecipeError: `run-not-shared`: this one does not.
    """
    path = run.last_checkpoint
    own = hashlib.blake2b(path.read_bytes()).hexdigest() if path.exists() else "none"
    is_same = chiefs_text(distribution, own) == own
    if not is_same:
        raise not_shared(f"sees another checkpoint at `{path}` than the chief")


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
