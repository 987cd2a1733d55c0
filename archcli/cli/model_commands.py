"""Commands that use the saved model of a run: predict, generate.

All import TensorFlow, inside their functions.
"""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.options import DEFAULT_RUNS, AsJson, Quiet, RunArgument, RunsFolder
from archcli.cli.predict_command import predict
from archcli.cli.starting import start_long_work


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(predict)
    app.command()(generate)


def generate(
    run: RunArgument,
    *,
    text: Annotated[str | None, typer.Option("--text", "-t", help="Go on from this text.", show_default=False)] = None,
    length: Annotated[int, typer.Option("--length", "-n", min=1, help="How many characters, or words.")] = 200,
    temperature: Annotated[
        float, typer.Option("--temperature", min=0.0, help="Below 1 keeps to what is likely; 0: the likeliest always.")
    ] = 1.0,
    top_k: Annotated[
        int | None, typer.Option("--top-k", min=1, help="Draw among so many of the likeliest.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Decides what is drawn.")] = 0,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Let a run that has learned the next symbol of a text write on."""
    from archcli.cli.render import open_console, print_json

    start_long_work()
    from archcli.commands.generate import generate as run_generate

    report = run_generate(run, runs=runs, start=text, length=length, temperature=temperature, top_k=top_k, seed=seed)
    if as_json:
        data = {"run": str(report.run.path), "start": report.start, "text": report.text, "symbols": report.symbols}
        print_json(data, open_console())
    else:
        sys.stdout.write(f"{report.start}{report.text}\n")
    again = f"archcli generate {shlex.quote(run)} --temperature {temperature / 2:g} --seed {seed + 1}"
    print_next(again, quiet=quiet or as_json)
