"""The commands about data: `data check` and `data preview`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.options import AsJson, Overrides, Quiet, RecipeArgument
from archcli.cli.starting import start_long_work
from archcli.errors import DataError


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    data = typer.Typer(help="Look at the data of a recipe before training.", no_args_is_help=True)
    data.command("check")(check_data)
    data.command("preview")(preview_data)
    app.add_typer(data, name="data")


def check_data(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="End with status 3 where anything is found.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read the data of a recipe as training does, and report what they are.

    Shown are the examples of each part, each column in figures, the classes,
    and what a person should look at: duplicates, leaks between the parts,
    inputs that tell the target, rare classes, constant columns, ids, outliers,
    missing values, extreme lengths, blank pictures. These are warnings, with a
    code each; data that cannot be used end as they end a training.
    """
    from archcli.cli.data_check_render import print_report, report_data
    from archcli.cli.render import open_console, print_json
    from archcli.commands.data_check import check_data as run_check

    report = run_check(recipe, overrides or ())
    command = f"archcli data preview {_typed(recipe, overrides)}"
    if as_json:
        print_json(report_data(report, command), open_console())
    else:
        print_report(report, open_console())
    print_next(command, quiet=quiet or as_json)
    if strict and report.audit.findings:
        raise typer.Exit(DataError.exit_status)


def preview_data(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="Examples of each part.")] = 4,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="A new folder for pictures; left out: RECIPE-preview here.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show a few examples of each part, as they are read and as the network gets them.

    They are taken at equal distances. Numbers, categories and texts are shown,
    series drawn on a line; pictures, volumes and spectra are drawn into a PNG
    for each part. Nothing is overwritten.
    """
    from archcli.cli.data_preview_render import preview_report_data, print_preview
    from archcli.cli.render import open_console, print_json
    from archcli.commands.check import check

    check(recipe, overrides or ())
    start_long_work()
    from archcli.commands.data_preview import preview_data as run_preview

    report = run_preview(recipe, overrides or (), count=count, output=output)
    command = f"archcli train {_typed(recipe, overrides)}"
    if as_json:
        print_json(preview_report_data(report, command), open_console())
    else:
        print_preview(report, open_console())
    print_next(command, quiet=quiet or as_json)


def _typed(recipe: str, overrides: list[str] | None) -> str:
    """Write a recipe and its changes as they are typed in a shell."""
    return shlex.join([recipe, *(overrides or [])])
