"""Batches of sequences that are about as long, each cut to its longest: fewer steps over padding.

Where the model masks padding, a batch that is cut gives what the padded one gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.time_axis import find_time_axis, has_steps
from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcli.engine.feeding import Array, Examples

BATCHES_OF_A_POOL = 50


def order_by_length(lengths: Array, *, batch_size: int, seed: int, epoch: int, shuffle: bool) -> Array:
    """Return the order in which an epoch takes sequences: a function of the arguments alone.

    Sequences are shuffled, sorted by length within pools of fifty batches, and the batches shuffled. What is left for a
    last, partial batch is left before sorting, so that it is not always the longest.

    Args:
        lengths: Steps of each sequence, `(examples,)`.
        batch_size: Sequences of a batch, from 1.
        seed: The run's seed, from 0.
        epoch: The epoch, from 0.
        shuffle: False: sorted in pools of the natural order, in every epoch the same.

    Returns:
        Indices of examples, `(examples,)`, int64.
    """
    generator = np.random.default_rng(np.random.SeedSequence([seed, epoch]))
    order = generator.permutation(len(lengths)) if shuffle else np.arange(len(lengths))
    whole = len(order) // batch_size * batch_size
    pool = BATCHES_OF_A_POOL * batch_size
    pools = [order[start : min(start + pool, whole)] for start in range(0, whole, pool)]
    ordered = [part[np.argsort(lengths[part], kind="stable")] for part in pools]
    batches = np.concatenate([np.empty(0, order.dtype), *ordered]).reshape(-1, batch_size)
    if shuffle:
        batches = generator.permutation(batches)
    return np.concatenate([batches.ravel(), order[whole:]]).astype(np.int64, copy=False)


def check_lengths(examples: Examples) -> Array:
    """Return the lengths of the sequences.

    Raises:
        RecipeError: `lengths-not-known`.
    """
    if examples.lengths is None:
        raise RecipeError(
            Problem(
                "lengths-not-known",
                "batches by length want to know how long each sequence is, and the data do not say",
                hint="use a source whose sequences have lengths, or leave `train.bucket_by_length` out",
            )
        )
    return examples.lengths


def trimmed_step(
    model: keras.Model, examples: Examples, step: Callable[[Any], Mapping[str, Any]]
) -> Callable[[Any], Mapping[str, Any]]:
    """Return a step that first cuts its batch to the longest sequence.

    Args:
        model: Built.
        examples: What it will be trained on, with lengths.
        step: Takes `(inputs, targets)` or `(inputs, targets, sample_weight)`.

    Returns:
        A step that takes `(batch, lengths)`: the same, and `(batch,)`.
    """
    axis = find_time_axis(model, examples, steps=_find_steps(examples))

    def trimmed(batch: Any) -> Mapping[str, Any]:
        parts, lengths = batch
        longest = tf.maximum(tf.reduce_max(lengths), 1)
        return step(axis.cut(parts, lambda tensor: tensor[:, :longest]))

    return trimmed


def _find_steps(examples: Examples) -> int:
    """Return how many steps sequences have with their padding."""
    longest = int(check_lengths(examples).max())
    counts = [array.shape[1] for array in keras.tree.flatten(examples.inputs) if has_steps(array)]
    return longest if longest in counts else next((count for count in counts if count >= longest), longest)
