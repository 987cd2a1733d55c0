"""The training examples, the batches of each epoch, and the loop that runs over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcli.engine.buckets import check_lengths, order_by_length, trimmed_step
from archcli.engine.feeding import Array, Examples, list_arrays, order_epoch
from archcli.engine.replicas import OneReplica
from archcli.engine.steps import Loop
from archcli.engine.streaming import Feed, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import keras

    from archcli.engine.compile_mode import ModeName
    from archcli.engine.replicas import Replicas
    from archcli.engine.settings import Settings
    from archcli.engine.steps import BatchStep


class TrainingData:
    """What the loop is fed with.

    Attributes:
        feed: The examples, on the device or on their way to it.
        step: Learns from a batch of a part's data, which it is given with the indices of the batch, `(batch,)`.
    """

    def __init__(
        self,
        model: keras.Model,
        examples: Examples,
        settings: Settings,
        step: BatchStep,
        *,
        replicas: Replicas | None = None,
    ) -> None:
        """Put `examples` on the device, for `step`, which takes `(inputs, targets)` and perhaps weights.

        Each of the `replicas` does it with its part of a batch; None: the model on one device.

        Raises:
            RecipeError: `lengths-not-known`.
            TrainingError: `out-of-memory`: they do not fit.
        """
        self._model, self._count, self._settings = model, examples.count, settings
        self._lengths = check_lengths(examples) if settings.bucket_by_length else None
        arrays = list_arrays(examples)
        self._replicas = replicas = replicas or OneReplica(model)
        if self._lengths is None:
            self.step = replicas.spread(step)
        else:
            arrays = (arrays, self._lengths)
            self.step = replicas.spread(trimmed_step(model, examples, step))
        self.feed = Feed(arrays, batch_size=settings.batch_size, room=settings.room, agree=replicas.agree_on_all)

    def parts(self, epoch: int, *, start: int = 0) -> Generator[Part]:
        """Give the batches of `epoch`, from 0, in parts, as `Feed.parts` does: a function of it and the settings."""
        return self.feed.parts(self._order(epoch), start=start)

    def make_loop(self, mode: ModeName, *, reset: Callable[[], None]) -> Loop:
        """Make the loop that runs `step` over these batches: the one of every training, which `bench` times, too.

        Args:
            mode: How steps are run.
            reset: Begins an epoch.
        """
        replicas = self._replicas
        replicas.jit_batch_size = min(self._settings.batch_size, self._count) if mode == "xla" else 0
        # Windows are cut out of batches whose size is known.
        any_size = self.feed.has_rest and self._settings.window is None
        return Loop(self._model, self.step, mode=mode, reset=reset, any_size=any_size, replicas=replicas)

    def _order(self, epoch: int) -> Array:
        seed, shuffle = self._settings.seed, self._settings.shuffle
        if self._lengths is None:
            return order_epoch(self._count, seed=seed, epoch=epoch, shuffle=shuffle)
        size = self._settings.batch_size
        return order_by_length(self._lengths, batch_size=size, seed=seed, epoch=epoch, shuffle=shuffle)
