"""What a training tells whoever watches it. No TensorFlow here: the command line imports this at its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class EpochRow:
    """One epoch as history keeps it.

    A run that was killed and resumed has the same `epoch`, `metrics`, `learning_rate` and `is_best`, bit for bit, as
    one that never was; `seconds` and `examples_per_second` are wall-clock times and are not.

    Attributes:
        epoch: From 1.
        metrics: By name: `loss`, the metrics, and with validation the same with `val_` before them.
        learning_rate: What the last step of the epoch was taken with.
        is_best: Whether the monitored quantity was better than in every epoch before.
        seconds: The whole epoch, validation included, in the process that ended it.
        examples_per_second: Training examples per second of training steps.
    """

    epoch: int
    metrics: Mapping[str, float]
    learning_rate: float
    is_best: bool
    seconds: float
    examples_per_second: float


@dataclass(frozen=True)
class Plan:
    """What is about to be trained.

    Attributes:
        epochs: All of them, those of `earlier` included.
        steps_per_epoch: Batches of one epoch; the last may be partial.
        training_examples: Examples of one epoch.
        batch_size: Examples of a whole batch.
        mode: `graph`, `xla` or `eager`.
        first_epoch: The epoch that is worked on first, from 1; above 1 for a resumed run.
        first_step: Steps of that epoch that are done already.
        earlier: The rows of the epochs before `first_epoch`.
    """

    epochs: int
    steps_per_epoch: int
    training_examples: int
    batch_size: int
    mode: str
    first_epoch: int = 1
    first_step: int = 0
    earlier: tuple[EpochRow, ...] = ()


class Progress(Protocol):
    """Whoever watches a training; called from the training's own thread, so answers must be quick."""

    def started(self, plan: Plan) -> None:
        """Take note that steps begin; called once, after everything is compiled."""

    def stepped(self, epoch: int, step: int, metrics: Mapping[str, float]) -> None:
        """Take note that `step` steps of `epoch` (from 1) are done, with `metrics` so far; a few times a second."""

    def epoch_ended(self, row: EpochRow) -> None:
        """Take note of a whole epoch."""


class SilentProgress:
    """Watches nothing."""

    def started(self, plan: Plan) -> None:
        """Ignore `plan`."""

    def stepped(self, epoch: int, step: int, metrics: Mapping[str, float]) -> None:
        """Ignore the steps."""

    def epoch_ended(self, row: EpochRow) -> None:
        """Ignore `row`."""
