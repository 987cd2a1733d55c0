"""Train the recipes for real data, each with several seeds, beside simple methods, and print the table of README.

    python -m benchmarks.real_data                  # all, three seeds each
    python -m benchmarks.real_data sunspots -s 5    # one, five seeds

A seed is that of the network and, for cars, of the folds. The recipes and what writes the files are in `tests/real/`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from tests.real.baselines import (
    LAGS,
    score_autoregression,
    score_logistic_on_affairs,
    score_logistic_on_digits,
    score_persistence,
    score_ridge_on_cars,
)
from tests.real.files import copy_recipe, write_affairs, write_auto_mpg, write_mnist_images, write_sunspots

Scores = Mapping[str, float]


@dataclass(frozen=True)
class Task:
    """A recipe and its data.

    Attributes:
        what: What is told of what.
        write: Writes the files that it reads.
        scores: The scores that are shown.
        seeded: What is changed from seed to seed, `{}` in place of the seed.
        baselines: What simple methods reach, by name: functions of the folder and the seed.
        new: A file that the trained run is scored on; empty: its own test part.
    """

    what: str
    write: Callable[[Path], None]
    scores: tuple[str, ...]
    baselines: Mapping[str, Callable[[Path, int], Scores]]
    seeded: tuple[str, ...] = ("train.seed={}",)
    new: str = ""


TASKS: Final[Mapping[str, Task]] = {
    "auto-mpg": Task(
        "miles a gallon, 392 cars, five folds",
        write_auto_mpg,
        ("r2", "mae"),
        {"ridge": lambda folder, seed: score_ridge_on_cars(folder, seed=seed)},
        ("train.seed={}", "data.split.seed={}"),
    ),
    "mnist": Task(
        "digits, 4,000 and 1,000",
        write_mnist_images,
        ("accuracy",),
        {"logistic": lambda _, seed: score_logistic_on_digits(seed=seed)},
        ("train.seed={}", "data.split.seed={}"),
    ),
    "sunspots": Task(
        "sunspots a year ahead, 1921 to 2008",
        write_sunspots,
        ("rmse",),
        {
            f"AR({LAGS})": lambda _folder, _seed: score_autoregression(),
            "AR(9)": lambda _folder, _seed: score_autoregression(lags=9),
            "as last year": lambda _folder, _seed: score_persistence(),
        },
    ),
    "affairs": Task(
        "who had an affair, a tenth of the answers missing",
        write_affairs,
        ("accuracy", "roc_auc", "log_loss"),
        {"logistic": lambda folder, _: score_logistic_on_affairs(folder)},
        new="affairs-new.csv",
    ),
}


def train(name: str, folder: Path, seed: int) -> tuple[Scores, float]:
    """Train one recipe with a seed; return its scores and the seconds of the whole command."""
    task = TASKS[name]
    changes = [change.format(seed) for change in task.seeded]
    began = time.perf_counter()
    report = _run(folder, "train", f"{name}.yaml", *changes)
    seconds = time.perf_counter() - began
    if task.new:
        return _run(folder, "evaluate", name, "--file", task.new)["scores"], seconds
    if "folds" in report:
        return {score: spread["mean"] for score, spread in report["scores"].items()}, seconds
    return report["scores"]["test"], seconds


def _run(folder: Path, *arguments: str) -> Any:
    command = [sys.executable, "-m", "archcli", *arguments, "--json", "--quiet"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)


def _shown(scores: list[Scores], wanted: tuple[str, ...]) -> str:
    """Write the median of each score, and behind it the range of the seeds."""
    cells = []
    for score in wanted:
        values = [one[score] for one in scores]
        spread = f" ({min(values):.4g} to {max(values):.4g})" if min(values) < max(values) else ""
        cells.append(f"{score} {median(values):.4g}{spread}")
    return ", ".join(cells)


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*TASKS, []], help="recipes; none: all")
    parser.add_argument("-s", "--seeds", type=int, default=3, help="how many")
    given = parser.parse_args()
    print("| recipe | what | archcli | beside it | seconds |\n|---|---|---|---|---|")
    for name in given.names or TASKS:
        task = TASKS[name]
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            task.write(folder)
            copy_recipe(f"{name}.yaml", folder)
            done = [train(name, folder, seed) for seed in range(given.seeds)]
            beside = {
                called: [score(folder, seed) for seed in range(given.seeds)] for called, score in task.baselines.items()
            }
        shown = "; ".join(f"{called}: {_shown(scores, task.scores)}" for called, scores in beside.items())
        reached = _shown([scores for scores, _ in done], task.scores)
        seconds = median(seconds for _, seconds in done)
        print(f"| `{name}` | {task.what} | {reached} | {shown} | {seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()
