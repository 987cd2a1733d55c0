"""How fast examples are trained on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Throughput:
    """Training examples and the seconds that their steps took."""

    examples: int = 0
    seconds: float = 0.0

    def add(self, examples: int, seconds: float) -> None:
        """Count some more."""
        self.examples += examples
        self.seconds += seconds

    @property
    def examples_per_second(self) -> float:
        """Return how many a second; 0 where there were none."""
        return self.examples / self.seconds if self.seconds else 0.0
