"""The steps of one replica, and how a batch of the loop is spread over all of them.

The step of a replica is Keras's `train_step` line by line, with the sum over replicas between gradient and update, so
that the optimizer sees what it sees in one process.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from archcli.engine.distribution.losses import share_of_loss
from archcli.engine.distribution.parts import Part, cut_part
from archcli.engine.distribution.sharing import chiefs_number, gather_numbers
from archcli.engine.distribution.updates import local_updates
from archcli.engine.feeding import take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from archcli.engine.distribution.distribution import Distribution
    from archcli.engine.steps import BatchStep, Step

SEED_STEP = 40_503
"""What the seeds of a random layer differ by on two neighbouring replicas."""


class ManyReplicas:
    """The copies of a model under a strategy; see `archcli.engine.replicas.Replicas`.

    Attributes:
        is_many: Whether there are several: there are.
        jit_batch_size: Rows of the global batches whose forward and backward pass XLA compiles; 0: of none.
    """

    is_many = True

    def __init__(self, model: keras.Model, distribution: Distribution, strategy: tf.distribute.Strategy) -> None:
        """Take steps on `model`, built and compiled in the scope of `strategy`, which is that of `distribution`."""
        self._model, self._distribution, self._strategy = model, distribution, strategy
        self._row_count = 0
        self.jit_batch_size = 0
        self._seeds = [seed for seed in model.non_trainable_variables if seed.name == "seed_generator_state"]
        self._read_seeds = self._in_one_call(lambda: [tf.identity(seed.value) for seed in self._seeds])
        self._assign_seeds = self._in_one_call(self._assign_all)

    def spread(self, step: BatchStep) -> Step:
        """Return a step of the loop, which has every replica do `step` with its part of a batch."""
        strategy = self._strategy

        def take_part(data: Any, indices: tf.Tensor, replica: int) -> Any:
            part = self._cut(replica)
            return take(data, indices[part.start : part.stop])

        def run(data: Any, indices: tf.Tensor) -> Mapping[str, Any]:
            self._row_count = int(indices.shape[0])
            batches = strategy.experimental_distribute_values_from_function(
                lambda context: take_part(data, indices, context.replica_id_in_sync_group)
            )
            logs = strategy.run(step, args=(batches,))
            return {name: strategy.experimental_local_results(value)[0] for name, value in logs.items()}

        return run

    def spread_reset(self, reset: Callable[[], None]) -> Callable[[], None]:
        """Return a function by which every replica begins an epoch."""

        def run() -> None:
            self._strategy.run(reset)

        return run

    def scope(self) -> AbstractContextManager[Any]:
        """Return the strategy's block."""
        return self._distribution.scope()

    @contextmanager
    def seeds_kept(self) -> Iterator[None]:
        """Put the seeds of random layers back at the end, those of each replica its own."""
        kept = self._read_seeds() if self._seeds else None
        try:
            yield
        finally:
            if self._seeds:
                self._assign_seeds(kept)

    def part_seeds(self) -> None:
        """Have random layers draw other numbers on each replica; the first keeps the seeds that it has."""

        def part() -> None:
            first = tf.cast(tf.distribute.get_replica_context().replica_id_in_sync_group, tf.int64) * SEED_STEP
            for seed in self._seeds:
                number, count = tf.unstack(tf.cast(seed.value, tf.int64))
                seed.assign(tf.cast(tf.stack([(number + first) % 2**31, count]), seed.dtype))

        if self._seeds:
            self._in_one_call(part)()

    def agree(self, number: int) -> int:
        """Return the chief's number."""
        return chiefs_number(self._distribution, number)

    def agree_on_all(self, is_so: bool) -> bool:  # noqa: FBT001 -- it is what is asked
        """Return whether it is so for all workers."""
        return all(gather_numbers(self._distribution, int(is_so)))

    def train(self, batch: Any) -> Mapping[str, Any]:
        """Learn from the part of one replica, `(inputs, targets)` or `(inputs, targets, sample_weight)`.

        Returns:
            `loss`: that of the global batch; the same on every replica.
        """
        model, part = self._model, self._part()
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        differentiate: Any = self._differentiate
        if self._row_count == self.jit_batch_size:
            differentiate = tf.function(differentiate, autograph=False, jit_compile=True)
        gradients, losses, outputs = differentiate(inputs, targets, sample_weight)
        there = [gradient for gradient in gradients if gradient is not None]
        context = tf.distribute.get_replica_context()
        reduced = context.all_reduce(tf.distribute.ReduceOp.SUM, [*there, *losses])
        summed, losses = iter(reduced[: len(there)]), reduced[len(there) :]
        pairs = zip((None if one is None else next(summed) for one in gradients), model.trainable_weights, strict=True)
        with local_updates(self._strategy):
            model.optimizer.apply_gradients(list(pairs))
        self._measure(inputs, targets, outputs, sample_weight, losses, part)
        return {"loss": losses[0]}

    def test(self, batch: Any) -> Mapping[str, Any]:
        """Measure the model on the part of one replica; returns what `train` does."""
        model, part = self._model, self._part()
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        outputs = model(inputs, training=False)
        loss, by_output = share_of_loss(model, targets, outputs, sample_weight, part=part)
        context = tf.distribute.get_replica_context()
        losses = context.all_reduce(tf.distribute.ReduceOp.SUM, [loss, *by_output])
        self._measure(inputs, targets, outputs, sample_weight, losses, part)
        return {"loss": losses[0]}

    def _differentiate(self, inputs: Any, targets: Any, sample_weight: Any) -> tuple[list[Any], list[Any], Any]:
        """Return gradients, the shares in the losses, and outputs."""
        model = self._model
        with tf.GradientTape() as tape:
            outputs = model(inputs, training=True)
            loss, by_output = share_of_loss(model, targets, outputs, sample_weight, part=self._part())
            scaled = model.optimizer.scale_loss(loss)
        return tape.gradient(scaled, model.trainable_weights), [loss, *by_output], outputs

    def _measure(
        self, inputs: Any, targets: Any, outputs: Any, sample_weight: Any, losses: list[tf.Tensor], part: Part
    ) -> None:
        """Count the part in the metrics, which are summed over replicas when they are read."""
        if not part.is_counted:
            return
        model = self._model
        rows = tf.cast(part.row_count, losses[0].dtype)
        model._loss_tracker.update_state(losses[0], sample_weight=rows)  # noqa: SLF001 -- as `train_step` does
        trackers = model._compile_loss.metrics  # noqa: SLF001 -- of each output, where there are several
        for tracker, loss in zip(trackers, losses[1:], strict=True):
            tracker.update_state(loss, sample_weight=rows)
        model.compute_metrics(inputs, targets, outputs, sample_weight=sample_weight)

    def _in_one_call(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return what has each replica do `function`, as a graph: one operation at a time is slow, and warned of."""
        call: Callable[..., Any] = tf.function(
            lambda *values: self._strategy.run(function, args=values), autograph=False
        )
        return call

    def _assign_all(self, values: list[tf.Tensor]) -> None:
        for seed, value in zip(self._seeds, values, strict=True):
            seed.assign(value)

    def _part(self) -> Part:
        context = tf.distribute.get_replica_context()
        replica = int(tf.get_static_value(context.replica_id_in_sync_group))
        return self._cut(replica)

    def _cut(self, replica: int) -> Part:
        return cut_part(self._row_count, replica=replica, replica_count=self._strategy.num_replicas_in_sync)
