"""Time `archcli train` beside a Keras script written by hand: whole commands, start-up and everything included.

    python benchmarks/whole_command.py                        # one epoch (what it costs to begin and end), and all
    python benchmarks/whole_command.py --epochs 1 --rounds 7

Both are fresh processes that train the same network on the same data with the same settings, no early stopping. The
script (`hand_written/`) reads the data, fits, evaluates, and saves the model and a CSV of its history; `archcli train`
also checks the recipe, scores every part, draws plots and writes the rest of the run directory. They are interleaved,
so that both have the same share of a machine that others use too. CPU time is that of all processes and threads.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(__file__).parent / "hand_written"
EPOCHS = {"mlp-wine": 60, "cnn-digits": 30, "lstm-digits-rows": 60}


@dataclass(frozen=True)
class Cost:
    """What a command took, in seconds."""

    wall: float
    cpu: float


def measure(command: list[str]) -> Cost:
    """Run a command to its end."""
    quiet = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "2"}
    quiet.pop("PYTHONDONTWRITEBYTECODE", None)  # pip has compiled what a user runs
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, capture_output=True, check=True, env=quiet)
    wall, after = time.perf_counter() - began, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(wall, used)


def compare(name: str, epochs: int, rounds: int) -> tuple[Cost, Cost]:
    """Return the medians of the script and of `archcli train`."""
    script, ours = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds + 1):  # the first round fills the disk cache
            by_hand = [sys.executable, str(SCRIPTS / f"{name.replace('-', '_')}.py"), str(epochs)]
            script.append(measure([*by_hand, f"{folder}/{number}"]))
            train = [sys.executable, "-m", "archcli", "train", name, f"train.epochs={epochs}"]
            ours.append(measure([*train, "--runs", f"{folder}/runs"]))
    return median(script[1:]), median(ours[1:])


def median(costs: list[Cost]) -> Cost:
    """Return the median of each."""
    return Cost(statistics.median(cost.wall for cost in costs), statistics.median(cost.cpu for cost in costs))


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description="Time `archcli train` beside Keras scripts written by hand.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--epochs", type=int, help="left out: one, and as many as the recipe has")
    parser.add_argument("--recipe", choices=EPOCHS, action="append")
    given = parser.parse_args()
    out = sys.stdout
    out.write("| recipe | epochs | script | `archcli train` | difference | CPU: script | `archcli train` |\n")
    out.write("|---|---|---|---|---|---|---|\n")
    for name in given.recipe or EPOCHS:
        for epochs in (1, EPOCHS[name]) if given.epochs is None else (given.epochs,):
            script, ours = compare(name, epochs, given.rounds)
            out.write(
                f"| `{name}` | {epochs} | {script.wall:.2f} s | {ours.wall:.2f} s | {ours.wall - script.wall:+.2f} s "
                f"| {script.cpu:.2f} s | {ours.cpu:.2f} s |\n"
            )
            out.flush()


if __name__ == "__main__":
    main()
