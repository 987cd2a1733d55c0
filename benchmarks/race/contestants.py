"""Who takes part: a process for each, which the parent starts, tells to train, and reads."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import IO, Any, Literal

Framework = Literal["archcli", "torch", "jax"]


@dataclass(frozen=True)
class Entry:
    """A contestant as the table names it.

    Attributes:
        name: In the table and on the command line.
        framework: Whose interpreter runs it.
        module: Of this package.
        variant: What the module is told.
    """

    name: str
    framework: Framework
    module: str
    variant: str


ENTRIES = (
    Entry("graph", "archcli", "ours", "graph"),
    Entry("XLA", "archcli", "ours", "xla"),
    Entry("fit", "archcli", "keras_fit", "fit"),
    Entry("fit-onednn", "archcli", "keras_fit", "fit-onednn"),
    Entry("fit-steps", "archcli", "keras_fit", "fit-steps"),
    Entry("fit-jit", "archcli", "keras_fit", "fit-jit"),
    Entry("fit-jit-steps", "archcli", "keras_fit", "fit-jit-steps"),
    Entry("torch", "torch", "torch_loop", "eager"),
    Entry("torch-fused", "torch", "torch_loop", "fused"),
    Entry("torch-compile", "torch", "torch_loop", "compiled"),
    Entry("jax-scan", "jax", "jax_scan", "scan"),
)


class OutOfRaceError(Exception):
    """A contestant does not run here; the message says why, in a few words."""


@dataclass
class Runner:
    """A contestant's process.

    Attributes:
        entry: Who it is.
        process: It.
        errors: What it writes to stderr.
        parameter_count: Of its network.
        notes: What else it said when it was ready.
        seconds: Of each timed epoch, one number for each round.
        epochs_per_round: So many are timed at once.
        loss: Of the last epoch so far.
        compared_loss: Of the epoch after which contestants are compared.
    """

    entry: Entry
    process: subprocess.Popen[str]
    errors: IO[str]
    parameter_count: int = 0
    notes: dict[str, Any] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    epochs_per_round: int = 1
    loss: float = float("nan")
    compared_loss: float = float("nan")

    def wait_until_ready(self) -> None:
        """Read what it says once its network is built.

        Raises:
            OutOfRaceError: It cannot take part.
        """
        answer = self._read()
        if "missing" in answer:
            raise OutOfRaceError("not installed")
        self.parameter_count, self.notes = answer["parameters"], answer["notes"]

    def train(self, epochs: int) -> float:
        """Have it train so many epochs, and return the seconds of one.

        Raises:
            OutOfRaceError: It failed.
        """
        if self.process.stdin is None:
            raise OutOfRaceError("no pipe to it")
        try:
            self.process.stdin.write(json.dumps({"epochs": epochs}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise OutOfRaceError(self._last_words()) from None
        answer = self._read()
        self.loss = answer["loss"]
        return float(answer["seconds"]) / epochs

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()
        self.errors.close()

    def _read(self) -> dict[str, Any]:
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            raise OutOfRaceError(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_words(self) -> str:
        self.process.wait()
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        return f"does not work here: {lines[-1][:120] if lines else f'exit status {self.process.returncode}'}"


def start(entry: Entry, case: str, *, python: str, threads: int, errors: IO[str]) -> Runner:
    """Start a contestant's process, held to `threads` cores."""
    command = [python, "-m", f"benchmarks.race.{entry.module}", case, entry.variant, str(threads)]
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
    )
    return Runner(entry, process, errors)
