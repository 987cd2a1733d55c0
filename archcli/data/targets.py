"""The targets of a recipe, read and fitted; and shifts, of inputs as targets and of targets as inputs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features import TARGETS
from archcli.data.features.shift import early, fit_shifted_input, fit_shifted_target, shift_input, shift_target
from archcli.data.table import Raw, TargetValues
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.features import read_columns
from archcli.recipe.recipe import Data, Named


def read_targets(table: Any, data: Data, faults: Faults) -> dict[str, TargetValues]:
    """Read the targets that are read from columns, by name."""
    return {
        name: TARGETS[feature.name].read(table, feature, read_columns(feature, name), faults)
        for name, feature in data.targets.items()
        if feature.name != "shift"
    }


def shift_inputs(data: Data, inputs: Mapping[str, InputFacts], raw: Mapping[str, Raw]) -> dict[str, TargetValues]:
    """Return the targets that are shifts of inputs, by name.

    Raises:
        RecipeError: An input has no steps.
    """
    return {
        name: shift_input(
            name,
            inputs[_source(feature)],
            raw[_source(feature)],
            by=-early(feature),
            place=feature.argument_locations.get("of", feature.location),
        )
        for name, feature in data.targets.items()
        if feature.name == "shift"
    }


def shift_known_inputs(facts: Facts, raw: Mapping[str, Raw]) -> dict[str, TargetValues]:
    """Return the targets that are shifts of inputs of a model that is known, by name."""
    return {
        name: shift_input(name, facts.inputs[target.shift_of], raw[target.shift_of], by=-target.shift_by)
        for name, target in facts.targets.items()
        if target.shift_of is not None
    }


def fit_targets(
    data: Data,
    values: Mapping[str, TargetValues],
    inputs: Mapping[str, InputFacts],
    training: NDArray[np.int64],
) -> dict[str, TargetFacts]:
    """Describe all targets, fitted on the `training` examples alone, by name."""
    return {
        name: fit_shifted_input(name, feature, inputs[_source(feature)], values[name], training)
        if feature.name == "shift"
        else TARGETS[feature.name].fit(name, feature, read_columns(feature, name), values[name], training)
        for name, feature in data.targets.items()
    }


def fit_shifted_targets(data: Data, targets: Mapping[str, TargetFacts]) -> dict[str, InputFacts]:
    """Describe the inputs that are shifts of targets, by name.

    Raises:
        RecipeError: A target has no steps.
    """
    return {
        name: fit_shifted_target(name, feature, targets[_source(feature)])
        for name, feature in data.inputs.items()
        if feature.name == "shift"
    }


def shift_targets(
    inputs: Mapping[str, InputFacts],
    targets: Mapping[str, TargetFacts],
    values: Mapping[str, NDArray[np.int32] | NDArray[np.float32]],
) -> dict[str, Raw]:
    """Return the inputs that are shifts of targets, as the model takes them, by name; where their target is known."""
    return {
        name: shift_target(values[given.shift_of], given, targets[given.shift_of])
        for name, given in inputs.items()
        if given.shift_of is not None and given.shift_of in values
    }


def inputs_as_targets(inputs: Mapping[str, InputFacts], learned: Collection[str]) -> dict[str, TargetFacts]:
    """Describe inputs of numbers that are learned too, as an autoencoder does: scaled as the model takes them."""
    described: dict[str, TargetFacts] = {}
    for name in learned:
        given = inputs[name]
        shape = tuple(size or 0 for size in given.shape)
        scale, offset = given.scale, given.offset
        if scale is not None and offset is not None:
            offset = tuple(0 - part / factor for part, factor in zip(offset, scale, strict=True))
            scale = tuple(1 / factor for factor in scale)
        described[name] = TargetFacts(name, "number", shape, given.columns, scale=scale, offset=offset)
    return described


def _source(feature: Named) -> str:
    return str(feature.arguments["of"])
