"""The command `export`: a run's model in another format, run by that format's own runtime and compared."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archcli.cli.lines import print_next
from archcli.cli.options import DEFAULT_RUNS, AsJson, Quiet, RunArgument, RunsFolder
from archcli.cli.starting import start_long_work

if TYPE_CHECKING:
    from archcli.commands.export import ExportReport


class FormatOption(StrEnum):
    """The formats that a model can be exported to."""

    keras = "keras"
    saved_model = "saved_model"
    onnx = "onnx"
    litert = "litert"
    openvino = "openvino"


class QuantizeOption(StrEnum):
    """The smaller numbers that a model can be exported in."""

    float16 = "float16"
    dynamic = "dynamic"
    int8 = "int8"


def add_to(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(export)


def export(
    run: RunArgument,
    *,
    format_name: Annotated[FormatOption, typer.Option("--format", "-f", help="The format.")] = FormatOption.saved_model,
    quantize: Annotated[
        QuantizeOption | None,
        typer.Option("--quantize", help="Smaller numbers, for litert; left out: float32.", show_default=False),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="The folder to write; left out: one in the run."),
    ] = None,
    runs: RunsFolder = DEFAULT_RUNS,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Export the saved model of a run, run it elsewhere, and prove that it still answers the same."""
    from archcli.cli.render import open_console, print_json, print_pairs

    start_long_work()
    from archcli.commands.export import export as run_export

    report = run_export(
        run,
        format_name=format_name.value,
        runs=runs,
        output=output,
        quantize=None if quantize is None else quantize.value,
    )
    if as_json:
        data = {"run": str(report.run.path), "path": str(report.path), **report.parity, "snippet": report.snippet}
        print_json(data, open_console())
        return
    console = open_console()
    print_pairs(_pairs(report), console)
    console.print(f"\n{report.snippet}", soft_wrap=True)
    print_next("paste these lines into Python", quiet=quiet)


def _pairs(report: ExportReport) -> list[tuple[str, str]]:
    """Return what was found, as names and values."""
    shipped, sample = report.shipped, report.sample
    latency, keras = shipped.latency, shipped.keras_latency
    largest, mean, agreement = (report.parity[name] for name in ("largest_difference", "mean_difference", "agreement"))
    why = "" if sample.reason is None else f": {sample.reason}"
    pairs = [
        ("wrote", str(report.path)),
        ("size", f"{shipped.size_bytes / 1024:.0f} KiB, Keras {shipped.keras_size_bytes / 1024:.0f} KiB"),
        ("compared on", f"{shipped.examples} examples, {sample.origin}{why}"),
        ("largest difference", f"{largest:.2g}, {mean:.2g} in the mean"),
    ]
    if agreement is not None:
        pairs.append(("tells the same", f"{agreement:.2%}"))
    pairs += [
        ("one example", f"{latency.one:.3g} ms, Keras {keras.one:.3g} ms"),
        (f"{latency.examples} examples", f"{latency.batch:.3g} ms, Keras {keras.batch:.3g} ms"),
    ]
    return pairs + [(f"takes {name}", f"{what}: see signature.json") for name, what in shipped.prepared.items()]
