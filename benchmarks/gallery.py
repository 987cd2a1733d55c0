"""Train shipped recipes as a user would, and print the table of README: score, parameters, time.

    python benchmarks/gallery.py                        # all but those that fetch their data
    python benchmarks/gallery.py cnn-digits mlp-wine    # these

Each recipe is one process; the time is that of the whole command, start-up and plots included.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from archcli.recipe.gallery import list_gallery


@dataclass(frozen=True)
class Row:
    """One line of the table; `score` is of the part of the data called `part`."""

    name: str
    part: str
    score_name: str
    score: float
    parameters: int
    epochs: int
    training_seconds: float
    command_seconds: float


def measure(name: str, runs: str) -> Row:
    """Train one recipe in a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "archcli", "train", name, "--runs", runs, "--json", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    report = json.loads(done.stdout)
    part, main = report["evaluated_on"], report["main"]
    score = report["scores"][part][main]
    return Row(name, part, main, score, report["parameter_count"], report["epochs"], report["seconds"], seconds)


def main() -> None:
    """Print the table as Markdown."""
    out = sys.stdout
    out.write("| recipe | score | parameters | epochs | training | whole command |\n|---|---|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as runs:
        for name in sys.argv[1:] or [recipe.name for recipe in list_gallery() if recipe.expectation is not None]:
            row = measure(name, runs)
            part = "" if row.part == "test" else f" ({row.part})"
            out.write(
                f"| `{row.name}` | {row.score_name} {row.score:.4f}{part} | {row.parameters:,} | {row.epochs} "
                f"| {row.training_seconds:.1f} s | {row.command_seconds:.1f} s |\n"
            )
            out.flush()


if __name__ == "__main__":
    main()
