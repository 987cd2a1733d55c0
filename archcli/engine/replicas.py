"""The copies of a model that learn together; on one device it is the model itself, with Keras's own steps."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from archcli.engine.steps import seeds_kept, take_then

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

    from archcli.engine.steps import BatchStep, Step


class Replicas(Protocol):
    """The copies of a model that learn together, each from its part of a batch.

    Where several processes train, all of them have to call every method at the same place.

    Attributes:
        is_many: Whether there are several.
        jit_batch_size: Examples of the batches whose step XLA compiles on each of several replicas; 0: of none.
    """

    is_many: bool
    jit_batch_size: int

    def train(self, batch: Any) -> Any:
        """Learn from the part of one replica; a `BatchStep`."""

    def test(self, batch: Any) -> Any:
        """Measure the model on the part of one replica; a `BatchStep`."""

    def spread(self, step: BatchStep) -> Step:
        """Return a step of the loop that has each replica do `step` with its part of a batch."""

    def spread_reset(self, reset: Callable[[], None]) -> Callable[[], None]:
        """Return what has each replica do `reset`."""

    def scope(self) -> AbstractContextManager[Any]:
        """Return the block in which the model's functions are traced and run."""

    def seeds_kept(self) -> AbstractContextManager[None]:
        """Return a block at whose end the seeds of random layers are put back."""

    def part_seeds(self) -> None:
        """Have random layers draw other numbers on each replica."""

    def agree(self, number: int) -> int:
        """Return the number of the process that decides."""

    def agree_on_all(self, is_so: bool) -> bool:  # noqa: FBT001 -- it is what is asked
        """Return whether it is so in all processes."""


class OneReplica:
    """A model as it learns on one device."""

    is_many = False

    def __init__(self, model: keras.Model) -> None:
        """Take the steps of `model`, built and compiled."""
        self._model = model
        self.jit_batch_size = 0
        self.train, self.test = model.train_step, model.test_step

    def spread(self, step: BatchStep) -> Step:
        """Return a step of the loop that does `step` with a whole batch."""
        return take_then(step)

    def spread_reset(self, reset: Callable[[], None]) -> Callable[[], None]:
        """Return `reset`."""
        return reset

    def scope(self) -> AbstractContextManager[Any]:
        """Return a block that does nothing."""
        return nullcontext()

    def seeds_kept(self) -> AbstractContextManager[None]:
        """Return a block at whose end the seeds of random layers are put back."""
        return seeds_kept(self._model)

    def part_seeds(self) -> None:
        """Leave the seeds as they are."""

    def agree(self, number: int) -> int:
        """Return `number`."""
        return number

    def agree_on_all(self, is_so: bool) -> bool:  # noqa: FBT001 -- it is what is asked
        """Return `is_so`."""
        return is_so
