"""Random numbers that a seed decides for good.

Of all that is random in NumPy only the raw stream of a bit generator is promised never to change; the rest is made of
it here, so that a seed means the same examples after every upgrade.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
from numpy.typing import NDArray

_CHUNK = 4096
_STREAM = 1


class Draws:
    """A stream of random numbers."""

    def __init__(self, seed: int) -> None:
        """Begin the stream of a seed, from 0."""
        # Not the stream of the same seed that divides the examples: what is drawn first would decide who is tested.
        self._bits = np.random.PCG64([seed, _STREAM])

    def uniform(self, low: float, high: float, *shape: int) -> NDArray[np.float64]:
        """Draw numbers from `low` to below `high`, of a shape."""
        raw = np.asarray(self._bits.random_raw(prod(shape)), np.uint64)
        # The upper 53 bits, as many as a float64 holds.
        shares = (raw >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53
        drawn: NDArray[np.float64] = low + (high - low) * shares
        return drawn

    def below(self, bound: int | NDArray[np.int64], *shape: int) -> NDArray[np.int64]:
        """Draw whole numbers from 0 to below `bound`, of a shape; a bound for each where it is an array."""
        return (self.uniform(0, 1, *shape) * bound).astype(np.int64)

    def normal(self, *shape: int) -> NDArray[np.float64]:
        """Draw numbers with mean 0 and deviation 1, of a shape (Box and Muller)."""
        radius = np.sqrt(-2 * np.log1p(-self.uniform(0, 1, *shape)))
        drawn: NDArray[np.float64] = radius * np.cos(self.uniform(0, 2 * np.pi, *shape))
        return drawn

    def coins(self) -> Iterator[int]:
        """Yield 0 or 1, for ever."""
        while True:
            yield from self.below(2, _CHUNK).tolist()
