"""Targets as loss and metrics take them, and the weight of each example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Objective
from archcli.recipe.suggestions import did_you_mean

Numbers = NDArray[np.int32] | NDArray[np.float32]


def encode_target(values: Numbers, facts: TargetFacts, objective: Objective) -> Numbers:
    """Turn raw targets into what the loss compares with.

    Args:
        values: Class numbers, `(examples,)`, or numbers, `(examples, columns)`.
        facts: What the target is.
        objective: What the output means.

    Returns:
        Class numbers `(examples,)`; 0 or 1 `(examples, 1)` for a single score; one-hot `(examples, classes)`; or
        numbers `(examples, columns)`, scaled as the facts say.
    """
    if objective.task == "binary":
        return values.astype(np.float32).reshape(-1, 1)
    if objective.encoding == "one_hot":
        return np.eye(len(facts.classes), dtype=np.float32)[values.astype(np.int64)]
    if facts.scale is None or facts.offset is None:
        return values
    offset, scale = np.asarray(facts.offset, np.float32), np.asarray(facts.scale, np.float32)
    return ((values - offset) / scale).astype(np.float32)


def weigh_examples(
    class_numbers: Numbers,
    facts: TargetFacts,
    class_weight: Literal["balanced"] | Mapping[str, float],
    locations: Mapping[str, Location],
) -> NDArray[np.float32]:
    """Give each example the weight of its class.

    Args:
        class_numbers: `(examples,)`.
        facts: What the target is; its `class_counts` are those of the training examples.
        class_weight: `balanced`: examples / (classes * examples of the class), so that every class counts the same;
            or a weight for each label, 1 for those left out.
        locations: Where the recipe gives each weight, by `class_weight.<label>`.

    Returns:
        `(examples,)`, float32.

    Raises:
        RecipeError: A weight is for no class.
    """
    if class_weight == "balanced":
        counts = np.asarray(facts.class_counts, np.float64)
        weights = counts.sum() / (len(counts) * counts)
    else:
        unknown = [label for label in class_weight if label not in facts.classes]
        if unknown:
            raise RecipeError(*(_unknown_class(label, facts, locations) for label in unknown))
        weights = np.asarray([class_weight.get(label, 1.0) for label in facts.classes], np.float64)
    weighed: NDArray[np.float32] = weights[class_numbers.astype(np.int64)].astype(np.float32)
    return weighed


def _unknown_class(label: str, facts: TargetFacts, locations: Mapping[str, Location]) -> Problem:
    message = f"`class_weight` names the class `{label}`, which `{facts.name}` does not have"
    where = locations.get(f"class_weight.{label}", locations.get("class_weight"))
    return Problem("unknown-class", message, where, did_you_mean(label, facts.classes))
