"""The command `evaluate`: a run's scores, beside baselines, with intervals, thresholds and the worst mistakes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.next_commands import called
from archcli.cli.options import DEFAULT_RUNS, AsJson, Quiet, RunArgument, RunsFolder
from archcli.cli.starting import start_long_work
from archcli.errors import TrainingError

if TYPE_CHECKING:
    from archcli.commands.evaluate import EvaluateReport


class PartOption(StrEnum):
    """The parts of the data."""

    training = "training"
    validation = "validation"
    test = "test"


DataArgument = Annotated[Path | None, typer.Argument(metavar="[DATA]", help="Score it on this file or folder instead.")]
OtherData = Annotated[Path | None, typer.Option("--file", hidden=True, help="Another way to write DATA.")]
Part = Annotated[
    PartOption | None,
    typer.Option("--part", "--on", help="The part of its data; left out: the test part.", show_default=False),
]
Under = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-under",
        metavar="SCORE=NUMBER",
        help="End with status 5 if this score is lower; may be repeated.",
        show_default=False,
    ),
]
Over = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-over",
        metavar="ERROR=NUMBER",
        help="End with status 5 if this error, such as `mae`, is higher; may be repeated.",
        show_default=False,
    ),
]
Mistakes = Annotated[int, typer.Option("--mistakes", min=0, help="How many of the worst to list.")]
NoBaselines = Annotated[
    bool, typer.Option("--no-baselines", help="Fit and score nothing to compare with, which is quicker.")
]


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(evaluate)


def evaluate(
    run: RunArgument,
    data: DataArgument = None,
    *,
    part: Part = None,
    file: OtherData = None,
    under: Under = None,
    over: Over = None,
    mistakes: Mistakes = 5,
    no_baselines: NoBaselines = False,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score the saved model of a run, beside baselines, and keep scores and pictures in the run.

    A score in brackets is the 95 % interval of a bootstrap over the examples.
    Baselines are scored on the same examples: the largest class, the mean, the
    last value of a series, and a linear model of the same features.
    """
    file = data or file
    if part is not None and file is not None:
        raise typer.BadParameter("`--part` and DATA say two different things: give one", param_hint="--part")
    start_long_work()
    from archcli.commands.evaluate import evaluate as run_evaluate

    report = run_evaluate(
        run,
        runs=runs,
        part=None if part is None else part.value,
        file=file,
        under=under or (),
        over=over or (),
        mistakes=mistakes,
        with_baselines=not no_baselines,
    )
    _show(report, as_json=as_json)
    print_next(f"archcli export {called(report.run.path, runs)} --format saved_model", quiet=quiet or as_json)


def _show(report: EvaluateReport, *, as_json: bool) -> None:
    """Print the report, and end with status 5 where a threshold is missed."""
    from archcli.cli.evaluate_render import print_report
    from archcli.cli.render import open_console, print_json, print_problems

    if as_json:
        print_json(report.data(), open_console())
    else:
        print_report(report, open_console())
    if report.missed:
        print_problems(report.missed, open_console(stderr=True))
        raise typer.Exit(TrainingError.exit_status)
