"""What the model answers with, held against what each target asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from archcli.build.model import Built
from archcli.build.objects import RECURRENT
from archcli.build.wire import Shape, Wire, fits, shape_text
from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Model, Named, Objective

KEEPS_SHAPE: Final = frozenset(
    {"Activation", "ActivityRegularization", "AlphaDropout", "BatchNormalization", "Dropout", "ELU", "GaussianDropout"}
    | {"GaussianNoise", "GroupNormalization", "Identity", "LayerNormalization", "LeakyReLU", "Masking", "PReLU"}
    | {"RMSNormalization", "ReLU", "Rescaling", "Softmax", "UnitNormalization", "Reverse"}
    | {"Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"}
)
"""Layers whose output has their input's shape: the shape is another's doing."""

Learned = Mapping[str, TargetFacts]
"""What each trained output learns, by the output's name."""


def check_outputs(built: Built, model: Model, objectives: Mapping[str, Objective], learned: Learned) -> None:
    """Check that each output gives for each example what loss and metrics compare with its target.

    Args:
        built: The model.
        model: The recipe's layers that it was built from.
        objectives: What each trained output means, by its name.
        learned: What each is to learn.

    Raises:
        RecipeError: `output-does-not-fit-target`, at the size of the layer that decides it; for all outputs at once.
    """
    problems = []
    for name, target_facts in learned.items():
        subject = "the model" if len(model.outputs) == 1 else f"the output `{name}`"
        where = model.body.location
        problem = _output_problem(built.outputs[name], objectives[name], target_facts, subject=subject, where=where)
        if problem is not None:
            problems.append(problem)
    if problems:
        raise RecipeError(*problems)


def wanted_shape(objective: Objective, target_facts: TargetFacts) -> tuple[int, ...]:
    """Return the shape of the answer to one example: for each place that has a label, its scores."""
    if objective.task == "classification":
        return (*target_facts.shape, len(target_facts.classes))
    return (*target_facts.shape, 1) if objective.task == "binary" else target_facts.shape or (1,)


def _output_problem(
    output: Wire, objective: Objective, target_facts: TargetFacts, *, subject: str, where: Location
) -> Problem | None:
    layers = output.trail
    location = _location(layers) if layers else where
    if objective.task == "binary" and len(target_facts.classes) != 2:
        message = f"{subject} gives one score, but the target `{target_facts.name}` has {_classes(target_facts)}"
        return Problem("output-does-not-fit-target", message, location, "write `units: $classes`")
    given, wanted = output.shape, (None, *wanted_shape(objective, target_facts))
    if fits(given, wanted):
        return None
    message = (
        f"{subject} gives {shape_text(given)}, but the target `{target_facts.name}` has "
        f"{_description(target_facts)} and wants {shape_text(wanted)}"
    )
    hint = _hint(layers, given, wanted, objective) if layers else None
    return Problem("output-does-not-fit-target", message, location, hint)


def _description(target_facts: TargetFacts) -> str:
    """Say what the target is."""
    if target_facts.kind == "multilabel":
        return f"{len(target_facts.classes)} labels"
    if target_facts.classes:
        places = " x ".join(map(str, target_facts.shape))
        return _classes(target_facts) + (f" at each of {places} places" if places else "")
    count = target_facts.shape[-1] if target_facts.shape else 1
    numbers = f"{count} number{'s' if count != 1 else ''}"
    places = " x ".join(map(str, target_facts.shape[:-1]))
    return numbers + (f" at each of {places} places" if places else "")


def _classes(target_facts: TargetFacts) -> str:
    """Say how many classes there are."""
    return f"{len(target_facts.classes)} classes"


def _hint(layers: Sequence[Named], given: Shape, wanted: Shape, objective: Objective) -> str | None:
    """Say what to change."""
    if len(given) == len(wanted):
        if not fits(given[:-1], wanted[:-1]):
            return None
        size = "$classes" if objective.task in ("classification", "multilabel") else wanted[-1]
        return f"write `units: {size}`" if "units" in _deciding(layers).arguments else f"end with `Dense: {size}`"
    recurrent = next((layer for layer in reversed(layers) if _is_recurrent(layer)), None)
    if len(given) < len(wanted):
        if recurrent is None or recurrent.arguments.get("return_sequences") is True:
            return None
        return (
            f"give the `{recurrent.name}` on line {recurrent.location.line} `return_sequences: true`, "
            "so that it answers at every step"
        )
    if recurrent is not None and recurrent.arguments.get("return_sequences") is True:
        return (
            f"leave out `return_sequences: true` of the `{recurrent.name}` on line {recurrent.location.line}, "
            "so that it hands on the last step only"
        )
    return f"put `Flatten` before the `{_deciding(layers).name}`"


def _is_recurrent(layer: Named) -> bool:
    return layer.name in RECURRENT or "return_sequences" in layer.arguments


def _location(layers: Sequence[Named]) -> Location:
    """Return where the size of the output is decided: at the `units` of the last layer that has them."""
    deciding = _deciding(layers)
    return deciding.argument_locations.get("units", deciding.location)


def _deciding(layers: Sequence[Named]) -> Named:
    """Return the last layer that does not just keep its input's shape."""
    return next((layer for layer in reversed(layers) if layer.name not in KEEPS_SHAPE), layers[-1])
