"""Data in chunks against the same data on the device, and the thread that makes the chunks."""

from __future__ import annotations

import os
import signal
import threading
import tracemalloc
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine import session, steps, streaming
from archcli.engine.evaluation import Evaluation, evaluate_model
from archcli.engine.feeding import Examples, order_epoch
from archcli.engine.steps import build_step
from archcli.engine.streaming import Feed, Room, make_ahead
from archcli.engine.variables import capture
from archcli.errors import Interrupted, TrainingError

if TYPE_CHECKING:
    from pathlib import Path

layers = keras.layers
BATCH = 16
ONE_BATCH = BATCH * (6 * 4 + 8)  # six features in single precision, and a class
CHUNKS = Room(share=0.0, chunk_bytes=2 * ONE_BATCH)


def feed_threads() -> list[str]:
    """Return the names of the threads that make chunks now."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("archcli-feed")]


def rows_of(feed: Feed, **options: Any) -> list[list[int]]:
    """Return the batches that a feed of one array of row numbers gives, as lists."""
    batches = []
    for part in feed.parts(**options):
        (numbers,) = part.data
        cut = [*part.batches.whole[: part.batches.whole_count]]
        cut += [] if part.batches.rest is None else [part.batches.rest[0]]
        assert len(cut) == part.batches.count
        batches += [tf.gather(numbers, indices).numpy().tolist() for indices in cut]
    return batches


@pytest.mark.parametrize("count", [12, 13, 14, 16, 18, 19])
@pytest.mark.parametrize("start", [0, 1, 4])
def test_chunks_have_the_batches_of_the_order(count: int, start: int) -> None:
    """In chunks of two batches of three, whole or partial at the end, from the first step or within an epoch."""
    order = order_epoch(count, seed=1, epoch=0, shuffle=True)
    feed = Feed((np.arange(count),), batch_size=3, room=Room(share=0.0, chunk_bytes=2 * 3 * 8))

    batches = rows_of(feed, order=order, start=start) if start < -(-count // 3) else []

    expected = [order[begin : begin + 3].tolist() for begin in range(0, count, 3)]
    assert batches == expected[start:]
    assert not feed.is_whole


def test_without_an_order_it_is_the_natural_one() -> None:
    """As evaluation and prediction want it, on the device and in chunks."""
    natural = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]

    assert rows_of(Feed((np.arange(10),), batch_size=3, room=Room())) == natural
    assert rows_of(Feed((np.arange(10),), batch_size=3, room=Room(share=0.0, chunk_bytes=24))) == natural


def test_all_chunks_have_one_shape() -> None:
    """The last one is padded, and the sample that is compiled for has its shapes and a partial batch."""
    feed = Feed((np.arange(17), np.array(["a"] * 17)), batch_size=3, room=Room(share=0.0, chunk_bytes=2 * 3 * 12))

    parts = [*feed.parts(), feed.sample()]

    shapes = {tuple(tuple(tensor.shape) for tensor in (*part.data, part.batches.whole)) for part in parts}
    assert shapes == {((6,), (6,), (2, 3))}
    assert [part.batches.rest is None for part in parts] == [True, True, False, False]
    assert [part.batches.first for part in parts[:3]] == [0, 2, 4]


@pytest.mark.parametrize(
    ("free", "share", "whole"), [(1000, 0.5, True), (999, 0.5, False), (0, 0.5, False), (None, 0.5, True)]
)
def test_data_are_placed_whole_if_they_fit_in_a_share_of_what_is_free(
    monkeypatch: pytest.MonkeyPatch, free: int | None, share: float, *, whole: bool
) -> None:
    """500 bytes in single precision fit in half of 1000 free ones; where nobody knows they are placed."""
    monkeypatch.setattr(streaming, "free_memory", lambda: free)

    feed = Feed((np.zeros((25, 5), "float64"),), batch_size=5, room=Room(share, chunk_bytes=200))

    assert feed.is_whole is whole
    assert feed.describe() == (
        "on the device, 500 bytes" if whole else "in chunks of 2 batches, 200 bytes each, of 500 bytes"
    )


def test_data_of_one_chunk_are_placed_whole() -> None:
    """Chunks of them would save nothing."""
    assert Feed((np.zeros(50),), batch_size=5, room=Room(share=0.0, chunk_bytes=400)).is_whole


@pytest.mark.parametrize("mode", ["graph", "xla", "eager"])
def test_training_in_chunks_is_training_on_the_device_bit_for_bit(
    train: Any, make_classifier: Any, uneven_examples: Examples, validation: Examples, tmp_path: Path, mode: str
) -> None:
    """Metrics and all variables, with dropout, partial batches and validation in chunks."""
    ours, theirs = make_classifier(dropout=0.2), make_classifier(dropout=0.2)

    chunked = train(ours, uneven_examples, validation, mode=mode, room=CHUNKS)
    whole = train(theirs, uneven_examples, validation, mode=mode, checkpoints=tmp_path / "whole")

    assert chunked.feeding == "in chunks of 2 batches, 1 KiB each, of 3.31 KiB"
    assert whole.feeding == "on the device, 3.31 KiB"
    assert [row.metrics for row in chunked.rows] == [row.metrics for row in whole.rows]
    assert all(np.array_equal(one, other) for one, other in zip(capture(ours), capture(theirs), strict=True))
    assert feed_threads() == []


def sequence_examples() -> Examples:
    """Give 70 sequences of up to 9 steps with a target for each step."""
    generator = np.random.default_rng(0)
    lengths = generator.integers(2, 10, 70)
    inputs = generator.normal(size=(70, 9, 2)).astype("float32")
    return Examples(inputs, generator.normal(size=(70, 9, 1)).astype("float32"), lengths=lengths)


@pytest.mark.parametrize("options", [{"bucket_by_length": True}, {"window": 4}])
def test_buckets_and_windows_come_in_chunks_too(train: Any, tmp_path: Path, options: dict[str, Any]) -> None:
    """Lengths travel with their sequences; weights end in the same bits."""

    def make() -> keras.Model:
        keras.utils.set_random_seed(3)
        model = keras.Sequential([keras.Input((None, 2)), layers.SimpleRNN(3, return_sequences=True), layers.Dense(1)])
        model.compile("sgd", "mse", jit_compile=False)
        return model

    ours, theirs = make(), make()
    room = Room(share=0.0, chunk_bytes=2 * BATCH * 9 * 3 * 4)

    chunked = train(ours, sequence_examples(), epochs=2, room=room, **options)
    train(theirs, sequence_examples(), epochs=2, checkpoints=tmp_path / "whole", **options)

    assert chunked.feeding.startswith("in chunks of ")
    assert all(np.array_equal(one, other) for one, other in zip(capture(ours), capture(theirs), strict=True))


def test_a_perceptron_learns_from_chunks(train: Any, tmp_path: Path) -> None:
    """Its mistakes are counted over all chunks of an epoch."""

    def make() -> keras.Model:
        model = keras.Sequential([keras.Input((6,)), layers.Dense(1, kernel_initializer="zeros")])
        model.compile(keras.optimizers.SGD(1.0), "mse", jit_compile=False)
        return model

    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(106, 6)).astype("float32")
    examples = Examples(inputs, (inputs.sum(axis=1) > 0).astype("float32"))
    ours, theirs = make(), make()

    chunked = train(ours, examples, learning_rule="perceptron", room=CHUNKS)
    whole = train(theirs, examples, learning_rule="perceptron", checkpoints=tmp_path / "whole")

    assert chunked.notes == whole.notes
    assert np.array_equal(ours.get_weights()[0], theirs.get_weights()[0])


def test_a_training_stopped_within_a_chunk_resumes_to_the_same_bits(
    train: Any, make_classifier: Any, uneven_examples: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on at its step, whatever chunk that was in; and where it was stopped no thread is left."""
    monkeypatch.setattr(steps, "SECONDS_PER_CALL", 1e-5)
    monkeypatch.setattr(session.Session, "_look_up", stop_at_step_3)
    stopped, resumed, whole = (make_classifier(dropout=0.2) for _ in range(3))

    with pytest.raises(Interrupted):
        train(stopped, uneven_examples, room=CHUNKS)
    left = feed_threads()
    monkeypatch.undo()
    after = train(resumed, uneven_examples, room=CHUNKS, resume=True)
    through = train(whole, uneven_examples, checkpoints=tmp_path / "whole")

    assert left == []
    assert [row.metrics for row in after.rows] == [row.metrics for row in through.rows]
    assert all(np.array_equal(one, other) for one, other in zip(capture(resumed), capture(whole), strict=True))


def stop_at_step_3(training: session.Session, metrics: Any) -> None:
    """Ask for the end in the middle of the second chunk."""
    del metrics
    if training.position.step == 3:
        os.kill(os.getpid(), signal.SIGINT)


def test_evaluation_in_chunks_measures_what_it_measures_on_the_device(
    make_classifier: Any, uneven_examples: Examples
) -> None:
    """Loss and accuracy are equal bit for bit."""
    model = make_classifier()

    chunked = evaluate_model(model, uneven_examples, batch_size=BATCH, room=CHUNKS)

    assert chunked == evaluate_model(model, uneven_examples, batch_size=BATCH)


def test_evaluation_that_is_stopped_leaves_no_thread(make_classifier: Any, uneven_examples: Examples) -> None:
    """The generator of chunks is closed with it."""
    model = make_classifier()
    build_step(model, uneven_examples, batch_size=BATCH)
    answers = iter([False, False, True])

    measured = Evaluation(model, uneven_examples, batch_size=BATCH, room=CHUNKS).run(is_stopped=lambda: next(answers))

    assert measured is None
    assert feed_threads() == []


def test_what_is_raised_while_a_thing_is_made_is_raised_where_it_is_taken() -> None:
    """In its place, after the things before it; no thread is left."""

    def fail() -> int:
        raise FileNotFoundError("the disk is gone")

    taken: list[int] = []

    with pytest.raises(FileNotFoundError, match="the disk is gone"):
        taken.extend(make_ahead([lambda: 1, lambda: 2, fail, lambda: 4]))

    assert taken == [1, 2]
    assert feed_threads() == []


def test_memory_that_runs_out_in_the_thread_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """TensorFlow's error becomes the one that it is on the device."""

    def run_out(_: Any) -> Any:
        raise tf.errors.ResourceExhaustedError(None, None, "no memory for a chunk")

    feed = Feed((np.arange(100),), batch_size=3, room=Room(share=0.0, chunk_bytes=48))
    monkeypatch.setattr(streaming, "place", run_out)

    with pytest.raises(TrainingError) as caught:
        list(feed.parts())

    assert caught.value.problems[0].code == "out-of-memory"
    assert feed_threads() == []


def test_whoever_fails_with_a_chunk_leaves_no_thread() -> None:
    """Closing ends it, though it has more to make."""
    feed = Feed((np.arange(300),), batch_size=3, room=Room(share=0.0, chunk_bytes=48))

    def fail() -> None:
        with closing(feed.parts()) as parts:
            next(parts)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert feed_threads() == []


def test_things_are_made_two_ahead_and_no_more() -> None:
    """While one is used one waits and one is made: three exist."""
    made: list[int] = []
    enough = threading.Event()

    def make(number: int) -> int:
        made.append(number)
        if number == 3:
            enough.set()
        return number

    with closing(make_ahead(partial(make, number) for number in range(1, 100))) as things:
        first = next(things)
        assert enough.wait(timeout=600)
        ahead = list(made)

    assert first == 1
    assert ahead == [1, 2, 3]


def test_memory_stays_flat_when_data_are_twenty_times_the_chunk(make_classifier: Any) -> None:
    """Beyond the data an evaluation takes some chunks, double and single; NumPy tells what its arrays take."""
    count, size = 160_000, 160_000 // 20
    examples = Examples(np.ones((count, 6), "float64"), np.zeros(count, "int64"))
    chunk_bytes = size * (6 * 4 + 8)
    model = make_classifier()
    build_step(model, examples, batch_size=800)
    evaluation = Evaluation(model, examples, batch_size=800, room=Room(share=0.0, chunk_bytes=chunk_bytes))
    evaluation.warm_up()

    tracemalloc.start()
    try:
        evaluation.run()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert evaluation.feed.describe() == "in chunks of 10 batches, 250 KiB each, of 4.88 MiB"
    assert peak < 6 * chunk_bytes
