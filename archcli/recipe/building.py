"""One model in the two forms that Keras's APIs have: a list of layers, or a graph of named tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archcli.errors import Problem, RecipeError
from archcli.recipe.calls import CALL_ARGUMENTS
from archcli.recipe.recipe import Block, Chain, Recipe


def convert_build(data: dict[str, Any], recipe: Recipe, build: Literal["sequential", "functional"]) -> dict[str, Any]:
    """Rewrite the model of a recipe for one of Keras's APIs.

    Args:
        data: The recipe as plain data, without an architecture.
        recipe: The same, checked.
        build: The API. `functional`: layers become nodes, one for each; `sequential`: nodes in a row become layers.

    Returns:
        The recipe with another `model`; with equal weights both compute the same.

    Raises:
        RecipeError: `not-sequential`: the graph is no row of layers.
    """
    model: dict[str, Any] = {**data["model"], "build": build}
    if build == "functional" and "layers" in model:
        target = next(iter(recipe.model.outputs))
        model = _replaced(model, "layers", {"nodes": _as_nodes(model["layers"], recipe, target)})
    elif build == "sequential" and "nodes" in model:
        model = _replaced(model, "nodes", {"layers": _as_layers(model["nodes"], recipe)})
        model.pop("outputs", None)
    return {**data, "model": model}


def _replaced(model: Mapping[str, Any], key: str, new: dict[str, Any]) -> dict[str, Any]:
    """Return `model` with `new` where `key` was."""
    return {name: item for old, value in model.items() for name, item in (new if old == key else {old: value}).items()}


def _as_nodes(layers: list[Any], recipe: Recipe, target: str) -> dict[str, Any]:
    """Name the tensor after each layer; the last is called like the target that it learns."""
    nodes: dict[str, Any] = {}
    reads = next(iter(recipe.data.inputs))
    taken = {reads, target, *recipe.model.shared}
    taken |= _block_names(recipe)
    for number, layer in enumerate(layers):
        is_last = number == len(layers) - 1
        name = target if is_last and target != reads else _free(f"step_{number + 1}", taken)
        written = dict(layer) if isinstance(layer, Mapping) else {layer: None}
        nodes[name] = {"layers": layer, "from": reads} if isinstance(layer, list) else {**written, "from": reads}
        reads = name
    return nodes


def _block_names(recipe: Recipe) -> set[str]:
    rows = recipe.model.body.layers if isinstance(recipe.model.body, Chain) else ()
    return {layer.name for layer in rows if isinstance(layer, Block)}


def _free(name: str, taken: set[str]) -> str:
    free = name
    while free in taken:
        free += "_"
    taken.add(free)
    return free


def _as_layers(nodes: Mapping[str, Any], recipe: Recipe) -> list[Any]:
    """Put the nodes of a graph in a row; every one must read just the one before."""
    body = recipe.model.body
    ordered = () if isinstance(body, Chain) else body.nodes
    written_as = {", ".join(part.strip() for part in key.split(",")): value for key, value in nodes.items()}
    layers: list[Any] = []
    before = next(iter(recipe.data.inputs))
    for node in ordered:
        name = ", ".join(given or "_" for given in node.names)
        if node.inputs != (before,) or len(node.names) > 1 or node.tensors or node.arguments:
            message = f"the model is no row of layers: the node `{name}` does not just read `{before}`"
            hint = "Keras's Sequential takes one tensor from layer to layer"
            raise RecipeError(Problem("not-sequential", message, node.location, hint))
        written = written_as[name]
        if "layers" in written:
            layers += written["layers"]
        else:
            layers.append({key: value for key, value in written.items() if key not in {"from", *CALL_ARGUMENTS}})
        before = node.names[0] or ""
    return layers
