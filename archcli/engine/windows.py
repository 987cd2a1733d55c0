"""Backpropagation through time that is truncated: one update for each window of a sequence, with states carried on.

A batch of sequences is cut into windows of `n` steps, the last one shorter where they do not divide evenly. Each window
is one of Keras's own training steps; the recurrent layers begin it in the states in which they ended the window before,
and no gradient flows back into that one. The first window begins as the layer does by itself, in whatever state that
is. Dropout draws new masks for each window; loss and metrics are those of the windows, one after another.

States are loop variables, not variables of the model: nothing of one batch is left for the next.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keras
import tensorflow as tf

from archcli.engine.time_axis import TimeAxis
from archcli.engine.window_fit import check_windows, find_window_axis, open_steps, replaced_methods

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from archcli.engine.feeding import Examples


def windowed_step(model: keras.Model, examples: Examples, window: int) -> Callable[[Any], Mapping[str, Any]]:
    """Return a step that trains on one window of a batch after another.

    Args:
        model: Built and compiled.
        examples: What it will be trained on; every output has a target for each step.
        window: Steps of a window, from 1; if sequences are not longer the step is Keras's own.

    Raises:
        RecipeError: `window-does-not-fit`: an output has no target at each step, or a layer looks across time, so that
            windows would not give what whole sequences give.
    """
    axis = find_window_axis(model, examples)
    if window >= axis.steps:
        step: Callable[[Any], Mapping[str, Any]] = model.train_step
        return step
    calls = check_windows(model, examples, axis, window=window, carried=carried_states)
    return WindowedStep(model, axis, window=window, calls=calls)


class WindowedStep:
    """One of Keras's training steps for each window of a batch."""

    def __init__(self, model: keras.Model, axis: TimeAxis, *, window: int, calls: Sequence[keras.layers.Layer]) -> None:
        """Train `model` on windows of `window` steps.

        Args:
            model: Built and compiled.
            axis: Which arrays are cut.
            window: Below `axis.steps`.
            calls: The recurrent layers in the order in which one pass through the model calls them.
        """
        self._model, self._axis, self._window, self._calls = model, axis, window, calls

    def __call__(self, batch: tuple[Any, ...]) -> Mapping[str, Any]:
        """Learn from all windows of `batch`, and return the running loss and metrics by name."""
        whole, rest = divmod(self._axis.steps, self._window)
        batch_size = keras.tree.flatten(batch)[0].shape[0]

        def advance(index: Any, states: Any) -> tuple[Any, Any]:
            return index + 1, self._train(batch, index * self._window, self._window, states)

        start = [initial_states(layer, batch_size) for layer in self._calls]
        index, states = tf.while_loop(lambda index, _: index < whole, advance, (tf.constant(0), start))
        if rest:
            self._train(batch, index * self._window, rest, states)
        logs: Mapping[str, Any] = self._model.get_metrics_result()
        return logs

    def _train(self, batch: tuple[Any, ...], start: Any, size: int, states: Any) -> Any:
        """Train on `size` steps from `start`, beginning in `states`, and return the states in which they end."""

        def part(tensor: Any) -> Any:
            rest = [0] * (tensor.shape.rank - 2)
            shape = tensor.shape.as_list()
            return tf.slice(tensor, [0, start, *rest], [shape[0], size, *shape[2:]])

        with open_steps(self._model), carried_states(self._calls, states, is_first=tf.equal(start, 0)) as reached:
            self._model.train_step(self._axis.cut(batch, part))
        return reached


def initial_states(layer: keras.layers.RNN, batch_size: Any) -> Any:
    """Return the states in which a recurrent layer begins by itself, in any nesting of `(batch, units)`."""
    dtype = layer.cell.compute_dtype if hasattr(layer, "cell") else layer.compute_dtype
    return keras.tree.map_structure(lambda state: tf.cast(state, dtype), layer.get_initial_state(batch_size))


@contextmanager
def carried_states(calls: Sequence[keras.layers.RNN], states: Sequence[Any], *, is_first: Any) -> Iterator[list[Any]]:
    """Have recurrent layers begin in `states` while the block runs.

    Args:
        calls: The layers in the order in which one pass calls them; one that is shared is among them more than once.
        states: Where each call begins.
        is_first: A scalar, whether this is the first window, in which every call begins as it would by itself.

    Yields:
        A list which holds, after one pass, the states in which each call ended, nested as `states`.
    """
    reached: list[Any] = []

    def wrap(layer: keras.layers.RNN) -> Callable[..., Any]:
        run = layer.inner_loop

        def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Keras's
            begin = states[len(reached)]
            given = keras.tree.flatten(initial_state)
            kept = [tf.where(is_first, one, other) for one, other in zip(given, keras.tree.flatten(begin), strict=True)]
            chosen = keras.tree.pack_sequence_as(begin, kept)
            with _without_cudnn(layer, unless=mask is None):
                last, outputs, ended = run(sequences, chosen, mask, training)
            flat = [tf.cast(state, old.dtype) for state, old in zip(keras.tree.flatten(ended), kept, strict=True)]
            reached.append(keras.tree.pack_sequence_as(begin, flat))
            return last, outputs, ended

        return inner_loop

    with replaced_methods("inner_loop", calls, wrap):
        yield reached


@contextmanager
def _without_cudnn(layer: keras.layers.RNN, *, unless: bool) -> Iterator[None]:
    """Keep a layer from cuDNN, which refuses a sequence with nothing but padding, as a late window may be."""
    before = getattr(layer, "use_cudnn", None)
    if unless or before is None:
        yield
        return
    layer.use_cudnn = False
    try:
        yield
    finally:
        layer.use_cudnn = before
