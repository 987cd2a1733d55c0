"""How fast examples are trained on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Made = TypeVar("Made")


@dataclass
class Throughput:
    """Training examples and the seconds that their steps took."""

    examples: int = 0
    seconds: float = 0.0

    def add(self, examples: int, seconds: float) -> None:
        """Count some more."""
        self.examples += examples
        self.seconds += seconds

    def count_waiting(self, parts: Iterable[Made]) -> Iterator[Made]:
        """Give `parts` one after another, and count the seconds until each of them is there."""
        rest = iter(parts)
        while True:
            began = time.perf_counter()
            part = next(rest, None)
            self.add(0, time.perf_counter() - began)
            if part is None:
                return
            yield part

    @property
    def examples_per_second(self) -> float:
        """Return how many a second; 0 where there were none."""
        return self.examples / self.seconds if self.seconds else 0.0
