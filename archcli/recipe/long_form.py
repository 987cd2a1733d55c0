"""Every way of writing a named thing into one: `Dropout: 0.25` is `{Dropout: {rate: 0.25}}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from archcli.recipe.features import SIDE_BY_SIDE
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.types import Either, ListOf, MapOf, Object, Section, Signature, Type, Use, object_categories
from archcli.recipe.typing_of import fitting_type


def to_long_form(node: Node, type_: Type) -> Node:
    """Write out the short forms in a node of the given type.

    What does not fit the type is left as it is, for checking to report.
    """
    if isinstance(node, ScalarNode) and (node.reference is not None or is_null(node)):
        return node
    match type_:
        case Section() if isinstance(node, MapNode):
            fields = {field.name: field.type for field in type_.fields}
            return _map_values(node, fields)
        case MapOf() if isinstance(node, MapNode):
            return _map_values(node, {entry.key.text: type_.value for entry in node.entries})
        case ListOf() if isinstance(node, ListNode):
            return replace(node, items=tuple(to_long_form(item, type_.item) for item in node.items))
        case Either():
            fitting = fitting_type(node, type_)
            return node if fitting is None else to_long_form(node, fitting)
        case Object():
            return _named(node, type_)
        case Use() if isinstance(node, MapNode):
            return _use(node)
        case _:
            return node


def _map_values(node: MapNode, types: dict[str, Type]) -> MapNode:
    entries = (
        Entry(entry.key, to_long_form(entry.value, types[entry.key.text])) if entry.key.text in types else entry
        for entry in node.entries
    )
    return replace(node, entries=tuple(entries))


def _use(node: MapNode) -> MapNode:
    """Write out the layers of a node; what stands beside them stays."""
    entries: list[Entry] = []
    for entry in node.entries:
        if entry.key.text == "layers":
            entries.append(Entry(entry.key, to_long_form(entry.value, ListOf(Object("layer")))))
        elif canonical_name("layer", entry.key.text)[0] is not None:
            alone = _named(MapNode((entry,), entry.key.location), Object("layer"))
            entries += alone.entries if isinstance(alone, MapNode) else [entry]
        else:
            entries.append(entry)
    return replace(node, entries=tuple(entries))


def _named(node: Node, type_: Object) -> Node:
    if isinstance(node, MapNode) and type_.category == "layer" and len(node.entries) == 2:
        repeat = node.entry("repeat")
        alone = None if repeat is None else _named(node.without("repeat"), type_)
        return alone.with_entry(repeat.key, repeat.value) if repeat and isinstance(alone, MapNode) else node
    if isinstance(node, ListNode) and type_.category == "input":
        return _side_by_side(node, type_)
    if isinstance(node, ListNode):
        return replace(node, items=tuple(to_long_form(item, type_) for item in node.items))
    if isinstance(node, ScalarNode):
        if not isinstance(node.value, str):
            return node
        name, given = canonical_name(type_.category, node.text)
        if name is None:
            return node
        key = replace(node, value=name, text=name)
        return MapNode((Entry(key, _with_given(MapNode((), node.location), given, key)),), node.location)
    if len(node.entries) != 1:
        return node
    key, value = node.entries[0].key, node.entries[0].value
    name, given = canonical_name(type_.category, key.text)
    found = None if name is None else signature(type_.category, name)
    if name is None or found is None:
        return node
    arguments = _arguments(value, found)
    if isinstance(arguments, MapNode):
        types = {argument.name: argument.type for argument in found.arguments.values()}
        arguments = _map_values(_with_given(arguments, given, key), types)
    return MapNode((Entry(replace(key, value=name, text=name), arguments),), node.location)


def _side_by_side(node: ListNode, type_: Object) -> MapNode:
    """Write out several inputs that make one tensor: `[numeric: ..., category: ...]`."""
    items = ListNode(tuple(to_long_form(item, type_) for item in node.items), node.location)
    parts = ScalarNode("parts", "parts", quoted=True, location=node.location)
    name = ScalarNode(SIDE_BY_SIDE, SIDE_BY_SIDE, quoted=True, location=node.location)
    return MapNode((Entry(name, MapNode((Entry(parts, items),), node.location)),), node.location)


def _with_given(arguments: MapNode, given: Mapping[str, str], key: ScalarNode) -> MapNode:
    """Add the arguments that come with another name for the same, unless they are written."""
    for argument, text in given.items():
        if arguments.entry(argument) is None:
            name = replace(key, value=argument, text=argument)
            arguments = arguments.with_entry(name, replace(key, value=text, text=text, quoted=True))
    return arguments


def _arguments(value: Node, found: Signature) -> Node:
    """Give what stands after `Name:` as a mapping of arguments, where it can be one."""
    if is_null(value):
        return MapNode((), value.location)
    if isinstance(value, MapNode) and not _is_first_argument(value, found):
        return value
    if found.first is None:
        return value
    key = ScalarNode(found.first, found.first, quoted=True, location=value.location)
    return MapNode((Entry(key, value),), value.location)


def _is_first_argument(value: MapNode, found: Signature) -> bool:
    """Tell `Bidirectional: {LSTM: 32}` (the first argument) from `Dense: {units: 3}` (arguments by name)."""
    if found.first is None or len(value.entries) != 1:
        return False
    key = value.entries[0].key.text
    if key in found.arguments:
        return False
    categories = object_categories(found.arguments[found.first].type)
    return any(canonical_name(category, key)[0] is not None or key[:1].isupper() for category in categories)
