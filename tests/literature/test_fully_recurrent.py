"""A fully recurrent network takes a tick for each layer of weights that a task wants (Williams and Zipser, 1989)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.literature.conftest import MostSeeds, Train


def _accuracy(train: Train, *, ticks: int, delay: int, seed: int) -> float:
    put = (f"model.layers.0.ticks={ticks}", f"data.source.pipelined_xor.delay={delay}", f"train.seed={seed}")
    return train("frnn-pipelined-xor", *put, "train.epochs=40").scores["accuracy"]


@pytest.mark.slow
@pytest.mark.parametrize(("ticks", "delay"), [(1, 1), (2, 0)])
def test_two_changes_on_the_way_make_exclusive_or(train: Train, most_seeds: MostSeeds, ticks: int, delay: int) -> None:
    """A second tick, or a step to wait, is a second layer of weights between the bits and the neuron that is read."""
    assert most_seeds(lambda seed: _accuracy(train, ticks=ticks, delay=delay, seed=seed) == 1.0)


@pytest.mark.slow
def test_one_change_on_the_way_does_not(train: Train, most_seeds: MostSeeds) -> None:
    """With one tick and no delay the answer is a weighted sum of the bits, and exclusive or is no such thing."""
    assert most_seeds(lambda seed: _accuracy(train, ticks=1, delay=0, seed=seed) < 0.55)
