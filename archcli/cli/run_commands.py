"""Commands that make runs and list them: train, resume, summary, runs.

All but `runs` import TensorFlow, inside their functions.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_line, print_next
from archcli.cli.next_commands import called, runs_option
from archcli.cli.options import DEFAULT_RUNS, AsJson, Overrides, Quiet, RecipeArgument, RunArgument, RunsFolder
from archcli.cli.starting import start_long_work

if TYPE_CHECKING:
    from archcli.commands.finishing import TrainReport
    from archcli.recipe.recipe import Recipe


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(train)
    app.command()(resume)
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
    is_follower = _introduce(checked, runs)
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

    with show_progress(open_console(stderr=True), title=name, quiet=quiet or is_follower) as progress:
        report = run_train(recipe, overrides or (), runs=runs, command=_command_line(), progress=progress)
    if report is not None:
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
    from archcli.commands.workers import read_shared_recipe

    is_follower = _introduce(read_shared_recipe(run, runs), runs)
    start_long_work()
    from archcli.cli.live import show_progress
    from archcli.commands.resume import resume as run_resume

    with show_progress(open_console(stderr=True), title=run, quiet=quiet or is_follower) as progress:
        report = run_resume(run, runs=runs, epochs=epochs, command=_command_line(), progress=progress)
    if report is not None:
        _print_training(report, runs, as_json=as_json, quiet=quiet)


def summary(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    performance: Annotated[
        bool, typer.Option("--performance", help="Show which layers take fast paths, what each costs, what to change.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Build the model of a recipe and show its layers, shapes and parameters."""
    from archcli.cli.render import Column, open_console, print_json, print_pairs, print_table
    from archcli.commands.check import check

    check(recipe, overrides or ())
    start_long_work()
    if performance:
        from archcli.cli.performance import print_performance

        print_performance(recipe, overrides or (), as_json=as_json)
        print_next(f"archcli bench {shlex.join([recipe, *(overrides or [])])}", quiet=quiet or as_json)
        return
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
    print_next(f"archcli runs show {found[-1].run.name}{runs_option(runs)}", quiet=quiet)


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
    print_next(f"archcli {after} {called(report.summary.run.path, runs)}", quiet=quiet)


def _introduce(recipe: Recipe, runs: Path) -> bool:
    """Have a worker that leaves writing to another one say so; return whether this process is one."""
    from archcli.commands.workers import describe_follower, find_workers

    line = describe_follower(find_workers(recipe), runs)
    if line is not None:
        sys.stderr.write(line + "\n")
    return line is not None


def _print_training(report: TrainReport, runs: Path, *, as_json: bool, quiet: bool) -> None:
    from archcli.cli.render import open_console, print_json, print_pairs

    path = report.run.path
    if as_json:
        undrawn = None if report.undrawn is None else report.undrawn.message
        files = {"run": str(path), "model": str(report.run.model), "undrawn": undrawn}
        print_json({**vars(report), **files}, open_console())
        return
    freely = f"free_{report.main}"  # of the others `evaluate` tells, too, how they are where it reads its own answers
    scores = report.scores[report.evaluated_on].items()
    shown = "  ".join(f"{name} {value:.4f}" for name, value in scores if "free_" not in name or name == freely)
    speed = f"{report.examples_per_second:,.0f} examples/s ({report.mode})"
    how = f"{report.epochs} epochs in {report.seconds:.1f} s, {speed}"
    stopped = ", stopped early" if report.stopped_early else ""
    pairs = [
        (report.evaluated_on, shown),
        ("best epoch", f"{report.best_epoch} ({report.monitor} {report.best_value:.4g}){stopped}"),
        ("trained", f"{report.parameter_count:,} parameters, {how}"),
        ("run", str(path)),
    ]
    against = {name: scores[report.main] for name, scores in report.baselines.items() if report.main in scores}
    if against:
        told = "  ".join(f"{name} {value:.4f}" for name, value in against.items())
        pairs.insert(1, ("baseline", f"{report.main} of {told}"))
    if report.evaluated_on == "training":
        pairs.insert(1, ("note", "nothing was held back: these are the examples it was trained on"))
    pairs[-1:-1] = [("note", note) for note in report.notes]
    if report.undrawn is not None:
        pairs.insert(-1, ("pictures", f"{report.undrawn.message}; see {report.run.log}"))
    print_pairs(pairs, open_console())
    print_next(f"archcli evaluate {called(path, runs)}", quiet=quiet)


def _shape(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("batch" if size is None and i == 0 else str(size) for i, size in enumerate(shape)) + ")"


def _command_line() -> str:
    return shlex.join(["archcli", *sys.argv[1:]])
