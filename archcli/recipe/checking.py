"""A recipe's nodes to a `Recipe`, or every problem they have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, cast

from archcli.errors import DataError, Problem, RecipeError
from archcli.recipe.assembling import Assembled, assemble
from archcli.recipe.candidates import Checked, Varied, at_candidate, check_candidates
from archcli.recipe.delimited import shown_path
from archcli.recipe.expansion import expand_architecture
from archcli.recipe.headers import column_error, find_column_problems
from archcli.recipe.loading import load_nodes, read_source
from archcli.recipe.long_form import to_long_form
from archcli.recipe.merging import merge
from archcli.recipe.modelling import learn_names
from archcli.recipe.nodes import MapNode, Node, ScalarNode, is_null, walk
from archcli.recipe.overriding import COMMAND_LINE, apply_override
from archcli.recipe.recipe import Recipe
from archcli.recipe.schema import RECIPE
from archcli.recipe.settling import settle
from archcli.recipe.suggestions import near_match
from archcli.recipe.tune_section import read_tune_section
from archcli.recipe.types import Anything
from archcli.recipe.typing_of import describe_node
from archcli.recipe.values import Checker, absolute_path

_WITHOUT_MODEL: Final = replace(
    RECIPE,
    fields=tuple(
        field if field.name != "model" else replace(field, type=Anything(), required=False) for field in RECIPE.fields
    ),
)

MAXIMUM_EXTENDS: Final = 16
"""Recipes in one chain of `extends`."""


def load_recipe(path: Path, overrides: Sequence[str] = ()) -> Recipe:
    """Load, merge and check a recipe.

    Args:
        path: The file.
        overrides: Changes such as `train.epochs=5`, applied in order.

    Raises:
        RecipeError: Everything that is wrong with it, in the order of the text.
        DataError: A file that it names is not there, cannot be read, or lacks a column, and nothing else is wrong.
    """
    assembled, problems, varied = _check(read_nodes(path, overrides), path.stem)
    if assembled.data is not None:
        source, is_sound = assembled.data.source, not problems
        try:
            missing = find_column_problems(assembled.data)
            problems += missing
            for one in varied:
                found = [problem for problem in find_column_problems(one.data) if problem not in missing]
                problems += [at_candidate(problem, one.tried, one.candidate) for problem in found]
        except DataError:
            if not problems:
                raise
        if problems and is_sound:
            raise column_error(in_order(problems), source)
    if problems or assembled.recipe is None:
        raise RecipeError(*in_order(problems))
    return assembled.recipe


def read_nodes(path: Path, overrides: Sequence[str] = ()) -> MapNode:
    """Read a recipe with all that it extends, in long form, with the overrides applied.

    Raises:
        RecipeError: A file is not a mapping in YAML, or a path of an override leads nowhere.
    """
    node: Node = _read_extending(path, ())
    for number, override in enumerate(overrides, start=1):
        node = settle(cast("MapNode", node), partial(apply_override, override=override, number=number))
    return cast("MapNode", node)


def _read_extending(path: Path, above: tuple[Path, ...]) -> MapNode:
    node = load_nodes(read_source(path))
    if is_null(node):
        raise RecipeError(Problem("empty-recipe", f"`{path}` is an empty document"))
    if not isinstance(node, MapNode):
        hint = "begin with `archcli: 1`; `archcli recipes show mlp-wine` shows a whole recipe"
        message = f"a recipe is a mapping, found {describe_node(node)}"
        raise RecipeError(Problem("not-a-recipe", message, node.location, hint))
    over = cast("MapNode", to_long_form(node, RECIPE))
    base = over.get("extends")
    if not isinstance(base, ScalarNode) or not isinstance(base.value, str):
        return over
    chain = (*above, path.resolve())
    base_path = absolute_path(base)
    if base_path.resolve() in chain or len(chain) > MAXIMUM_EXTENDS:
        names = " -> ".join(step.name for step in (*chain, base_path))
        message = f"the recipes extend each other in a circle: {names}"
        raise RecipeError(Problem("extends-cycle", message, base.location, "take one `extends` away"))
    if not base_path.is_file():
        known = [file.name for file in base_path.parent.glob("*.y*ml")] if base_path.parent.is_dir() else []
        match = near_match(base_path.name, known)
        beside = Path(base.text).with_name(match) if match else None
        hint = f"did you mean `{beside}`?" if beside else "a path here is relative to the recipe that it stands in"
        raise RecipeError(Problem("recipe-not-found", f"there is no file `{base.text}`", base.location, hint))
    beneath = _read_extending(Path(shown_path(base_path)), chain)
    return cast("MapNode", settle(beneath.without("name"), lambda under: merge(under, over.without("extends"), RECIPE)))


def check_nodes(node: MapNode, *, default_name: str) -> tuple[Recipe | None, list[Problem]]:
    """Check a recipe in long form, without looking at the files that it names.

    Args:
        node: The whole recipe, merged.
        default_name: What its name is made of where it gives none.

    Returns:
        The recipe, None where too much is wrong to make one, and every problem in the order of the text.
    """
    assembled, problems, _ = _check(node, default_name)
    return assembled.recipe, in_order(problems)


def expand_nodes(node: MapNode) -> MapNode:
    """Return a recipe that checks, in long form, with plain layers in the place of an architecture."""
    return expand_architecture(node, _checker_of(node)).node


def _checker_of(node: MapNode) -> Checker:
    parameters = node.get("parameters")
    return Checker({entry.key.text: entry for entry in parameters.entries} if isinstance(parameters, MapNode) else {})


def _check(node: MapNode, default_name: str) -> tuple[Assembled, list[Problem], tuple[Varied, ...]]:
    """Check a recipe and what it tunes; what is tuned uses no parameter, for the recipe must be whole without it."""
    checker = _checker_of(node)
    section = read_tune_section(node, checker)
    root = node.without("tune")
    alone = _check_alone(root, default_name)
    problems = list(dict.fromkeys((*alone.problems, *checker.problems)))
    if section is None:
        return alone.assembled, problems, ()
    found = check_candidates(section.space, root, alone, partial(_check_alone, default_name=default_name))
    problems += [problem for problem in found.problems if problem not in problems]
    recipe, data = alone.assembled.recipe, alone.assembled.data
    if recipe is not None and not problems:
        recipe = replace(recipe, tuning=section.tuning(found.file_places))
    return Assembled(recipe, data), problems, found.varied


def _check_alone(node: MapNode, default_name: str) -> Checked:
    parameters = node.get("parameters")
    entries = parameters.entries if isinstance(parameters, MapNode) else ()
    checker = _checker_of(node)
    well_named = [entry for entry in entries if checker.given_name(entry.key)]
    if isinstance(parameters, MapNode):
        node = node.without("parameters")
    model = node.get("model")
    learn_names(checker, model)
    expanded = expand_architecture(node, checker)
    node = expanded.node
    values = checker.section(node, RECIPE if expanded.is_whole else _WITHOUT_MODEL)
    if not expanded.is_whole:
        values = {**values, "model": {}}
        node = node.without("model")
    assembled = assemble(values, node, checker, default_name=default_name)
    references = [part.reference for part in walk(node) if isinstance(part, ScalarNode) and part.reference is not None]
    misspelt = {word for reference in references for word in re.findall(r"\w+", reference)}
    for entry in well_named:
        name = entry.key.text
        if name not in checker.used_parameters and name not in misspelt:
            match = near_match(name, references)
            hint = f"the recipe asks for `${match}`" if match else f"write `${name}` where it is meant to count"
            checker.note("unused-parameter", f"the parameter `{name}` is never used", entry.key.location, hint)
    return Checked(assembled, checker.problems, frozenset(checker.file_places))


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Sort problems by their places in the text, those of the command line last."""
    return sorted(problems, key=_place)


def _place(problem: Problem) -> tuple[int, str, int, int]:
    where = problem.location
    if where is None:
        return (2, "", 0, 0)
    return (int(where.source.name == COMMAND_LINE), where.source.name, where.line, where.column)
