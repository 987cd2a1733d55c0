"""Train a recipe: a new run directory with the model, its scores and its history."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from archcli.commands.finishing import TrainReport
from archcli.commands.recording import Recorder
from archcli.commands.running import follow_training, make_ready, run_training, write_resolved
from archcli.commands.summary import summary_text
from archcli.engine.distribution.sharing import chiefs_text
from archcli.engine.progress import Progress
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe
from archcli.recipe.loading import read_source
from archcli.runs.directory import create_run
from archcli.runs.environment import describe_environment
from archcli.runs.writing import write_json, write_text


def train(
    text: str, overrides: Sequence[str] = (), *, runs: Path, command: str, progress: Progress
) -> TrainReport | None:
    """Train a recipe from the start.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.
        runs: The folder of all runs; the run directory is made there once all checks have passed.
        command: The command line, for the record.
        progress: Who watches.

    Returns:
        What came of it; None where this process is one of several workers and another one writes.

    Raises:
        RecipeError, DataError: Something is wrong, and nothing was written.
        SetupError: The run directory cannot be written.
        TrainingError: Training failed; the run directory keeps what was reached.
        Interrupted: Ctrl-C or SIGTERM; likewise.
    """
    path = find_recipe(text)
    recipe = load_recipe(path, overrides)
    ready = make_ready(recipe)
    distribution = ready.settings.distribution
    run = create_run(runs, recipe.name) if distribution.is_chief else None
    folder = Path(chiefs_text(distribution, "" if run is None else str(run.path)))
    if run is None:
        follow_training(ready, folder, resume=False)
        return None
    write_text(run.recipe, read_source(path).text)
    write_resolved(run, recipe, mode=ready.mode.name, batch_size=ready.settings.batch_size)
    write_text(run.command, command + "\n")
    environment = describe_environment(ready.device, folder=Path.cwd(), distribution=distribution.record())
    write_json(run.environment, environment)
    write_json(run.data, ready.prepared.dataset.describe())
    write_text(run.summary, summary_text(ready.prepared.core))
    batch = ready.prepared.batch
    chosen = () if batch is None else (f"batch size {batch.size}: {batch.reason}",)
    return run_training(ready, recipe, run, Recorder(run, progress, log=(command, *chosen)), resume=False)
