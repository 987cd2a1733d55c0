"""Keras's callbacks, called as `fit` calls them, with what they remember kept in checkpoints."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import keras

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from archcli.engine.progress import EpochRow

Plain = bool | int | float

NO_LAST_EPOCH = 0


class Callbacks:
    """The callbacks of one training.

    They see the beginning and end of training, epochs and validation. Those of batches are called once for each call
    of the compiled loop, as Keras does with `steps_per_execution`.
    """

    def __init__(
        self, callbacks: Sequence[keras.callbacks.Callback], model: keras.Model, *, epochs: int, steps: int
    ) -> None:
        """Attach `callbacks` to `model`, which is trained for `epochs` of `steps`."""
        self._list = keras.callbacks.CallbackList(list(callbacks), model=model, epochs=epochs, steps=steps)
        self._callbacks = tuple(callbacks)
        self._model = model
        self._see_batches = _override(
            callbacks, "on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"
        )
        self.see_validation = _override(callbacks, "on_test_begin", "on_test_end")
        for callback in callbacks:
            if isinstance(callback, keras.callbacks.SwapEMAWeights):
                # In what it takes for the last epoch it overwrites the weights that a longer training goes on from.
                callback.set_params({"epochs": NO_LAST_EPOCH, "steps": steps})

    def begin(self, kept: Sequence[Mapping[str, Any]], earlier: Iterable[EpochRow]) -> None:
        """Begin training, or go on with it.

        Args:
            kept: What `state` gave when the checkpoint was written; empty at the start of training.
            earlier: The rows of the epochs before.
        """
        self._model.stop_training = False
        self._list.on_train_begin()
        for callback, state in zip(self._callbacks, kept, strict=False):
            for name, value in state.items():
                setattr(callback, name, value)
        for callback in self._callbacks:
            if isinstance(callback, keras.callbacks.CSVLogger) and not callback.append:
                for row in earlier:  # it has begun its file anew
                    callback.on_epoch_end(row.epoch - 1, log_row(row.metrics, row.learning_rate))

    def begin_epoch(self, epoch: int) -> None:
        """Begin `epoch`, from 0."""
        self._list.on_epoch_begin(epoch)

    def begin_steps(self, step: int) -> None:
        """Begin a call of the loop at `step`, from 0."""
        if self._see_batches:
            self._list.on_train_batch_begin(step)

    def end_steps(self, step: int, metrics: Mapping[str, float]) -> None:
        """End a call of the loop, whose last step was `step`, from 0."""
        if self._see_batches:
            self._list.on_train_batch_end(step, dict(metrics))

    def begin_validation(self) -> None:
        """Begin validation; `SwapEMAWeights` puts the averaged weights in now."""
        self._list.on_test_begin()

    def end_validation(self, metrics: Mapping[str, float]) -> None:
        """End validation; `SwapEMAWeights` takes the averaged weights out again."""
        self._list.on_test_end(dict(metrics))

    def end_epoch(self, epoch: int, logs: Mapping[str, float]) -> bool:
        """End `epoch`, from 0, and return whether a callback wants training to stop."""
        self._list.on_epoch_end(epoch, dict(logs))
        return bool(self._model.stop_training)

    def end(self, logs: Mapping[str, float]) -> None:
        """End training: files are closed."""
        self._list.on_train_end(dict(logs))

    def state(self) -> list[dict[str, Any]]:
        """Return what each callback remembers: its numbers, without its settings."""
        return [
            {
                name: value
                for name, value in vars(callback).items()
                if name not in _settings(callback) and isinstance(value, Plain)
            }
            for callback in self._callbacks
        ]


def log_row(metrics: Mapping[str, float], learning_rate: float) -> dict[str, float]:
    """Return the logs of an epoch as callbacks see them."""
    return {**metrics, "learning_rate": learning_rate}


def _override(callbacks: Iterable[keras.callbacks.Callback], *names: str) -> bool:
    return any(
        getattr(type(callback), name) is not getattr(keras.callbacks.Callback, name)
        for callback in callbacks
        for name in names
    )


def _settings(callback: keras.callbacks.Callback) -> set[str]:
    return {"params", *inspect.signature(type(callback).__init__).parameters}
