"""How a recipe with folds is trained: a run for each, and their scores together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from archcli.cli.lines import print_next

if TYPE_CHECKING:
    from rich.console import Console

    from archcli.commands.finishing import TrainReport
    from archcli.commands.folds import FoldsReport, Spread
    from archcli.engine.progress import Progress


def train_folds(
    recipe: str,
    overrides: Sequence[str],
    *,
    name: str,
    count: int,
    runs: Path,
    command: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Train every fold and print the mean and the spread of the scores."""
    from archcli.cli.render import open_console
    from archcli.commands.folds import train_folds as run_folds

    watcher = _Watcher(name, open_console(stderr=True), quiet=quiet)
    report = run_folds(recipe, overrides, count=count, runs=runs, command=command, watcher=watcher)
    _print_report(report, as_json=as_json)
    print_next(f"archcli runs show {report.recipe_name}", quiet=quiet or as_json)


class _Watcher:
    """Shows the training of a fold where there is an able terminal, and a line when it has ended anywhere."""

    def __init__(self, name: str, console: Console, *, quiet: bool) -> None:
        self._name = name
        self._console = console
        self._quiet = quiet

    @contextmanager
    def fold(self, number: int, count: int) -> Iterator[Progress]:
        """Show how the fold goes, in a view that is gone when it has ended."""
        from archcli.cli.live import show_passing_progress

        title = f"{self._name}, fold {number}/{count}"
        with show_passing_progress(self._console, title=title, quiet=self._quiet) as progress:
            yield progress

    def fold_ended(self, number: int, count: int, report: TrainReport) -> None:
        """Write the fold's line."""
        if not self._quiet:
            score = f"{report.main} {report.scores['test'][report.main]:.4f}"
            self._console.file.write(f"fold {number}/{count}  {score}  {report.run.path}\n")
            self._console.file.flush()


def _print_report(report: FoldsReport, *, as_json: bool) -> None:
    from archcli.cli.render import Column, open_console, print_fitting_table, print_json

    console = open_console()
    if as_json:
        scores = _spread_data(report.scores)
        baselines = {name: _spread_data(found) for name, found in report.baselines.items()}
        folds = [{"run": str(one.run.path), "scores": one.scores["test"]} for one in report.folds]
        data = {"recipe": report.recipe_name, "main": report.main, "scores": scores, "baselines": baselines}
        print_json({**data, "folds": folds}, console)
        return
    numbers = [str(number) for number in range(1, len(report.folds) + 1)]
    columns = [Column("score"), *(Column(f"fold {number}", "right") for number in numbers)]
    columns += [Column("mean", "right"), Column("deviation", "right")]
    rows = [
        _row(name, [one.scores["test"][name] for one in report.folds], spread) for name, spread in report.scores.items()
    ]
    rows += [
        _row(f"{report.main} of {name}", [one.baselines[name][report.main] for one in report.folds], found[report.main])
        for name, found in report.baselines.items()
        if report.main in found
    ]
    print_fitting_table(columns, rows, console)


def _row(name: str, folds: Sequence[float], spread: Spread) -> tuple[str, ...]:
    return (name, *(f"{value:.4f}" for value in folds), f"{spread.mean:.4f}", f"{spread.deviation:.4f}")


def _spread_data(scores: Mapping[str, Spread]) -> dict[str, dict[str, float]]:
    return {name: {"mean": one.mean, "deviation": one.deviation} for name, one in scores.items()}
