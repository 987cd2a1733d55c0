"""The training examples on the device, and the batches of each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcli.engine.buckets import check_lengths, order_by_length, trimmed_step
from archcli.engine.feeding import Batches, Examples, cut_batches, order_epoch, place, place_examples
from archcli.engine.steps import take_then

if TYPE_CHECKING:
    import keras

    from archcli.engine.settings import Settings
    from archcli.engine.steps import BatchStep


class TrainingData:
    """What the loop is fed with.

    Attributes:
        tensors: The examples on the device.
        step: Learns from a batch of `tensors`, which it is given with the indices of the batch, `(batch,)`.
    """

    def __init__(self, model: keras.Model, examples: Examples, settings: Settings, step: BatchStep) -> None:
        """Put `examples` on the device, for `step`, which takes `(inputs, targets)` and perhaps weights.

        Raises:
            RecipeError: `lengths-not-known`.
            TrainingError: `out-of-memory`: they do not fit.
        """
        self._count, self._settings = examples.count, settings
        self._lengths = check_lengths(examples) if settings.bucket_by_length else None
        self.tensors = place_examples(examples)
        if self._lengths is not None:
            self.tensors = (self.tensors, place(self._lengths))
            step = trimmed_step(model, examples, step)
        self.step = take_then(step)

    def cut_epoch(self, epoch: int) -> Batches:
        """Return the batches of `epoch`, from 0: a function of it and the settings alone."""
        size, seed, shuffle = self._settings.batch_size, self._settings.seed, self._settings.shuffle
        if self._lengths is None:
            order = order_epoch(self._count, seed=seed, epoch=epoch, shuffle=shuffle)
        else:
            order = order_by_length(self._lengths, batch_size=size, seed=seed, epoch=epoch, shuffle=shuffle)
        return cut_batches(order, batch_size=size)
