"""The training examples, and the batches of each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcli.engine.buckets import check_lengths, order_by_length, trimmed_step
from archcli.engine.feeding import Array, Examples, list_arrays, order_epoch
from archcli.engine.steps import take_then
from archcli.engine.streaming import Feed, Part

if TYPE_CHECKING:
    from collections.abc import Generator

    import keras

    from archcli.engine.settings import Settings
    from archcli.engine.steps import BatchStep


class TrainingData:
    """What the loop is fed with.

    Attributes:
        feed: The examples, on the device or on their way to it.
        step: Learns from a batch of a part's data, which it is given with the indices of the batch, `(batch,)`.
    """

    def __init__(self, model: keras.Model, examples: Examples, settings: Settings, step: BatchStep) -> None:
        """Put `examples` on the device, for `step`, which takes `(inputs, targets)` and perhaps weights.

        Raises:
            RecipeError: `lengths-not-known`.
            TrainingError: `out-of-memory`: they do not fit.
        """
        self._count, self._settings = examples.count, settings
        self._lengths = check_lengths(examples) if settings.bucket_by_length else None
        arrays = list_arrays(examples)
        if self._lengths is not None:
            arrays = (arrays, self._lengths)
            step = trimmed_step(model, examples, step)
        self.step = take_then(step)
        self.feed = Feed(arrays, batch_size=settings.batch_size, room=settings.room)

    def parts(self, epoch: int, *, start: int = 0) -> Generator[Part]:
        """Give the batches of `epoch`, from 0, in parts, as `Feed.parts` does: a function of it and the settings."""
        return self.feed.parts(self._order(epoch), start=start)

    def _order(self, epoch: int) -> Array:
        seed, shuffle = self._settings.seed, self._settings.shuffle
        if self._lengths is None:
            return order_epoch(self._count, seed=seed, epoch=epoch, shuffle=shuffle)
        size = self._settings.batch_size
        return order_by_length(self._lengths, batch_size=size, seed=seed, epoch=epoch, shuffle=shuffle)
