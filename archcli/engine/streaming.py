"""How data come to the steps: whole on the device if they fit there, else in chunks of many batches.

They fit if they take no more than a share of the memory that is free there, `SHARE_OF_FREE_MEMORY`. If they do not, one
thread copies the examples of the next chunks while the steps of this one run. At most three chunks exist at a time: the
one that is used, one that waits and one that is being made. All have one shape, the last being padded, so that nothing
is traced anew; and all batches are the same as on the device, so that the numbers are, too.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.devices import describe_devices
from archcli.engine.faults import describe_running
from archcli.engine.feeding import Array, Batches, count_examples, cut_batches, place, placed_dtype
from archcli.engine.memory import free_memory, write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

SHARE_OF_FREE_MEMORY = 0.25
"""Data that take more of the device's free memory than this are fed in chunks: the rest is for the model."""

CHUNK_BYTES = 32 * 2**20
"""What a chunk takes at most, unless one batch takes more: enough that steps wait for no chunk."""

SPARING_BYTES = 8 * 2**20
"""What a chunk takes at most where memory is spared: of data that are gone through once, or are made on demand."""

CHUNKS_AHEAD = 2

Made = TypeVar("Made")


@dataclass(frozen=True)
class Room:
    """How much of the device data may take.

    Attributes:
        share: Of the memory that is free there, from 0 to 1, for data that are placed as a whole; 0: always chunks.
        chunk_bytes: For a chunk.
    """

    share: float = SHARE_OF_FREE_MEMORY
    chunk_bytes: int = CHUNK_BYTES


ROOM = Room()

ONCE = Room(share=0.0, chunk_bytes=SPARING_BYTES)
"""For data that are gone through but once: they are never placed as a whole, unless one chunk holds them."""


@dataclass(frozen=True, eq=False)
class Part:
    """Some of an epoch's batches, or all.

    Attributes:
        data: Tensors on the device, in the nesting of the arrays.
        batches: Which of their examples make which batch.
    """

    data: Any
    batches: Batches


class Feed:
    """Arrays that steps are fed with, batch by batch, in any order.

    Attributes:
        is_whole: Whether they are on the device as a whole.
    """

    def __init__(self, arrays: Any, *, batch_size: int, room: Room, agree: Callable[[bool], bool] = bool) -> None:
        """Put arrays onto the device, or make ready to do so in chunks.

        Args:
            arrays: NumPy arrays in any nesting, or what makes parts of such on demand; the first axis of all counts the
                same examples, at least one.
            batch_size: Examples of a whole batch, from 1.
            room: How much of the device they may take.
            agree: Takes whether they fit here, and returns whether they do on all machines that train together.

        Raises:
            TrainingError: `out-of-memory`: they do not fit.
        """
        self._arrays, self._count = arrays, count_examples(arrays)
        self._batch_size = min(batch_size, self._count)
        self._bytes = sum(_count_bytes(array) for array in keras.tree.flatten(arrays))
        batch_bytes = self._bytes * self._batch_size // self._count
        steps = -(-self._count // self._batch_size)
        is_spared = _is_spared(arrays)
        chunk_bytes = min(room.chunk_bytes, SPARING_BYTES) if is_spared else room.chunk_bytes
        self._chunk_steps = min(steps, max(1, chunk_bytes // max(1, batch_bytes)))
        self.is_whole = agree(self._chunk_steps == steps or (_fits(self._bytes, room) and not is_spared))
        self._tensors = None
        if self.is_whole:
            with describe_running():
                self._tensors = place(arrays)
        else:
            self._chunk = cut_batches(np.arange(self._chunk_steps * self._batch_size), batch_size=self._batch_size)

    @property
    def has_rest(self) -> bool:
        """Return whether the last batch of an epoch is a partial one."""
        return self._count % self._batch_size > 0

    def parts(self, order: Array | None = None, *, start: int = 0) -> Generator[Part]:
        """Give the batches of an epoch, in parts that follow one another.

        To be closed, as generators are, where it is not followed to its end: then its thread ends.

        Args:
            order: Indices of examples, `(examples,)`; None: the natural order.
            start: Steps of the epoch that are done, at least one fewer than it has; the first part begins there.

        Raises:
            TrainingError: `out-of-memory`: a chunk does not fit.
        """
        if self._tensors is not None:
            rows = np.arange(self._count) if order is None else order
            yield Part(self._tensors, cut_batches(rows, batch_size=self._batch_size))
            return
        steps = range(start, -(-self._count // self._batch_size), self._chunk_steps)
        with closing(make_ahead(self._chunk_maker(order, first) for first in steps)) as chunks:
            yield from chunks

    def sample(self) -> Part:
        """Give a part of the shapes that all parts have, with a partial batch if there is one: to compile for."""
        if self._tensors is not None:
            return next(self.parts())
        with describe_running():
            data = self._place_chunk(slice(0, 0))
        return Part(data, replace(self._chunk, rest=self._rest(0)))

    def describe(self) -> str:
        """Say where the data are, in words without a full stop."""
        if self.is_whole:
            return f"on the device, {write_bytes(self._bytes)}"
        size = self._bytes * self._batch_size * self._chunk_steps // self._count
        return f"in chunks of {self._chunk_steps} batches, {write_bytes(size)} each, of {write_bytes(self._bytes)}"

    def _chunk_maker(self, order: Array | None, first: int) -> Callable[[], Part]:
        """Return what makes the chunk that begins with the step `first`."""
        begin = first * self._batch_size
        stop = min(begin + self._chunk_steps * self._batch_size, self._count)
        whole_count = (stop - begin) // self._batch_size
        rest = self._rest(whole_count) if (stop - begin) % self._batch_size else None

        def make() -> Part:
            rows = slice(begin, stop) if order is None else order[begin:stop]
            with describe_running():
                return Part(self._place_chunk(rows), Batches(self._chunk.whole, rest, whole_count, first))

        return make

    def _place_chunk(self, rows: Array | slice) -> Any:
        length = self._chunk_steps * self._batch_size

        def cut(array: Array) -> Array:
            taken = array[rows] if isinstance(rows, slice) else np.take(array, rows, axis=0)
            padding = np.repeat(array[:1], length - len(taken), axis=0)
            return np.concatenate([taken, padding]) if len(padding) else taken

        return place(keras.tree.map_structure(cut, self._arrays))

    def _rest(self, whole_count: int) -> tf.Tensor | None:
        """Return the indices of the partial batch in a chunk where `whole_count` batches come before it."""
        count = self._count % self._batch_size
        rows = np.arange(count, dtype=np.int64)[np.newaxis] + whole_count * self._batch_size
        return tf.convert_to_tensor(rows) if count else None


def make_ahead(makers: Iterable[Callable[[], Made]]) -> Generator[Made]:
    """Make things in a thread of their own, two ahead of whoever takes them.

    Args:
        makers: Each makes one thing; they are called one after another.

    Yields:
        The things, in order. What a maker raises is raised here, in its thing's place; the thread ends with it, with
        the last thing, or when the generator is closed.
    """
    left = iter(makers)
    executor = ThreadPoolExecutor(1, thread_name_prefix="archcli-feed")
    try:
        waiting = deque(executor.submit(maker) for maker in islice(left, CHUNKS_AHEAD))
        while waiting:
            made = waiting.popleft().result()
            waiting.extend(executor.submit(maker) for maker in islice(left, 1))
            yield made
            del made
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _is_spared(arrays: Any) -> bool:
    """Tell whether any array is made on demand, to spare the memory that it would take on the device of a CPU, too."""
    on_demand = any(not isinstance(array, np.ndarray) for array in keras.tree.flatten(arrays))
    return on_demand and describe_devices().kind == "cpu"


def _fits(count: int, room: Room) -> bool:
    free = free_memory()
    return room.share > 0 and (free is None or count <= room.share * free)


def _count_bytes(array: Array) -> int:
    return int(array.size) * placed_dtype(array).itemsize
