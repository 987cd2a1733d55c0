"""Learning in one pass: the layers that can are given the patterns to remember."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np

from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from archcli.engine.feeding import Examples


def store_patterns(model: keras.Model, examples: Examples) -> int:
    """Have every layer that has a `store` method remember the targets, each of them once.

    Args:
        model: Built; what the layers remembered before is lost.
        examples: Their targets are the patterns, `(examples, *pattern)`.

    Returns:
        How many different patterns there are.

    Raises:
        RecipeError: `rule-does-not-fit`: no layer stores anything, there is more than one target, or the targets are no
            patterns for a layer.
    """
    layers = [layer for layer in model._flatten_layers() if hasattr(layer, "store")]  # noqa: SLF001 -- see compile_mode
    if not layers:
        raise _misfit("the rule `storage` is for layers that store patterns, and the model has none", "use `Hopfield`")
    targets = keras.tree.flatten(examples.targets)
    if len(targets) != 1:
        found = f"the rule `storage` remembers the patterns of one target, and there are {len(targets)}"
        raise _misfit(found, "keep one target")
    patterns = np.unique(np.asarray(targets[0]).reshape(examples.count, -1), axis=0)
    for layer in layers:
        try:
            layer.store(patterns)
        except ValueError as error:
            raise _misfit(
                f"the layer `{layer.name}` cannot store the target: {str(error).rstrip('.')}",
                "give it targets of the shape and the values that it recalls",
            ) from error
    return len(patterns)


def _misfit(message: str, hint: str) -> RecipeError:
    return RecipeError(Problem("rule-does-not-fit", message, hint=hint))
