"""A whole training: epochs of compiled steps, validation, callbacks, early stopping, checkpoints."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archcli.engine.batch_size import is_shortage
from archcli.engine.checkpoints import CheckpointFolder
from archcli.engine.distribution.following import FollowerFolder
from archcli.engine.distribution.sharing import SharedRequest
from archcli.engine.distribution.updates import spread_over_replicas
from archcli.engine.faults import describe_running
from archcli.engine.interruption import signals_as_requests
from archcli.engine.session import Session
from archcli.engine.shortage import explain_shortage
from archcli.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import keras

    from archcli.engine.compile_mode import Mode
    from archcli.engine.feeding import Examples
    from archcli.engine.progress import EpochRow, Progress
    from archcli.engine.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What came of a training.

    Attributes:
        rows: One for each epoch, those before a resume included.
        best_epoch: From 1.
        best_value: Of the monitored quantity.
        epochs_done: How many epochs were trained.
        stopped_early: Whether anything ended it before all epochs: early stopping, a callback, nothing left to learn.
        seconds: What this call took, compiling included.
        examples_per_second: Training examples per second of training steps, compiling excluded; 0 where none was run.
        mode: How steps were run, and why.
        feeding: Where the training examples were while steps were run, in words without a full stop.
        notes: What the learning rule has to say of it, sentences without a full stop.
    """

    rows: tuple[EpochRow, ...]
    best_epoch: int
    best_value: float
    epochs_done: int
    stopped_early: bool
    seconds: float
    examples_per_second: float
    mode: Mode
    feeding: str
    notes: tuple[str, ...] = ()


def train_model(
    model: keras.Model,
    training: Examples,
    validation: Examples | None,
    settings: Settings,
    *,
    callbacks: Sequence[keras.callbacks.Callback],
    checkpoints: Path,
    progress: Progress,
    resume: bool,
) -> Outcome:
    """Train a model.

    Args:
        model: Built and compiled with `jit_compile=False`; it is left with the weights of the best epoch, averaged ones
            where the optimizer keeps a moving average.
        training: What it learns from, at least one example.
        validation: What it is measured on after each epoch; None: only on the training examples, as it learns.
        settings: How; where several devices or workers train, `model` was built and compiled in the scope of their
            distribution, all workers call this with the same arguments, and the chief alone writes checkpoints.
        callbacks: Keras's callbacks, freshly made. Early stopping is not among them: it is in `settings`.
        checkpoints: Folder for `last.npz` and `best.npz`; made if it is not there.
        progress: Who watches.
        resume: Whether to go on from `last.npz`, or from the start where a run was killed before it wrote one. If not,
            what is in `checkpoints` is removed.

    Returns:
        What came of it.

    Raises:
        RecipeError: `step-does-not-fit`, `unknown-monitor`, `monitor-without-direction`, `checkpoint-mismatch`,
            `nothing-to-train`, `rule-does-not-fit`, `window-does-not-fit`, `lengths-not-known`, `xla-needs-one-length`.
        DataError, SetupError: `checkpoint-not-written`.
        TrainingError: `loss-not-finite`, `out-of-memory` with the largest batch that fits, `step-failed`,
            `checkpoint-damaged`, `worker-lost`.
        Interrupted: Ctrl-C or SIGTERM; the state is in `last.npz`.
    """
    began = time.perf_counter()
    distribution = settings.distribution
    folder = CheckpointFolder(checkpoints) if distribution.is_chief else FollowerFolder(checkpoints)
    if not resume:
        folder.clear()
    try:
        with signals_as_requests() as request, distribution.scope(), describe_running():
            session = Session(
                model,
                training,
                validation,
                settings,
                callbacks=callbacks,
                folder=folder,
                progress=progress,
                request=SharedRequest(request, distribution),
            )
            with spread_over_replicas(model, distribution):
                session.run()
    except TrainingError as error:
        if not is_shortage(error):
            raise
        raise explain_shortage(error, model, training, validation, settings) from error
    position = session.position
    note = session.rule.describe(position.epoch)
    return Outcome(
        rows=tuple(position.rows),
        best_epoch=position.best.epoch,
        best_value=position.best.value,
        epochs_done=position.epoch,
        stopped_early=position.epoch < min(settings.epochs, session.rule.epochs or settings.epochs),
        seconds=time.perf_counter() - began,
        examples_per_second=session.throughput.examples_per_second,
        mode=session.mode,
        feeding=session.feeding,
        notes=() if note is None else (note,),
    )
