"""The same global batches give the same weights and the same metrics on one device, on two, and by two workers."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SCRIPT = Path(__file__).with_name("replicated_training.py")
CASES = (
    "plain", "adam_l2", "batch_norm", "global_clipnorm", "accumulation", "lstm", "two_outputs", "weights", "sum", "xla",
    "eager", "masked_norm",
)  # fmt: skip
BY_WORKERS = CASES[:6]
PATIENCE_SECONDS = 600

Found = dict[str, Any]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Train all cases on one device and on two, in one process."""
    out = tmp_path_factory.mktemp("mirrored") / "found.npz"
    _finish(_start("mirrored", out))
    return dict(np.load(out))


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Train the cases of workers by two processes that meet on this machine."""
    folder = tmp_path_factory.mktemp("workers")
    addresses = [f"127.0.0.1:{port}" for port in free_ports(2)]
    outs = [folder / "0.npz", folder / "1.npz"]
    started = [
        _start("worker", out, {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}})
        for index, out in enumerate(outs)
    ]
    for process in started:
        _finish(process)
    return {name: value for out in outs for name, value in np.load(out).items()}


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens at."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.mark.parametrize("case", CASES)
def test_two_devices_learn_what_one_does(mirrored: Found, case: str) -> None:
    """After some fifty steps weights and every epoch's metrics differ by rounding alone."""
    assert _difference(mirrored, mirrored, case, "many") < 1e-6


@pytest.mark.parametrize("case", BY_WORKERS)
def test_two_workers_learn_what_one_process_does(mirrored: Found, workers: Found, case: str) -> None:
    """After some fifty steps weights and every epoch's metrics differ by rounding alone."""
    assert _difference(mirrored, workers, case, "worker0") < 1e-6


@pytest.mark.parametrize("case", BY_WORKERS)
def test_workers_agree_to_the_last_bit(workers: Found, case: str) -> None:
    """Weights, statistics of batch normalization and metrics are the same on both."""
    names = [name for name in workers if name.startswith(f"{case}/worker0/")]

    assert all(np.array_equal(workers[name], workers[name.replace("worker0", "worker1")]) for name in names)


def test_half_precision_differs_by_its_own_rounding(mirrored: Found) -> None:
    """Sums of 16 bits in another order differ, here by less than two ten-thousandths in the weights."""
    names = [name for name in mirrored if name.startswith("half/one/weight")]
    difference = max(np.abs(mirrored[name] - mirrored[name.replace("one", "many")]).max() for name in names)

    assert difference < 1.6e-4


@pytest.mark.parametrize("case", ["batch_norm", "masked_norm"])
def test_batch_normalization_is_ordinary_afterwards(mirrored: Found, case: str) -> None:
    """What is saved is not told to look for other replicas."""
    assert mirrored[f"{case}/many/synchronized"].tolist() == [False]


def _difference(one: Found, other: Found, case: str, where: str) -> float:
    """Return the largest difference between a case on one device and elsewhere; of numbers above 1, relative."""
    names = [name for name in one if name.startswith((f"{case}/one/weight", f"{case}/one/history"))]
    assert names
    pairs = [(one[name], other[name.replace("/one/", f"/{where}/")]) for name in names]
    return max(float((np.abs(here - there) / np.maximum(1, np.abs(here))).max()) for here, there in pairs)


def _start(where: str, out: Path, tf_config: dict[str, Any] | None = None) -> subprocess.Popen[str]:
    environment = {**os.environ, **({} if tf_config is None else {"TF_CONFIG": json.dumps(tf_config)})}
    command = [sys.executable, str(SCRIPT), where, str(out)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _finish(process: subprocess.Popen[str]) -> None:
    said, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, said
