"""What every contestant's process does: build one network, then train as many epochs as it is told, and say how long.

A line of JSON each way. The first that is written tells how many parameters there are, or why it does not work here;
each that is read asks for epochs, and the answer has their seconds, and the loss and accuracy of the last.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.race.cases import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Contestant:
    """A network ready to be trained.

    Attributes:
        parameter_count: Trainable ones.
        train_epoch: Trains one epoch in a new random order; returns its loss and accuracy, so that all work is done.
        notes: What the parent is told beside, by name.
    """

    parameter_count: int
    train_epoch: Callable[[], tuple[float, float]]
    notes: dict[str, Any] = field(default_factory=dict)


def race(make: Callable[[Case, str, int], Contestant]) -> None:
    """Build what the command line asks for, and obey stdin until it ends.

    Args:
        make: Takes the case, which variant of the framework, and the number of threads; may raise `ImportError`.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("case", choices=CASES)
    parser.add_argument("variant")
    parser.add_argument("threads", type=int)
    wanted = parser.parse_args()
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what a library prints is no answer
    try:
        contestant = make(CASES[wanted.case], wanted.variant, wanted.threads)
    except ImportError as error:
        answers.write(json.dumps({"missing": error.name or str(error)}) + "\n")
        return
    answers.write(json.dumps({"parameters": contestant.parameter_count, "notes": contestant.notes}) + "\n")
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(json.loads(line)["epochs"]):
            loss, accuracy = contestant.train_epoch()
        seconds = time.perf_counter() - began
        answers.write(json.dumps({"seconds": seconds, "loss": loss, "accuracy": accuracy}) + "\n")
