"""The share of one replica in the loss of a global batch: summed over all replicas, the shares are that loss.

Keras divides each mean by the rows, or by the steps that no mask hides, that one replica has. Where replicas have
different numbers of them, the mean of these means is not the mean of all: each is weighted here by what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

if TYPE_CHECKING:
    from archcli.engine.distribution.parts import Part

MEAN_OF_WEIGHTED = "mean_with_sample_weight"


def share_of_loss(
    model: keras.Model, targets: Any, outputs: Any, sample_weight: Any, *, part: Part
) -> tuple[tf.Tensor, list[tf.Tensor]]:
    """Return this replica's share in the loss of the global batch; to be called in replica context.

    Args:
        model: Compiled, its loss built; the losses that layers have added in this pass are taken, too.
        targets: Of the part.
        outputs: Of the part.
        sample_weight: Of the part, or None.
        part: Which part of the global batch this is.

    Returns:
        The share of the whole loss, a scalar, and that of each output's own loss where there are several outputs.
    """
    compiled = model._compile_loss  # noqa: SLF001 -- what `Model.compute_loss` itself calls
    # Replicas are traced in turns, which change where they meet: not while the model's losses are replaced.
    factors = [_factor(one, outputs, sample_weight, part) for one in compiled._flat_losses]  # noqa: SLF001 -- by output
    with _weighed(compiled, factors), _losses_recorded(compiled) as recorded:
        loss = compiled(targets, outputs, sample_weight)
    replica_count = tf.distribute.get_strategy().num_replicas_in_sync
    added = [layer._get_own_losses() for layer in model._flatten_layers()]  # noqa: SLF001 -- apart from those of weights
    # Regularizers of activities divide by the rows of the part; those of weights are the same on every replica.
    parts = [part.weight / replica_count * tf.reduce_sum(tf.cast(one, loss.dtype)) for own in added for one in own]
    parts += [
        tf.reduce_sum(tf.cast(one, loss.dtype)) / replica_count
        for one in model._get_regularization_losses()  # noqa: SLF001 -- as above
    ]
    return tf.add_n([loss, *parts]), recorded


def has_masks(model: keras.Model) -> bool:
    """Return whether any layer of a model hides steps."""
    layers = model._flatten_layers()  # noqa: SLF001 -- no public walk reaches nested models, wrapped layers and cells
    return any(isinstance(layer, keras.layers.Masking) or getattr(layer, "mask_zero", False) for layer in layers)


@contextmanager
def _weighed(compiled: Any, factors: Sequence[Any]) -> Iterator[None]:
    """Have the loss of each output stand for what its part is of the whole while the block runs."""
    kept = compiled._flat_losses  # noqa: SLF001 -- by output: path, loss, weight, name
    vars(compiled)["_flat_losses"] = [
        one._replace(loss=_weigh(one.loss, factor)) for one, factor in zip(kept, factors, strict=True)
    ]
    try:
        yield
    finally:
        vars(compiled)["_flat_losses"] = kept


def _weigh(loss: Any, factor: Any) -> Callable[..., tf.Tensor]:
    def weighed(target: Any, output: Any, sample_weight: Any = None) -> tf.Tensor:
        value = loss(target, output, sample_weight)
        return value * tf.cast(factor, value.dtype)

    return weighed


def _factor(one: Any, outputs: Any, sample_weight: Any, part: Part) -> Any:
    """Return by what the reduced loss of one output is to be multiplied; Keras has divided it by the replica count."""
    reduction = getattr(one.loss, "reduction", None)
    output = outputs[one.path[0]] if one.path else outputs
    if one.path and keras.tree.is_nested(sample_weight):
        sample_weight = sample_weight[one.path[0]]
    replica_count = tf.distribute.get_strategy().num_replicas_in_sync
    if reduction == "sum":
        return 1.0 / replica_count if part.is_whole else 1.0
    mask = getattr(output, "_keras_mask", None)
    if reduction == MEAN_OF_WEIGHTED and sample_weight is not None:
        counted = tf.cast(sample_weight, tf.float32)
        if mask is not None:
            shown = tf.cast(mask, tf.float32)
            missing = [1] * (shown.shape.rank - counted.shape.rank)
            counted = shown * tf.reshape(counted, [*counted.shape, *missing])
    elif mask is not None:
        counted = tf.cast(mask, tf.float32)
    else:
        return part.weight
    own = tf.stop_gradient(tf.reduce_sum(counted))
    whole = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, own)
    return tf.math.divide_no_nan(own * replica_count, whole)


class _Recorder:
    """Takes the place of a metric that tracks the loss of one output."""

    def __init__(self, losses: list[tf.Tensor]) -> None:
        self._losses = losses

    def update_state(self, value: tf.Tensor, sample_weight: Any = None) -> None:
        """Note the share in the loss; Keras has multiplied it by the number of replicas."""
        del sample_weight
        self._losses.append(value / tf.distribute.get_strategy().num_replicas_in_sync)


@contextmanager
def _losses_recorded(compiled: Any) -> Iterator[list[tf.Tensor]]:
    """Give the losses of the outputs to a list, and not to the metrics that track them, while the block runs.

    Those metrics would take them for means over the rows of one replica.
    """
    losses: list[tf.Tensor] = []
    kept = compiled._metrics  # noqa: SLF001 -- as above
    vars(compiled)["_metrics"] = [_Recorder(losses) for _ in kept]
    try:
        yield losses
    finally:
        vars(compiled)["_metrics"] = kept
