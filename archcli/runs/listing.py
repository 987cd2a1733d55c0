"""All runs under a root, each in a few numbers, read fast: no arrays, no model, no history that need not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archcli.runs.directory import Run, find_runs, recipe_names
from archcli.runs.history import read_progress
from archcli.runs.metrics import read_metrics
from archcli.runs.status import State, Status, current_state

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class RunSummary:
    """One run in a line.

    Attributes:
        run: Where it is, and what it is called.
        started: When it was made, ISO 8601 with the zone.
        state: What is true of it now.
        epochs: How many are done.
        monitor: The logged quantity that decides which epoch is best; None before the first training.
        best_epoch: The best epoch so far, from 1; None before the first.
        best_value: What the monitored quantity was there; None before the first.
        score_name: The score that a person asks for first; None until the run is finished.
        test_score: That score on the test examples; None until it is finished, or without test examples.
    """

    run: Run
    started: str
    state: State
    epochs: int
    monitor: str | None
    best_epoch: int | None
    best_value: float | None
    score_name: str | None
    test_score: float | None


def list_runs(root: Path) -> list[RunSummary]:
    """Return all runs under `root`, by recipe name, then number; empty where there is no such folder."""
    return [summarize_run(run, status) for name in recipe_names(root) for run, status in find_runs(root / name)]


def summarize_run(run: Run, status: Status) -> RunSummary:
    """Return a run, which says of itself that it is `status`, in a few numbers."""
    state = current_state(run.path, status)
    # A finished run that is being resumed still has the metrics of its former end, so they count only when finished.
    metrics = read_metrics(run) if state == "finished" else None
    if metrics is not None:
        return RunSummary(
            run=run,
            started=status.started,
            state=state,
            epochs=metrics.epochs,
            monitor=metrics.monitor,
            best_epoch=metrics.best_epoch,
            best_value=metrics.best_value,
            score_name=metrics.main,
            test_score=metrics.scores.get("test", {}).get(metrics.main),
        )
    epochs, best_epoch, best_value = read_progress(run.history_jsonl, monitor=status.monitor, mode=status.mode)
    return RunSummary(
        run=run,
        started=status.started,
        state=state,
        epochs=epochs,
        monitor=status.monitor,
        best_epoch=best_epoch,
        best_value=best_value,
        score_name=None,
        test_score=None,
    )
