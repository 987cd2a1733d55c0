"""The share of one replica in the loss of a global batch: summed over all replicas, the shares are that loss.

Keras divides each mean by the rows, or by the steps that no mask hides, that one replica has. Where replicas have
different numbers of them, the mean of these means is not the mean of all: each is weighted here by what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    weights = _weigh(compiled, outputs, sample_weight, part)
    with _losses_recorded(compiled) as recorded:
        loss = compiled(targets, outputs, weights)
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


def _weigh(compiled: Any, outputs: Any, sample_weight: Any, part: Part) -> Any:
    """Return sample weights by which the mean over replicas becomes the mean over the global batch."""
    weights: dict[Any, Any] = {}
    for path, loss, _, _ in compiled._flat_losses:  # noqa: SLF001 -- by output: path, loss, weight, name
        output = outputs[path[0]] if path else outputs
        given = sample_weight[path[0]] if path and keras.tree.is_nested(sample_weight) else sample_weight
        factor = _factor(getattr(loss, "reduction", None), output, given, part)
        key = path[0] if path else None
        if isinstance(factor, float) and factor == 1.0:
            weights[key] = given
        elif given is not None:
            weights[key] = tf.cast(given, tf.float32) * factor
        else:
            ones = [1] * (max(output.shape.rank, 2) - 2)
            weights[key] = tf.fill([part.row_count, *ones], tf.cast(factor, tf.float32))
    if None in weights:
        return weights[None]
    if all(weight is None for weight in weights.values()):
        return None
    return weights if isinstance(outputs, Mapping) else [weights.get(index) for index in range(len(outputs))]


def _factor(reduction: str | None, output: Any, sample_weight: Any, part: Part) -> Any:
    """Return by what a replica's reduced loss is to be multiplied, a float where that is known beforehand."""
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
