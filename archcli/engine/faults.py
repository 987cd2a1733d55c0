"""What TensorFlow and Keras raise while a step is built or run, in the terms of the user."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import tensorflow as tf

from archcli.errors import Problem, RecipeError, TrainingError

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGE_LENGTH = 300
ANSI = re.compile(r"\x1b\[\d*m")
SURROUNDINGS = re.compile(r"Graph execution error|Detected at node|  File|\t \[\[|Arguments received by|  •")
INTERNALS = re.compile(r"\{\{function_node .*?\}\}|\[Op:\w+\]( name:)?")


@contextmanager
def describe_building() -> Iterator[None]:
    """Describe what Keras raises while a step is put together.

    Raises:
        RecipeError: `step-does-not-fit`.
    """
    try:
        yield
    except (TypeError, ValueError) as error:
        raise RecipeError(
            Problem(
                "step-does-not-fit",
                f"model, loss, metrics and data do not go together: {shorten(str(error))}",
                hint="compare the shape of the last layer with what the loss and the metrics expect of the target",
            )
        ) from error


@contextmanager
def describe_running() -> Iterator[None]:
    """Describe what TensorFlow raises while it runs steps.

    Raises:
        TrainingError: `out-of-memory` or `step-failed`.
    """
    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        raise TrainingError(
            Problem(
                "out-of-memory",
                f"memory ran out: {shorten(error.message)}",
                hint="use a smaller `train.batch_size` or a smaller model",
            )
        ) from error
    except tf.errors.OpError as error:
        raise TrainingError(
            Problem(
                "step-failed",
                f"TensorFlow could not run a step: {shorten(error.message)}",
                hint="run it with `train.compile=eager` to see which layer it is",
            )
        ) from error


def shorten(text: str) -> str:
    """Return what a long message of TensorFlow or Keras says, on one line, without a full stop.

    Left out are the lines that say where in Python an operation was made, what a layer was called with, and the names
    of functions inside TensorFlow.
    """
    kept = [line for line in ANSI.sub("", text).splitlines() if line.strip() and not SURROUNDINGS.match(line)]
    line = " ".join(" ".join(INTERNALS.sub("", line) for line in kept).split()).rstrip(".")
    if len(line) > MESSAGE_LENGTH:
        line = line[:MESSAGE_LENGTH].rsplit(" ", 1)[0] + " ..."
    return line
