"""Race our training loop against Keras's `fit`, PyTorch and JAX: same networks, examples, batches and optimizer.

    python -m benchmarks.race                                     # from the root of a checkout
    python -m benchmarks.race --python-for torch=../torch/bin/python jax=../jax/bin/python
    python -m benchmarks.race --cases mlp lstm --entries graph XLA fit torch --rounds 5 --json race.json

Each contestant is a process of its own, and the same cores are open to all. They train in turn, one round after
another, so that all have the same share of a machine that others use too; still, run it on a machine with nothing
else to do, since threads that wait for each other at a barrier, as PyTorch's do, lose most by being held up. All
shuffle anew in each epoch, train every batch whole by Adam, and keep the mean loss and the accuracy of the epoch.
What is compiled is compiled before the first round. PyTorch and JAX need not be installed beside TensorFlow: each is
run by the interpreter that is named for it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from archcli.engine.processor import count_cores, name_processor
from benchmarks.race.cases import CASES
from benchmarks.race.contestants import ENTRIES, Entry, OutOfRaceError, Runner, start
from benchmarks.race.results import Result, Time, find_doubts, list_json, summarize, write_table

LEAST_SECONDS, MOST_EPOCHS = 0.3, 40
COMPARED_EPOCHS = 3
SETTLE_SECONDS = 0.25  # what OpenMP's threads spin for after their last piece of work


def race(name: str, entries: list[Entry], *, pythons: dict[str, str], rounds: int, threads: int) -> Result:
    """Run one case with all contestants that work here."""
    result = Result(name, "graph")
    second_biases = 0
    with ExitStack() as stack:
        runners: list[Runner] = []
        for entry in entries:
            errors = stack.enter_context(tempfile.TemporaryFile("w+"))
            python = pythons.get(entry.framework, sys.executable)
            runner = start(entry, name, python=python, threads=threads, errors=errors)
            stack.callback(runner.end)
            try:
                runner.wait_until_ready()
                prepare(runner)
            except OutOfRaceError as error:
                result.absent[entry.name] = str(error)
            else:
                runners.append(runner)
        for _ in range(rounds):
            for runner in runners:
                time.sleep(SETTLE_SECONDS)
                runner.seconds.append(runner.train(runner.epochs_per_round))
    for runner in runners:
        second_biases = max(second_biases, runner.notes.get("second_biases", 0))
        if runner.notes.get("auto") == "xla":
            result.chosen = "XLA"
        result.times[runner.entry.name] = Time(
            *summarize(runner.seconds), rounds, runner.parameter_count, runner.compared_loss
        )
    result.doubts = find_doubts(CASES[name], result, second_biases)
    return result


def prepare(runner: Runner) -> None:
    """Have everything compiled, note the loss that is compared, and choose how many epochs make a round.

    Raises:
        OutOfRaceError: It failed.
    """
    runner.train(COMPARED_EPOCHS)
    runner.compared_loss = runner.loss
    seconds = runner.train(1)
    runner.epochs_per_round = max(1, min(MOST_EPOCHS, math.ceil(LEAST_SECONDS / seconds)))


def main() -> None:
    """Race as the command line says, and print the tables as Markdown."""
    parser = argparse.ArgumentParser(description="Race our training loop against Keras's `fit`, PyTorch and JAX.")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES), metavar="CASE")
    names = [entry.name for entry in ENTRIES]
    parser.add_argument("--entries", nargs="+", choices=names, default=names, metavar="ENTRY")
    parser.add_argument("--rounds", type=int, default=9, help="how often each contestant is timed")
    parser.add_argument("--threads", type=int, default=count_cores(), help="cores that each may use")
    parser.add_argument(
        "--python-for", nargs="+", default=[], metavar="FRAMEWORK=PATH", help="interpreter of `torch`, of `jax`"
    )
    parser.add_argument("--json", type=Path, help="file for all that was measured")
    wanted = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: wanted.threads])
    pythons = dict(pair.split("=", 1) for pair in wanted.python_for)
    entries = [entry for entry in ENTRIES if entry.name in wanted.entries]
    results = []
    for name in wanted.cases:
        began = time.perf_counter()
        results.append(race(name, entries, pythons=pythons, rounds=wanted.rounds, threads=wanted.threads))
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
        if wanted.json is not None:
            wanted.json.write_text(json.dumps(list_json(results), indent=1) + "\n", encoding="utf-8")
    print(f"{name_processor()}, {wanted.threads} cores, {wanted.rounds} rounds.\n")
    print(write_table(results), end="")


if __name__ == "__main__":
    main()
