"""What the tests of the recipe language share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archcli.errors import Problem, Source
from archcli.recipe.checking import check_nodes
from archcli.recipe.loading import load_nodes
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import MapNode, Node
from archcli.recipe.recipe import Recipe
from archcli.recipe.schema import RECIPE

Load = Callable[[str], Node]
Write = Callable[..., Path]
Read = Callable[..., Recipe]
Refuse = Callable[..., list[tuple[str, str]]]


def _check(model: str, data: str, train: str) -> tuple[Recipe | None, list[Problem]]:
    text = f"archcli: 1\ndata: {data}\nmodel: {model}\ntrain: {train}\n"
    node = to_long_form(load_nodes(Source("recipe.yaml", text)), RECIPE)
    assert isinstance(node, MapNode)
    return check_nodes(node, default_name="recipe")


@pytest.fixture
def load() -> Load:
    """Turns a text into nodes."""
    return lambda text: load_nodes(Source("recipe.yaml", text))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a recipe and gives its path."""

    def write_recipe(text: str, name: str = "recipe.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_recipe


@pytest.fixture
def read() -> Read:
    """Reads a recipe without problems from the texts of its sections."""

    def read_recipe(model: str, data: str = "{source: iris}", train: str = "{}") -> Recipe:
        recipe, problems = _check(model, data, train)
        assert problems == []
        assert recipe is not None
        return recipe

    return read_recipe


@pytest.fixture
def refuse() -> Refuse:
    """Gives the code and message of every problem of a recipe."""

    def refuse_recipe(model: str, data: str = "{source: iris}", train: str = "{}") -> list[tuple[str, str]]:
        _, problems = _check(model, data, train)
        return [(problem.code, problem.message) for problem in problems]

    return refuse_recipe
