"""The part that `train` and `resume` share: make ready, train, finish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Final

import keras

from archcli.build.objects import build_object
from archcli.commands.batching import train_settings, with_batch_size
from archcli.commands.finishing import TrainReport, finish
from archcli.commands.preparing import Prepared, prepare
from archcli.commands.recording import Recorder
from archcli.commands.workers import WRITING
from archcli.engine.buckets import check_lengths
from archcli.engine.compile_mode import Mode, ModeName, choose_mode
from archcli.engine.devices import describe_devices
from archcli.engine.distribution.distribution import Distribution, open_distribution
from archcli.engine.distribution.modes import choose_shared_mode
from archcli.engine.feeding import Examples
from archcli.engine.progress import Progress, SilentProgress
from archcli.engine.rules import make_rule
from archcli.engine.settings import Settings
from archcli.engine.shortage import check_room
from archcli.engine.steps import build_step, name_metrics
from archcli.engine.stopping import find_direction
from archcli.engine.training import Outcome, train_model
from archcli.errors import Interrupted, Location, RecipeError, TrainingError
from archcli.recipe.recipe import Named, Recipe
from archcli.recipe.writing import resolved_data, write_yaml
from archcli.runs.directory import Run
from archcli.runs.drawing import drawing
from archcli.runs.status import Mode as Direction
from archcli.runs.status import claim_run
from archcli.runs.writing import write_text

DECIDED_BY: Final[Mapping[str, str]] = {
    "distribution-does-not-fit": "compile",
    "lengths-not-known": "bucket_by_length",
    "nothing-to-train": "learning_rule",
    "rule-does-not-fit": "learning_rule",
    "window-does-not-fit": "tbptt",
    "xla-needs-one-length": "compile",
}
"""For problems of the engine, which knows no recipe: the key of `train` that asks for what cannot be."""


@dataclass(frozen=True)
class Ready:
    """Everything that a training takes, made and checked before anything is written.

    Attributes:
        prepared: The recipe, its data and its model.
        training: Examples to learn from.
        validation: Examples that choose the best epoch; None where there are none.
        settings: How it is trained.
        callbacks: Keras's callbacks, freshly made.
        direction: Whether less or more of the monitored quantity is better.
        device: What computes, in words.
        mode: How steps are run, and why, as far as can be told before they are compiled.
    """

    prepared: Prepared
    training: Examples
    validation: Examples | None
    settings: Settings
    callbacks: tuple[keras.callbacks.Callback, ...]
    direction: Direction
    device: str
    mode: Mode


def make_ready(recipe: Recipe) -> Ready:
    """Read the data, build the model and choose how its steps are run.

    Raises:
        RecipeError: A layer, loss, metric, callback or class weight does not fit, or the model cannot learn as asked.
        DataError: The data cannot be used.
        SetupError: The workers that train together are not known, or cannot be met.
        TrainingError: A batch is sure not to fit into memory.
    """
    distribution = open_distribution(recipe.train.distribute)
    prepared = prepare(recipe, distribution)
    train, dataset = prepared.recipe.train, prepared.dataset
    training = prepared.examples(dataset.training, weighted=True)
    validation = None if dataset.validation is None else prepared.examples(dataset.validation)
    callbacks = tuple(_build_callback(callback, distribution) for callback in train.callbacks)
    devices = describe_devices()
    settings = replace(train_settings(train), distribution=distribution)
    replicas = distribution.replicas(prepared.core)
    with _located(train.locations):
        mode = choose_mode(
            prepared.core,
            settings.mode,
            device=devices.kind,
            core_count=devices.core_count,
            total_steps=train.epochs * ceil(training.count / settings.batch_size),
            varied_lengths=settings.bucket_by_length,
        )
        mode = choose_shared_mode(prepared.core, mode, settings.mode, replicas)
        with distribution.scope():
            build_step(prepared.core, training, batch_size=settings.batch_size)
        # Training makes the rule and reads the lengths, too; here it shows what cannot be while nothing is written yet.
        make_rule(prepared.core, training, settings, replicas=replicas)
        if settings.bucket_by_length:
            check_lengths(training)
    if prepared.batch is None:
        check_room(prepared.core, training, validation, settings)
    measured = name_metrics(prepared.core.get_metrics_result())
    direction = find_direction(prepared.core, settings.monitor, measured, has_validation=validation is not None)
    device = f"{devices.kind}: {', '.join(devices.names)}, {devices.core_count} CPU cores"
    return Ready(prepared, training, validation, settings, callbacks, direction, device, mode)


def _build_callback(callback: Named, distribution: Distribution) -> keras.callbacks.Callback:
    """Make a callback, or one that does nothing where the chief's writes for all workers."""
    if callback.name in WRITING and not distribution.is_chief:
        return keras.callbacks.Callback()
    made: keras.callbacks.Callback = build_object(callback, "callback")
    return made


@contextmanager
def _located(locations: Mapping[str, Location]) -> Iterator[None]:
    """Say where the recipe asks for what the engine refuses; `locations` are those of `Train`."""
    try:
        yield
    except RecipeError as error:
        found = (
            replace(problem, location=problem.location or locations.get(DECIDED_BY.get(problem.code, "")))
            for problem in error.problems
        )
        raise RecipeError(*found) from error


def run_training(ready: Ready, recipe: Recipe, run: Run, recorder: Recorder, *, resume: bool) -> TrainReport:
    """Train into a run directory and write everything that a run ends with.

    Args:
        ready: What to train.
        recipe: The recipe it was made of.
        run: Its directory.
        recorder: Writes history and log.
        resume: Whether to go on from the run's last checkpoint.

    Raises:
        TrainingError: Training failed; the run directory keeps what was reached.
        Interrupted: Ctrl-C or SIGTERM; likewise, and the message says how to go on.
    """
    with claim_run(run, monitor=ready.settings.monitor, mode=ready.direction), drawing() as pictures:
        distribution = ready.settings.distribution
        if distribution.mode != "none":
            recorder.note(distribution.describe())
        try:
            outcome = _train(ready, run.path, recorder, resume=resume)
        except Interrupted:
            recorder.note("interrupted")
            raise
        finally:
            recorder.close()
        recorder.note(f"mode {outcome.mode.name}: {outcome.mode.reason}")
        recorder.note(f"data: {outcome.feeding}")
        for note in outcome.notes:
            recorder.note(note)
        write_resolved(run, recipe, mode=outcome.mode.name, batch_size=ready.settings.batch_size)
        report = finish(ready.prepared, outcome, run, pictures)
        if report.undrawn is not None:
            recorder.note(f"{report.undrawn.message}\n{report.undrawn.trace}")
        recorder.close()
        return report


def follow_training(ready: Ready, run: Path, *, resume: bool) -> None:
    """Train as a worker that writes nothing: the chief has the run.

    Args:
        ready: What to train.
        run: The chief's run directory, as the chief calls it.
        resume: Whether to go on from the run's last checkpoint, which this worker reads, too.

    Raises:
        TrainingError: Training failed.
        Interrupted: A worker was asked to stop.
    """
    _train(ready, run, SilentProgress(), resume=resume)


def _train(ready: Ready, run: Path, progress: Progress, *, resume: bool) -> Outcome:
    """Train in the directory `run`, and say how to go on where that ends before its end."""
    command = f"archcli resume {run}"
    try:
        return train_model(
            ready.prepared.core,
            ready.training,
            ready.validation,
            ready.settings,
            callbacks=ready.callbacks,
            checkpoints=run / "checkpoints",
            progress=progress,
            resume=resume,
        )
    except Interrupted as interrupted:
        raise Interrupted(interrupted.exit_status, f"{interrupted.kept}\nnext: {command}") from None
    except TrainingError as error:
        hint = f"see what the others say, then start all workers again with `{command}`"
        told = (replace(one, hint=hint) if one.code == "worker-lost" else one for one in error.problems)
        raise TrainingError(*told) from error


def write_resolved(run: Run, recipe: Recipe, *, mode: ModeName, batch_size: int) -> None:
    """Write the run's `resolved.yaml`: the recipe that does the same again, in the same `mode` and `batch_size`."""
    resolved = with_batch_size(replace(recipe, train=replace(recipe.train, compile=mode)), batch_size)
    write_text(run.resolved, write_yaml(resolved_data(resolved)))
