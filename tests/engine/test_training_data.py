"""The batches of each epoch, with and without buckets."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from archcli.engine.buckets import order_by_length
from archcli.engine.feeding import Examples, order_epoch
from archcli.engine.settings import Settings
from archcli.engine.training_data import TrainingData
from archcli.errors import RecipeError

LENGTHS = np.array([2, 5, 3, 5, 1, 4, 2])


def make(*, lengths: Any = LENGTHS, **options: Any) -> TrainingData:
    """Put seven sequences on the device."""
    model = keras.Sequential([keras.Input((5, 1)), keras.layers.GRU(2)])
    settings = Settings(epochs=1, batch_size=3, seed=9, monitor="loss", **options)
    return TrainingData(
        model, Examples(np.zeros((7, 5, 1)), np.zeros((7, 2)), lengths=lengths), settings, model.test_step
    )


def indices(data: TrainingData, epoch: int) -> list[int]:
    """Return the examples of an epoch in order."""
    (part,) = data.parts(epoch)
    batches = part.batches
    assert batches.rest is not None
    return [*batches.whole.numpy().ravel().tolist(), *batches.rest.numpy().ravel().tolist()]


@pytest.mark.parametrize("shuffle", [True, False])
def test_the_order_is_that_of_seed_and_epoch(*, shuffle: bool) -> None:
    """Without buckets lengths are of no interest, and a step takes inputs and targets."""
    data = make(shuffle=shuffle)
    (part,) = data.parts(3)

    assert indices(data, 3) == order_epoch(7, seed=9, epoch=3, shuffle=shuffle).tolist()
    assert len(part.data) == 2


@pytest.mark.parametrize("shuffle", [True, False])
def test_in_buckets_the_order_is_that_of_the_lengths(*, shuffle: bool) -> None:
    """Lengths travel with the examples, for the step to cut by."""
    data = make(shuffle=shuffle, bucket_by_length=True)

    (part,) = data.parts(3)
    expected = order_by_length(LENGTHS, batch_size=3, seed=9, epoch=3, shuffle=shuffle)
    assert indices(data, 3) == expected.tolist()
    assert part.data[1].numpy().tolist() == LENGTHS.tolist()


def test_buckets_want_lengths() -> None:
    """Without them there is a problem, not a guess."""
    with pytest.raises(RecipeError, match="the data do not say"):
        make(lengths=None, bucket_by_length=True)
