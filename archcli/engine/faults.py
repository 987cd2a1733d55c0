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
SHORTAGE = re.compile(r"out of memory|OOM|RESOURCE_EXHAUSTED|ALLOC_FAILED|failed to allocate", re.IGNORECASE)
"""What libraries below TensorFlow say of memory that has run out, in an error of another kind."""

LOSS_OF_WORKER = re.compile(r"Collective ops is aborted|Socket closed|connection reset|heartbeat", re.IGNORECASE)
"""What TensorFlow says of another process that has ended, in an error of another kind."""

GRPC = re.compile(r"Additional GRPC error information|The error could be from")
"""What follows is where in TensorFlow a call between processes failed."""

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
    except (tf.errors.OpError, MemoryError) as error:
        raise TrainingError(_describe(error)) from error


def _describe(error: Exception) -> Problem:
    if _is_shortage(error):
        return _out_of_memory(error)
    return _lost(error) if _is_loss_of_worker(error) else _failed(error)


def _is_loss_of_worker(error: Exception) -> bool:
    if isinstance(error, (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.DeadlineExceededError)):
        return True
    return isinstance(error, tf.errors.OpError) and bool(LOSS_OF_WORKER.search(error.message))


def _lost(error: Exception) -> Problem:
    return Problem(
        "worker-lost",
        f"another worker cannot be reached any more: {GRPC.split(_said(error))[0].rstrip(' .')}",
        hint="see what the others say, then start all of them again with `archcli resume RUN`",
    )


def _is_shortage(error: Exception) -> bool:
    if isinstance(error, (tf.errors.ResourceExhaustedError, MemoryError)):
        return True
    return isinstance(error, (tf.errors.InternalError, tf.errors.UnknownError)) and bool(SHORTAGE.search(str(error)))


def _out_of_memory(error: Exception) -> Problem:
    return Problem(
        "out-of-memory",
        f"memory ran out: {_said(error)}",
        hint="use a smaller `train.batch_size` or a smaller model",
    )


def _failed(error: Exception) -> Problem:
    return Problem(
        "step-failed",
        f"TensorFlow could not run a step: {_said(error)}",
        hint="run it with `train.compile=eager` to see which layer it is",
    )


def _said(error: Exception) -> str:
    """Return what an error says; Python's own of memory often says nothing."""
    return shorten(error.message if isinstance(error, tf.errors.OpError) else str(error)) or "there is none left"


def describe_not_finite(loss: float, *, at: str) -> TrainingError:
    """Describe a loss that is no number any more, `at` which step of which epoch."""
    return TrainingError(
        Problem(
            "loss-not-finite",
            f"the loss became {loss} in {at}",
            hint="lower the learning rate, or give the optimizer `global_clipnorm: 1.0`",
        )
    )


def describe_lost_weights(*, at: str) -> TrainingError:
    """Describe weights that are no numbers any more after `at`, though the loss is one."""
    hint = "lower the learning rate, or give the optimizer `global_clipnorm: 1.0`"
    return TrainingError(Problem("loss-not-finite", f"some weights are no numbers any more after {at}", hint=hint))


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
