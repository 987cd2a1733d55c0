"""Commands that use the saved model of a run: evaluate, predict, generate, export.

All import TensorFlow, inside their functions.
"""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.next_commands import called
from archcli.cli.options import DEFAULT_RUNS, AsJson, Quiet, RunArgument, RunsFolder
from archcli.cli.starting import start_long_work

if TYPE_CHECKING:
    from archcli.commands.scores import PartScores


class PartOption(StrEnum):
    """The parts of the data."""

    training = "training"
    validation = "validation"
    test = "test"


class FormatOption(StrEnum):
    """The formats that a model can be exported to."""

    keras = "keras"
    saved_model = "saved_model"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(evaluate)
    app.command()(predict)
    app.command()(generate)
    app.command()(export)


def evaluate(
    run: RunArgument,
    *,
    part: Annotated[
        PartOption | None, typer.Option("--on", help="The part of its data; left out: the test part.")
    ] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Score it on this CSV or NPZ instead.")] = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score the saved model of a run."""
    from archcli.cli.render import open_console, print_json

    if part is not None and file is not None:
        raise typer.BadParameter("`--on` and `--file` say two different things: give one", param_hint="--file")
    start_long_work()
    from archcli.commands.evaluate import evaluate as run_evaluate

    report = run_evaluate(run, runs=runs, part=None if part is None else part.value, file=file)
    scores = report.scores
    if as_json:
        print_json({"run": str(report.run.path), **_scores_data(scores)}, open_console())
        return
    _print_scores(scores)
    print_next(f"archcli export {called(report.run.path, runs)} --format saved_model", quiet=quiet)


def predict(
    run: RunArgument,
    file: Annotated[Path, typer.Argument(help="A CSV or NPZ with the raw inputs.")],
    *,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the answers to this CSV.")] = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer new examples with the saved model of a run; CSV on standard output."""
    from archcli.cli.render import open_console, print_json

    start_long_work()
    from archcli.commands.predict import predict as run_predict

    report = run_predict(run, file, runs=runs, output=output)
    console = open_console()
    if as_json:
        print_json([dict(zip(report.columns, row, strict=True)) for row in report.rows], console)
    elif output is None:
        console.file.write(report.csv_text())
    elif not quiet:
        console.print(f"wrote {output}: {len(report.rows)} answers", soft_wrap=True)
    print_next(
        f"archcli evaluate {called(report.run.path, runs)} --file {shlex.quote(str(file))}", quiet=quiet or as_json
    )


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


def export(
    run: RunArgument,
    *,
    format_name: Annotated[FormatOption, typer.Option("--format", "-f", help="The format.")] = FormatOption.saved_model,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Where to; left out: in the run.")] = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Export the saved model of a run, and prove that it still answers the same."""
    from archcli.cli.render import open_console, print_json, print_pairs

    start_long_work()
    from archcli.commands.export import export as run_export

    report = run_export(run, format_name=format_name.value, runs=runs, output=output)
    if as_json:
        data = {"run": str(report.run.path), "format": report.format, "path": str(report.path)}
        measured = {"size_bytes": report.size_bytes, "largest_difference": report.largest_difference}
        print_json({**data, **measured, "snippet": report.snippet}, open_console())
        return
    console = open_console()
    pairs = [
        ("wrote", str(report.path)),
        ("size", f"{report.size_bytes / 1024:.0f} KiB"),
        ("largest difference", f"{report.largest_difference:.2g}"),
    ]
    print_pairs(pairs, console)
    console.print(f"\n{report.snippet}", soft_wrap=True)
    print_next("paste these lines into Python", quiet=quiet)


def _print_scores(scores: PartScores) -> None:
    from archcli.cli.render import Column, open_console, print_pairs, print_table

    console = open_console()
    figures = "  ".join(f"{name} {value:.4f}" for name, value in scores.scores.items())
    print_pairs([(scores.part, f"{scores.examples} examples"), ("scores", figures)], console)
    for scored in scores.answers:
        if not scored.classes:
            continue
        console.print()
        count = "examples" if len(scored.target.shape) == 0 else "labels"
        columns = [
            Column(f"class of {scored.target.name}" if len(scores.answers) > 1 else "class"),
            *(Column(name, "right") for name in ("precision", "recall", "f1", count)),
        ]
        rows = [
            (c.name, f"{c.precision:.4f}", f"{c.recall:.4f}", f"{c.f1:.4f}", str(c.examples)) for c in scored.classes
        ]
        print_table(columns, rows, console)


def _scores_data(scores: PartScores) -> dict[str, object]:
    data = {"part": scores.part, "examples": scores.examples, "main": scores.main, "scores": scores.scores}
    answers = {
        scored.target.name: {
            "classes": [vars(c) for c in scored.classes],
            "confusion": None if scored.confusion is None else scored.confusion.tolist(),
        }
        for scored in scores.answers
    }
    return {**data, **(next(iter(answers.values())) if len(answers) == 1 else {"targets": answers})}
