"""A model and its optimizer made ready for many replicas, and back again.

Keras's optimizer sums gradients over replicas after it has clipped them, and changes all copies of a weight from one
place, which TensorFlow allows neither under a condition nor in a loop. Here it is given gradients that are summed
already and changes the copy of its own replica: clipping, accumulation, moving averages and loss scaling then do what
they do in one process. Every replica does the same to the same numbers, so the copies stay equal.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcli.engine.distribution.distribution import Distribution

EPSILON = 1e-7  # Keras's default fuzz factor, which it adds to the count of what a mask shows


@contextmanager
def spread_over_replicas(model: keras.Model, distribution: Distribution) -> Iterator[None]:
    """Have batch normalization and the optimizer work on global batches while the block runs; then all is as before.

    Args:
        model: Built and compiled in the scope of `distribution`.
        distribution: Where it learns; on one device nothing is to be done.
    """
    if distribution.strategy is None:
        yield
        return
    normalizing = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]  # noqa: SLF001 -- no public walk
    kept = [layer.synchronized for layer in normalizing]
    optimizers = _optimizers(model.optimizer)
    for layer in normalizing:
        layer.synchronized = True
        vars(layer)["_moments"] = _masked_moments(layer)
    for optimizer in optimizers:
        vars(optimizer)["_all_reduce_sum_gradients"] = list
        for variable in (optimizer._iterations, optimizer._learning_rate):  # noqa: SLF001 -- as above
            _assign_locally(variable)
    try:
        yield
    finally:
        for layer, synchronized in zip(normalizing, kept, strict=True):
            layer.synchronized = synchronized
            del vars(layer)["_moments"]
        for optimizer in optimizers:
            del vars(optimizer)["_all_reduce_sum_gradients"]


@contextmanager
def local_updates(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Let optimizers change the copy of a variable on their own replica while the block runs; nothing may be reduced.

    To be used in replica context, while a step is traced or run eagerly: TensorFlow runs replicas one at a time then.
    """
    vars(strategy.extended)["_use_merge_call"] = lambda: False
    try:
        yield
    finally:
        del vars(strategy.extended)["_use_merge_call"]


def _optimizers(optimizer: Any) -> list[Any]:
    """Return the optimizer, and the one inside where it scales the loss."""
    inner = getattr(optimizer, "inner_optimizer", None)
    return [optimizer] if inner is None else [optimizer, inner]


def _assign_locally(variable: Any) -> None:
    """Have a variable, which every replica changes in the same way, not be sent to the others from the first."""
    value = getattr(variable, "value", None)
    if isinstance(value, tf.distribute.DistributedValues):
        value._aggregation = tf.VariableAggregation.NONE  # noqa: SLF001 -- there is no setter


def _masked_moments(layer: keras.layers.BatchNormalization) -> Any:
    """Return the moments of a batch: the layer's own without a mask, which it sums over replicas, and ours with one."""
    own = layer._moments  # noqa: SLF001 -- the one place where the layer looks at the whole batch

    def moments(inputs: tf.Tensor, mask: tf.Tensor | None) -> tuple[tf.Tensor, tf.Tensor]:
        context = tf.distribute.get_replica_context()
        if mask is None or context is None:
            result: tuple[tf.Tensor, tf.Tensor] = own(inputs, mask)
            return result
        axes = [axis for axis in range(inputs.shape.rank) if axis != layer.axis % inputs.shape.rank]
        shown = tf.cast(tf.broadcast_to(mask[..., tf.newaxis], tf.shape(inputs)), inputs.dtype)
        total, count = context.all_reduce(
            tf.distribute.ReduceOp.SUM,
            [tf.reduce_sum(shown * inputs, axes, keepdims=True), tf.reduce_sum(shown, axes, keepdims=True)],
        )
        mean = total / (count + EPSILON)
        squares = context.all_reduce(
            tf.distribute.ReduceOp.SUM, tf.reduce_sum(shown * tf.square(inputs - mean), axes, keepdims=True)
        )
        return tf.squeeze(mean), tf.squeeze(squares / (count + EPSILON))

    return moments
