"""An architecture becomes the layers that it stands for, as if they had been written in its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from archcli.errors import Location
from archcli.recipe.architectures import Surroundings, check_settings, expand
from archcli.recipe.data_section import build_data, described_source, target_kind
from archcli.recipe.features import read_columns
from archcli.recipe.long_form import to_long_form
from archcli.recipe.merging import merge
from archcli.recipe.nodes import MapNode, ScalarNode, is_null, node_of, scalar
from archcli.recipe.recipe import Data, Fact, Named, Value
from archcli.recipe.schema import DATA, MODEL, MODEL_FORMS, TRAIN
from archcli.recipe.types import Object
from archcli.recipe.values import Checker


@dataclass(frozen=True)
class Expanded:
    """A recipe without an architecture.

    Attributes:
        node: The recipe: layers or nodes in the architecture's place, and beneath its `train` what goes with them.
        is_whole: Whether the architecture could be expanded; if not, the problems are noted and there is no model.
    """

    node: MapNode
    is_whole: bool


def expand_architecture(node: MapNode, checker: Checker) -> Expanded:
    """Put the layers in the place of `model.architecture`.

    Args:
        node: A recipe in long form, merged.
        checker: Keeps the problems of the settings.
    """
    model = node.get("model")
    written = model.get("architecture") if isinstance(model, MapNode) else None
    if written is None or not isinstance(model, MapNode):
        return Expanded(node, is_whole=True)
    if any(model.get(form) is not None for form in MODEL_FORMS if form != "architecture"):
        return Expanded(node, is_whole=True)  # what is wrong with that is said where the forms are told apart
    outputs = model.entry("outputs")
    if outputs is not None and not is_null(outputs.value):
        message = "`outputs` names nodes of a graph, and an architecture brings its own"
        hint = "leave it out; `archcli show --expanded` prints the layers, to be changed at will"
        checker.note("not-one-form", message, outputs.key.location, hint)
        return Expanded(node, is_whole=False)
    problem_count = len(checker.problems)
    architecture = checker.value(written, Object("architecture"), "`architecture`")
    surroundings = _surroundings(node, checker)
    if not isinstance(architecture, Named) or len(checker.problems) > problem_count or surroundings is None:
        return Expanded(node, is_whole=False)
    settings = {name: _plain(value) for name, value in architecture.arguments.items()}
    for found in check_settings(architecture.name, settings, surroundings):
        where = architecture.argument_locations.get(found.setting or "", architecture.location)
        checker.note(found.code, found.message, where, found.hint)
    if len(checker.problems) > problem_count:
        return Expanded(node, is_whole=False)
    expansion = expand(architecture.name, settings, surroundings)
    layers = _nodes_at(expansion.model, architecture.location)
    beneath = to_long_form(_nodes_at(expansion.train, architecture.location), TRAIN)
    for entry in layers.entries:
        model = model.with_entry(entry.key, entry.value)
    train = node.get("train")
    over = train if train is not None else MapNode((), architecture.location)
    if expansion.train:
        node = node.with_entry(_key(node, "train", architecture.location), merge(beneath, over, TRAIN))
    model = cast("MapNode", to_long_form(model.without("architecture"), MODEL))
    return Expanded(node.with_entry(_key(node, "model", architecture.location), model), is_whole=True)


def _key(node: MapNode, name: str, location: Location) -> ScalarNode:
    entry = node.entry(name)
    return scalar(name, location) if entry is None else entry.key


def _nodes_at(plain: Mapping[str, object], location: Location) -> MapNode:
    return cast("MapNode", node_of(dict(plain), location))


def _surroundings(node: MapNode, checker: Checker) -> Surroundings | None:
    """Tell what the architecture stands between; None where the data say too little. Their problems are found later."""
    aside = Checker(checker.parameters)
    section = node.get("data")
    if not isinstance(section, MapNode):
        return None
    data = build_data(aside.section(section, DATA), node, aside)
    if data is None or not data.targets:
        return None
    name, target = next(iter(data.targets.items()))
    shifts = {
        given: str(feature.arguments.get("of")) for given, feature in data.inputs.items() if feature.name == "shift"
    }
    return Surroundings(
        inputs=tuple(data.inputs),
        shifts=shifts | ({str(target.arguments.get("of")): name} if target.name == "shift" else {}),
        target=name,
        kind=target_kind(target, data),
        per_step=_is_per_step(name, target, data),
        padded=_is_padded(data),
    )


def _is_per_step(name: str, target: Named, data: Data) -> bool | None:
    """Tell whether there is an answer at each step; None where only the data show it."""
    if target.name in ("text", "shift"):
        return True
    described = described_source(data.source)
    if described is None:
        return None if data.source.name == "npz" else False
    column = described.column(read_columns(target, name)[0])
    if column is None:
        return None
    return len(column.shape) > (0 if target.name == "category" else 1)


def _is_padded(data: Data) -> bool:
    described = described_source(data.source)
    for name, feature in data.inputs.items():
        if feature.name == "sequence":
            return True
        columns = [described.column(column) for column in read_columns(feature, name)] if described else []
        if any(column is not None and column.shape[:1] == (None,) for column in columns):
            return True
    return False


def _plain(value: Value) -> object:
    """Turn a checked setting into plain data; facts of the data stay `$names`."""
    match value:
        case Fact():
            return f"${value.name}" + (f".{value.of}" if value.of else "")
        case Named():
            return {value.name: {name: _plain(item) for name, item in value.arguments.items()}}
        case tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return {name: _plain(item) for name, item in value.items()}
        case _:
            return value
