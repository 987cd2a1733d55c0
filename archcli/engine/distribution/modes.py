"""How steps are run where several replicas take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras

from archcli.engine.compile_mode import Mode, ModeRequest
from archcli.engine.distribution.losses import has_masks
from archcli.errors import Problem, RecipeError

if TYPE_CHECKING:
    from archcli.engine.replicas import Replicas


def choose_shared_mode(model: keras.Model, mode: Mode, requested: ModeRequest, replicas: Replicas) -> Mode:
    """Return how steps are run on these replicas.

    Several are run as a graph unless the recipe asks for something else. XLA then compiles forward and backward pass of
    each replica; it can where replicas need nothing of each other before the gradient is there.

    Args:
        model: Built.
        mode: What was chosen for one device.
        requested: What the recipe says.
        replicas: Who takes the steps.

    Raises:
        RecipeError: `distribution-does-not-fit`: XLA is asked for, and replicas meet within a step.
    """
    if not replicas.is_many:
        return mode
    if requested == "auto":
        return Mode("graph", "several replicas take the graph where the recipe asks for nothing else")
    meeting = _find_meeting(model) if requested == "xla" else None
    if meeting is not None:
        raise RecipeError(
            Problem(
                "distribution-does-not-fit",
                f"`train.compile: xla` cannot compile {meeting}, for which replicas meet in the middle of a step",
                hint="write `compile: graph`, or leave `train.distribute` out",
            )
        )
    return mode


def _find_meeting(model: keras.Model) -> str | None:
    """Return what in a model has replicas meet before the gradient is there; None: nothing."""
    layers = model._flatten_layers()  # noqa: SLF001 -- see `compile_mode`
    if any(isinstance(layer, keras.layers.BatchNormalization) for layer in layers):
        return "`BatchNormalization`"
    return "masks of padding" if has_masks(model) else None
