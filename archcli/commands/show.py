"""Show a recipe as the program reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from archcli.errors import RecipeError
from archcli.recipe.building import convert_build
from archcli.recipe.checking import check_nodes, expand_nodes, read_nodes
from archcli.recipe.gallery import find_recipe
from archcli.recipe.writing import node_data, resolved_data, write_yaml

Form = Literal["written", "expanded", "resolved"]
"""`written`: in long form, with `extends` and overrides applied; `expanded`: the same with layers in the place of an
architecture; `resolved`: with every default, as in a run's `resolved.yaml`."""


def show(
    text: str,
    overrides: Sequence[str] = (),
    *,
    form: Form = "written",
    build: Literal["sequential", "functional"] | None = None,
) -> str:
    """Return a recipe as YAML.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.
        form: How much of it is written out.
        build: A Keras API to write it for: the layers of a chain become a graph, a graph that is a chain becomes
            layers. None: as it is.

    Raises:
        RecipeError: It has problems.
    """
    path = find_recipe(text)
    nodes = read_nodes(path, overrides)
    recipe, problems = check_nodes(nodes, default_name=path.stem)
    if problems or recipe is None:
        raise RecipeError(*problems)
    data = resolved_data(recipe) if form == "resolved" else node_data(nodes)
    if form == "expanded" or (build is not None and form == "written"):
        data = node_data(expand_nodes(nodes))
    return write_yaml(data if build is None else convert_build(cast("dict[str, Any]", data), recipe, build))
