"""Two workers train a run together, on this machine: the chief writes, and a run that was cut off goes on."""

from __future__ import annotations

import csv
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from archcli.commands.workers import describe_follower, find_workers, is_follower, not_shared
from archcli.engine.distribution.cluster import Cluster
from archcli.recipe.checking import load_recipe

RECIPE = """
archcli: 1
name: shared
data: {source: iris}
model:
  layers: [Dense: {units: 8, use_bias: false}, BatchNormalization, ReLU, Dense: {units: $classes, activation: softmax}]
train: {epochs: 12, batch_size: 4, optimizer: {SGD: {learning_rate: 1e-3, global_clipnorm: 0.5}}, compile: graph}
"""
PATIENCE_SECONDS = 600
PAUSING = """
import sys
from archcli.engine import checkpoints
from archcli.cli.app import main

def save_and_wait(folder, checkpoint, save=checkpoints.CheckpointFolder.save_last):
    save(folder, checkpoint)
    print("saved", file=sys.stderr, flush=True)
    sys.stdin.readline()

checkpoints.CheckpointFolder.save_last = save_and_wait
checkpoints.LEAST_SECONDS_BETWEEN = 0.0
main()
"""
"""A chief that writes where to go on soon, and waits then, until its input is closed."""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """Write a recipe of small epochs, of 27 steps and one of an uneven batch."""
    path = tmp_path / "shared.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def _start_pair(*arguments: str, pausing: bool = False) -> list[subprocess.Popen[str]]:
    """Start two workers, the chief first; it waits where `PAUSING` says, or not at all."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    started, pipe = [], subprocess.PIPE
    for index in range(2):
        task = {"type": "worker", "index": index}
        variables = {**os.environ, "TF_CONFIG": json.dumps({"cluster": {"worker": addresses}, "task": task})}
        program = ["-c", PAUSING] if pausing and index == 0 else ["-m", "archcli"]
        command = [sys.executable, *program, *arguments]
        started.append(subprocess.Popen(command, env=variables, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
    return started


def _wait_for_checkpoint(chief: subprocess.Popen[str], runs: Path) -> None:
    """Follow what the chief says until it has written where to go on."""
    assert chief.stderr is not None
    for line in chief.stderr:
        if line == "saved\n":
            assert any(runs.glob("shared/*/checkpoints/last.npz"))
            return
    pytest.fail("the chief ended before it wrote a checkpoint")


def _history(run: Path) -> list[list[float]]:
    with (run / "history.csv").open(encoding="utf-8") as file:
        return [[float(value) for value in row.values()] for row in csv.DictReader(file)]


@pytest.mark.slow
def test_workers_go_on_after_one_was_killed(recipe: Path, tmp_path: Path) -> None:
    """The other one ends with a sentence and status 5; resumed by both, the history is that of one process."""
    runs = tmp_path / "runs"
    alone = [sys.executable, "-m", "archcli", "train", str(recipe), "--quiet", "--runs", str(tmp_path / "alone")]
    subprocess.run(alone, check=True, capture_output=True, timeout=PATIENCE_SECONDS)
    chief, follower = _start_pair(
        "train", str(recipe), "train.distribute=multi_worker", "--runs", str(runs), pausing=True
    )

    _wait_for_checkpoint(chief, runs)
    follower.kill()
    _, said = chief.communicate(timeout=PATIENCE_SECONDS)
    follower.communicate()
    (run,) = runs.glob("shared/*-*")
    status = chief.returncode
    resumed = _start_pair("resume", "shared", "--runs", str(runs))
    outputs = [process.communicate(timeout=PATIENCE_SECONDS) for process in resumed]

    assert status == 5
    assert "error[worker-lost]: another worker cannot be reached any more: " in said
    assert f"hint: see what the others say, then start all workers again with `archcli resume {run}`" in said
    assert [process.returncode for process in resumed] == [0, 0], outputs
    assert outputs[1][0] == ""
    assert outputs[1][1].startswith("worker 1 of 2 at 127.0.0.1:")
    assert outputs[1][1].count("\n") == 1
    (expected,) = (tmp_path / "alone").glob("shared/*-*")
    found, wanted = _history(run), _history(expected)
    assert len(found) == len(wanted) == 12
    assert np.abs(np.array(found) - np.array(wanted)).max() < 1e-6
    assert json.loads((run / "environment.json").read_text(encoding="utf-8"))["distribution"] == {
        "mode": "multi_worker",
        "replicas": 2,
        "workers": 2,
        "found_in": "TF_CONFIG",
    }


@pytest.mark.slow
def test_a_signal_to_one_worker_ends_all(recipe: Path, tmp_path: Path) -> None:
    """SIGTERM to the one that does not write: both keep to the same step, and both end with status 143."""
    runs = tmp_path / "runs"
    chief, follower = _start_pair(
        "train", str(recipe), "train.distribute=multi_worker", "--runs", str(runs), pausing=True
    )

    _wait_for_checkpoint(chief, runs)
    follower.send_signal(signal.SIGTERM)
    said = [process.communicate(timeout=PATIENCE_SECONDS)[1] for process in (chief, follower)]

    assert [chief.returncode, follower.returncode] == [143, 143], said
    assert all("its state is kept\nnext: archcli resume " in text for text in said)


def test_a_recipe_for_one_process_asks_for_no_workers(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says."""
    monkeypatch.setenv("TF_CONFIG", "{}")

    assert find_workers(load_recipe(recipe)) is None


def test_a_follower_says_who_it_is_and_where_the_chief_writes() -> None:
    """In one line; the chief says nothing."""
    workers = ("a:1", "b:2")

    assert describe_follower(Cluster(workers, 0, "Slurm"), Path("runs")) is None
    assert (
        describe_follower(Cluster(workers, 1, "Slurm"), Path("runs"))
        == "worker 1 of 2 at b:2: worker 0 at a:1 is the chief, and writes into runs"
    )


def test_whether_this_is_a_follower_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing is said, it is not."""
    cluster = {"worker": ["a:1", "b:2"]}
    for name in ("SLURM_JOB_ID", "JOB_COMPLETION_INDEX", "TF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    before = is_follower()
    monkeypatch.setenv("TF_CONFIG", json.dumps({"cluster": cluster, "task": {"type": "worker", "index": 1}}))

    assert (before, is_follower()) == (False, True)


def test_a_worker_without_the_run_is_told_to_share_it() -> None:
    """The chief alone writes it, and all read it."""
    (problem,) = not_shared("has no run `iris`").problems

    assert (problem.code, problem.message, problem.hint) == (
        "run-not-shared",
        "this worker has no run `iris`, and all workers have to read the run that they resume",
        "put `runs` into a folder that all machines share, or let `--runs` name it",
    )
