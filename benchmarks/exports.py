"""Export every shipped recipe in every format, and print how far its answers are from Keras's.

    python benchmarks/exports.py                                    # all that need no network, in float32
    python benchmarks/exports.py --formats litert-int8 litert-float16
    python benchmarks/exports.py mlp-wine dates --formats onnx

Each recipe is trained for an epoch and exported, in a process of its own; each export is loaded in its own runtime.
A cell is the largest difference, for smaller numbers the share of equal answers or else the relative error. What a
format cannot carry, or not closely enough, is written out below the table.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from archcli.recipe.gallery import list_gallery

FLOAT32 = ("keras", "saved_model", "onnx", "litert", "openvino")
SMALLER = ("litert-float16", "litert-dynamic", "litert-int8")
FETCHED = {"lenet-5"}


def export_recipe(name: str, formats: Sequence[str]) -> dict[str, str]:
    """Train a recipe and export it in this process; return a cell for each format, or what is said instead."""
    from archcli.engine.quiet import start_tensorflow  # noqa: PLC0415 -- before TensorFlow is imported

    start_tensorflow()
    from archcli.commands.export import export  # noqa: PLC0415 -- after that
    from archcli.errors import ArchcliError  # noqa: PLC0415
    from archcli.export.format import Quantize  # noqa: PLC0415

    cells = {}
    with tempfile.TemporaryDirectory() as folder:
        run = _train(name, Path(folder))
        for wanted in formats:
            form, _, smaller = wanted.partition("-")
            quantize = cast("Quantize | None", smaller or None)
            try:
                report = export(str(run), format_name=form, runs=Path(folder), quantize=quantize)
            except ArchcliError as error:
                cells[wanted] = "; ".join(f"{problem.code}: {problem.message}" for problem in error.problems)
                continue
            parity = report.parity
            figure = f"{parity['largest_difference']:.1e}"
            if quantize:
                off = max(output["relative_error"] for output in parity["outputs"].values())
                agreement = parity["agreement"]
                figure = f"{off:.3f}" if agreement is None else f"{agreement:.1%} ({off:.3f})"
            cells[wanted] = figure + "*" * bool(parity["prepared_inputs"])
    return cells


def _train(name: str, runs: Path) -> Path:
    """Train for an epoch, or, where a recipe has none to choose, as it says."""
    from archcli.cli.app import main as archcli  # noqa: PLC0415 -- after TensorFlow is started

    for overrides in (["train.epochs=1"], []):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            try:
                archcli(["train", name, *overrides, "--runs", str(runs), "--json", "--quiet"])
            except SystemExit as stopped:
                if not stopped.code:
                    break
    return Path(json.loads(out.getvalue())["run"])


def _measure(name: str, formats: Sequence[str]) -> Mapping[str, str]:
    command = [sys.executable, __file__, name, "--here", "--formats", *formats]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        return dict.fromkeys(formats, f"died: status {done.returncode}: {last}")
    cells: dict[str, str] = json.loads(lines[-1])
    return cells


def main() -> None:
    """Print the table as Markdown, then what was said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="recipes; none: all that need no network")
    parser.add_argument("--formats", nargs="+", default=FLOAT32, choices=FLOAT32 + SMALLER)
    parser.add_argument("--here", action="store_true", help="in this process, as JSON")
    given = parser.parse_args()
    if given.here:
        sys.stdout.write(json.dumps(export_recipe(given.names[0], given.formats)) + "\n")
        return
    out = sys.stdout
    out.write(f"| recipe | {' | '.join(given.formats)} |\n|{'---|' * (1 + len(given.formats))}\n")
    said: list[str] = []
    names = given.names or [recipe.name for recipe in list_gallery() if recipe.name not in FETCHED]
    for name in names:
        cells: dict[str, Any] = dict(_measure(name, given.formats))
        for form, cell in cells.items():
            if ":" in cell:
                said.append(f"- `{name}`, {form}: {cell}\n")
                cells[form] = "no"
        out.write(f"| `{name}` | {' | '.join(cells[form] for form in given.formats)} |\n")
        out.flush()
    out.write("\n*: takes prepared inputs, described in `signature.json`\n\n" + "".join(said))


if __name__ == "__main__":
    main()
