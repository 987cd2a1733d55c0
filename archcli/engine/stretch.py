"""A stretch of training: what is timed. Nothing here imports TensorFlow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stretch:
    """Some steps of training, and what they took.

    Attributes:
        steps: How many, from 1; a last, partial batch counts as one.
        examples: In all of them, from 1.
        seconds: They took.
    """

    steps: int
    examples: int
    seconds: float
