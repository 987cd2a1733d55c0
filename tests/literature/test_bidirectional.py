"""Bidirectional networks know both sides of a step (Schuster and Paliwal, 1997), and what each way of joining costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.literature.conftest import MostSeeds, Train


@pytest.mark.slow
def test_both_directions_know_what_one_cannot(train: Train, most_seeds: MostSeeds) -> None:
    """Where half of what decides is still to come, two directions beat one of about as many weights by 0.12."""
    forward = train("birnn-merged", "model.architecture={rnn: 18}", "train.epochs=30").scores["accuracy"]

    def is_far_better(seed: int) -> bool:
        both = train("birnn-merged", f"train.seed={seed}", "train.epochs=30").scores["accuracy"]
        return both - forward >= 0.12

    assert most_seeds(is_far_better)
