"""Recipes back to YAML: as it was merged, or whole, with every default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count
from typing import Any, cast

import yaml

from archcli.errors import Location, Source
from archcli.recipe.features import SIDE_BY_SIDE
from archcli.recipe.loading import read_scalar
from archcli.recipe.nodes import ListNode, MapNode, Node, ScalarNode
from archcli.recipe.recipe import (
    Block,
    Body,
    Chain,
    Fact,
    Graph,
    GraphNode,
    Layer,
    Model,
    Named,
    Recipe,
    Shared,
    Value,
)
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.syntax import FALSE_BLANKS
from archcli.recipe.types import Anything, Field, Object, Type, object_categories

LINE_WIDTH = 110


class _Reference(str):
    """A `$name`, written without quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2's core schema would not read as text, and nothing else."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 -- PyYAML's own
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 -- PyYAML's own
        return True

    def resolve(self, kind: type[yaml.Node], value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode and implicit[0]:
            return _TAGS[type(read_scalar(value))]
        tag: str = super().resolve(kind, value, (False, False))  # type: ignore[no-untyped-call]  # PyYAML's own
        return tag


_TAG = "tag:yaml.org,2002:"
_TAGS = {str: f"{_TAG}str", bool: f"{_TAG}bool", int: f"{_TAG}int", float: f"{_TAG}float", type(None): f"{_TAG}null"}


_MISREAD = re.compile(rf"\$|<<\Z|(?s:.*)[\x85\u2028\u2029]|[ \t-]*[{FALSE_BLANKS}]")
"""Texts that are something else without quotes, or that need escapes."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(_TAGS[str], text, style='"' if _MISREAD.match(text) else None)


def _represent_reference(dumper: _Dumper, text: str) -> yaml.Node:
    return dumper.represent_scalar(_TAGS[str], str(text))


def _represent_number(dumper: _Dumper, number: float) -> yaml.Node:
    special = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
    return dumper.represent_scalar(_TAGS[float], special.get(repr(number), repr(number)))


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(_Reference, _represent_reference)
_Dumper.add_representer(float, _represent_number)


def write_yaml(data: object) -> str:
    """Write plain data as YAML that `loading` reads back as the same data."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, default_flow_style=None, allow_unicode=True, width=LINE_WIDTH
    )
    return text


def write_inline(data: object) -> str:
    """Write plain data as YAML on one line, as it stands behind `path=` on the command line."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, default_flow_style=True, allow_unicode=True, width=1e9)
    return text.removesuffix("\n").removesuffix("\n...")


def node_data(node: Node) -> object:
    """Turn nodes into plain data that `write_yaml` writes back: `$names` stay `$names`."""
    if isinstance(node, MapNode):
        return {entry.key.text: node_data(entry.value) for entry in node.entries}
    if isinstance(node, ListNode):
        return [node_data(item) for item in node.items]
    return _Reference(node.text) if isinstance(node, ScalarNode) and node.reference is not None else node.value


def resolved_data(recipe: Recipe) -> dict[str, Any]:
    """Turn a recipe into plain data with every default written out: itself a recipe, which does the same.

    `$names` of parameters are replaced by what they stand for; facts of the data stay as they are. The section `tune`
    is left out: it is no part of a run.
    """
    data, model, train = recipe.data, recipe.model, recipe.train
    early_stopping = train.early_stopping
    return {
        "archcli": 1,
        "name": recipe.name,
        "data": {
            "source": _plain(data.source, Object("source")),
            "inputs": {name: _plain(feature, Object("input")) for name, feature in data.inputs.items()},
            "targets": {name: _plain(feature, Object("target")) for name, feature in data.targets.items()},
            "split": {
                "validation": data.split.validation,
                **({} if data.split.folds else {"test": data.split.test}),
                "stratify": data.split.stratify,
                **({} if data.split.group is None else {"group": data.split.group}),
                **({"time": True} if data.split.time else {}),
                **({"folds": data.split.folds} if data.split.folds else {}),
                **({"fold": data.split.fold} if data.split.fold else {}),
                "absent_classes": data.split.absent_classes,
                "seed": data.split.seed,
            },
        },
        "model": _model_data(model),
        "train": {
            "epochs": train.epochs,
            "batch_size": train.batch_size,
            "optimizer": _plain(train.optimizer, Object("optimizer")),
            "loss": _by_output({output: _plain(loss, Object("loss")) for output, loss in train.loss.items()}),
            **({"loss_weights": dict(train.loss_weights)} if len(train.loss_weights) > 1 else {}),
            "metrics": _by_output(
                {
                    output: [_plain(metric, Object("metric")) for metric in group]
                    for output, group in train.metrics.items()
                }
            ),
            "monitor": train.monitor,
            "early_stopping": None if early_stopping is None else dict(vars(early_stopping)),
            "callbacks": [_plain(callback, Object("callback")) for callback in train.callbacks],
            "learning_rule": train.learning_rule,
            "tbptt": None if train.window is None else {"window": train.window},
            "bucket_by_length": train.bucket_by_length,
            "class_weight": _plain(train.class_weight, Anything()),
            "shuffle": train.shuffle,
            "seed": train.seed,
            "deterministic": train.deterministic,
            "compile": train.compile,
            "distribute": train.distribute,
        },
    }


def _by_output(values: dict[str, Any]) -> Any:
    """Write what each output has by its name, or for itself where there is one output."""
    return values if len(values) > 1 else next(iter(values.values()))


def _model_data(model: Model) -> dict[str, Any]:
    """Write a model: its body, the blocks and shared layers that it uses, and what its outputs learn."""
    blocks: dict[str, Any] = {}
    body = _body_data(model.body, blocks)
    shared = {name: _layer_data(layer, blocks) for name, layer in model.shared.items()}
    outputs = {} if isinstance(model.body, Chain) else {"outputs": dict(model.outputs)}
    return {
        "build": model.build,
        **({"blocks": blocks} if blocks else {}),
        **({"shared": shared} if shared else {}),
        **body,
        **outputs,
    }


def _body_data(body: Body, blocks: dict[str, Any]) -> dict[str, Any]:
    if isinstance(body, Chain):
        return {"layers": _layers_data(body, blocks)}
    return {"nodes": {", ".join(name or "_" for name in node.names): _node_data(node, blocks) for node in body.nodes}}


def _node_data(node: GraphNode, blocks: dict[str, Any]) -> dict[str, Any]:
    layers = [_layer_data(layer, blocks) for layer in node.layers]
    written: dict[str, Any] = {"layers": layers}
    if len(layers) == 1 and not isinstance(layers[0], list):
        written = dict(layers[0]) if isinstance(layers[0], dict) else {layers[0]: None}
    if node.inputs:
        written["from"] = node.inputs[0] if len(node.inputs) == 1 else list(node.inputs)
    given = {name: tensor if isinstance(tensor, str) else list(tensor) for name, tensor in node.tensors.items()}
    return {**written, **given, **{name: _plain(value, Anything()) for name, value in node.arguments.items()}}


def _layers_data(chain: Chain, blocks: dict[str, Any]) -> list[Any]:
    return [_layer_data(layer, blocks) for layer in chain.layers]


def _layer_data(layer: Layer, blocks: dict[str, Any]) -> Any:
    match layer:
        case Chain():
            return _layers_data(layer, blocks)
        case Shared():
            return layer.name
        case Block():
            return _block_name(layer, blocks)
        case Named():
            return _plain(layer, Object("layer"))


def _block_name(block: Block, blocks: dict[str, Any]) -> str:
    """Write a block with its parameters put in, once for all uses that are alike, and return what it is called."""
    body = block.body
    written = _body_data(body, blocks)
    if isinstance(body, Graph):
        leaving = body.outputs[0] if len(body.outputs) == 1 else list(body.outputs)
        written = {"inputs": list(body.inputs), **written, "outputs": leaving}
    numbered = (block.name if number == 1 else f"{block.name}_{number}" for number in count(1))
    name = next(name for name in numbered if blocks.get(name, written) == written)
    blocks[name] = written
    return name


def _plain(value: Value, type_: Type) -> Any:
    match value:
        case Named():
            return _plain_named(value, type_)
        case Chain():
            return [_plain(layer, type_) for layer in value.layers]
        case Fact():
            return _Reference(f"${value.name}" + (f".{value.of}" if value.of else ""))
        case Mapping():
            return {name: _plain(item, type_) for name, item in value.items()}
        case tuple():
            return [_plain(item, type_) for item in value]
        case _:
            return value


def _plain_named(named: Named, type_: Type) -> Any:
    """Write a named thing with all its arguments; what is None by default is left out, for null would say no more."""
    if named.name == SIDE_BY_SIDE:
        return _plain(named.arguments["parts"], type_)
    found = next(filter(None, (signature(category, named.name) for category in object_categories(type_))), None)
    arguments: dict[str, Any] = {}
    for field in () if found is None else found.arguments.values():
        if field.name in named.arguments:
            arguments[field.name] = _plain(named.arguments[field.name], field.type)
        elif field.default is not None and not field.required:
            arguments[field.name] = _plain(_default(field), field.type)
    return {named.name: arguments} if arguments else named.name


def _default(field: Field) -> Value:
    """Give a default as checking would: `glorot_uniform` is the class it stands for."""
    if isinstance(field.default, str):
        for category in object_categories(field.type):
            name, _ = canonical_name(category, field.default)
            if name is not None:
                return Named(name, {}, _NOWHERE)
    return cast("Value", field.default)


_NOWHERE = Location(Source("defaults"), 1)
