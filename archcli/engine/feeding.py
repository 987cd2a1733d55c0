"""Examples, how they get onto the device, and the order in which an epoch takes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from archcli.engine.faults import describe_running

Array = NDArray[Any]
Arrays = Array | tuple[Array, ...] | Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Examples:
    """Examples in memory; the first axis of every array counts them.

    Attributes:
        inputs: What the model takes: an array, `(examples, *features)`, or several, in a tuple or by input name.
        targets: What it learns: an array, `(examples, *outputs)` or `(examples,)`, or several in the same way.
        sample_weight: Weight in the loss: of each example, `(examples,)`, or, for an output that answers at each step,
            of each step, `(examples, steps)` or `(examples, 1)`; by output name, for all of them, where outputs have
            weights of their own; None: all count the same.
        lengths: Steps of each sequence that are not padding, `(examples,)`; None: not known.
    """

    inputs: Arrays
    targets: Arrays
    sample_weight: Arrays | None = None
    lengths: Array | None = None

    @property
    def count(self) -> int:
        """Return how many examples there are."""
        return count_examples(self.inputs)

    def first(self, count: int) -> Examples:
        """Return the first `count` examples, or all where there are fewer."""

        def cut(part: Any) -> Any:
            return None if part is None else keras.tree.map_structure(lambda array: array[:count], part)

        return Examples(cut(self.inputs), cut(self.targets), cut(self.sample_weight), cut(self.lengths))


def count_examples(arrays: Arrays) -> int:
    """Return the length of the first axis, which is the same in all `arrays`."""
    return len(keras.tree.flatten(arrays)[0])


def place(arrays: Any) -> Any:
    """Copy arrays onto the device, once.

    Args:
        arrays: NumPy arrays in any nesting of tuples and dicts. Floats become Keras's `floatx`, as in `Model.fit`.

    Returns:
        Tensors in the same nesting.
    """

    def place_one(array: Array) -> tf.Tensor:
        array = np.asarray(array)
        return tf.convert_to_tensor(array.astype(placed_dtype(array), copy=False))

    return keras.tree.map_structure(place_one, arrays)


def placed_dtype(array: Array) -> np.dtype[Any]:
    """Return the type that `place` gives to the values of `array`."""
    return np.dtype(keras.config.floatx()) if np.issubdtype(array.dtype, np.floating) else array.dtype


def list_arrays(examples: Examples) -> tuple[Any, ...]:
    """Return what a step takes of examples: `(inputs, targets)`, and `sample_weight` where they have one."""
    parts = (examples.inputs, examples.targets)
    return parts if examples.sample_weight is None else (*parts, examples.sample_weight)


def place_examples(examples: Examples) -> tuple[Any, ...]:
    """Copy what a step takes of examples onto the device, as `list_arrays` lists it.

    Raises:
        TrainingError: `out-of-memory`: they do not fit.
    """
    with describe_running():
        return tuple(place(part) for part in list_arrays(examples))


def take(data: Any, indices: tf.Tensor) -> Any:
    """Return the examples of `data` (tensors in any nesting) at `indices`, `(batch,)`."""
    return keras.tree.map_structure(lambda tensor: tf.gather(tensor, indices), data)


def order_epoch(count: int, *, seed: int, epoch: int, shuffle: bool) -> Array:
    """Return the order in which an epoch takes its examples: a function of `seed` and `epoch` alone.

    Args:
        count: How many examples there are.
        seed: The run's seed, from 0.
        epoch: The epoch, from 0.
        shuffle: False: the natural order, in every epoch.

    Returns:
        Indices of examples, `(examples,)`, int64.
    """
    if not shuffle:
        return np.arange(count, dtype=np.int64)
    return np.random.default_rng(np.random.SeedSequence([seed, epoch])).permutation(count).astype(np.int64, copy=False)


@dataclass(frozen=True, eq=False)
class Batches:
    """An order cut into batches: those of an epoch, or some that follow one another.

    Attributes:
        whole: Indices of the whole batches, `(steps or more, batch)`, int64.
        rest: Indices of the last, partial batch, `(1, examples)`, int64; None where there is none.
        whole_count: How many rows of `whole` count; what comes after them is padding.
        first: Steps of the epoch that come before.
    """

    whole: tf.Tensor
    rest: tf.Tensor | None
    whole_count: int
    first: int = 0

    @property
    def count(self) -> int:
        """Return how many batches there are, the partial one included."""
        return self.whole_count + (self.rest is not None)

    @property
    def stop(self) -> int:
        """Return how many steps of the epoch are done after the last of them."""
        return self.first + self.count


def cut_batches(order: Array, *, batch_size: int) -> Batches:
    """Cut `order`, `(examples,)`, into batches of `batch_size`, or into one where it is shorter, on the device."""
    batch_size = min(batch_size, len(order))
    whole_count = len(order) // batch_size
    whole = order[: whole_count * batch_size].reshape(whole_count, batch_size)
    rest = order[whole_count * batch_size :]
    return Batches(
        tf.convert_to_tensor(whole), tf.convert_to_tensor(rest[np.newaxis]) if len(rest) else None, whole_count
    )
