"""Tune a recipe: train it with settings drawn at random, and say which were best."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import keras

from archcli.commands.running import make_ready
from archcli.commands.train import train
from archcli.engine.interruption import EXIT_STATUS_OF_SIGNALS
from archcli.engine.progress import Progress
from archcli.errors import DataError, Interrupted, Problem, RecipeError, TrainingError
from archcli.recipe.checking import load_recipe
from archcli.recipe.gallery import find_recipe
from archcli.recipe.tuning import Setting, Tuning, draw_trials
from archcli.runs.directory import Run, find_runs
from archcli.runs.status import Mode as Direction

_CTRL_C_STATUS: Final = EXIT_STATUS_OF_SIGNALS + 2


@dataclass(frozen=True)
class Trial:
    """One trial: an ordinary run.

    Attributes:
        number: From 1.
        settings: What it was trained with.
        value: The monitored quantity at its best epoch; None: it failed.
        run: Its run directory; None: it failed before one was made.
        epochs: Epochs trained.
        problems: What made it fail.
    """

    number: int
    settings: tuple[Setting, ...]
    value: float | None
    run: Run | None
    epochs: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class TuneReport:
    """What came of a tuning.

    Attributes:
        recipe_name: Name of the recipe.
        monitor: The quantity that trials are compared by.
        direction: Whether less or more of it is better.
        held_back: Whether it is measured on examples that are not trained on.
        trials: Those that finished, best first, then those that failed; of equals the earlier first.
        wanted: How many trials were wanted; fewer are there where it was interrupted, or where all was tried.
        interrupted: Why it ended before.
    """

    recipe_name: str
    monitor: str
    direction: Direction
    held_back: bool
    trials: tuple[Trial, ...]
    wanted: int
    interrupted: Interrupted | None = None

    @property
    def best(self) -> Trial | None:
        """The best trial; None: none finished."""
        return next((trial for trial in self.trials if trial.value is not None), None)


class TuneWatcher(Protocol):
    """Whoever watches a tuning."""

    def trial(self, number: int, count: int, settings: Sequence[Setting]) -> AbstractContextManager[Progress]:
        """Watch trial `number` of `count`, from 1."""

    def trial_ended(self, trial: Trial, count: int, *, is_best: bool) -> None:
        """Take note of a trial that ended, and whether it is the best so far."""


def tune(
    text: str,
    overrides: Sequence[str] = (),
    *,
    trials: int | None = None,
    runs: Path,
    watcher: TuneWatcher,
) -> TuneReport:
    """Train a recipe once for each trial of its section `tune`.

    The settings are drawn at random and independently (Bergstra and Bengio, 2012; see `recipe.tuning`). Each trial is
    the run that `archcli train` makes of the recipe with these settings, to the last bit, and stands under that command
    in its run directory. A trial that fails is kept as such and the next one begins.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`; what they set is not tried.
        trials: How many; None: as many as the recipe says.
        runs: The folder of all runs.
        watcher: Who watches.

    Raises:
        RecipeError, DataError: Something is wrong with the recipe as it is, or there is nothing to tune.
        TrainingError: No trial finished.
        SetupError: A run directory cannot be written.
        Interrupted: Ctrl-C or SIGTERM before a trial had finished.
    """
    recipe = load_recipe(find_recipe(text), overrides)
    tuning = _tuning_of(recipe.tuning, text, overrides)
    split = recipe.data.split
    if split.folds is not None and split.fold is None:
        message = f"a trial is one run, and `{text}` has {split.folds} folds"
        hint = f"`{shlex.join(['archcli', 'tune', text, *overrides, 'data.split.fold=1'])}` tunes it on the first"
        raise RecipeError(Problem("folds-to-tune", message, split.location, hint))
    if recipe.train.distribute == "multi_worker":
        message = "a tuning is many runs, and workers meet for one"
        where = recipe.train.locations.get("distribute")
        hint = "tune with `train.distribute=none`, and train the best settings by many workers"
        raise RecipeError(Problem("distribution-does-not-fit", message, where, hint))
    ready = make_ready(recipe)
    report = TuneReport(
        recipe_name=recipe.name,
        monitor=recipe.train.monitor,
        direction=ready.direction,
        held_back=recipe.train.monitor.startswith("val_"),
        trials=(),
        wanted=tuning.trials if trials is None else trials,
    )
    del ready
    done: list[Trial] = []
    drawn = list(islice(draw_trials(tuning), report.wanted))
    for number, settings in enumerate(drawn, start=1):
        try:
            with watcher.trial(number, len(drawn), settings) as progress:
                trial = _run_trial(
                    number, settings, text, overrides, runs=runs, recipe_name=recipe.name, progress=progress
                )
        except Interrupted as interrupted:
            if not any(trial.value is not None for trial in done):
                raise
            return replace(report, trials=_ranked(done, report.direction), interrupted=interrupted)
        done.append(trial)
        ranked = _ranked(done, report.direction)
        watcher.trial_ended(trial, len(drawn), is_best=ranked[0] is trial and trial.value is not None)
    report = replace(report, trials=_ranked(done, report.direction))
    if report.best is None:
        raise _nothing_finished(done, train_command(text, (*overrides, *_typed(done[0])), runs))
    return report


def train_command(text: str, overrides: Sequence[str], runs: Path) -> str:
    """Write the command that trains one trial alone, as it is typed in a shell."""
    folder = [] if runs == Path("runs") else ["--runs", str(runs)]
    return shlex.join(["archcli", "train", text, *overrides, *folder])


def _tuning_of(tuning: Tuning | None, text: str, overrides: Sequence[str]) -> Tuning:
    if tuning is not None:
        return tuning
    hint = "such as `tune: {space: {train.optimizer.Adam.learning_rate: {log_range: [1e-4, 1e-1]}}}` in the recipe"
    if overrides:
        hint += "; what is changed on the command line is not tried"
    raise RecipeError(Problem("nothing-to-tune", f"`{text}` does not say what to tune", hint=hint))


def _run_trial(
    number: int,
    settings: tuple[Setting, ...],
    text: str,
    overrides: Sequence[str],
    *,
    runs: Path,
    recipe_name: str,
    progress: Progress,
) -> Trial:
    keras.backend.clear_session()  # names of layers begin anew, as in a process of its own
    changes = (*overrides, *(setting.override for setting in settings))
    command = train_command(text, changes, runs)
    try:
        report = train(text, changes, runs=runs, command=command, progress=progress)
    except (RecipeError, DataError, TrainingError) as error:
        run = _run_of(command, runs / recipe_name) if isinstance(error, TrainingError) else None
        return Trial(number, settings, None, run, problems=error.problems)
    except KeyboardInterrupt:
        raise Interrupted(_CTRL_C_STATUS, "interrupted before training began") from None
    if report is None:
        raise ValueError("trials are trained by one process, which `tune` sees to")
    return Trial(number, settings, report.best_value, report.run, report.epochs)


def _typed(trial: Trial) -> list[str]:
    return [setting.override for setting in trial.settings]


def _run_of(command: str, folder: Path) -> Run | None:
    """Find the newest run that a command made."""
    for run, _ in reversed(list(find_runs(folder))):
        if run.command.is_file() and run.command.read_text(encoding="utf-8").rstrip("\n") == command:
            return run
    return None


def _ranked(trials: Sequence[Trial], direction: Direction) -> tuple[Trial, ...]:
    """Sort trials: best first, those without a number at the end."""

    def place(trial: Trial) -> tuple[bool, bool, float]:
        value = trial.value
        if value is None or math.isnan(value):
            return (value is None, True, 0.0)
        return (False, False, value if direction == "min" else -value)

    return tuple(sorted(trials, key=place))


def _nothing_finished(trials: Sequence[Trial], command: str) -> TrainingError:
    first = trials[0].problems[0].message
    message = f"none of {len(trials)} trials finished; of the first it is said: {first}"
    return TrainingError(Problem("no-trial-finished", message, hint=f"train it alone: `{command}`"))
