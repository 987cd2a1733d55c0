"""What a model answers, many batches per call of one compiled function."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.faults import describe_running
from archcli.engine.feeding import Array, Arrays, count_examples, placed_dtype, take
from archcli.engine.steps import MOST_SECONDS_OF_CALL, Pace, seeds_kept
from archcli.engine.streaming import ONCE, ROOM, Feed, Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from archcli.engine.streaming import Part


class Prediction:
    """The answers of one model, to as many inputs as are wanted.

    Traced once for batches of any size and inputs of any number. Of the outputs no more than a chunk is on the device.
    """

    def __init__(self, model: keras.Model, *, batch_size: int, room: Room = ROOM) -> None:
        """Make ready; nothing is traced yet.

        Args:
            model: Built; it is not changed, but for the seeds of recurrent layers with dropout, which are put back.
            batch_size: Examples per step, from 1; bounds memory.
            room: How much of the device the inputs may take, and at most the outputs.
        """
        self._model, self._batch_size, self._room = model, batch_size, room
        self._traces: _Traces | None = None

    def run(self, inputs: Arrays) -> Any:
        """Run the model on inputs.

        Args:
            inputs: Examples, `(examples, *features)`, or several such arrays in a tuple or by input name.

        Returns:
            The model's outputs, `(examples, *outputs)`, in the nesting in which the model gives them.

        Raises:
            TrainingError: `out-of-memory` or `step-failed`.
        """
        feed = Feed(inputs, batch_size=self._batch_size, room=self._room)
        answers, pace = _Answers(count_examples(inputs)), Pace()
        with seeds_kept(self._model), closing(feed.parts()) as parts, describe_running():
            if self._traces is None:
                self._traces = _Traces(self._model, inputs)
            for part in parts:
                self._answer(part, answers, pace, self._traces)
        return answers.outputs

    def _answer(self, part: Part, answers: _Answers, pace: Pace, traces: _Traces) -> None:
        batches, start = part.batches, 0
        while start < batches.whole_count:
            began = time.perf_counter()
            stop = min(start + min(pace.step_count, self._most_steps(answers)), batches.whole_count)
            done, outputs = traces.run(part.data, batches.whole[start:stop])
            answers.add(outputs)
            pace.adapt(done, time.perf_counter() - began)
            start += done
        if batches.rest is not None:
            answers.add(traces.run(part.data, batches.rest)[1])

    def _most_steps(self, answers: _Answers) -> int:
        """Return for how many steps the outputs may be on the device: one, as long as nobody knows their size."""
        if answers.outputs is None:
            return 1
        return max(1, self._room.chunk_bytes // max(1, answers.count_bytes_of_example() * self._batch_size))


class _Answers:
    """Outputs as they come in, in one array each."""

    def __init__(self, count: int) -> None:
        self._count, self._filled = count, 0
        self.outputs: Any = None

    def add(self, outputs: Any) -> None:
        """Copy some more off the device."""
        arrays = keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)
        if self.outputs is None:
            self.outputs = keras.tree.map_structure(self._make_room, arrays)
        begin, self._filled = self._filled, self._filled + len(keras.tree.flatten(arrays)[0])

        def fill(whole: Array, part: Array) -> None:
            whole[begin : self._filled] = part

        keras.tree.map_structure(fill, self.outputs, arrays)

    def count_bytes_of_example(self) -> int:
        """Return how many bytes an example's outputs take."""
        return sum(array[:1].nbytes for array in keras.tree.flatten(self.outputs))

    def _make_room(self, first: Array) -> Array:
        return np.empty((self._count, *first.shape[1:]), first.dtype)


def predict_outputs(model: keras.Model, inputs: Arrays, *, batch_size: int, room: Room = ONCE) -> Any:
    """Run a model on inputs, once; `Prediction` is for more than once.

    Args:
        model: As for `Prediction`.
        inputs: As for `Prediction.run`.
        batch_size: Examples per step, from 1; bounds memory.
        room: How much of the device the inputs may take, and at most the outputs: what is looked at once need not be
            there as a whole.

    Returns:
        The model's outputs, `(examples, *outputs)`, in the nesting in which the model gives them.

    Raises:
        TrainingError: `out-of-memory` or `step-failed`.
    """
    return Prediction(model, batch_size=batch_size, room=room).run(inputs)


class _Traces:
    """A model traced for batches of any size, one at a time or many."""

    def __init__(self, model: keras.Model, inputs: Arrays) -> None:
        self._data = keras.tree.map_structure(
            lambda array: tf.TensorSpec([None, *array.shape[1:]], tf.as_dtype(placed_dtype(array))), inputs
        )
        self._one = tf.function(
            lambda data, indices: model(take(data, indices), training=False), autograph=False
        ).get_concrete_function(self._data, tf.TensorSpec([None], tf.int64))
        self._many: Callable[..., Any] | None = None

    def run(self, data: Any, indices: tf.Tensor) -> tuple[int, Any]:
        """Answer the examples of `data` at `indices`, `(steps, batch)`, one batch after another.

        Returns:
            How many batches were answered, fewer than all where time was over; and the outputs.
        """
        if len(indices) == 1:
            return 1, self._one(data, indices[0])
        if self._many is None:
            function = tf.function(self._run_many, autograph=False)
            self._many = function.get_concrete_function(self._data, tf.TensorSpec([None, None], tf.int64))
        done, outputs = self._many(data, indices)
        return int(done), outputs

    def _run_many(self, data: Any, indices: tf.Tensor) -> tuple[tf.Tensor, Any]:
        structure, count = self._one.structured_outputs, tf.shape(indices)[0]
        end = tf.timestamp() + MOST_SECONDS_OF_CALL
        specs = keras.tree.flatten(structure)
        arrays = [tf.TensorArray(spec.dtype, count, element_shape=spec.shape) for spec in specs]

        def answer_next(done: tf.Tensor, arrays: list[tf.TensorArray]) -> tuple[tf.Tensor, list[tf.TensorArray]]:
            outputs = keras.tree.flatten(self._one(data, indices[done]))
            return done + 1, [array.write(done, output) for array, output in zip(arrays, outputs, strict=True)]

        def goes_on(done: tf.Tensor, _: list[tf.TensorArray]) -> tf.Tensor:
            return tf.logical_and(done < count, tf.logical_or(done < 1, tf.timestamp() < end))

        done, arrays = tf.while_loop(goes_on, answer_next, (tf.constant(0), arrays))
        stacked = (array.gather(tf.range(done)) for array in arrays)  # (steps, batch, *outputs)
        outputs = [tf.reshape(tensor, tf.concat([[-1], tf.shape(tensor)[2:]], axis=0)) for tensor in stacked]
        return done, keras.tree.pack_sequence_as(structure, outputs)
