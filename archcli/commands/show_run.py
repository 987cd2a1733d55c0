"""One run in a few lines, without opening its model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archcli.runs.directory import open_run
from archcli.runs.listing import RunSummary, summarize_run
from archcli.runs.metrics import RunMetrics, read_metrics
from archcli.runs.status import status_of


@dataclass(frozen=True)
class RunReport:
    """A run, its scores and its files.

    Attributes:
        summary: The run in a line.
        metrics: What came out; None before its end.
        files: Everything in it, relative to its folder.
    """

    summary: RunSummary
    metrics: RunMetrics | None
    files: tuple[str, ...]

    @property
    def can_resume(self) -> bool:
        """Whether it was cut off."""
        return self.summary.state in ("interrupted", "failed")

    def pairs(self) -> list[tuple[str, str]]:
        """Return names and values to be shown."""
        summary = self.summary
        shown = [("run", summary.run.name), ("folder", str(summary.run.path)), ("state", summary.state)]
        shown += [("started", summary.started), ("epochs", str(summary.epochs))]
        if summary.best_epoch is not None and summary.best_value is not None:
            shown.append(("best epoch", f"{summary.best_epoch} ({summary.monitor} {summary.best_value:.4g})"))
        for part, scores in (self.metrics.scores if self.metrics else {}).items():
            shown.append((part, "  ".join(f"{name} {value:.4f}" for name, value in scores.items())))
        return [*shown, ("files", "  ".join(self.files))]

    def data(self) -> dict[str, Any]:
        """Return plain data for `--json`."""
        metrics = None if self.metrics is None else vars(self.metrics)
        return {**vars(self.summary), "run": str(self.summary.run.path), "metrics": metrics, "files": self.files}


def show_run(text: str, runs: Path) -> RunReport:
    """Look at a run.

    Args:
        text: What the user calls it.
        runs: The folder of all runs.

    Raises:
        RecipeError: There is no such run.
    """
    run = open_run(text, runs)
    summary = summarize_run(run, status_of(run))
    files = sorted(str(file.relative_to(run.path)) for file in run.path.rglob("*") if file.is_file())
    return RunReport(summary, read_metrics(run), tuple(file for file in files if not file.startswith(".")))
