"""One training in the course of being done: what `train_model` drives."""

from __future__ import annotations

import math
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.callbacks import Callbacks, log_row
from archcli.engine.checkpoints import Checkpoint, CheckpointFolder
from archcli.engine.compile_mode import Mode, choose_mode
from archcli.engine.devices import describe_devices
from archcli.engine.distribution.modes import choose_shared_mode
from archcli.engine.evaluation import Evaluation, evaluation_batch_size
from archcli.engine.faults import describe_lost_weights, describe_not_finite
from archcli.engine.feeding import Examples
from archcli.engine.position import Position, check_same_training, identify_training, load_position, store_position
from archcli.engine.progress import EpochRow, Plan, Progress
from archcli.engine.rules import make_rule
from archcli.engine.steps import Loop, build_step, name_metrics
from archcli.engine.stopping import Best, find_direction
from archcli.engine.throughput import Throughput
from archcli.engine.training_data import TrainingData
from archcli.engine.variables import capture, compile_snapshot, restore
from archcli.errors import Interrupted, TrainingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from archcli.engine.distribution.sharing import SharedRequest
    from archcli.engine.settings import Settings
    from archcli.engine.streaming import Part

SECONDS_BETWEEN_REPORTS = 0.2
SECONDS_BETWEEN_SAVES_WITHIN_EPOCH = 300.0


class Session:
    """One training of one model.

    Attributes:
        position: Where it is.
        mode: How steps are run.
        throughput: Of the steps that this session ran.
    """

    def __init__(
        self,
        model: keras.Model,
        training: Examples,
        validation: Examples | None,
        settings: Settings,
        *,
        callbacks: Sequence[keras.callbacks.Callback],
        folder: CheckpointFolder,
        progress: Progress,
        request: SharedRequest,
    ) -> None:
        """Put everything on the device, build and compile it, and go to where `folder` says that the training is.

        The arguments are those of `train_model`; `request` is asked a few times a second whether to stop.
        """
        self._model, self._settings = model, settings
        self._replicas = replicas = settings.distribution.replicas(model)
        self._folder, self._progress, self._request = folder, progress, request
        self._example_count = training.count
        build_step(model, training, batch_size=settings.batch_size)
        measured = name_metrics(model.get_metrics_result())
        direction = find_direction(model, settings.monitor, measured, has_validation=validation is not None)
        self.position = Position(Best(direction))
        self._steps_per_epoch = math.ceil(self._example_count / settings.batch_size)
        self._callbacks = Callbacks(callbacks, model, epochs=settings.epochs, steps=self._steps_per_epoch)
        self._kept_callbacks: Sequence[Mapping[str, Any]] = ()
        self.mode, self._may_change_mode = self._choose_mode(), settings.mode == "auto"
        self.rule = make_rule(model, training, settings, replicas=replicas)
        self._go_to_last()
        self._replicas.part_seeds()
        self._data = TrainingData(model, training, settings, self.rule.step, replicas=replicas)
        self._loop = self._make_loop()
        self._evaluation = None
        if validation is not None:
            size = evaluation_batch_size(settings.batch_size)
            eagerly = self.mode.name == "eager"
            self._evaluation = Evaluation(
                model, validation, batch_size=size, eagerly=eagerly, room=settings.room, replicas=replicas
            )
        # A schedule is a dozen operations, which take a millisecond one at a time.
        self._read_learning_rate = tf.function(
            lambda: tf.convert_to_tensor(model.optimizer.learning_rate), autograph=False
        )
        self._take_snapshot = compile_snapshot(model, *self.rule.variables)
        self.throughput = Throughput()
        self._reported_at = self._saved_at = time.monotonic()

    @property
    def feeding(self) -> str:
        """Say where the examples are, in words without a full stop."""
        return self._data.feed.describe()

    @property
    def is_over(self) -> bool:
        """Return whether nothing is left to train."""
        position, epochs = self.position, self._settings.epochs
        return (
            position.epoch >= min(epochs, self.rule.epochs or epochs)
            or position.has_converged
            or position.patience.is_still_over(self._settings.early_stopping)
            or (position.ended_by_callback_at is not None and epochs <= position.ended_by_callback_at)
        )

    def run(self) -> None:
        """Train to the end, and leave the model with the weights of the best epoch.

        Raises:
            TrainingError: `loss-not-finite`, `out-of-memory`, `step-failed`.
            DataError, SetupError: `checkpoint-not-written`.
            Interrupted: Ctrl-C or SIGTERM; the state is kept.
        """
        if not self.is_over:
            self._compile()
            self._progress.started(self._plan())
            self._callbacks.begin(self._kept_callbacks, self.position.rows)
            while not self.is_over:
                self._run_epoch()
            self._save()
            self._callbacks.end(self.position.rows[-1].metrics)
        self._take_best()

    def _choose_mode(self) -> Mode:
        devices, settings = describe_devices(), self._settings
        mode = choose_mode(
            self._model,
            settings.mode,
            device=devices.kind,
            core_count=devices.core_count,
            total_steps=settings.epochs * self._steps_per_epoch,
            varied_lengths=settings.bucket_by_length,
        )
        return choose_shared_mode(self._model, mode, settings.mode, self._replicas)

    def _make_loop(self) -> Loop:
        return self._data.make_loop(self.mode.name, reset=self.rule.reset)

    def _compile(self) -> None:
        sample = self._data.feed.sample()
        try:
            self._loop.warm_up(sample.data, sample.batches)
        except TrainingError as error:
            if not self._may_change_mode or self.mode.name != "xla" or error.problems[0].code != "step-failed":
                raise
            self.mode = Mode("graph", "XLA cannot compile this model, its loss or its metrics")
            self._loop = self._make_loop()
            self._loop.warm_up(sample.data, sample.batches)
        if self._evaluation is not None:
            self._evaluation.warm_up()

    def _go_to_last(self) -> None:
        last = self._folder.load_last()
        if last is None:
            return
        check_same_training(
            last.metadata["training"],
            identify_training(self._settings, self._example_count),
            path=self._folder.last_path,
        )
        restore(self._model, last.variables, *self.rule.variables, path=self._folder.last_path)
        self.position = load_position(last.metadata["position"])
        self.mode, self._may_change_mode = Mode(last.metadata["mode"], "the run began in it"), False
        self._kept_callbacks = last.metadata["callbacks"]

    def _plan(self) -> Plan:
        return Plan(
            epochs=self._settings.epochs,
            steps_per_epoch=self._steps_per_epoch,
            training_examples=self._example_count,
            batch_size=self._settings.batch_size,
            mode=self.mode.name,
            first_epoch=self.position.epoch + 1,
            first_step=self.position.step,
            earlier=tuple(self.position.rows),
        )

    def _run_epoch(self) -> None:
        began = time.perf_counter()
        position = self.position
        self._callbacks.begin_epoch(position.epoch)
        throughput = Throughput()
        if position.measured is None:
            position.measured = self._take_steps(throughput)
            self._check_weights()
            self._stop_if_asked()
        metrics = position.measured | self._validate()
        value = metrics[self._settings.monitor]
        position.has_converged = self.rule.is_converged()
        is_best = position.best.is_beaten(position.epoch + 1, value, surely=position.has_converged)
        row = EpochRow(
            epoch=position.epoch + 1,
            metrics=metrics,
            learning_rate=float(self._read_learning_rate()),
            is_best=is_best,
            seconds=time.perf_counter() - began,
            examples_per_second=throughput.examples_per_second,
        )
        self._end_epoch(row, value)

    def _take_steps(self, throughput: Throughput) -> dict[str, float]:
        """Run the steps of the epoch that are left, and return the metrics of all of them."""
        metrics: Mapping[str, float] = {}
        with closing(self._data.parts(self.position.epoch, start=self.position.step)) as parts:
            for part in throughput.count_waiting(parts):
                while self.position.step < part.batches.stop:
                    self._stop_if_asked()
                    metrics = self._advance(part, throughput)
        self.throughput.add(throughput.examples, throughput.seconds)
        return dict(metrics)

    def _advance(self, part: Part, throughput: Throughput) -> Mapping[str, float]:
        """Run some of the steps of a part, and return the metrics of the epoch so far."""
        start, size = self.position.step, self._settings.batch_size
        self._callbacks.begin_steps(start)
        began = time.perf_counter()
        reached = self._loop.advance(part.data, part.batches, start=start)
        throughput.add(min(reached.step * size, self._example_count) - start * size, time.perf_counter() - began)
        if not reached.finite:
            at = f"epoch {self.position.epoch + 1} at step {reached.step} of {self._steps_per_epoch}"
            raise describe_not_finite(reached.metrics["loss"], at=at)
        self._callbacks.end_steps(reached.step - 1, reached.metrics)
        self.position.step = reached.step
        self._look_up(reached.metrics)
        return reached.metrics

    def _look_up(self, metrics: Mapping[str, float]) -> None:
        now = time.monotonic()
        if now - self._reported_at >= SECONDS_BETWEEN_REPORTS:
            self._progress.stepped(self.position.epoch + 1, self.position.step, metrics)
            self._reported_at = now
        is_within_epoch = self.position.step < self._steps_per_epoch
        is_due = now - self._saved_at >= SECONDS_BETWEEN_SAVES_WITHIN_EPOCH
        if is_within_epoch and self._replicas.agree(is_due):
            self._save()

    def _check_weights(self) -> None:
        """See that all weights are numbers: a ReLU of oneDNN's makes NaN a 0, so that the loss may not show it.

        Raises:
            TrainingError: `loss-not-finite`: some are none.
        """
        weights = self._model.trainable_variables
        if not all(np.isfinite(keras.ops.convert_to_numpy(weight)).all() for weight in weights):
            raise describe_lost_weights(at=f"epoch {self.position.epoch + 1}")

    def _validate(self) -> dict[str, float]:
        if self._evaluation is None:
            return {}
        # A callback may have swapped weights for the time of validation: it must not be left in the middle.
        seen = self._replicas.agree(self._callbacks.see_validation)
        is_stopped = (lambda: False) if seen else (lambda: self._request.is_made)
        self._callbacks.begin_validation()
        metrics = self._evaluation.run(is_stopped=is_stopped)
        if metrics is None:
            self._stop_if_asked()
            return {}
        self._callbacks.end_validation(metrics)
        return {f"val_{name}": value for name, value in metrics.items()}

    def _end_epoch(self, row: EpochRow, value: float) -> None:
        position, rule = self.position, self._settings.early_stopping
        if row.is_best:
            # Before the callbacks: one of them may put averaged weights in until the next epoch.
            self._folder.keep_best(Checkpoint(self._take_snapshot(), {"epoch": row.epoch}))
        wants_end = self._callbacks.end_epoch(position.epoch, log_row(row.metrics, row.learning_rate))
        position.rows.append(row)
        position.epoch, position.step, position.measured = row.epoch, 0, None
        position.ended_by_callback_at = self._settings.epochs if wants_end else None
        if rule is not None:
            position.patience.lose(row.epoch, value, rule, position.best.direction)
        self._progress.epoch_ended(row)
        if not self.is_over:
            self._stop_if_asked()
            if self._replicas.agree(self._folder.is_due()):
                self._save()

    def _save(self) -> None:
        metadata = {
            "training": identify_training(self._settings, self._example_count),
            "position": store_position(self.position),
            "mode": self.mode.name,
            "callbacks": self._callbacks.state(),
            "versions": {"keras": keras.__version__, "numpy": np.__version__, "tensorflow": tf.__version__},
        }
        self._folder.save_last(Checkpoint(capture(self._model, *self.rule.variables), metadata))
        self._saved_at = time.monotonic()

    def _stop_if_asked(self) -> None:
        """Keep the state and end, if somebody asked for it.

        Raises:
            Interrupted: Somebody did.
        """
        if not self._request.is_made:
            return
        self._save()
        self._callbacks.end({})
        where = f"epoch {self.position.epoch + 1} of {self._settings.epochs} after {self.position.step} steps"
        raise Interrupted(self._request.exit_status, f"training was stopped in {where}, and its state is kept")

    def _take_best(self) -> None:
        best = self._folder.load_best(self.position.best.epoch)
        restore(self._model, best.variables, *self.rule.variables, path=self._folder.best_path)
        self._model.optimizer.finalize_variable_values(self._model.trainable_variables)
