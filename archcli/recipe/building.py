"""One model in the two forms that Keras's APIs have: a list of layers, or a graph of named tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from archcli.errors import Problem, RecipeError
from archcli.recipe.calls import CALL_ARGUMENTS
from archcli.recipe.data_section import described_source
from archcli.recipe.recipe import Chain, Recipe
from archcli.recipe.wiring import RESERVED
from archcli.recipe.writing import resolved_data


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
    model: dict[str, Any] = {"build": build, **{key: item for key, item in data["model"].items() if key != "build"}}
    if build == "functional" and "layers" in model:
        nodes = _as_nodes(model["layers"], recipe, {*_names(model, "blocks"), *_names(model, "shared")})
        return {**data, "model": _replaced(model, "layers", {"nodes": nodes})}
    if build == "sequential" and recipe.model.shared:
        message = "the model uses a shared layer, and Keras's Sequential has none"
        raise RecipeError(Problem("not-sequential", message, recipe.model.body.location, "leave it functional"))
    if build == "sequential" and "nodes" in model:
        model = _replaced(model, "nodes", {"layers": _as_layers(model["nodes"], recipe)})
        model.pop("outputs", None)
        return {**data, "data": _with_target(data["data"], recipe), "model": model}
    return {**data, "model": model}


def _names(model: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return model.get(key) or {}


def _with_target(data: dict[str, Any], recipe: Recipe) -> dict[str, Any]:
    """Name the one target where a graph learned it by saying so under `outputs`: a chain takes what there is."""
    described = described_source(recipe.data.source)
    brought = () if described is None else described.targets
    if set(recipe.data.targets) == set(data.get("targets") or brought):
        return data
    return {**data, "targets": resolved_data(recipe)["data"]["targets"]}


def _replaced(model: Mapping[str, Any], key: str, new: dict[str, Any]) -> dict[str, Any]:
    """Return `model` with `new` where `key` was."""
    return {name: item for old, value in model.items() for name, item in (new if old == key else {old: value}).items()}


def _as_nodes(layers: list[Any], recipe: Recipe, taken: set[str]) -> dict[str, Any]:
    """Name the tensor after each layer; the last is called like the target that it learns, where that can be."""
    nodes: dict[str, Any] = {}
    target = next(iter(recipe.model.outputs))
    reads = next(iter(recipe.data.inputs))
    taken |= {reads, *RESERVED}
    for number, layer in enumerate(layers):
        is_last = number == len(layers) - 1
        name = target if is_last and target not in taken else _free(f"step_{number + 1}", {*taken, target})
        taken.add(name)
        one = {"layers": layer} if isinstance(layer, list) else layer if isinstance(layer, Mapping) else {layer: None}
        nodes[name] = {**one, "from": reads}
        reads = name
    return nodes


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name


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
    if not isinstance(body, Chain) and body.outputs != (before,):
        message = f"the model is no row of layers: it answers with more than its last node, `{before}`"
        raise RecipeError(
            Problem("not-sequential", message, body.location, "Keras's Sequential answers with its last layer")
        )
    return layers
