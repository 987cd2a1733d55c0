"""What a training leaves in its run directory while it goes on: history and log."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from archcli.engine.progress import EpochRow, Plan, Progress
from archcli.runs.directory import Run
from archcli.runs.history import History
from archcli.runs.writing import write_text

SECONDS_BETWEEN_WRITES: Final = 2.0


class Recorder:
    """Writes each epoch to the run's history and log, and passes everything on to who watches."""

    def __init__(self, run: Run, watcher: Progress, *, log: tuple[str, ...] = ()) -> None:
        """Record into `run`, after the lines that its `log` has already."""
        self._run = run
        self._watcher = watcher
        self._log = list(log)
        self._history: History | None = None
        self._next_write = time.monotonic() + SECONDS_BETWEEN_WRITES

    def started(self, plan: Plan) -> None:
        """Write the history anew up to where training goes on, so that it never has an epoch twice."""
        self._history = History(self._run, rows=tuple(_history_row(row) for row in plan.earlier))
        self.note(
            f"{plan.training_examples} training examples, {plan.steps_per_epoch} steps an epoch, mode {plan.mode}"
            + (f", from epoch {plan.first_epoch}, step {plan.first_step}" if plan.earlier or plan.first_step else "")
        )
        self._watcher.started(plan)

    def stepped(self, epoch: int, step: int, metrics: Mapping[str, float]) -> None:
        """Pass it on."""
        self._watcher.stepped(epoch, step, metrics)

    def epoch_ended(self, row: EpochRow) -> None:
        """Record the epoch."""
        if self._history is not None:
            self._history.append(row.epoch, _logged(row))
        measured = "  ".join(f"{name} {value:.6g}" for name, value in row.metrics.items())
        speed = f"{row.seconds:.3f} s, {row.examples_per_second:.0f} examples/s"
        self._log.append(f"epoch {row.epoch}  {measured}  ({speed}){'  best so far' if row.is_best else ''}")
        if time.monotonic() >= self._next_write:
            self._write_log()
        self._watcher.epoch_ended(row)

    def note(self, line: str) -> None:
        """Add a line to the log."""
        self._log.append(line)

    def close(self) -> None:
        """Write what is not yet on disk."""
        if self._history is not None:
            self._history.flush()
        self._write_log()

    def _write_log(self) -> None:
        """Write the log whole; of long runs rarely enough that it costs no more than a hundredth of the time."""
        began = time.monotonic()
        write_text(self._run.log, "".join(f"{line}\n" for line in self._log))
        self._next_write = time.monotonic() + max(SECONDS_BETWEEN_WRITES, 100 * (time.monotonic() - began))


def _history_row(row: EpochRow) -> dict[str, float]:
    return {"epoch": row.epoch, **_logged(row)}


def _logged(row: EpochRow) -> dict[str, float]:
    """Return what an interrupted run repeats bit for bit: no times."""
    return {**row.metrics, "learning_rate": row.learning_rate}
