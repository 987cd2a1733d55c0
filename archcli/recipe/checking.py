"""A recipe's nodes to a `Recipe`, or every problem they have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

from archcli.errors import DataError, Problem, RecipeError
from archcli.recipe.assembling import assemble
from archcli.recipe.headers import find_column_problems
from archcli.recipe.loading import load_nodes, read_source
from archcli.recipe.long_form import to_long_form
from archcli.recipe.merging import apply_override, merge
from archcli.recipe.nodes import MapNode, Node, ScalarNode, walk
from archcli.recipe.recipe import Recipe
from archcli.recipe.schema import RECIPE
from archcli.recipe.suggestions import did_you_mean, near_match
from archcli.recipe.values import Checker, absolute_path

MAXIMUM_EXTENDS: Final = 16
"""Recipes in one chain of `extends`."""


def load_recipe(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """Load, merge and check a recipe.

    Args:
        path: The file.
        overrides: Changes such as `train.epochs=5`, applied in order.

    Raises:
        RecipeError: Everything that is wrong with it, in the order of the text.
        DataError: A file that it names is not there or cannot be read.
    """
    recipe, problems = check_nodes(read_nodes(path, overrides), default_name=path.stem)
    if recipe is not None:
        try:
            problems += find_column_problems(recipe.data)
        except DataError:
            if not problems:
                raise
    if problems or recipe is None:
        raise RecipeError(*sorted(problems, key=_place))
    return recipe


def read_nodes(path: Path, overrides: Sequence[str] = ()) -> MapNode:
    """Read a recipe with all that it extends, in long form, with the overrides applied.

    Raises:
        RecipeError: A file is not a mapping in YAML, or a path of an override leads nowhere.
    """
    node: Node = _read_extending(path, ())
    for override in overrides:
        node = apply_override(node, override)
    return cast("MapNode", node)


def _read_extending(path: Path, above: tuple[Path, ...]) -> MapNode:
    source = read_source(path)
    node = load_nodes(source)
    if not isinstance(node, MapNode):
        message = "a recipe is a mapping, found a list" if not isinstance(node, ScalarNode) else "a recipe is a mapping"
        hint = "begin with `archcli: 1`; `archcli show mlp-wine` shows a whole recipe"
        raise RecipeError(Problem("not-a-recipe", message, node.location, hint))
    over = cast("MapNode", to_long_form(node, RECIPE))
    base = over.get("extends")
    if not isinstance(base, ScalarNode) or not isinstance(base.value, str):
        return over
    chain = (*above, path.resolve())
    base_path = absolute_path(base)
    if base_path.resolve() in chain or len(chain) > MAXIMUM_EXTENDS:
        names = " -> ".join(step.name for step in (*chain, base_path))
        raise RecipeError(Problem("extends-cycle", f"recipes extend each other in a circle: {names}", base.location))
    if not base_path.is_file():
        known = [file.name for file in base_path.parent.glob("*.yaml")] if base_path.parent.is_dir() else []
        hint = did_you_mean(base_path.name, known)
        raise RecipeError(Problem("recipe-not-found", f"there is no recipe `{base.text}`", base.location, hint))
    beneath = _read_extending(base_path, chain)
    return cast("MapNode", merge(beneath.without("name"), over.without("extends"), RECIPE))


def check_nodes(node: MapNode, *, default_name: str) -> tuple[Recipe | None, list[Problem]]:
    """Check a recipe in long form, without looking at the files that it names.

    Args:
        node: The whole recipe, merged.
        default_name: The name where the recipe gives none.

    Returns:
        The recipe, None where too much is wrong to make one, and every problem.
    """
    parameters = node.get("parameters")
    entries = parameters.entries if isinstance(parameters, MapNode) else ()
    checker = Checker({entry.key.text: entry for entry in entries})
    if isinstance(parameters, MapNode):
        for entry in entries:
            checker.given_name(entry.key)
        node = node.without("parameters")
    values = checker.section(node, RECIPE)
    recipe = assemble(values, node, checker, default_name=default_name)
    references = [f"${part.reference}" for part in walk(node) if isinstance(part, ScalarNode) and part.reference]
    for entry in entries:
        if entry.key.text not in checker.used_parameters:
            message = f"no value in the recipe is `${entry.key.text}`"
            match = near_match(f"${entry.key.text}", references)
            hint = None if match is None else f"the recipe asks for `{match}`"
            checker.note("unused-parameter", message, entry.key.location, hint)
    return recipe, checker.problems


def _place(problem: Problem) -> tuple[int, str, int, int]:
    """Sort by the text, the command line last."""
    where = problem.location
    if where is None:
        return (2, "", 0, 0)
    return (int(where.source.name == "command line"), where.source.name, where.line, where.column)
