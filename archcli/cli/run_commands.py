"""Commands about runs: train, resume, evaluate, predict, export, summary, runs.

All but `runs` import TensorFlow, inside their functions.
"""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_line, print_next
from archcli.cli.options import DEFAULT_RUNS, AsJson, Overrides, Quiet, RecipeArgument, RunArgument, RunsFolder
from archcli.cli.starting import start_long_work

if TYPE_CHECKING:
    from archcli.commands.finishing import TrainReport
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
    app.command()(train)
    app.command()(resume)
    app.command()(evaluate)
    app.command()(predict)
    app.command()(export)
    app.command()(summary)
    runs = typer.Typer(help="List runs and show one.", no_args_is_help=True)
    runs.command("list")(list_runs)
    runs.command("show")(show_run)
    app.add_typer(runs, name="runs")


def train(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a recipe into a new run: model, scores, history, plots."""
    from archcli.cli.render import open_console
    from archcli.commands.check import check

    checked = check(recipe, overrides or ()).recipe  # in a fraction of a second, before TensorFlow takes its three
    name, split = checked.name, checked.data.split
    start_long_work()
    if split.folds is not None and split.fold is None:
        from archcli.cli.fold_training import train_folds

        train_folds(
            recipe,
            overrides or (),
            name=name,
            count=split.folds,
            runs=runs,
            command=_command_line(),
            as_json=as_json,
            quiet=quiet,
        )
        return
    from archcli.cli.live import show_progress
    from archcli.commands.train import train as run_train

    with show_progress(open_console(stderr=True), title=name, quiet=quiet) as progress:
        report = run_train(recipe, overrides or (), runs=runs, command=_command_line(), progress=progress)
    _print_training(report, runs, as_json=as_json, quiet=quiet)


def resume(
    run: RunArgument,
    *,
    epochs: Annotated[int | None, typer.Option(min=1, help="Train until this many epochs are done.")] = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Go on with an interrupted run, or train a finished one further."""
    from archcli.cli.render import open_console

    start_long_work()
    from archcli.cli.live import show_progress
    from archcli.commands.resume import resume as run_resume

    with show_progress(open_console(stderr=True), title=run, quiet=quiet) as progress:
        report = run_resume(run, runs=runs, epochs=epochs, command=_command_line(), progress=progress)
    _print_training(report, runs, as_json=as_json, quiet=quiet)


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
    print_next(f"archcli export {_called(report.run.path, runs)} --format saved_model", quiet=quiet)


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
        f"archcli evaluate {_called(report.run.path, runs)} --file {shlex.quote(str(file))}", quiet=quiet or as_json
    )


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


def summary(
    recipe: RecipeArgument, overrides: Overrides = None, *, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Build the model of a recipe and show its layers, shapes and parameters."""
    from archcli.cli.render import Column, open_console, print_json, print_pairs, print_table
    from archcli.commands.check import check

    check(recipe, overrides or ())
    start_long_work()
    from archcli.commands.summary import summarize

    report = summarize(recipe, overrides or ())
    if as_json:
        outputs = {name: vars(learning) for name, learning in report.outputs.items()}
        layers = [vars(layer) for layer in report.layers]
        print_json({**vars(report), "layers": layers, "outputs": outputs}, open_console())
        return
    console = open_console()
    total = report.trainable + report.fixed
    what = [
        ("recipe", report.recipe),
        ("built as", report.build),
        *((f"input {name}" if len(report.inputs) > 1 else "input", _shape(x)) for name, x in report.inputs.items()),
        *(
            (f"output {name}" if len(report.outputs) > 1 else "task", f"{learning.task}, loss {learning.loss}")
            for name, learning in report.outputs.items()
        ),
        ("parameters", f"{total:,}" + (f", {report.fixed:,} of them fixed" if report.fixed else "")),
    ]
    rows = [
        (
            "  " * row.depth + row.name,
            row.kind,
            *([", ".join(row.reads)] if report.is_graph else []),
            _shape(row.output_shape),
            f"{row.parameters:,}",
        )
        for row in report.layers
    ]
    names = ("layer", "class", *(["reads"] if report.is_graph else []), "output")
    columns = [*(Column(name) for name in names), Column("parameters", "right")]
    print_table(columns, rows, console)
    console.print()
    print_pairs(what, console)
    print_next(f"archcli train {shlex.join([recipe, *(overrides or [])])}", quiet=quiet)


def check_building(recipe: str, overrides: list[str] | tuple[()]) -> None:
    """Read the data of a recipe and build its model, for `check --build`."""
    from archcli.commands.check import check

    check(recipe, overrides)
    start_long_work()
    from archcli.commands.summary import summarize

    summarize(recipe, overrides)


def list_runs(*, runs: RunsFolder = DEFAULT_RUNS, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """List all runs with their state and score."""
    from archcli.cli.render import Column, open_console, print_json, print_table
    from archcli.runs.listing import list_runs as find_all

    found = find_all(runs)
    if as_json:
        print_json([{**vars(run), "run": str(run.run.path)} for run in found], open_console())
        return
    if not found:
        print_line(f"no runs in {runs}")
        print_next("archcli train cnn-digits", quiet=quiet)
        return
    columns = [Column("run"), Column("state"), Column("epochs", "right"), Column("best", "right")]
    columns += [Column("test score", "right"), Column("started")]
    rows = []
    for run in found:
        best = "" if run.best_value is None else f"{run.monitor} {run.best_value:.4g}"
        score = "" if run.test_score is None else f"{run.score_name} {run.test_score:.4f}"
        rows.append((run.run.name, run.state, str(run.epochs), best, score, run.started[:16].replace("T", " ")))
    print_table(columns, rows, open_console())
    print_next(f"archcli runs show {found[-1].run.name}{_runs_option(runs)}", quiet=quiet)


def show_run(
    run: RunArgument, *, runs: RunsFolder = DEFAULT_RUNS, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Show one run: its files, state and scores."""
    from archcli.cli.render import open_console, print_json, print_pairs
    from archcli.commands.show_run import show_run as run_show

    report = run_show(run, runs)
    if as_json:
        print_json(report.data(), open_console())
        return
    print_pairs(report.pairs(), open_console())
    after = "resume" if report.can_resume else "evaluate"
    print_next(f"archcli {after} {_called(report.summary.run.path, runs)}", quiet=quiet)


def _print_training(report: TrainReport, runs: Path, *, as_json: bool, quiet: bool) -> None:
    from archcli.cli.render import open_console, print_json, print_pairs

    path = report.run.path
    if as_json:
        print_json({**vars(report), "run": str(path), "model": str(report.run.model)}, open_console())
        return
    shown = "  ".join(f"{name} {value:.4f}" for name, value in report.scores[report.evaluated_on].items())
    speed = f"{report.examples_per_second:,.0f} examples/s ({report.mode})"
    how = f"{report.epochs} epochs in {report.seconds:.1f} s, {speed}"
    stopped = ", stopped early" if report.stopped_early else ""
    pairs = [
        (report.evaluated_on, shown),
        ("best epoch", f"{report.best_epoch} ({report.monitor} {report.best_value:.4g}){stopped}"),
        ("trained", f"{report.parameter_count:,} parameters, {how}"),
        ("run", str(path)),
    ]
    if report.evaluated_on == "training":
        pairs.insert(1, ("note", "nothing was held back: these are the examples it was trained on"))
    pairs[-1:-1] = [("note", note) for note in report.notes]
    print_pairs(pairs, open_console())
    print_next(f"archcli evaluate {_called(path, runs)}", quiet=quiet)


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


def _shape(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("batch" if size is None and i == 0 else str(size) for i, size in enumerate(shape)) + ")"


def _command_line() -> str:
    return shlex.join(["archcli", *sys.argv[1:]])


def _called(path: Path, runs: Path) -> str:
    """Call a run as it is typed: short in the usual folder, else by its path."""
    if runs == DEFAULT_RUNS:
        return f"{path.parent.name}/{path.name.split('-')[0]}"
    return shlex.quote(str(path))


def _runs_option(runs: Path) -> str:
    return "" if runs == DEFAULT_RUNS else f" --runs {shlex.quote(str(runs))}"
