"""Show a recipe as the program reads it."""

from __future__ import annotations

from collections.abc import Sequence

from archcli.errors import RecipeError
from archcli.recipe.checking import check_nodes, read_nodes
from archcli.recipe.gallery import find_recipe
from archcli.recipe.writing import node_data, resolved_data, write_yaml


def show(text: str, overrides: Sequence[str] = (), *, resolved: bool = False) -> str:
    """Return a recipe as YAML: in long form with `extends` and overrides applied, or whole.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.
        resolved: Whether every default is written out, as in a run's `resolved.yaml`.

    Raises:
        RecipeError: It has problems.
    """
    path = find_recipe(text)
    nodes = read_nodes(path, overrides)
    recipe, problems = check_nodes(nodes, default_name=path.stem)
    if problems or recipe is None:
        raise RecipeError(*problems)
    return write_yaml(resolved_data(recipe) if resolved else node_data(nodes))
