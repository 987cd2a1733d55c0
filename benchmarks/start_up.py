"""How long the commands take that import neither TensorFlow nor NumPy: median of ten fresh processes each.

    python benchmarks/start_up.py

Python's compiled files are there, as after an installation by pip. CPU time says what a machine that others use too
would take alone.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

COMMANDS = (
    ["--help"],
    ["check", "cnn-digits"],
    ["show", "cnn-digits", "--resolved"],
    ["recipes", "list"],
    ["schema"],
    ["runs", "list"],
    ["explain", "unknown-layer"],
)
REPEATS = 10


def measure(command: list[str], folder: str) -> tuple[float, float]:
    """Return the seconds that one fresh process takes, and those of CPU time."""
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began, before = time.perf_counter(), os.times()
    whole = [sys.executable, "-m", "archcli", *command]
    subprocess.run(whole, cwd=folder, env=compiled, capture_output=True, check=True)
    seconds, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, used


def main() -> None:
    """Print the table as Markdown."""
    out = sys.stdout
    out.write("| command | median | slowest | CPU |\n|---|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            measure(command, folder)  # the first one fills the disk cache, and Python's
            seconds, used = zip(*(measure(command, folder) for _ in range(REPEATS)), strict=True)
            name, median = " ".join(["archcli", *command]), statistics.median(seconds)
            out.write(f"| `{name}` | {median:.2f} s | {max(seconds):.2f} s | {statistics.median(used):.2f} s |\n")


if __name__ == "__main__":
    main()
