"""What the model answers with, held against what the target asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import keras

from archcli.build.failures import Shape, several_outputs_problem, shape_text
from archcli.build.model import flat_layers
from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Model, Named, Objective

KEEPS_SHAPE: Final = frozenset(
    {"Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU", "GaussianDropout"}
    | {"GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU", "Masking", "PReLU"}
    | {"RMSNormalization", "ReLU", "Rescaling", "Softmax", "UnitNormalization"}
)
"""Layers whose output has their input's shape: the shape is another's doing."""


def check_output(built: keras.Model, model: Model, objective: Objective, target_facts: TargetFacts) -> None:
    """Check that the model gives for each example what loss and metrics compare with the target.

    Args:
        built: The model, `(batch, ...)` out.
        model: The recipe's layers that it was built from.
        objective: What its output means.
        target_facts: What it is to learn.

    Raises:
        RecipeError: `output-does-not-fit-target`, at the size of the layer that decides it.
    """
    layers = flat_layers(model.body)
    if len(built.outputs) > 1:
        problem = several_outputs_problem(layers)
        if problem is None:
            message = f"`{layers[-1].name}` as the last layer gives several tensors, but there is one target"
            problem = Problem("several-outputs", message, layers[-1].location)
        raise RecipeError(problem)
    given: Shape = built.outputs[0].shape
    if objective.task == "binary" and len(target_facts.classes) != 2:
        message = f"the model gives one score, but the target `{target_facts.name}` has {_classes(target_facts)}"
        raise RecipeError(Problem("output-does-not-fit-target", message, _location(layers), "write `units: $classes`"))
    wanted = (None, *_wanted(objective, target_facts))
    if given != wanted:
        message = (
            f"the model gives {shape_text(given)}, but the target `{target_facts.name}` has "
            f"{_description(target_facts)} and wants {shape_text(wanted)}"
        )
        hint = _hint(layers, given, wanted, objective)
        raise RecipeError(Problem("output-does-not-fit-target", message, _location(layers), hint))


def _wanted(objective: Objective, target_facts: TargetFacts) -> tuple[int, ...]:
    """Return the shape of the answer to one example."""
    if objective.task == "classification":
        return (len(target_facts.classes),)
    return (1,) if objective.task == "binary" else target_facts.shape or (1,)


def _description(target_facts: TargetFacts) -> str:
    """Say what the target is."""
    if target_facts.kind == "category":
        return _classes(target_facts)
    count = target_facts.shape[-1] if target_facts.shape else 1
    return f"{count} number{'s' if count != 1 else ''}"


def _classes(target_facts: TargetFacts) -> str:
    """Say how many classes there are."""
    return f"{len(target_facts.classes)} classes"


def _hint(layers: Sequence[Named], given: Shape, wanted: Shape, objective: Objective) -> str | None:
    """Say what to change."""
    if len(given) == len(wanted):
        size = "$classes" if objective.task == "classification" else wanted[-1]
        return f"write `units: {size}`" if "units" in _deciding(layers).arguments else f"end with `Dense: {size}`"
    if len(given) < len(wanted):
        return None
    recurrent = next((layer for layer in reversed(layers) if layer.arguments.get("return_sequences") is True), None)
    if recurrent is not None:
        return (
            f"leave out `return_sequences: true` of the `{recurrent.name}` on line {recurrent.location.line}, "
            "so that it hands on the last step only"
        )
    return f"put `Flatten` before the `{_deciding(layers).name}`"


def _location(layers: Sequence[Named]) -> Location:
    """Return where the size of the output is decided: at the `units` of the last layer that has them."""
    deciding = _deciding(layers)
    return deciding.argument_locations.get("units", deciding.location)


def _deciding(layers: Sequence[Named]) -> Named:
    """Return the last layer that does not just keep its input's shape."""
    return next((layer for layer in reversed(layers) if layer.name not in KEEPS_SHAPE), layers[-1])
