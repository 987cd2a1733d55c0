"""How the audit of `summary --performance` looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from archcli.commands.performance import LayerPerformance, PerformanceReport

THOUSANDS: Final = ("", "k", "M", "G", "T", "P")
BYTES: Final = ("B", "KiB", "MiB", "GiB", "TiB")
_CUDNN: Final = {True: "yes", False: "no", None: ""}


def print_performance(recipe: str, overrides: Sequence[str], *, as_json: bool) -> None:
    """Audit a recipe and show the result."""
    from archcli.cli.render import open_console, print_json
    from archcli.commands.performance import audit

    report = audit(recipe, overrides)
    if as_json:
        print_json(_data(report), open_console())
    else:
        _print(report, open_console())


def count_text(count: int) -> str:
    """Write a count with three digits: `1.92 k`."""
    return _scaled(count, 1000, THOUSANDS)


def bytes_text(size: int) -> str:
    """Write a size with three digits: `4.5 KiB`."""
    return _scaled(size, 1024, BYTES)


def _scaled(count: int, base: int, units: Sequence[str]) -> str:
    power, value = 0, float(count)
    while value >= base and power + 1 < len(units):
        power, value = power + 1, value / base
    digits = 0 if power == 0 or value >= 100 else 1 if value >= 10 else 2
    return f"{value:.{digits}f} {units[power]}".rstrip()


def _data(report: PerformanceReport) -> dict[str, Any]:
    return {
        **vars(report),
        "mode": vars(report.mode),
        "layers": [vars(layer) for layer in report.layers],
        "advice": [vars(advice) for advice in report.advice],
    }


def _print(report: PerformanceReport, console: Console) -> None:
    from archcli.cli.render import Column, print_pairs, print_table

    columns = [Column("layer"), Column("cuDNN"), Column("XLA"), Column("type")]
    columns += [Column(name, "right") for name in ("FLOPs", "kept", "weights")]
    print_table(columns, [_row(layer) for layer in report.layers], console)
    console.print()
    size = report.batch_size
    forward, both = count_text(report.flops), count_text(report.training_flops)
    step = f"{count_text(size * report.training_flops)} FLOPs; {bytes_text(size * report.kept_bytes)} kept"
    pairs = [
        ("recipe", report.recipe),
        ("device", f"{report.device}: {report.device_name}"),
        ("mode", f"{report.mode.name}: {report.mode.reason}"),
        ("an example", f"{forward} FLOPs, {both} with the gradient; {bytes_text(report.kept_bytes)} kept for it"),
        ("a step", f"{size} examples: {step}"),
        ("weights", f"{report.parameters:,}"),
    ]
    print_pairs(pairs, console)
    if report.advice:
        console.print()
        print_pairs([(advice.about, advice.text) for advice in report.advice], console)


def _row(layer: LayerPerformance) -> tuple[str, ...]:
    return (
        "  " * layer.depth + layer.path.rpartition("/")[2],
        _CUDNN[layer.cudnn],
        layer.xla or "",
        layer.dtype,
        count_text(layer.flops) if layer.flops else "",
        bytes_text(layer.kept_bytes) if layer.kept_bytes else "",
        f"{layer.parameters:,}",
    )
