"""Rosenblatt's rule: an example on the wrong side is added to the weights, or taken from them.

F. Rosenblatt, "The perceptron", Psychological Review 65 (1958) 386-408. Where classes can be told apart by a plane, it
makes only so many mistakes and then none (Novikoff, 1962); where they cannot, it never ends. The order of examples,
ties and several classes are as in scikit-learn's `Perceptron`: a score of 0 is a mistake, and each class has a score
against all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Mapping


class PerceptronRule:
    """Rosenblatt's rule for the last layer of a model, example by example.

    Attributes:
        mistakes: Examples of this epoch that were told wrong, a scalar.
    """

    def __init__(self, model: keras.Model) -> None:
        """Train the last layer of `model`, by steps as long as the optimizer's learning rate.

        Raises:
            RecipeError: `rule-does-not-fit`: the model is more than one linear `Dense` layer.
        """
        self._model = model
        self._dense = _find_dense(model)
        inputs = model.inputs if isinstance(model, keras.Sequential) else model.input
        self._features = keras.Model(inputs, self._dense.input)
        self.mistakes = keras.Variable(0, dtype="int64", trainable=False, name="mistakes")

    def reset(self) -> None:
        """Begin an epoch."""
        self._model.reset_metrics()
        self.mistakes.assign(0)

    def step(self, batch: Any) -> Mapping[str, Any]:
        """Measure a batch with the weights as they are, then correct them by one example after another.

        Args:
            batch: `(inputs, targets)` or `(inputs, targets, sample_weight)`; weights are `(batch,)`, and an example of
                weight 0 is no mistake.

        Returns:
            The running loss and metrics by name.
        """
        inputs, targets, weight = keras.utils.unpack_x_y_sample_weight(batch)
        logs: Mapping[str, Any] = self._model.test_step(batch)
        kernel, bias = self._dense.kernel, self._dense.bias
        features = tf.cast(self._features(inputs, training=False), kernel.dtype)  # (batch, features)
        signs = _signs(targets, units=self._dense.units, dtype=kernel.dtype)  # (batch, units)
        rate = tf.convert_to_tensor(self._model.optimizer.learning_rate, kernel.dtype)
        count = tf.shape(features)[0]
        rates = tf.fill([count], rate) if weight is None else rate * tf.cast(weight, kernel.dtype)  # (batch,)

        def correct(i: Any, weights: Any, threshold: Any, mistakes: Any) -> tuple[Any, ...]:
            scores = tf.linalg.matvec(weights, features[i], transpose_a=True) + threshold  # (units,)
            wrong = tf.logical_and(signs[i] * scores <= 0, rates[i] > 0)
            change = tf.where(wrong, rates[i] * signs[i], 0)
            weights = weights + features[i][:, tf.newaxis] * change
            threshold = threshold if bias is None else threshold + change
            return i + 1, weights, threshold, mistakes + tf.cast(tf.reduce_any(wrong), tf.int64)

        start = tf.zeros([self._dense.units], kernel.dtype) if bias is None else tf.convert_to_tensor(bias)
        state = (tf.constant(0), tf.convert_to_tensor(kernel), start, tf.convert_to_tensor(self.mistakes))
        _, weights, threshold, mistakes = tf.while_loop(lambda i, *_: i < count, correct, state)
        kernel.assign(weights)
        if bias is not None:
            bias.assign(threshold)
        self.mistakes.assign(mistakes)
        self._model.optimizer.iterations.assign_add(1)
        return logs

    def is_converged(self) -> bool:
        """Return whether the epoch that has just ended was without mistakes."""
        return int(self.mistakes.numpy()) == 0

    def describe(self, epochs: int) -> str:
        """Say how a training of so many `epochs` has ended."""
        if self.is_converged():
            return f"converged: epoch {epochs} was without mistakes"
        return f"not linearly separable, or not yet: no epoch of {epochs} was without mistakes"


def _signs(targets: Any, *, units: int, dtype: Any) -> tf.Tensor:
    """Return +1 where a score is to be above 0 and -1 where below, `(batch, units)`.

    Args:
        targets: One output: 0 and 1, or -1 and +1, `(batch,)` or `(batch, 1)`. Several: classes by number in the same
            shapes, or one column each, `(batch, units)`.
        units: Scores of the layer.
        dtype: Of the signs.
    """
    (target,) = keras.tree.flatten(targets)
    if target.shape.rank == 2 and target.shape[1] == units:
        is_in = target > 0
    elif units == 1:
        is_in = tf.reshape(target, [-1, 1]) > 0
    else:
        is_in = tf.one_hot(tf.cast(tf.reshape(target, [-1]), tf.int32), units) > 0
    return tf.where(is_in, tf.constant(1, dtype), tf.constant(-1, dtype))


def _find_dense(model: keras.Model) -> keras.layers.Dense:
    if len(model.outputs) != 1:
        raise _misfit(f"the rule `perceptron` trains one output, and the model has {len(model.outputs)}")
    last = model.outputs[0]._keras_history.operation  # noqa: SLF001 -- the layer that gives the output
    if not isinstance(last, keras.layers.Dense):
        raise _misfit(f"the rule `perceptron` trains a `Dense` layer at the end, found `{type(last).__name__}`")
    if last.activation is not keras.activations.linear:
        found = getattr(last.activation, "__name__", type(last.activation).__name__)
        raise _misfit(f"the rule `perceptron` holds the threshold, and the last layer has `activation: {found}`")
    own = {id(variable) for variable in last.trainable_variables}
    others = [variable for variable in model.trainable_variables if id(variable) not in own]
    if others or not own:
        path = "/".join(others[0].path.split("/")[-2:]) if others else last.name
        found = f"found trainable `{path}` too" if others else f"and `{path}` is frozen"
        raise _misfit(f"the rule `perceptron` trains the last layer and no other, {found}")
    return last


def _misfit(message: str) -> RecipeError:
    hint = "write one linear `Dense` layer, with nothing to train before it, or leave `train.learning_rule` out"
    return RecipeError(Problem("rule-does-not-fit", message, hint=hint))
