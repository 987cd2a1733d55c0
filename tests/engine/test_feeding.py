"""Examples on the device and the order of an epoch."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from archcli.engine.feeding import Examples, cut_batches, order_epoch, place, place_examples, take


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    """The same seed and epoch give the same order, whatever was asked for before."""
    first = order_epoch(100, seed=3, epoch=7, shuffle=True)
    order_epoch(100, seed=3, epoch=8, shuffle=True)

    assert np.array_equal(first, order_epoch(100, seed=3, epoch=7, shuffle=True))


def test_every_seed_and_epoch_has_its_own_order() -> None:
    """Seeds 0 to 3 and epochs 0 to 3 give sixteen orders, each of all examples."""
    orders = [order_epoch(50, seed=seed, epoch=epoch, shuffle=True) for seed in range(4) for epoch in range(4)]

    assert len({tuple(order) for order in orders}) == 16
    assert all(sorted(order) == list(range(50)) for order in orders)


def test_without_shuffling_the_order_is_natural() -> None:
    """Every epoch takes the examples as they come."""
    assert list(order_epoch(5, seed=1, epoch=9, shuffle=False)) == [0, 1, 2, 3, 4]


def test_an_order_is_cut_into_whole_batches_and_the_rest() -> None:
    """Seven examples in threes: two whole batches and one example."""
    batches = cut_batches(np.array([6, 5, 4, 3, 2, 1, 0]), batch_size=3)

    assert batches.whole.numpy().tolist() == [[6, 5, 4], [3, 2, 1]]
    assert batches.rest is not None
    assert batches.rest.numpy().tolist() == [[0]]
    assert (batches.whole_count, batches.count) == (2, 3)


def test_an_order_that_divides_evenly_has_no_rest() -> None:
    """Six examples in threes: two batches."""
    batches = cut_batches(np.arange(6), batch_size=3)

    assert batches.rest is None
    assert batches.count == 2


def test_fewer_examples_than_a_batch_are_one_whole_batch() -> None:
    """Two examples in batches of 32 are one batch of two."""
    batches = cut_batches(np.arange(2), batch_size=32)

    assert batches.whole.numpy().tolist() == [[0, 1]]
    assert batches.count == 1


def test_floats_are_placed_as_keras_trains_them_and_integers_as_they_are() -> None:
    """Double precision becomes single, as in `fit`; integers keep their type."""
    placed = place({"price": np.zeros(3, "float64"), "kind": np.zeros(3, "int64"), "pixel": np.zeros(3, "uint8")})

    assert {name: tensor.dtype for name, tensor in placed.items()} == {
        "price": tf.float32,
        "kind": tf.int64,
        "pixel": tf.uint8,
    }


def test_examples_are_taken_from_every_array_alike() -> None:
    """A batch holds the same examples of inputs, targets and weights."""
    examples = Examples((np.arange(5) * 10, np.arange(5) * 100), np.arange(5), sample_weight=np.arange(5) / 2)

    (one, other), target, weight = take(place_examples(examples), tf.constant([3, 1]))

    assert one.numpy().tolist() == [30, 10]
    assert other.numpy().tolist() == [300, 100]
    assert target.numpy().tolist() == [3, 1]
    assert weight.numpy().tolist() == [1.5, 0.5]


def test_the_first_examples_are_taken_of_all_arrays() -> None:
    """Count and first look at the first axis, whatever the nesting."""
    examples = Examples({"a": np.zeros((4, 2))}, np.zeros(4), sample_weight=np.zeros(4))

    first = examples.first(3)

    assert (examples.count, first.count) == (4, 3)
    assert first.sample_weight is not None
    assert len(first.sample_weight) == 3


def test_all_arrays_by_name_are_cut_alike() -> None:
    """Inputs, targets, weights of each output and lengths keep the same examples."""
    examples = Examples(
        {"a": np.zeros((4, 2))}, {"k": np.zeros((4, 3))}, {"k": np.ones((4, 3))}, lengths=np.array([3, 1, 2, 3])
    )

    first = examples.first(3)

    assert isinstance(first.sample_weight, dict)
    assert first.sample_weight["k"].shape == (3, 3)
    assert first.lengths is not None
    assert first.lengths.tolist() == [3, 1, 2]
