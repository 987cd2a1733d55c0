"""Steps that are run for the memory that they take, and for nothing else."""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import tensorflow as tf

from archcli.engine.compile_mode import choose_mode
from archcli.engine.devices import describe_devices
from archcli.engine.evaluation import evaluation_batch_size
from archcli.engine.faults import describe_running
from archcli.engine.feeding import place_examples
from archcli.engine.memory import measured_peak
from archcli.engine.rules import make_rule
from archcli.engine.steps import build_step
from archcli.engine.variables import capture, list_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import keras

    from archcli.engine.feeding import Examples
    from archcli.engine.settings import Settings


class Trial:
    """Steps of any batch size on one model, for their memory."""

    def __init__(
        self,
        model: keras.Model,
        training: Examples,
        validation: Examples | None,
        settings: Settings,
        *,
        examples: int | None = None,
    ) -> None:
        """Make ready to run steps.

        Args:
            model: Built and compiled; its steps change its weights and seeds, and what optimizer and metrics keep.
            training: What batches are taken from, as many as the largest has.
            validation: What is evaluated between epochs; None: nothing is.
            settings: How it is trained, but for the batch size.
            examples: How many training examples there are in all; None: those of `training`.
        """
        self._model, self._settings = model, settings
        self._training, self._validation = training, validation
        self._examples = training.count if examples is None else examples
        build_step(model, training, batch_size=1)
        self._step = make_rule(model, training, settings).step

    def measure(self, batch_size: int) -> int:
        """Run one step of training and, where there is validation, one of evaluation, and tell what they take.

        Args:
            batch_size: Examples of the step of training, from 1; that of evaluation takes more.

        Returns:
            Bytes at most, beyond what was in use before.

        Raises:
            TrainingError: `out-of-memory` or `step-failed`.
        """
        mode = self._mode(batch_size)
        peak = self._run(self._step, self._training, batch_size, mode=mode)
        if self._validation is None:
            return peak
        evaluated = "eager" if mode == "eager" else "graph"  # as `Evaluation` does
        size = evaluation_batch_size(batch_size)
        return max(peak, self._run(self._model.test_step, self._validation, size, mode=evaluated))

    def _run(self, step: Callable[[Any], Any], examples: Examples, batch_size: int, *, mode: str) -> int:
        with describe_running(), measured_peak() as peak:
            batch = place_examples(examples.first(batch_size))
            if mode == "eager":
                step(batch)
            else:
                tf.function(step, autograph=False, jit_compile=mode == "xla")(batch)
            del batch
        return peak.bytes

    def _mode(self, batch_size: int) -> str:
        devices, settings = describe_devices(), self._settings
        return choose_mode(
            self._model,
            settings.mode,
            device=devices.kind,
            core_count=devices.core_count,
            total_steps=settings.epochs * math.ceil(self._examples / batch_size),
            varied_lengths=settings.bucket_by_length,
        ).name


@contextmanager
def variables_kept(model: keras.Model) -> Iterator[None]:
    """Put all variables of a model, its optimizer and its metrics back at the end."""
    values = capture(model)
    try:
        yield
    finally:
        for variable, value in zip(list_variables(model), values, strict=True):
            variable.assign(value)
