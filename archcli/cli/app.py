"""The program: its commands, and `main`, where every error ends."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer

import archcli
from archcli.cli import (
    bench_command,
    data_commands,
    evaluate_command,
    export_command,
    machine_commands,
    model_commands,
    recipe_commands,
    run_commands,
    tune_command,
)
from archcli.cli.lines import give_up_output
from archcli.cli.network import OFFLINE, OFFLINE_VARIABLE, shown_fetching, take_offline
from archcli.cli.starting import collector_at_rest
from archcli.errors import ArchcliError, DataError, Interrupted, is_full

_HELP = "Train a neural network from one YAML recipe: checked, measured, exported."
_EPILOG = "Begin with: archcli train cnn-digits"
_USAGE_STATUS: Final = 2
_CTRL_C_STATUS: Final = 130


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"archcli {archcli.__version__}")
        raise typer.Exit


def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    offline: Annotated[
        bool,
        typer.Option(OFFLINE, help=f"Fetch nothing, whatever the command; so does the variable {OFFLINE_VARIABLE}."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def _hint_at_paths(given: Sequence[str]) -> None:
    """Say how a key of the recipe is changed to who typed it as an option: `--epochs 3`."""
    from archcli.recipe.schema import TRAIN

    for option in given:
        name = option.removeprefix("--").partition("=")[0].replace("-", "_")
        if option.startswith("--") and TRAIN.field(name) is not None:
            sys.stderr.write(f"hint: the recipe is changed by paths, without dashes: train.{name}=VALUE\n")


def build_app(wanted: str | None = None) -> typer.Typer:
    """Put the commands together.

    Args:
        wanted: Where there is a command of this name, only that one: Typer takes a while over each.
    """
    app = typer.Typer(help=_HELP, epilog=_EPILOG, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback(help=_HELP, epilog=_EPILOG)(_top)
    run_commands.add_to(app)
    tune_command.add_to(app)
    bench_command.add_to(app)
    evaluate_command.add_to(app)
    model_commands.add_to(app)
    export_command.add_to(app)
    recipe_commands.add_to(app)
    data_commands.add_to(app)
    machine_commands.add_to(app)
    commands = [one for one in app.registered_commands if one.callback is not None and one.callback.__name__ == wanted]
    groups = [group for group in app.registered_groups if group.name == wanted]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and end the process with its exit status.

    Args:
        arguments: What follows the program's name; None: of this process.
    """
    given = take_offline(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a class name that the locale cannot write is no crash
    try:
        try:
            _run(given)
        finally:
            if isinstance(sys.stdout, io.TextIOBase):  # none where it was closed
                sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has had enough
        give_up_output()
        sys.exit(1)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            _show_too_long(error)
            sys.exit(DataError.exit_status)
        if not is_full(error):
            raise
        give_up_output()
        _show_full(error)
        sys.exit(DataError.exit_status)


def _show_too_long(error: OSError) -> None:
    """Say that a name is longer than the system takes; wherever a path is looked at it may be."""
    from archcli.cli.render import open_console, print_problems
    from archcli.errors import Problem

    name = str(error.filename)
    message = f"there is no file `{name[:40]}…`: its name of {len(name)} characters is longer than the system takes"
    problem = Problem("file-not-found", message, hint="see whether it is a name, and not what a file holds")
    print_problems([problem], open_console(stderr=True))


def _show_full(error: OSError) -> None:
    """Say that a disk is full; what files are written by names theirs, so that this is mostly standard output."""
    from archcli.cli.render import open_console, print_problems
    from archcli.errors import Problem

    place = error.filename or "standard output"
    message = f"`{place}` cannot be written: {(error.strerror or str(error)).lower()}"
    print_problems([Problem("cannot-write", message, hint="free some space on that disk")], open_console(stderr=True))


def _run(given: list[str]) -> None:
    """Run the command that is `given`, show what goes wrong, and end the process with the exit status."""
    try:
        with collector_at_rest(), shown_fetching(given):
            build_app(given[0] if given else None)(args=given, prog_name="archcli")
    except ArchcliError as error:
        from archcli.cli.render import open_console, print_json, print_problems, problem_data

        print_problems(error.problems, open_console(stderr=True))
        if "--json" in given:
            print_json({"problems": [problem_data(problem) for problem in error.problems]}, open_console())
        sys.exit(error.exit_status)
    except SystemExit as stopped:
        if stopped.code == _USAGE_STATUS:
            _hint_at_paths(given)
        elif stopped.code == _CTRL_C_STATUS:
            sys.stderr.write("interrupted\n")
        raise
    except Interrupted as interrupted:
        sys.stderr.write(interrupted.kept + "\n")
        sys.exit(interrupted.exit_status)
