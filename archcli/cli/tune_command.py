"""The command `tune`: a recipe is trained with settings drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.options import DEFAULT_RUNS, AsJson, Overrides, Quiet, RecipeArgument, RunsFolder
from archcli.cli.starting import start_long_work
from archcli.errors import Interrupted

if TYPE_CHECKING:
    from rich.console import Console

    from archcli.commands.tune import Trial, TuneReport
    from archcli.engine.progress import Progress
    from archcli.recipe.tuning import Setting


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(tune)


def tune(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    trials: Annotated[
        int | None,
        typer.Option(
            "--trials", "-n", min=1, max=10_000, help="How many; left out: as the recipe says.", show_default=False
        ),
    ] = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a recipe with settings drawn from its `tune` section, and rank them.

    The settings are drawn at random (Bergstra and Bengio, 2012). What is changed on the command line is not tried.
    """
    from archcli.cli.render import open_console
    from archcli.commands.check import check

    name = check(recipe, overrides or ()).recipe.name  # in a fraction of a second, before TensorFlow takes its three
    start_long_work()
    from archcli.commands.tune import train_command
    from archcli.commands.tune import tune as run_tune

    watcher = _Watcher(name, open_console(stderr=True), quiet=quiet)
    report = run_tune(recipe, overrides or (), trials=trials, runs=runs, watcher=watcher)
    best = report.best
    typed = [] if best is None else [setting.override for setting in best.settings]
    command = train_command(recipe, (*(overrides or ()), *typed), runs)
    _print_report(report, command, as_json=as_json)
    if report.interrupted is not None:
        raise _with_next(report.interrupted, command)
    print_next(command, quiet=quiet or as_json)


def _with_next(interrupted: Interrupted, command: str) -> Interrupted:
    """Name the best so far as the next command, and beside it the one that goes on with the trial that was cut off."""
    kept, _, resume = interrupted.kept.partition("\nnext: ")
    lines = [kept, *([f"to end that trial: {resume}"] if resume else []), f"next: {command}"]
    return Interrupted(interrupted.exit_status, "\n".join(lines))


class _Watcher:
    """Shows the training of a trial where there is an able terminal, and a line when it has ended anywhere."""

    def __init__(self, name: str, console: Console, *, quiet: bool) -> None:
        self._name = name
        self._console = console
        self._quiet = quiet

    @contextmanager
    def trial(self, number: int, count: int, settings: Sequence[Setting]) -> Iterator[Progress]:
        """Show how the trial goes, in a view that is gone when it has ended."""
        del settings
        from archcli.cli.live import show_passing_progress

        title = f"{self._name}, trial {number}/{count}"
        with show_passing_progress(self._console, title=title, quiet=self._quiet) as progress:
            yield progress

    def trial_ended(self, trial: Trial, count: int, *, is_best: bool) -> None:
        """Write the trial's line; `*` marks the best so far."""
        if self._quiet:
            return
        number = f"trial {trial.number:>{len(str(count))}}/{count}"
        what = [_value(trial), *(setting.override for setting in trial.settings), *(["*"] if is_best else [])]
        self._console.file.write("  ".join([number, *what]) + "\n")
        for problem in trial.problems[:1]:
            self._console.file.write(f"  {problem.message}\n")
        self._console.file.flush()


def _value(trial: Trial) -> str:
    return "failed" if trial.value is None else f"{trial.value:.4g}"


def _print_report(report: TuneReport, command: str, *, as_json: bool) -> None:
    from archcli.cli.render import Column, open_console, print_json, print_pairs, print_table

    console = open_console()
    if as_json:
        print_json(_report_data(report, command), console)
        return
    paths = [setting.path for setting in report.trials[0].settings]
    columns = [Column("trial", "right"), Column(report.monitor, "right")]
    columns += [*(Column(path, "right") for path in paths), Column("epochs", "right"), Column("run")]
    rows = [
        (
            str(trial.number),
            _value(trial),
            *(setting.override.removeprefix(f"{setting.path}=") for setting in trial.settings),
            str(trial.epochs) if trial.value is not None else "",
            trial.run.name if trial.run is not None else "",
        )
        for trial in report.trials
    ]
    print_table(columns, rows, console)
    console.print()
    print_pairs(_pairs(report), console)


def _pairs(report: TuneReport) -> list[tuple[str, str]]:
    done, best = len(report.trials), report.best
    failed = sum(trial.value is None for trial in report.trials)
    ended = "interrupted" if report.interrupted is not None else "all there are"
    missing = f", {ended}; {report.wanted} were wanted" if done < report.wanted else ""
    pairs = [("trials", f"{done}{f', {failed} of them failed' if failed else ''}{missing}")]
    if best is not None:
        what = "lowest" if report.direction == "min" else "highest"
        pairs.append(("best", f"trial {best.number}, {report.monitor} {_value(best)}, the {what}"))
        pairs += [("run", str(best.run.path))] if best.run is not None else []
    if not report.held_back:
        pairs.append(("note", "nothing was held back: trials are compared by the examples they were trained on"))
    return pairs


def _report_data(report: TuneReport, command: str) -> dict[str, object]:
    return {
        "recipe": report.recipe_name,
        "monitor": report.monitor,
        "direction": report.direction,
        "interrupted": report.interrupted is not None,
        "trials": [
            {
                "trial": trial.number,
                "value": trial.value,
                "settings": {setting.path: setting.value for setting in trial.settings},
                "epochs": trial.epochs,
                "run": None if trial.run is None else str(trial.run.path),
                "problems": [problem.message for problem in trial.problems],
            }
            for trial in report.trials
        ],
        "command": command,
    }
