"""Batches of sequences that are about as long."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine.buckets import check_lengths, order_by_length, trimmed_step
from archcli.engine.feeding import Examples
from archcli.errors import Problem, RecipeError

layers = keras.layers
STEPS = 12


def padded(*, count: int = 20) -> Examples:
    """Draw sequences of 2 to 9 steps, padded to 12, with a label for each step."""
    generator = np.random.default_rng(0)
    lengths = generator.integers(2, 10, count)
    inputs = generator.normal(size=(count, STEPS, 4)).astype("float32")
    inputs[np.arange(STEPS) >= lengths[:, np.newaxis]] = 0
    return Examples(inputs, generator.integers(0, 3, (count, STEPS)), lengths=lengths)


def network(*, both_ways: bool = True) -> keras.Model:
    """Make a network of a fixed seed that masks padding and labels each step."""
    keras.utils.set_random_seed(3)
    forward = layers.SimpleRNN(4, return_sequences=True)
    hidden = layers.Bidirectional(forward) if both_ways else forward
    model = keras.Sequential([keras.Input((STEPS, 4)), layers.Masking(), hidden, layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss, weighted_metrics=["accuracy"], jit_compile=False)
    return model


def test_the_order_is_a_function_of_seed_and_epoch() -> None:
    """Every example once, the same each time, another in another epoch."""
    lengths = np.random.default_rng(0).integers(1, 30, 103)
    options: dict[str, Any] = {"batch_size": 10, "seed": 4, "shuffle": True}

    order = order_by_length(lengths, epoch=2, **options)

    assert sorted(order) == list(range(103))
    assert np.array_equal(order, order_by_length(lengths, epoch=2, **options))
    assert not np.array_equal(order, order_by_length(lengths, epoch=3, **options))


def test_batches_are_of_one_length_or_nearly() -> None:
    """A hundred lengths in batches of ten: neighbours in the sorted row, in no order among the batches."""
    lengths = np.random.default_rng(0).permutation(100)

    order = order_by_length(lengths, batch_size=10, seed=1, epoch=0, shuffle=True)

    batches = lengths[order].reshape(10, 10)
    assert [sorted(batch) for batch in sorted(batches.tolist(), key=min)] == np.arange(100).reshape(10, 10).tolist()
    assert [min(batch) for batch in batches] != sorted(min(batch) for batch in batches)


def test_examples_left_for_a_partial_batch_are_of_any_length() -> None:
    """The last three of the shuffled order are left as they are: the longest would never be with others otherwise."""
    lengths = np.arange(103)

    lefts = [order_by_length(lengths, batch_size=10, seed=1, epoch=epoch, shuffle=True)[-3:] for epoch in range(20)]

    assert 20 < np.mean(lefts) < 80


def test_without_shuffling_batches_are_sorted_within_pools() -> None:
    """Lengths that are alike keep their natural order."""
    order = order_by_length(np.array([3, 1, 2, 1, 3]), batch_size=2, seed=1, epoch=7, shuffle=False)

    assert order.tolist() == [1, 3, 2, 0, 4]


def test_fewer_sequences_than_a_batch_are_one_batch() -> None:
    """They are taken in any order."""
    assert sorted(order_by_length(np.array([3, 1]), batch_size=8, seed=1, epoch=0, shuffle=True)) == [0, 1]


def test_cut_batches_give_what_padded_ones_give() -> None:
    """Loss and every weight after an update are within 5e-8 of those of the padded batch."""
    examples = padded(count=8)
    batch = (tf.constant(examples.inputs), tf.constant(examples.targets))
    whole, cut = network(), network()

    expected = whole.train_step(batch)
    found = trimmed_step(cut, examples, cut.train_step)((batch, tf.constant(examples.lengths)))

    assert float(found["loss"]) == pytest.approx(float(expected["loss"]), rel=1e-6)
    assert all(np.abs(a - b).max() <= 5e-8 for a, b in zip(whole.get_weights(), cut.get_weights(), strict=True))


def test_only_what_runs_over_steps_is_cut() -> None:
    """Tables and the targets of whole sequences stay as they are, even where they have as many columns."""
    generator = np.random.default_rng(0)
    inputs = {"steps": generator.normal(size=(4, STEPS, 2)), "table": generator.normal(size=(4, STEPS))}
    examples = Examples(inputs, generator.normal(size=(4, STEPS)), lengths=np.array([3, 2, 5, 1]))
    steps, table = keras.Input((STEPS, 2), name="steps"), keras.Input((STEPS,), name="table")
    body = layers.Concatenate()([layers.GRU(3)(steps), table])
    model = keras.Model({"steps": steps, "table": table}, layers.Dense(STEPS)(body))
    taken: list[Any] = []

    def note(batch: Any) -> dict[str, Any]:
        taken.append(batch)
        return {}

    step = trimmed_step(model, examples, note)

    step(((inputs, tf.constant(examples.targets), tf.ones(4)), tf.constant(examples.lengths)))

    (got, targets, weight) = taken[0]
    assert {name: tuple(array.shape) for name, array in got.items()} == {"steps": (4, 5, 2), "table": (4, STEPS)}
    assert (tuple(targets.shape), tuple(weight.shape)) == ((4, STEPS), (4,))


def test_a_training_in_buckets_is_resumed_bit_for_bit(train: Any, tmp_path: Any) -> None:
    """One epoch and two more are three; the mode is graph whatever the network."""
    options: dict[str, Any] = {"bucket_by_length": True, "batch_size": 8, "mode": "auto"}
    whole, parted = (network(both_ways=False) for _ in range(2))

    outcome = train(whole, padded(count=16), epochs=3, checkpoints=tmp_path / "whole", **options)
    train(parted, padded(count=16), epochs=1, checkpoints=tmp_path / "parted", **options)
    train(parted, padded(count=16), epochs=3, checkpoints=tmp_path / "parted", resume=True, **options)

    assert outcome.mode.name == "graph"
    assert all(np.array_equal(a, b) for a, b in zip(whole.get_weights(), parted.get_weights(), strict=True))


def test_lengths_must_be_known() -> None:
    """Where the data do not say how long sequences are, they are not guessed."""
    examples = Examples(np.zeros((3, 4, 1)), np.zeros(3))

    with pytest.raises(RecipeError) as raised:
        check_lengths(examples)

    message = "batches by length want to know how long each sequence is, and the data do not say"
    hint = "use a source whose sequences have lengths, or leave `train.bucket_by_length` out"
    assert raised.value.problems == (Problem("lengths-not-known", message, hint=hint),)
