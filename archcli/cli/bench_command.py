"""The command `bench`: how fast a recipe trains in each mode, and by Keras's `Model.fit`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.options import AsJson, Overrides, Quiet, RecipeArgument

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

    from archcli.commands.bench_report import Facts, Measurement


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(bench)


def bench(
    recipe: RecipeArgument,
    overrides: Overrides = None,
    *,
    batch_sizes: Annotated[
        str | None,
        typer.Option("--batch-sizes", metavar="N,N,...", help="Beside that of the recipe.", show_default=False),
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=1000, help="How often each has its turn.")] = 10,
    seconds: Annotated[
        float, typer.Option("--seconds", min=1, help="Measured in all, about; compiling comes on top.")
    ] = 20.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure how fast a recipe trains as a graph, by XLA, eagerly and by Keras's `model.fit`.

    Each is a process of its own. They are compiled, then take turns to train
    the model on its data, without validation; nothing is written. Shown are
    medians of the rounds. `spread` is what lies between the quartiles, `memory`
    the most that was held beyond TensorFlow itself, `peak` the arithmetic of
    the model as a share of that of a product of large matrices, `total` all
    epochs of the recipe, compiling included.
    """
    from archcli.cli.bench_render import print_report, report_data
    from archcli.cli.render import open_console, print_json
    from archcli.commands.bench import bench as run_bench

    sizes = _read_sizes(batch_sizes)
    with _watch(open_console(stderr=True), quiet=quiet) as watcher:
        report = run_bench(recipe, overrides or (), batch_sizes=sizes, rounds=rounds, seconds=seconds, watcher=watcher)
    changes = [f"train.{key}={value}" for key, value in report.changes.items()]
    command = shlex.join(["archcli", "train", recipe, *(overrides or []), *changes])
    if as_json:
        print_json(report_data(report, command), open_console())
    else:
        print_report(report, open_console())
    print_next(command, quiet=quiet or as_json)


def _read_sizes(text: str | None) -> list[int]:
    if text is None:
        return []
    sizes = []
    for part in text.split(","):
        if not part.strip().isdecimal() or int(part) < 1:
            message = f"it takes whole numbers from 1 with commas between, such as `32,64,128`, found `{part.strip()}`"
            raise typer.BadParameter(message, param_hint="--batch-sizes")
        sizes.append(int(part))
    return sizes


class _Watcher:
    """Says on a line of the terminal what is being done, or writes a line for each setting where there is none."""

    def __init__(self, console: Console, live: Live | None, *, quiet: bool) -> None:
        self._console, self._live, self._quiet = console, live, quiet
        self._left = 0

    def prepared(self, facts: Facts, settings: int) -> None:
        """Take note of what is measured."""
        self._left = settings
        self._show(f"{facts.recipe}: {settings} settings, compiling")

    def compiled(self, measured: Measurement) -> None:
        """Write how long it took, or why it cannot be."""
        from archcli.cli.bench_render import name_setting

        self._left -= 1
        name = f"{name_setting(measured.setting)} at batch {measured.setting.batch_size}"
        did = measured.reason or f"compiled in {measured.compile_seconds:.1f} s"
        if self._live is None:
            self._write(f"{name}: {did}")
        else:
            self._show(f"{name}: {did}; {self._left} left")

    def round_begun(self, number: int, count: int) -> None:
        """Show how far it is; without a terminal that is one line in all."""
        if self._live is not None:
            self._show(f"measuring, round {number} of {count}")
        elif number == 1:
            self._write(f"measuring, {count} round{'' if count == 1 else 's'}")

    def _show(self, text: str) -> None:
        if self._live is not None:
            self._live.update(text, refresh=True)

    def _write(self, text: str) -> None:
        if not self._quiet:
            self._console.file.write(text + "\n")
            self._console.file.flush()


@contextmanager
def _watch(console: Console, *, quiet: bool) -> Iterator[_Watcher]:
    """Show what is being done where there is an able terminal, and take it away at the end."""
    if quiet or not console.is_terminal or console.is_dumb_terminal:
        yield _Watcher(console, None, quiet=quiet)
        return
    from rich.live import Live

    # Drawn when something happens and not by a clock: the processor belongs to what is measured.
    with Live("starting a process for each mode", console=console, auto_refresh=False, transient=True) as live:
        yield _Watcher(console, live, quiet=quiet)
