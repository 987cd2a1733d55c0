"""Whether a model can be trained on windows: found out by trying, layer by layer.

A few steps are run whole, and again in two windows with the states carried on. Every layer must give the same both
times; the first that does not looks across time in a way that no carried state can stand in for: it reads backwards,
attends, pools, convolves or counts on all steps being there. So layers that nobody has thought of are judged too.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from archcli.engine.faults import shorten
from archcli.engine.steps import seeds_kept
from archcli.engine.time_axis import LEAST_AXES_OF_STEPS, TimeAxis, find_time_axis, pair_outputs
from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

    from archcli.engine.feeding import Array, Examples

    Carried = Callable[..., AbstractContextManager[list[Any]]]

TRIED_EXAMPLES = 2
MOST_TRIED_STEPS = 64
STEPS_AFTER = 5
LARGEST_DIFFERENCE = 1e-3
LARGEST_DIFFERENCE_IN_HALF = 5e-2


@dataclass
class Pass:
    """One pass through a model.

    Attributes:
        outputs: What each layer gave, in order.
        error: What ended it before its end.
    """

    outputs: list[tuple[keras.layers.Layer, Any]] = field(default_factory=list)
    error: str | None = None


def find_window_axis(model: keras.Model, examples: Examples) -> TimeAxis:
    """Find the axis that windows are cut along.

    Raises:
        RecipeError: `window-does-not-fit`: an output gives one answer for a whole sequence, or no input runs over the
            same steps as the targets.
    """
    pairs = pair_outputs(model, examples)
    for output, target in pairs:
        if len(output.shape) < LEAST_AXES_OF_STEPS or target.ndim < LEAST_AXES_OF_STEPS - 1:
            layer = output._keras_history.operation  # noqa: SLF001 -- the layer that gives the output
            raise _misfit(
                f"windows want an answer at each step, and the layer `{layer.name}` gives one for a whole sequence",
                "give the recurrent layers `return_sequences: true` and each step a target, or leave `train.tbptt` out",
            )
    steps = {int(target.shape[1]) for _, target in pairs}
    axis = find_time_axis(model, examples, steps=min(steps))
    if len(steps) > 1 or not any(keras.tree.flatten(axis.inputs)):
        found = ", ".join(str(count) for count in sorted(steps))
        raise _misfit(
            f"windows want inputs and targets over the same steps, and no input or not every target runs over {found}",
            "leave `train.tbptt` out",
        )
    return axis


def check_windows(
    model: keras.Model, examples: Examples, axis: TimeAxis, *, window: int, carried: Carried
) -> list[keras.layers.RNN]:
    """Check that windows with carried states give what whole sequences give.

    Args:
        model: Built; it is not changed.
        examples: What it will be trained on.
        axis: What windows are cut along.
        window: Steps of a window, below `axis.steps`.
        carried: `windows.carried_states`.

    Returns:
        The recurrent layers in the order in which one pass through the model calls them.

    Raises:
        RecipeError: `window-does-not-fit`, naming the first layer that looks across time.
    """
    first = min(window, MOST_TRIED_STEPS)
    size = min(first + STEPS_AFTER, axis.steps)
    inputs = _draw_inputs(examples, axis, size)
    recurrent = [layer for layer in walk_layers(model) if isinstance(layer, keras.layers.RNN)]
    with seeds_kept(model), open_steps(model):
        with _recorded_calls(recurrent) as calls:
            whole = _pass_through(model, inputs)
        states = [layer.get_initial_state(TRIED_EXAMPLES) for layer in calls]
        with carried(calls, states, is_first=True) as reached:
            one = _pass_through(model, _part(inputs, axis, 0, first))
        with carried(calls, reached, is_first=False):
            other = _pass_through(model, _part(inputs, axis, first, size))
    _compare(whole, one, other, steps=(first, size - first))
    return calls


def walk_layers(model: keras.Model) -> Iterator[keras.layers.Layer]:
    """Yield the layers that get whole sequences: those of the model and of models inside it, not those in wrappers."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from walk_layers(layer)
        else:
            yield layer


@contextmanager
def open_steps(model: keras.Model) -> Iterator[None]:
    """Let a model take any number of steps while the block runs, though it was built for one number of them."""
    models = [model, *(inner for inner in model._flatten_layers() if isinstance(inner, keras.Model))]  # noqa: SLF001 -- see compile_mode
    kept = [(inner, inner.input_spec) for inner in models]
    for inner in models:
        inner.input_spec = None
    try:
        yield
    finally:
        for inner, spec in kept:
            inner.input_spec = spec


@contextmanager
def replaced_methods(
    name: str, layers: Iterable[keras.layers.Layer], wrap: Callable[[Any], Callable[..., Any]]
) -> Iterator[None]:
    """Have layers use another method while the block runs.

    Args:
        name: Of the method.
        layers: Whose; those that come more than once are changed once.
        wrap: Makes the other method of a layer.
    """
    once = {id(layer): layer for layer in layers}.values()
    for layer in once:
        vars(layer)[name] = wrap(layer)  # past Keras, which would track it
    try:
        yield
    finally:
        for layer in once:
            del vars(layer)[name]


def _draw_inputs(examples: Examples, axis: TimeAxis, size: int) -> Any:
    """Draw `size` steps of inputs that have no padding: noise, or whole numbers from those that there are."""
    generator = np.random.default_rng(0)

    def draw(array: Array, is_timed: bool) -> Array:  # noqa: FBT001 -- one of two trees
        shape = (TRIED_EXAMPLES, *((size, *array.shape[2:]) if is_timed else array.shape[1:]))
        if np.issubdtype(array.dtype, np.floating):
            return generator.normal(size=shape).astype(keras.config.floatx())
        known = np.unique(array)
        return generator.choice(known[known != 0] if known.any() else known, shape).astype(array.dtype)

    return keras.tree.map_structure(draw, examples.inputs, axis.inputs)


def _part(inputs: Any, axis: TimeAxis, start: int, stop: int) -> Any:
    def cut(array: Array, is_timed: bool) -> Array:  # noqa: FBT001 -- one of two trees
        return array[:, start:stop] if is_timed else array

    return keras.tree.map_structure(cut, inputs, axis.inputs)


@contextmanager
def _recorded_calls(layers: Iterable[keras.layers.RNN]) -> Iterator[list[keras.layers.RNN]]:
    """Note which recurrent layer is called when while the block runs."""
    calls: list[keras.layers.RNN] = []

    def wrap(layer: keras.layers.RNN) -> Callable[..., Any]:
        run = layer.inner_loop

        def inner_loop(*args: Any, **kwargs: Any) -> Any:
            calls.append(layer)
            return run(*args, **kwargs)

        return inner_loop

    with replaced_methods("inner_loop", layers, wrap):
        yield calls


def _pass_through(model: keras.Model, inputs: Any) -> Pass:
    """Run a model and note what each layer gives, up to the one that cannot take what it gets."""
    noted = Pass()

    def wrap(layer: keras.layers.Layer) -> Callable[..., Any]:
        run = layer.call

        def call(*args: Any, **kwargs: Any) -> Any:
            outputs = run(*args, **kwargs)
            # What a recurrent layer gives beside its outputs are its states, which differ as they should.
            kept = outputs[0] if isinstance(layer, keras.layers.RNN) and layer.return_state else outputs
            noted.outputs.append((layer, keras.tree.map_structure(keras.ops.convert_to_numpy, kept)))
            return outputs

        return call

    with replaced_methods("call", walk_layers(model), wrap):
        try:
            model(inputs, training=False)
        except (TypeError, ValueError, tf.errors.InvalidArgumentError) as error:
            noted.error = shorten(str(error))
    return noted


def _compare(whole: Pass, one: Pass, other: Pass, *, steps: tuple[int, int]) -> None:
    """Compare a pass over some steps with two over parts of them, so many `steps` each.

    Raises:
        RecipeError: `window-does-not-fit`.
    """
    hint = "leave `train.tbptt` out, or the layer"
    for (layer, expected), (_, first), (_, second) in zip(whole.outputs, one.outputs, other.outputs, strict=False):
        largest = LARGEST_DIFFERENCE_IN_HALF if "16" in layer.compute_dtype else LARGEST_DIFFERENCE
        flat = zip(*(keras.tree.flatten(part) for part in (expected, first, second)), strict=True)
        if not all(_is_joined(*parts, steps=steps, largest=largest) for parts in flat):
            what = f"the layer `{layer.name}` (`{type(layer).__name__}`) looks across time"
            raise _misfit(f"{what}, so that on windows it gives something else than on whole sequences", hint)
    for noted in (whole, one, other):
        if noted.error is not None:
            raise _misfit(f"the model takes sequences of one length only: {noted.error}", hint)


def _is_joined(expected: Array, first: Array, second: Array, *, steps: tuple[int, int], largest: float) -> bool:
    """Return whether two parts make the whole: joined along time, or each of them where nothing runs over time."""
    scale = largest * max(1.0, float(np.abs(expected).max(initial=0.0)))

    def is_whole(part: Array) -> bool:
        return part.shape == expected.shape and np.allclose(part, expected, rtol=0.0, atol=scale)

    if (first.shape[1:2], second.shape[1:2]) == ((steps[0],), (steps[1],)) and first.shape[2:] == second.shape[2:]:
        return is_whole(np.concatenate([first, second], axis=1)) or (is_whole(first) and is_whole(second))
    return is_whole(first) and is_whole(second)


def _misfit(message: str, hint: str) -> RecipeError:
    return RecipeError(Problem("window-does-not-fit", message, hint=hint))
