"""What a model makes of examples without learning from them: loss and metrics."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from archcli.engine.feeding import Examples, list_arrays
from archcli.engine.replicas import OneReplica, Replicas
from archcli.engine.steps import Loop, build_step
from archcli.engine.streaming import ROOM, Feed, Room

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

    from archcli.engine.compile_mode import ModeName

EVALUATION_BATCHES = 4


def evaluation_batch_size(batch_size: int) -> int:
    """Return how many examples a step of evaluation takes where one of training takes `batch_size`.

    Nothing is kept for the gradient, so that four times as many need no more memory.
    """
    return EVALUATION_BATCHES * batch_size


class Evaluation:
    """Loss and metrics of one model on one set of examples, as often as they are wanted.

    Steps run as a graph whatever mode training has: it costs a fraction of training, it compiles in no time, and the
    numbers are then the same, bit for bit, as those of `evaluate_model` on the saved model.

    Attributes:
        feed: The examples, on the device or on their way to it.
    """

    def __init__(
        self,
        model: keras.Model,
        examples: Examples,
        *,
        batch_size: int,
        eagerly: bool = False,
        room: Room = ROOM,
        replicas: Replicas | None = None,
    ) -> None:
        """Put `examples` on the device, to be taken in batches of `batch_size`.

        Args:
            model: Built and compiled, with the variables of loss and metrics made.
            examples: At least one.
            batch_size: Examples per step, from 1; bounds memory.
            eagerly: Whether steps run one operation at a time.
            room: How much of the device the examples may take.
            replicas: Who measures; None: the model on one device.
        """
        self._replicas = replicas or OneReplica(model)
        agree = self._replicas.agree_on_all
        self.feed = Feed(list_arrays(examples), batch_size=batch_size, room=room, agree=agree)
        step = self._replicas.spread(self._replicas.test)
        mode: ModeName = "eager" if eagerly else "graph"
        self._loop = Loop(model, step, mode=mode, any_size=self.feed.has_rest, replicas=self._replicas)

    def warm_up(self) -> None:
        """Compile, so that the first run takes no longer than the others."""
        sample = self.feed.sample()
        self._loop.warm_up(sample.data, sample.batches)

    def run(self, *, is_stopped: Callable[[], bool] = lambda: False) -> dict[str, float] | None:
        """Measure the model as it is now.

        The model's metrics are reset and hold the result; the seeds of its random layers are as before.

        Args:
            is_stopped: Asked a few times a second.

        Returns:
            `loss` and metrics by name; None if it was stopped.
        """
        step, metrics = 0, dict[str, float]()
        with self._replicas.seeds_kept(), closing(self.feed.parts()) as parts:
            for part in parts:
                while step < part.batches.stop:
                    if is_stopped():
                        return None
                    reached = self._loop.advance(part.data, part.batches, start=step)
                    step, metrics = reached.step, dict(reached.metrics)
        return metrics


def evaluate_model(model: keras.Model, examples: Examples, *, batch_size: int, room: Room = ROOM) -> dict[str, float]:
    """Measure a compiled model on examples.

    Args:
        model: Built and compiled; its metrics are reset and hold the result.
        examples: At least one.
        batch_size: Examples per step, from 1; bounds memory.
        room: How much of the device the examples may take.

    Returns:
        `loss` and metrics by name, equal to `Model.evaluate` with the same batch size.

    Raises:
        RecipeError: `step-does-not-fit`: model, loss, metrics and data do not go together.
        TrainingError: `out-of-memory` or `step-failed`.
    """
    build_step(model, examples, batch_size=batch_size)
    evaluation = Evaluation(model, examples, batch_size=batch_size, room=room)
    evaluation.warm_up()
    return evaluation.run() or {}
