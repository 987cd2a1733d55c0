"""What a model makes of examples without learning from them: loss and metrics, or outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.faults import describe_running
from archcli.engine.feeding import Array, Arrays, Examples, count_examples, cut_batches, place, place_examples
from archcli.engine.steps import Loop, build_step, seeds_kept, take_then

if TYPE_CHECKING:
    from collections.abc import Callable

EVALUATION_BATCHES = 4


def evaluation_batch_size(batch_size: int) -> int:
    """Return how many examples a step of evaluation takes where one of training takes `batch_size`.

    Nothing is kept for the gradient, so that four times as many need no more memory.
    """
    return EVALUATION_BATCHES * batch_size


class Evaluation:
    """Loss and metrics of one model on one set of examples, as often as they are wanted.

    Steps run as a graph whatever mode training has: it costs a fraction of training, it compiles in no time, and the
    numbers are then the same, bit for bit, as those of `evaluate_model` on the saved model.
    """

    def __init__(self, model: keras.Model, examples: Examples, *, batch_size: int, eagerly: bool = False) -> None:
        """Put `examples` on the device, to be taken in batches of `batch_size`.

        Args:
            model: Built and compiled, with the variables of loss and metrics made.
            examples: At least one.
            batch_size: Examples per step, from 1; bounds memory.
            eagerly: Whether steps run one operation at a time.
        """
        self._model = model
        self._data = place_examples(examples)
        self._batches = cut_batches(np.arange(examples.count, dtype=np.int64), batch_size=batch_size)
        self._loop = Loop(model, take_then(model.test_step), mode="eager" if eagerly else "graph")

    def warm_up(self) -> None:
        """Compile, so that the first run takes no longer than the others."""
        self._loop.warm_up(self._data, self._batches)

    def run(self, *, is_stopped: Callable[[], bool] = lambda: False) -> dict[str, float] | None:
        """Measure the model as it is now.

        The model's metrics are reset and hold the result; the seeds of its random layers are as before.

        Args:
            is_stopped: Asked a few times a second.

        Returns:
            `loss` and metrics by name; None if it was stopped.
        """
        with seeds_kept(self._model):
            step, metrics = 0, dict[str, float]()
            while step < self._batches.count:
                if is_stopped():
                    return None
                reached = self._loop.advance(self._data, self._batches, start=step)
                step, metrics = reached.step, dict(reached.metrics)
        return metrics


def evaluate_model(model: keras.Model, examples: Examples, *, batch_size: int) -> dict[str, float]:
    """Measure a compiled model on examples.

    Args:
        model: Built and compiled; its metrics are reset and hold the result.
        examples: At least one.
        batch_size: Examples per step, from 1; bounds memory.

    Returns:
        `loss` and metrics by name, equal to `Model.evaluate` with the same batch size.

    Raises:
        RecipeError: `step-does-not-fit`: model, loss, metrics and data do not go together.
        TrainingError: `out-of-memory` or `step-failed`.
    """
    build_step(model, examples, batch_size=batch_size)
    evaluation = Evaluation(model, examples, batch_size=batch_size)
    evaluation.warm_up()
    return evaluation.run() or {}


def predict_outputs(model: keras.Model, inputs: Arrays, *, batch_size: int) -> Any:
    """Run a model on inputs.

    Args:
        model: Built; it is not changed, but for the seeds of recurrent layers with dropout, which are put back.
        inputs: Examples, `(examples, *features)`, or several such arrays in a tuple or by input name.
        batch_size: Examples per step, from 1; bounds memory.

    Returns:
        The model's outputs, `(examples, *outputs)`, in the nesting in which the model gives them.

    Raises:
        TrainingError: `out-of-memory` or `step-failed`.
    """
    count = count_examples(inputs)
    outputs = []
    with seeds_kept(model), describe_running():
        # One trace for batches of any size: traced anew for the last one, TensorFlow warns after a few calls.
        shapes = keras.tree.map_structure(_open_batch, place(keras.tree.map_structure(lambda array: array[:1], inputs)))
        step = tf.function(lambda batch: model(batch, training=False), autograph=False).get_concrete_function(shapes)
        for start in range(0, count, batch_size):
            batch = keras.tree.map_structure(lambda array: array[start : start + batch_size], inputs)  # noqa: B023
            outputs.append(keras.tree.map_structure(keras.ops.convert_to_numpy, step(place(batch))))
    return keras.tree.map_structure(_join, *outputs)


def _open_batch(tensor: tf.Tensor) -> tf.TensorSpec:
    return tf.TensorSpec([None, *tensor.shape[1:]], tensor.dtype)


def _join(*parts: Array) -> Array:
    return np.concatenate(parts)
