"""Recipes with one part replaced, and texts with characters put in or left out: problems, never a traceback."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it publishes no types
import pytest

from archcli.cli.render import plain_problems
from archcli.errors import RecipeError, Source
from archcli.recipe.checking import check_nodes
from archcli.recipe.json_schema import recipe_schema
from archcli.recipe.loading import load_nodes, read_source
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import MapNode
from archcli.recipe.recipe import Recipe
from archcli.recipe.schema import RECIPE
from archcli.recipe.writing import node_data, resolved_data, write_yaml

HERE = Path(__file__).parent
REPLACEMENTS = [None, 0, 1.5, "x", "$classes", [1, [2]], {"Dense": 3}]
CHARACTERS = "{}[]:,-#&*!|>'\"%@`?$~ \n\t\r\\.=<0aZ\u00a0\u2028\x00\x1bé😀"


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _paths(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _paths(value, (*path, index))


def _replaced(data: Any, path: tuple[Any, ...], value: object) -> Any:
    if not path:
        return value
    copy = data.copy()
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value)
    return copy


def _check(data: object) -> Recipe | None:
    """Return the recipe that plain data are, None where they have problems."""
    node = to_long_form(load_nodes(Source("recipe.yaml", write_yaml(data))), RECIPE)
    assert isinstance(node, MapNode)
    recipe, problems = check_nodes(node, default_name="recipe")
    assert problems or recipe is not None
    assert plain_problems(problems)
    return None if problems else recipe


@pytest.mark.slow
def test_a_recipe_with_any_part_replaced_has_problems_or_is_whole() -> None:
    """If it is whole, its resolved form is a fixed point and the JSON Schema accepts it."""
    written = node_data(load_nodes(read_source(HERE / "valid" / "mlp-with-everything.yaml")))
    schema = jsonschema.Draft202012Validator(recipe_schema())
    changed = [_replaced(written, path, value) for path in list(_paths(written))[1:] for value in REPLACEMENTS]

    whole = [(data, recipe) for data in changed if (recipe := _check(data)) is not None]

    assert len(whole) > len(changed) / 50
    for _, recipe in whole:
        resolved = resolved_data(recipe)
        again = _check(resolved)
        assert again is not None
        assert resolved_data(again) == resolved
    for data, _ in whole[::5]:  # it takes its time
        schema.validate(data)


@pytest.mark.slow
def test_a_text_with_anything_put_in_or_left_out_has_problems_or_is_whole() -> None:
    """Six hundred slips of the pen, always the same ones."""
    pen = random.Random(0)  # noqa: S311 -- no secret is made of it
    texts = [read_source(path).text for path in sorted((HERE / "valid").glob("*.yaml"))]

    outcomes = [_read(_slip(pen.choice(texts), pen)) for _ in range(600)]

    assert set(outcomes) == {"no YAML", "problems", "whole"}


@pytest.mark.slow
def test_a_graph_with_parts_deleted_renamed_or_swapped_has_problems_or_is_whole() -> None:
    """Six hundred of the examples and of the broken ones; if it is whole, its resolved form is a fixed point."""
    pen = random.Random(0)  # noqa: S311 -- no secret is made of it
    files = [*sorted((HERE / "examples").glob("*.yaml")), *sorted((HERE / "invalid").glob("graph-*.yaml"))]
    written = [node_data(load_nodes(read_source(path))) for path in files]

    for _ in range(600):
        data = pen.choice(written)
        for _ in range(pen.randint(1, 3)):
            data = _mutated(data, pen)
        recipe = _check(data)
        if recipe is not None:
            resolved = resolved_data(recipe)
            again = _check(resolved)
            assert again is not None
            assert write_yaml(resolved_data(again)) == write_yaml(resolved)


def _mutated(data: Any, pen: random.Random) -> Any:
    """Take a part away, call it otherwise, or put another part or value in its place."""
    paths = list(_paths(data))[1:]
    if not paths:
        return data
    path = pen.choice(paths)
    inside = _at(data, path[:-1])
    match pen.choice(("deleted", "renamed", "another part", "another value")):
        case "deleted" if isinstance(inside, dict):
            return _replaced(data, path[:-1], {key: value for key, value in inside.items() if key != path[-1]})
        case "renamed" if isinstance(inside, dict):
            name = pen.choice([str(step) for other in paths for step in other[-1:]])
            renamed = {(name if key == path[-1] else key): value for key, value in inside.items()}
            return _replaced(data, path[:-1], renamed)
        case "another part":
            return _replaced(data, path, _at(data, pen.choice(paths)))
        case _:
            return _replaced(data, path, pen.choice(REPLACEMENTS))


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def _slip(text: str, pen: random.Random) -> str:
    for _ in range(pen.randint(1, 3)):
        place = pen.randrange(len(text) + 1)
        left_out = pen.choice((0, 0, 1, 5))
        text = text[:place] + pen.choice(("", pen.choice(CHARACTERS))) + text[place + left_out :]
    return text


def _read(text: str) -> str:
    """Say what a text is to the program; that it can be shown is part of it."""
    try:
        node = to_long_form(load_nodes(Source("recipe.yaml", text)), RECIPE)
    except RecipeError as error:
        return "no YAML" if plain_problems(error.problems) else ""
    if not isinstance(node, MapNode):
        return "problems"
    recipe, problems = check_nodes(node, default_name="recipe")
    return "problems" if problems and plain_problems(problems) else "whole" if recipe is not None else ""
