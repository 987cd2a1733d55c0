"""What workers tell each other beside gradients: small numbers and texts, so that all of them do the same next.

Whether to stop, whether to write, how many steps to take: what depends on time or on signals is one worker's, and all
have to go by it, or they would wait for sums that others never begin. Every function here has to be called by all
workers at the same place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import tensorflow as tf

from archcli.engine.faults import describe_running

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from archcli.engine.distribution.distribution import Distribution
    from archcli.engine.interruption import StopRequest


def gather_numbers(distribution: Distribution, number: int) -> list[int]:
    """Return the `number` of every worker, in the order of the workers."""
    if distribution.worker_count == 1:
        return [number]
    own = np.zeros(distribution.worker_count, np.int64)
    own[distribution.worker_index] = number
    return [int(one) for one in _sum(distribution, own)]


def chiefs_number(distribution: Distribution, number: int) -> int:
    """Return the chief's `number`; the others' do not matter."""
    return gather_numbers(distribution, number)[0]


def chiefs_text(distribution: Distribution, text: str) -> str:
    """Return the chief's `text`; the others' do not matter."""
    if distribution.worker_count == 1:
        return text
    data = text.encode("utf-8", "surrogateescape") if distribution.is_chief else b""
    size = chiefs_number(distribution, len(data))
    sent = np.frombuffer(data.ljust(size, b"\0"), np.uint8).astype(np.int64)
    return _sum(distribution, sent).astype(np.uint8).tobytes().decode("utf-8", "surrogateescape")


class SharedRequest:
    """A request to stop that any worker may have got, and that all grant at the same step."""

    def __init__(self, own: StopRequest, distribution: Distribution) -> None:
        """Ask all workers of `distribution`, this one by its `own` request."""
        self._own, self._distribution = own, distribution

    @property
    def is_made(self) -> bool:
        """Return whether any worker was asked to stop; all have to ask."""
        asked = max(gather_numbers(self._distribution, self._own.signal_number or 0))
        # What this worker got while the others answered is granted by all when they ask again.
        if asked and not self._own.is_made:
            self._own.signal_number = asked
        return asked > 0

    @property
    def exit_status(self) -> int:
        """Return 130 for Ctrl-C, 143 for SIGTERM."""
        return self._own.exit_status


def _sum(distribution: Distribution, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sum of the `numbers` of all workers."""
    strategy = distribution.strategy
    if strategy is None:
        return numbers
    by_worker = distribution.replica_count // distribution.worker_count

    def give(context: tf.distribute.ValueContext) -> tf.Tensor:
        is_first = context.replica_id_in_sync_group % by_worker == 0
        return tf.constant(numbers if is_first else np.zeros_like(numbers))

    with describe_running(), strategy.scope():
        values = strategy.experimental_distribute_values_from_function(give)
        total: NDArray[np.int64] = strategy.reduce(tf.distribute.ReduceOp.SUM, values, axis=None).numpy()
    return total
