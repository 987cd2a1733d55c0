"""How long the commands take that import neither TensorFlow nor NumPy: median of ten fresh processes each.

python benchmarks/start_up.py
"""

from __future__ import annotations

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


def measure(command: list[str], folder: str) -> float:
    """Return the seconds that one fresh process takes."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "archcli", *command], cwd=folder, capture_output=True, check=True)
    return time.perf_counter() - began


def main() -> None:
    """Print the table as Markdown; an interpreter that does nothing is the floor."""
    out = sys.stdout
    out.write("| command | median | slowest |\n|---|---|---|\n")
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            measure(command, folder)  # the first one fills the disk cache
            seconds = [measure(command, folder) for _ in range(REPEATS)]
            name = " ".join(["archcli", *command])
            out.write(f"| `{name}` | {statistics.median(seconds):.2f} s | {max(seconds):.2f} s |\n")


if __name__ == "__main__":
    main()
