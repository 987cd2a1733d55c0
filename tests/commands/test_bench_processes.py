"""The processes of a benchmark: how they are told what to do, and how they end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from archcli.commands.bench_processes import Task, WorkerProcess, _serve
from archcli.commands.bench_report import Facts
from archcli.engine.interruption import StopRequest
from archcli.engine.stretch import Stretch
from archcli.errors import DataError, Interrupted, TrainingError

RECIPE = """
archcli: 1
data: {source: iris}
model: {layers: [Dense: $classes]}
train: {batch_size: 40, epochs: 3, compile: eager}
"""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A recipe to measure eagerly, which compiles nothing."""
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return Task(str(path), (), "eager")


@pytest.fixture
def process(task: Task) -> Iterator[WorkerProcess]:
    """A process that has just been started."""
    with WorkerProcess(task, StopRequest()) as process:
        yield process


@pytest.fixture
def served(task: Task) -> Iterator[Connection]:
    """What a process does, in a thread of this one."""
    ours, theirs = multiprocessing.Pipe()
    thread = threading.Thread(target=_serve, args=(theirs, task))
    thread.start()
    yield ours
    ours.close()
    thread.join(timeout=600)
    assert not thread.is_alive()


@pytest.mark.slow
def test_a_process_measures_what_it_is_told(process: WorkerProcess) -> None:
    """From the recipe to the figures."""
    facts: Facts = process.ask("prepare", None, as_written=True)
    seconds = process.ask("compile")
    stretch: Stretch = process.ask("train", 0.05)

    assert (facts.recipe, facts.examples, facts.batch_size, facts.epochs) == ("small", 105, 40, 3)
    assert (facts.mode, facts.reason, facts.refusal) == ("eager", "the recipe asks for it", None)
    assert seconds > 0
    assert stretch.steps > 0
    assert process.ask("read_memory") > 0
    assert process.ask("count_step_flops") == 3 * 2 * 4 * 3  # three passes, a multiplication and an addition a weight


def test_what_goes_wrong_is_told_back(served: Connection) -> None:
    """The error's kind and its problems, and the next order is waited for; the end of the other side ends it."""
    served.send(("prepare", (4000,), {"as_written": True}))
    kind, problems = served.recv()
    served.send(("prepare", (20,), {"as_written": False}))
    none, facts = served.recv()

    assert kind is DataError
    assert problems[0].message == "105 training examples do not fill a batch of 4000"
    assert (none, facts.batch_size, facts.mode) == (None, 20, "eager")


def test_a_process_that_dies_is_an_error(process: WorkerProcess) -> None:
    """With how it ended."""
    process.tell("prepare", None, as_written=True)
    os.kill(process._process.pid or 0, signal.SIGKILL)

    with pytest.raises(TrainingError) as raised:
        process.answer()

    problem = raised.value.problems[0]
    assert problem.code == "process-died"
    assert problem.message == "the process that measured it was ended by SIGKILL"
    assert problem.hint == "memory may have run out: use a smaller batch"


def test_a_stop_that_is_asked_for_ends_the_waiting(task: Task) -> None:
    """The process is busy, and is ended all the same."""
    request = StopRequest()
    with WorkerProcess(task, request) as process:
        process.tell("prepare", None, as_written=True)
        request.receive(signal.SIGINT, None)

        with pytest.raises(Interrupted) as raised:
            process.answer()

    assert (raised.value.exit_status, raised.value.kept) == (130, "the benchmark was stopped; it writes nothing")
    assert not process._process.is_alive()


def test_ctrl_c_does_not_reach_a_process(process: WorkerProcess) -> None:
    """A terminal sends it to all of them; only the one that people started answers."""
    pid = process._process.pid or 0
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")

    blocked = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigBlk:"))
    assert blocked & 1 << (signal.SIGINT - 1)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
