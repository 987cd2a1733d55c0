"""Checked values to a `Recipe`: what follows from what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from archcli.recipe.contradictions import find_contradictions
from archcli.recipe.data_section import build_data, described_source
from archcli.recipe.modelling import build_model_value
from archcli.recipe.nodes import MapNode
from archcli.recipe.recipe import Data, Recipe, Value
from archcli.recipe.train_section import build_train, infer_objectives
from archcli.recipe.types import RECIPE_NAME_PATTERN
from archcli.recipe.values import Checker


@dataclass(frozen=True)
class Assembled:
    """What could be put together.

    Attributes:
        recipe: None where too much is wrong to make one; there are problems then.
        data: Its data, which may be whole where the rest is not.
    """

    recipe: Recipe | None
    data: Data | None


def assemble(values: Mapping[str, Value], node: MapNode, checker: Checker, *, default_name: str) -> Assembled:
    """Put a recipe together and check what no single key can tell.

    Args:
        values: The top level as `Checker.section` gives it.
        node: The same as nodes, for locations.
        checker: Keeps the problems.
        default_name: What the recipe is called where it does not say, such as its file.
    """
    data = build_data(_mapping(values["data"]), node, checker)
    given = _mapping(values["train"])
    if data is None:
        build_model_value(checker, _mapping(values["model"]), node, None)
        return Assembled(None, None)
    is_whole = not any(checker.is_broken(part) for part in (data.source, *data.inputs.values(), *data.targets.values()))
    alone = Assembled(None, data if is_whole else None)
    modelled = build_model_value(checker, _mapping(values["model"]), node, data)
    if modelled is None or not given:
        return alone
    model, data = modelled.model, modelled.data
    alone = Assembled(None, data if is_whole else None)
    objectives = infer_objectives(data, model, given, checker)
    train = None if objectives is None else build_train(given, node, data, model, objectives, checker)
    if objectives is None or train is None:
        return alone
    name = values.get("name")
    recipe = Recipe(name if isinstance(name, str) else name_of(default_name), data, model, train, objectives)
    checker.problems += find_contradictions(recipe, described_source(data.source))
    return Assembled(recipe, alone.data)


def name_of(text: str) -> str:
    """Make a recipe's name of what its file is called: `My MLP` is `my-mlp`."""
    name = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")
    return name if re.fullmatch(RECIPE_NAME_PATTERN, name) else f"recipe-{name}".rstrip("-")


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
