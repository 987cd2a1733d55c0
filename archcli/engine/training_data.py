"""The training examples on the device, and the batches of each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archcli.engine.buckets import check_lengths, order_by_length, trimmed_step
from archcli.engine.feeding import Batches, Examples, cut_batches, order_epoch, place, place_examples

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import keras

    from archcli.engine.settings import Settings


class TrainingData:
    """What the loop is fed with.

    Attributes:
        tensors: The examples on the device.
        step: Takes a batch of `tensors`.
    """

    def __init__(
        self, model: keras.Model, examples: Examples, settings: Settings, step: Callable[[Any], Mapping[str, Any]]
    ) -> None:
        """Put `examples` on the device, for `step`, which takes `(inputs, targets)` and perhaps weights.

        Raises:
            RecipeError: `lengths-not-known`.
            TrainingError: `out-of-memory`: they do not fit.
        """
        self._count, self._settings = examples.count, settings
        self._lengths = check_lengths(examples) if settings.bucket_by_length else None
        self.tensors, self.step = place_examples(examples), step
        if self._lengths is not None:
            self.tensors = (self.tensors, place(self._lengths))
            self.step = trimmed_step(model, examples, step)

    def cut_epoch(self, epoch: int) -> Batches:
        """Return the batches of `epoch`, from 0: a function of it and the settings alone."""
        size, seed, shuffle = self._settings.batch_size, self._settings.seed, self._settings.shuffle
        if self._lengths is None:
            order = order_epoch(self._count, seed=seed, epoch=epoch, shuffle=shuffle)
        else:
            order = order_by_length(self._lengths, batch_size=size, seed=seed, epoch=epoch, shuffle=shuffle)
        return cut_batches(order, batch_size=size)
