"""Some examples at a time: what is computed in float64 takes little memory, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from numpy.typing import NDArray

AT_ONCE: Final = 1 << 19
"""Numbers: 4 MiB in float64, which a processor's caches hold, too."""


def blocks(array: NDArray[Any]) -> Iterator[slice]:
    """Yield where the blocks of an array's examples lie, in order.

    Args:
        array: `(examples, ...)`.
    """
    examples = len(array)
    each = max(1, AT_ONCE * examples // max(1, array.size))
    for start in range(0, examples, each):
        yield slice(start, min(start + each, examples))
