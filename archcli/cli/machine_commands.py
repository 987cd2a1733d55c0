"""The command about the machine: doctor."""

from __future__ import annotations

from pathlib import Path

import typer

from archcli.cli.lines import print_next
from archcli.cli.options import DEFAULT_RUNS, AsJson, Quiet, RunsFolder
from archcli.cli.starting import start_long_work
from archcli.errors import Problem, SetupError


def add_to(app: typer.Typer) -> None:
    """Add this command to the program."""
    app.command()(doctor)


def doctor(*, runs: RunsFolder = DEFAULT_RUNS, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Look whether this machine can train: versions, GPUs, folders, extras."""
    from archcli.cli.render import open_console, print_json, print_pairs

    start_long_work()
    from archcli.commands.doctor import examine

    findings = examine(Path(runs))
    if as_json:
        print_json([vars(finding) for finding in findings], open_console())
    else:
        print_pairs([(finding.name, finding.value) for finding in findings], open_console())
    troubles = [finding for finding in findings if finding.trouble is not None]
    if troubles:
        raise SetupError(*(Problem("machine-not-ready", f"{f.name}: {f.value}", hint=f.trouble) for f in troubles))
    print_next("archcli train cnn-digits", quiet=quiet or as_json)
