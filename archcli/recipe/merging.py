"""One recipe over another, and changes from the command line over both."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from archcli.errors import Location, Problem, RecipeError, Source
from archcli.recipe.loading import load_nodes
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null, only_entry
from archcli.recipe.schema import RECIPE
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.suggestions import did_you_mean, near_match
from archcli.recipe.types import Anything, Either, ListOf, MapOf, Object, Section, Type
from archcli.recipe.typing_of import fitting_type

MODEL_FORMS: Final = ("layers",)
"""Keys of `model` that replace each other, for each says what the whole network is."""


def merge(base: Node, over: Node, type_: Type) -> Node:
    """Lay a node over another of the same type, both in long form.

    Mappings merge, lists are replaced, another class replaces.
    """
    if not (isinstance(base, MapNode) and isinstance(over, MapNode)):
        return over
    match type_:
        case Section():
            if type_.name == "model" and any(over.entry(form) for form in MODEL_FORMS):
                base = base.without(*(form for form in MODEL_FORMS if over.entry(form) is None))
            return _merge_entries(base, over, {field.name: field.type for field in type_.fields})
        case MapOf():
            return _merge_entries(base, over, {entry.key.text: type_.value for entry in over.entries})
        case Object():
            return _merge_named(base, over, type_)
        case Either():
            fitting = fitting_type(over, type_)
            return over if fitting is None else merge(base, over, fitting)
        case _:
            return over


def _merge_entries(base: MapNode, over: MapNode, types: dict[str, Type]) -> MapNode:
    merged = base
    for entry in over.entries:
        beneath = base.entry(entry.key.text)
        type_ = types.get(entry.key.text)
        below = beneath is not None and type_ is not None
        value = merge(beneath.value, entry.value, type_) if below and beneath and type_ else entry.value
        merged = merged.with_entry(entry.key, value)
    return merged


def _merge_named(base: MapNode, over: MapNode, type_: Object) -> Node:
    below, above = only_entry(base), only_entry(over)
    if below is None or above is None or below.key.text != above.key.text:
        return over
    found = signature(type_.category, above.key.text)
    if found is None or not (isinstance(below.value, MapNode) and isinstance(above.value, MapNode)):
        return over
    types = {argument.name: argument.type for argument in found.arguments.values()}
    return MapNode((Entry(above.key, _merge_entries(below.value, above.value, types)),), over.location)


def apply_override(root: Node, override: str) -> Node:
    """Apply one `path=value` from the command line to a recipe in long form.

    Raises:
        RecipeError: It is no `path=value`, the value is not YAML, or the path leads nowhere.
    """
    source = Source("command line", override)
    path, equals, text = override.partition("=")
    if not equals or not path.strip():
        message = f"`{override}` is not a change to the recipe"
        hint = "write `train.epochs=5`: a path with dots, `=`, a value"
        raise RecipeError(Problem("not-an-override", message, Location(source, 1, 1, max(1, len(override))), hint))
    if not text.strip():
        where = Location(source, 1, len(path) + 1)
        hint = "the shell replaces an unquoted `$name` by nothing: write '...=$name' in single quotes; or `null`"
        raise RecipeError(Problem("empty-override", f"`{path}` is given no value", where, hint))
    padding = " " * (len(path) + 1)
    value = _placed(load_nodes(Source("command line", padding + text)), source)
    steps: list[ScalarNode] = []
    column = 1
    for name in path.split("."):
        steps.append(ScalarNode(name, name, quoted=True, location=Location(source, 1, column, max(1, len(name)))))
        column += len(name) + 1
    return _set(root, RECIPE, tuple(steps), value)


def _placed(node: Node, source: Source) -> Node:
    """Point the locations of a value at the whole `path=value` that it came from."""
    where = replace(node.location, source=source)
    if isinstance(node, ListNode):
        return ListNode(tuple(_placed(item, source) for item in node.items), where)
    if isinstance(node, MapNode):
        entries = (
            Entry(replace(e.key, location=replace(e.key.location, source=source)), _placed(e.value, source))
            for e in node.entries
        )
        return MapNode(tuple(entries), where)
    return replace(node, location=where)


def _set(node: Node | None, type_: Type, steps: tuple[ScalarNode, ...], value: Node) -> Node:
    """Return the node with `value` at the end of the steps; every way there is made where it is missing."""
    if not steps:
        return to_long_form(value, type_)
    step, rest = steps[0], steps[1:]
    if isinstance(type_, Either):
        listed = isinstance(node, ListNode)
        options = [option for option in type_.types if isinstance(option, (ListOf if listed else (Section, MapOf, Object)))]
        type_ = options[0] if options else type_
    match type_:
        case Section():
            field = type_.field(step.text)
            return _set_entry(node, step, rest, field.type if field else Anything(), value)
        case MapOf():
            return _set_entry(node, step, rest, type_.value, value)
        case Object() | ListOf() if isinstance(node, ListNode):
            return _set_item(node, type_.item if isinstance(type_, ListOf) else type_, steps, value)
        case Object():
            return _set_named(node, type_, steps, value)
        case Anything():
            return _set_entry(node, step, rest, type_, value)
        case _:
            message = f"the path goes on with `{step.text}`, but what is before it has no parts"
            raise RecipeError(Problem("unknown-path", message, step.location))


def _set_entry(node: Node | None, step: ScalarNode, rest: tuple[ScalarNode, ...], type_: Type, value: Node) -> Node:
    mapping = node if isinstance(node, MapNode) else MapNode((), step.location)
    beneath = mapping.entry(step.text)
    old = None if beneath is None or is_null(beneath.value) else beneath.value
    return mapping.with_entry(step, _set(old, type_, rest, value))


def _set_named(node: Node | None, type_: Object, steps: tuple[ScalarNode, ...], value: Node) -> Node:
    step, rest = steps[0], steps[1:]
    present = only_entry(node) if node is not None else None
    name, _ = canonical_name(type_.category, step.text)
    if name is None:
        signature_here = None if present is None else signature(type_.category, present.key.text)
        if present is not None and signature_here is not None and step.text in signature_here.arguments:
            hint = f"write `{present.key.text}.{step.text}`: an argument is reached through the name it belongs to"
        else:
            hint = did_you_mean(step.text, [present.key.text] if present else [])
        message = f"no {type_.category} is called `{step.text}`"
        raise RecipeError(Problem("unknown-path", message, step.location, hint))
    found = signature(type_.category, name)
    types = {argument.name: argument.type for argument in found.arguments.values()} if found else {}
    arguments = present.value if present is not None and present.key.text == name else None
    key = replace(step, value=name, text=name)
    if not rest:
        return to_long_form(MapNode((Entry(key, value),), step.location), type_)
    inner = _set_entry(arguments, rest[0], rest[1:], types.get(rest[0].text, Anything()), value)
    return MapNode((Entry(key, inner),), step.location if present is None else present.key.location)


def _set_item(node: ListNode, type_: Type, steps: tuple[ScalarNode, ...], value: Node) -> Node:
    index = _find_item(node, type_, steps[0])
    item = node.items[index]
    rest = steps[1:]
    present = only_entry(item)
    if present is not None and rest and isinstance(type_, Object):
        found = signature(type_.category, present.key.text)
        if canonical_name(type_.category, rest[0].text)[0] is None and found is not None:
            named = replace(rest[0], value=present.key.text, text=present.key.text)
            rest = (named, *rest)
    items = (*node.items[:index], _set(item, type_, rest, value), *node.items[index + 1 :])
    return replace(node, items=items)


def _find_item(node: ListNode, type_: Type, step: ScalarNode) -> int:
    """Find the list item meant: by its number from 0, its `name:`, or its class if it is alone."""
    if step.text.isdecimal():
        if int(step.text) < len(node.items):
            return int(step.text)
        message = f"there is no item {step.text}: the list has {len(node.items)}, counted from 0"
        raise RecipeError(Problem("unknown-path", message, step.location))
    category = type_.category if isinstance(type_, Object) else "layer"
    wanted = canonical_name(category, step.text)[0] or step.text
    entries = [only_entry(item) for item in node.items]
    classes = [entry.key.text if entry else "" for entry in entries]
    named = [_given_name(entry) for entry in entries]
    hits = [i for i, name in enumerate(named) if name == step.text] or [
        i for i, name in enumerate(classes) if name == wanted
    ]
    if len(hits) == 1:
        return hits[0]
    if hits:
        numbers = ", ".join(str(hit) for hit in hits)
        message = f"`{step.text}` stands {len(hits)} times in this list"
        raise RecipeError(Problem("unknown-path", message, step.location, f"say which by its number: {numbers}"))
    known = [name for name in (*named, *classes) if name]
    match = near_match(step.text, known)
    hint = f"did you mean `{match}`?" if match else f"an item goes by its number from 0 to {len(node.items) - 1}"
    raise RecipeError(Problem("unknown-path", f"this list has no item `{step.text}`", step.location, hint))


def _given_name(entry: Entry | None) -> str | None:
    if entry is None or not isinstance(entry.value, MapNode):
        return None
    name = entry.value.get("name")
    return name.text if isinstance(name, ScalarNode) else None
