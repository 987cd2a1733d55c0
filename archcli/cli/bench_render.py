"""How the report of a benchmark looks: a table of settings, what they were measured on, and which is best."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from archcli.cli.render import Column, print_pairs, print_table

if TYPE_CHECKING:
    from rich.console import Console

    from archcli.commands.bench_report import BenchReport, Figures, Row, Setting

FIT: Final = "model.fit"
NO_FIGURE: Final = "-"
GAP: Final = 3
"""Cells between two columns of a table on a terminal."""

TITLES: Final = ("examples/s", "ms/step", "spread", "memory", "compile", "peak", "total")
SPEED: Final = (0, 1, 2, 3)
COST: Final = (0, 4, 5, 6, 7)
"""Columns that stand together where not all fit side by side; the first names the setting."""


def print_report(report: BenchReport, console: Console) -> None:
    """Print a table with a row for each setting, what they were measured on, and which is best.

    On a terminal that is too narrow for all columns there are two tables with some of them each.
    """
    columns, rows = _table(report)
    if console.is_terminal and _width(columns, rows) > console.width:
        for chosen in (SPEED, COST):
            print_table([columns[i] for i in chosen], [[row[i] for i in chosen] for row in rows], console)
            console.print()
    else:
        print_table(columns, rows, console)
        console.print()
    print_pairs(_pairs(report), console)


def report_data(report: BenchReport, command: str) -> dict[str, object]:
    """Return a report as plain data for `--json`; `command` is what to type next."""
    facts, best, overtaking = report.facts, report.best, report.overtaking
    return {
        "recipe": facts.recipe,
        "device": facts.device,
        "examples": facts.examples,
        "epochs": facts.epochs,
        "batch_size": facts.batch_size,
        "mode": {"written": report.written_mode, "name": facts.mode, "reason": facts.reason},
        "matmul_flops": report.matmul_flops,
        "matmul_side": report.matmul_side,
        "step_flops_per_example": report.step_flops_per_example,
        "rounds": report.rounds,
        "round_seconds": report.round_seconds,
        "together": report.together,
        "distribute": report.distribute,
        "rows": [_row_data(report, row) for row in report.rows],
        "best": None if best is None else {"mode": best.setting.way, "batch_size": best.setting.batch_size},
        "changes": report.changes,
        "line": _line(report),
        "overtaking": None if overtaking is None else vars(overtaking),
        "total_steps": report.total_steps,
        "command": command,
    }


def _row_data(report: BenchReport, row: Row) -> dict[str, object]:
    figures = row.figures
    return {
        "mode": row.setting.way,
        "batch_size": row.setting.batch_size,
        "reason": row.reason,
        **({} if figures is None else {**vars(figures), "against_fit": report.against_fit(row)}),
    }


def _table(report: BenchReport) -> tuple[list[Column], list[list[str]]]:
    """Return columns and rows: the mode, with its batch size where there are several; the speed; what it costs."""
    of_one_size = len({row.setting.batch_size for row in report.rows}) == 1
    columns = [Column("mode" if of_one_size else "mode batch"), *(Column(title, "right") for title in TITLES)]
    rows = []
    for row in report.rows:
        name = row.setting.way if of_one_size else f"{row.setting.way} {row.setting.batch_size}"
        rows.append([name, *([NO_FIGURE] * len(TITLES) if row.figures is None else _cells(row.figures))])
    return columns, rows


def _cells(figures: Figures) -> list[str]:
    return [
        f"{figures.examples_per_second:,.0f}",
        _decimals(figures.step_ms),
        f"{figures.spread:.0%}",
        _memory(figures.memory_bytes),
        f"{figures.compile_seconds:.1f} s",
        NO_FIGURE if figures.matmul_share is None else f"{figures.matmul_share:.1%}",
        _duration(figures.training_seconds),
    ]


def _pairs(report: BenchReport) -> Iterator[tuple[str, str]]:
    facts = report.facts
    steps = math.ceil(facts.examples / facts.batch_size)
    what = f"{facts.examples:,} examples, batch {facts.batch_size}, {count_of(facts.epochs, 'epoch')}"
    yield "recipe", f"{facts.recipe}: {what} of {count_of(steps, 'step')}"
    yield "device", facts.device
    if report.matmul_flops is not None:
        side = f"{report.matmul_side:,}"
        yield "peak", f"{report.matmul_flops / 1e9:,.1f} GFLOP/s in a product of {side} x {side} matrices of float32"
    turns = "in turn" if report.together else "those of a batch size in turn, or each alone: memory is short"
    yield "measured", f"{count_of(report.rounds, 'round')} of {report.round_seconds:.2g} s each, {turns}"
    if report.distribute != "none":
        yield "note", f"measured on one device, without `train.distribute: {report.distribute}`"
    yield from _refusals(report)
    yield from _advice(report)


def _advice(report: BenchReport) -> Iterator[tuple[str, str]]:
    best, line, overtaking = report.best, _line(report), report.overtaking
    if best is None or best.figures is None:
        return
    times = report.against_fit(best)
    against = "" if times is None else f", {times:.1f} times the examples/s of {FIT}"
    duration = _duration(best.figures.training_seconds)
    yield "best", f"{best.setting.way} at batch {best.setting.batch_size}: {duration} for the training{against}"
    if line is None:
        chosen = f"`compile: auto` chooses {best.setting.way} here"
        yield "write", f"nothing: {chosen if report.written_mode == 'auto' else 'the recipe has it so'}"
    else:
        yield "write", line
    if overtaking is not None:
        ahead = f"{overtaking.faster} is ahead of {overtaking.slower} after {count_of(overtaking.steps, 'step')}"
        yield "pays back", f"{ahead}; this training has {report.total_steps:,}"
    if "batch_size" in report.changes:
        yield "note", "another batch size trains differently: compare the scores, and look at the learning rate"


def _line(report: BenchReport) -> str | None:
    """Return what is written into the recipe for the best setting; None: nothing."""
    values = ", ".join(f"{key}: {value}" for key, value in report.changes.items())
    return f"train: {{{values}}}" if values else None


def _refusals(report: BenchReport) -> Iterator[tuple[str, str]]:
    """Give each reason once, with what it is the reason of: whole batch sizes, or modes at all sizes or at some."""
    possible = {row.setting.batch_size for row in report.rows if row.figures is not None}
    ways = list(dict.fromkeys(row.setting.way for row in report.rows))
    for reason in dict.fromkeys(row.reason for row in report.rows if row.reason is not None):
        settings = [row.setting for row in report.rows if row.reason == reason]
        sizes = list(dict.fromkeys(setting.batch_size for setting in settings))
        written = f"batch {', '.join(str(size) for size in sizes)}"
        if len(settings) == len(sizes) * len(ways):
            yield f"no {written}", reason
        else:
            names = ", ".join(dict.fromkeys(name_setting(setting) for setting in settings))
            yield f"no {names}", reason if possible <= set(sizes) else f"{reason} ({written})"


def _width(columns: list[Column], rows: list[list[str]]) -> int:
    widths = [max(len(column.title), *(len(row[i]) for row in rows)) for i, column in enumerate(columns)]
    return sum(widths) + GAP * (len(widths) - 1)


def name_setting(setting: Setting) -> str:
    """Call a setting, but for its batch size, what people call it."""
    return FIT if setting.way == "fit" else setting.way


def count_of(number: int, what: str) -> str:
    """Write `1 epoch`, `2 epochs`."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _decimals(value: float) -> str:
    """Write a number with about three digits."""
    return f"{value:,.{max(0, min(3, 2 - math.floor(math.log10(value))))}f}" if value else "0"


def _memory(count: int) -> str:
    mebibytes = count / 2**20
    return f"{mebibytes:.0f} MiB" if mebibytes < 1000 else f"{mebibytes / 1024:.1f} GiB"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.1f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:,.1f} h"
