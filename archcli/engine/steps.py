"""One compiled function that runs many of Keras's own steps, so that Python is entered a few times a second.

The body of the loop is `model.train_step` or `model.test_step`: Keras scales the loss for mixed precision, weights a
partial batch, handles several outputs, masks and added losses there, and this module repeats none of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.cudnn import leave_cudnn
from archcli.engine.faults import describe_building, describe_running
from archcli.engine.feeding import Batches, Examples, place_examples, take

if TYPE_CHECKING:
    from archcli.engine.compile_mode import ModeName
    from archcli.engine.replicas import Replicas

Step = Callable[[Any, tf.Tensor], Mapping[str, Any]]
"""Takes the data and the indices of one batch, `(batch,)`, and returns the running loss and metrics by name."""

BatchStep = Callable[[Any], Mapping[str, Any]]
"""Takes a batch, `(inputs, targets)` or `(inputs, targets, sample_weight)`, and returns the same."""

SECONDS_PER_CALL = 0.25
GROWTH_PER_CALL = 8
MOST_SECONDS_OF_CALL = 0.5
"""After which a call begins no other step, however many it was to take: steps may have become slower."""


@dataclass(frozen=True)
class Reached:
    """Where a call ended.

    Attributes:
        step: Steps of the epoch that are done.
        metrics: Their running values, by name.
        finite: Whether the running loss is a number still; if not, `step` is the first after which it was not.
    """

    step: int
    metrics: Mapping[str, float]
    finite: bool


class Loop:
    """Steps of one kind on one model, many per call.

    A function is compiled for each shape of batch: the whole ones and the partial one, which is run as a graph where
    the whole ones are run by XLA, since one step an epoch does not earn seconds of compiling. A graph can be traced
    once for both, as `Model.fit` traces its own where there is a partial batch. How many steps a call takes is chosen
    by how long the last one took, and has no effect on any number.
    """

    def __init__(
        self,
        model: keras.Model,
        step: Step,
        *,
        mode: ModeName,
        reset: Callable[[], None] | None = None,
        any_size: bool = False,
        replicas: Replicas | None = None,
    ) -> None:
        """Run steps of a model.

        Args:
            model: Built and compiled.
            step: Takes a batch of the data that `advance` is given, by its indices; `take_then` makes one out of
                `model.train_step` and the like.
            mode: How. By XLA, no layer of the model goes to cuDNN from now on, which XLA cannot compile.
            reset: Begins an epoch; None: `model.reset_metrics`.
            any_size: Whether a graph is traced once for batches of any size, rather than for each size. Numbers may be
                rounded in another way.
            replicas: Who does `step` and `reset`; None: the model on one device. Where there are several, XLA cannot
                compile the sums between them: they compile what comes before by themselves.
        """
        if mode == "xla":
            leave_cudnn(model)
        self._pace = Pace()
        self._replicas = replicas
        is_many = replicas is not None and replicas.is_many
        reset = reset or model.reset_metrics
        parts = (model, step, reset if replicas is None else replicas.spread_reset(reset))
        if mode == "eager":
            self._run = self._run_rest = _run_eagerly(*parts, is_timed=not is_many)
        else:
            any_size = any_size and mode == "graph" and not is_many
            self._run_rest = _compile(*parts, any_size=any_size, is_timed=not is_many)
            use_xla = mode == "xla" and not is_many
            self._run = _compile(*parts, use_xla=True) if use_xla else self._run_rest

    def warm_up(self, data: Any, batches: Batches) -> None:
        """Compile for both shapes of batch, by running none of the steps; no variable changes.

        Raises:
            RecipeError: `step-does-not-fit`.
            TrainingError: `out-of-memory` or `step-failed`.
        """
        with describe_building():
            if batches.whole_count:
                self._call(self._run, data, batches.whole, start=0, stop=0)
            if batches.rest is not None:
                self._call(self._run_rest, data, batches.rest, start=0, stop=0)

    def advance(self, data: Any, batches: Batches, *, start: int) -> Reached:
        """Run the next steps, for about a quarter of a second, and see where that leads.

        The model's metrics begin anew with the first step.

        Args:
            data: Tensors on the device, `(inputs, targets)` or `(inputs, targets, sample_weight)`.
            batches: Which examples make which batch of this epoch.
            start: Steps of the epoch that are done, from `batches.first` and below `batches.stop`.

        Returns:
            Where it ended: at least one step on.

        Raises:
            TrainingError: `out-of-memory` or `step-failed`.
        """
        begin, resets = start - batches.first, start == 0
        if begin >= batches.whole_count:
            reached = self._call(self._run_rest, data, batches.rest, start=0, stop=1, resets=resets)
            return replace(reached, step=batches.stop)
        count = self._pace.step_count
        count = count if self._replicas is None else self._replicas.agree(count)
        stop = min(begin + count, batches.whole_count)
        began = time.perf_counter()
        reached = self._call(self._run, data, batches.whole, start=begin, stop=stop, resets=resets)
        self._pace.adapt(stop - begin, time.perf_counter() - began)
        return replace(reached, step=batches.first + reached.step)

    def _call(
        self, run: Callable[..., Any], data: Any, indices: tf.Tensor, *, start: int, stop: int, resets: bool = False
    ) -> Reached:
        scope: AbstractContextManager[Any] = nullcontext() if self._replicas is None else self._replicas.scope()
        with describe_running(), scope:
            done, finite, metrics = run(data, indices, tf.constant(start), tf.constant(stop), tf.constant(resets))
            return Reached(int(done), name_metrics(metrics), bool(finite))


def take_then(step: BatchStep) -> Step:
    """Return a step that takes a batch out of the data, and then does what `step` does with one."""

    def run(data: Any, indices: tf.Tensor) -> Mapping[str, Any]:
        return step(take(data, indices))

    return run


class Pace:
    """How many steps the next call takes."""

    def __init__(self) -> None:
        """Begin with one step."""
        self.step_count = 1

    def adapt(self, step_count: int, seconds: float) -> None:
        """Learn that `step_count` steps took `seconds`."""
        fitting = math.floor(step_count * SECONDS_PER_CALL / max(seconds, 1e-6))
        self.step_count = max(1, min(fitting, self.step_count * GROWTH_PER_CALL))


def build_step(model: keras.Model, examples: Examples, *, batch_size: int) -> None:
    """Make the optimizer's, the loss's and the metrics' variables, from the shapes of a batch alone.

    Run eagerly, a step would advance the seeds of recurrent dropout; made inside the loop, the variables would cost a
    second trace of all of it. Done already, it is not done again.

    Args:
        model: Built and compiled; gains variables.
        examples: At least one.
        batch_size: Examples of a whole batch.

    Raises:
        RecipeError: `step-does-not-fit`: model, loss, metrics and data do not go together.
    """
    parts = (model.optimizer, model._compile_loss, model._compile_metrics)  # noqa: SLF001 -- what Keras itself asks
    if all(part is None or part.built for part in parts):
        return
    with describe_building():
        model._symbolic_build(data_batch=place_examples(examples.first(batch_size)))  # noqa: SLF001 -- as `fit` does


def name_metrics(results: Mapping[str, Any]) -> dict[str, float]:
    """Return metric results as numbers by name.

    A metric of several values, such as F1 by class, gives `name_0`, `name_1` and so on.
    """
    named: dict[str, float] = {}
    for name, result in results.items():
        values = np.asarray(result)
        if values.ndim == 0:
            named[name] = float(values)
        else:
            named |= {f"{name}_{index}": float(value) for index, value in enumerate(values.ravel())}
    return named


@contextmanager
def seeds_kept(model: keras.Model) -> Iterator[None]:
    """Put the seeds of random layers back at the end.

    Recurrent layers with dropout draw seeds in evaluation too; without this, how often one validates would change what
    training does next.
    """
    seeds = [variable for variable in model.non_trainable_variables if variable.name == "seed_generator_state"]
    kept = [keras.ops.copy(variable) for variable in seeds]
    try:
        yield
    finally:
        for variable, value in zip(seeds, kept, strict=True):
            variable.assign(value)


def _compile(
    model: keras.Model,
    step: Step,
    reset: Callable[[], None],
    *,
    use_xla: bool = False,
    any_size: bool = False,
    is_timed: bool = False,
) -> Callable[..., Any]:
    """Compile steps.

    Args:
        model: Whose metrics are read at the end.
        step: Of the loop.
        reset: Begins an epoch.
        use_xla: Whether XLA compiles them.
        any_size: Whether one trace takes batches of any size.
        is_timed: Whether they end early when time is over. XLA knows no time, and processes that train together must
            take the same steps.
    """

    def run(
        data: Any, indices: tf.Tensor, start: tf.Tensor, stop: tf.Tensor, resets: tf.Tensor
    ) -> tuple[Any, Any, Any]:
        end = tf.timestamp() + MOST_SECONDS_OF_CALL if is_timed else None

        def goes_on(done: tf.Tensor, finite: tf.Tensor) -> tf.Tensor:
            wanted = tf.logical_and(done < stop, finite)
            return wanted if end is None else tf.logical_and(wanted, tf.logical_or(done <= start, tf.timestamp() < end))

        def take_step(done: tf.Tensor, _: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            logs = step(data, indices[done])
            return done + 1, tf.math.is_finite(logs["loss"])

        tf.cond(resets, reset, lambda: None)
        done, finite = tf.while_loop(goes_on, take_step, (start, tf.constant(True)))
        return done, finite, model.get_metrics_result()

    function = tf.function(run, autograph=False, jit_compile=use_xla)
    traces: dict[tuple[Any, ...], Callable[..., Any]] = {}

    def call(data: Any, indices: tf.Tensor, *position: tf.Tensor) -> Any:
        # One trace for each shape is what is wanted; TensorFlow, left to find that out, would warn of it.
        known = tf.TensorSpec([None, None], indices.dtype) if any_size else indices
        shapes = tuple(tuple(tensor.shape) for tensor in keras.tree.flatten((data, known)))
        if shapes not in traces:
            traces[shapes] = function.get_concrete_function(data, known, *position)
        return traces[shapes](data, indices, *position)

    return call


def _run_eagerly(model: keras.Model, step: Step, reset: Callable[[], None], *, is_timed: bool) -> Callable[..., Any]:
    def run(
        data: Any, indices: tf.Tensor, start: tf.Tensor, stop: tf.Tensor, resets: tf.Tensor
    ) -> tuple[Any, Any, Any]:
        if resets:
            reset()
        done, finite = int(start), True
        end = time.perf_counter() + MOST_SECONDS_OF_CALL if is_timed else math.inf
        while done < int(stop) and finite and (done == int(start) or time.perf_counter() < end):
            logs = step(data, indices[done])
            done, finite = done + 1, bool(tf.math.is_finite(logs["loss"]))
        return done, finite, model.get_metrics_result()

    return run
