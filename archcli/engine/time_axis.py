"""Which arrays run over the steps of a sequence, and parts of them.

The time axis is the second one. An input runs over steps if it has three axes or more, or two and holds integers, which
are tokens; two axes of floats are a table. A target does if the output that learns it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from archcli.engine.feeding import Array, Examples

LEAST_AXES_OF_STEPS = 3


@dataclass(frozen=True)
class TimeAxis:
    """Which arrays of the examples run over steps.

    Attributes:
        steps: How many steps there are, padding included.
        inputs: Whether each input does, in the nesting of the inputs.
        targets: Whether each target does.
    """

    steps: int
    inputs: Any
    targets: Any

    def cut(self, batch: tuple[Any, ...], part: Callable[[Any], Any]) -> tuple[Any, ...]:
        """Return `batch`, `(inputs, targets)` or `(inputs, targets, sample_weight)`, with parts in time.

        Args:
            batch: Tensors.
            part: Takes what is wanted out of a tensor that runs over steps; the others stay whole. A weight does where
                its second axis is as long.
        """

        def choose(tensor: Any, is_timed: bool) -> Any:  # noqa: FBT001 -- one of two trees
            return part(tensor) if is_timed else tensor

        def choose_weight(tensor: Any) -> Any:
            return choose(tensor, tensor.shape.rank > 1 and tensor.shape[1] == self.steps)

        inputs, targets, *weight = batch
        return (
            keras.tree.map_structure(choose, inputs, self.inputs),
            keras.tree.map_structure(choose, targets, self.targets),
            *(keras.tree.map_structure(choose_weight, tensor) for tensor in weight),
        )


def find_time_axis(model: keras.Model, examples: Examples, *, steps: int) -> TimeAxis:
    """Find out which arrays of `examples` run over `steps` in `model`."""

    def is_timed(array: Array) -> bool:
        return has_steps(array) and array.shape[1] == steps

    timed = {id(target): True for target in _targets_of_steps(model, examples)}
    return TimeAxis(
        steps,
        keras.tree.map_structure(is_timed, examples.inputs),
        keras.tree.map_structure(lambda array: id(array) in timed and array.shape[1] == steps, examples.targets),
    )


def has_steps(array: Array) -> bool:
    """Return whether an input may run over steps."""
    return array.ndim >= LEAST_AXES_OF_STEPS or (array.ndim > 1 and np.issubdtype(array.dtype, np.integer))


def pair_outputs(model: keras.Model, examples: Examples) -> list[tuple[Any, Array]]:
    """Return each output of `model` that learns something, with its target."""
    # A Sequential has one output, and knows no structure of it.
    if isinstance(examples.targets, Mapping) and not isinstance(model, keras.Sequential):
        return [(model.output[name], target) for name, target in examples.targets.items()]
    return list(zip(model.outputs, keras.tree.flatten(examples.targets), strict=False))


def _targets_of_steps(model: keras.Model, examples: Examples) -> list[Array]:
    pairs = pair_outputs(model, examples)
    return [target for output, target in pairs if len(output.shape) >= LEAST_AXES_OF_STEPS and target.ndim > 1]
