"""Targets as loss and metrics take them, and the weight of each label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from archcli.data.features.shift import scale_target
from archcli.errors import Location, Problem, RecipeError
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Objective
from archcli.recipe.suggestions import did_you_mean

Numbers = NDArray[np.int32] | NDArray[np.float32]


def encode_target(values: Numbers, facts: TargetFacts, objective: Objective) -> Numbers:
    """Turn raw targets into what the loss compares with.

    Args:
        values: Class numbers, `(examples, *shape)`, -1 where there is no label; rows of 0 and 1, `(examples, labels)`;
            or numbers, `(examples, *shape)`, NaN where there are none.
        facts: What the target is.
        objective: What the output means.

    Returns:
        Class numbers `(examples, *shape)`; 0 or 1 `(examples, *shape, 1)` for a single score; one-hot `(examples,
        *shape, classes)`; multi-hot `(examples, labels)`; or numbers, scaled as the facts say. Where there is no label
        it is 0, and `weigh_labels` says that it does not count.
    """
    if facts.kind == "number":
        scaled = scale_target(values.astype(np.float32, copy=False), facts)
        return np.nan_to_num(scaled, nan=0) if facts.padded else scaled
    if facts.kind == "multilabel":
        return values.astype(np.float32, copy=False)
    numbers = values.astype(np.int32, copy=False)
    if facts.padded:
        numbers = np.maximum(numbers, np.int32(0))
    if objective.task == "binary":
        return numbers.astype(np.float32)[..., np.newaxis]
    if objective.encoding == "one_hot":
        rows: NDArray[np.float32] = np.eye(len(facts.classes), dtype=np.float32)[numbers]
        return rows
    return numbers


def weigh_labels(
    values: Numbers,
    facts: TargetFacts,
    class_weight: Literal["balanced"] | Mapping[str, float] | None,
    locations: Mapping[str, Location],
) -> NDArray[np.float32] | None:
    """Give each label the weight of its class, and 0 to what is none.

    Args:
        values: As `encode_target` takes them.
        facts: What the target is; its `class_counts` are those of the training examples.
        class_weight: `balanced`: labels / (classes * labels of the class), so that every class counts the same; or a
            weight for each label, 1 for those left out; None: all count the same.
        locations: Where the recipe gives each weight, by `class_weight.<label>`.

    Returns:
        `(examples, *steps)`, float32: one for each example, or for each of its steps or pixels; None where all labels
        are there and count the same, as those of a multilabel always do.

    Raises:
        RecipeError: A weight is for no class.
    """
    if facts.kind == "multilabel":
        return None
    if facts.kind == "number":
        return np.asarray(~np.isnan(values).any(axis=-1), np.float32) if facts.padded else None
    weights = None if class_weight is None else _class_weights(facts, class_weight, locations)
    if weights is None and not facts.padded:
        return None
    each = np.ones(len(facts.classes)) if weights is None else weights
    by_number = np.append(each, 0).astype(np.float32)  # what is no label is -1, the last
    weighed: NDArray[np.float32] = by_number[values.astype(np.int64)]
    return weighed


def _class_weights(
    facts: TargetFacts, class_weight: Literal["balanced"] | Mapping[str, float], locations: Mapping[str, Location]
) -> NDArray[np.float64]:
    if class_weight == "balanced":
        counts = np.asarray(facts.class_counts, np.float64)
        balanced: NDArray[np.float64] = counts.sum() / (len(counts) * np.maximum(counts, 1))
        return balanced
    unknown = [label for label in class_weight if label not in facts.classes]
    if unknown:
        raise RecipeError(*(_unknown_class(label, facts, locations) for label in unknown))
    return np.asarray([class_weight.get(label, 1.0) for label in facts.classes], np.float64)


def _unknown_class(label: str, facts: TargetFacts, locations: Mapping[str, Location]) -> Problem:
    message = f"`class_weight` names the class `{label}`, which `{facts.name}` does not have"
    where = locations.get(f"class_weight.{label}", locations.get("class_weight"))
    return Problem("unknown-class", message, where, did_you_mean(label, facts.classes))
