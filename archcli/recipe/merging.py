"""One recipe over another."""

from __future__ import annotations

from typing import Final

from archcli.recipe.calls import CALL_ARGUMENTS
from archcli.recipe.nodes import Entry, MapNode, Node, is_null, only_entry
from archcli.recipe.schema import MODEL_FORMS, SPACE_FORMS
from archcli.recipe.signatures import signature
from archcli.recipe.types import Either, MapOf, Object, Section, Type, Use
from archcli.recipe.typing_of import fitting_type

_REPLACING: Final = {"model": MODEL_FORMS, "tune.space": SPACE_FORMS}
"""Keys of a section that replace each other."""


def merge(base: Node, over: Node, type_: Type) -> Node:
    """Lay a node over another of the same type, both in long form.

    Mappings merge, lists are replaced, another class replaces. Where a section is wanted and the lower node is none,
    it stays, for checking to report.
    """
    if isinstance(type_, Section) and not (isinstance(base, MapNode) or is_null(base)):
        return base
    if not (isinstance(base, MapNode) and isinstance(over, MapNode)):
        return over
    match type_:
        case Section():
            forms = _REPLACING.get(type_.name, ())
            if any(over.entry(form) for form in forms):
                base = base.without(*(form for form in forms if over.entry(form) is None))
            return _merge_entries(base, over, {field.name: field.type for field in type_.fields})
        case MapOf():
            return _merge_entries(base, over, {entry.key.text: type_.value for entry in over.entries})
        case Object():
            return _merge_named(base, over, type_)
        case Use():
            return _merge_uses(base, over)
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


def _merge_uses(base: MapNode, over: MapNode) -> Node:
    """Lay a node of a graph over another: with a layer of its own it replaces it, else only what stands beside."""
    kept = {entry.key.text for entry in base.entries} & {entry.key.text for entry in over.entries}
    beside = {"from", "repeat", *CALL_ARGUMENTS}
    if any(entry.key.text not in beside and entry.key.text not in kept for entry in over.entries):
        return over
    merged = base
    for entry in over.entries:
        beneath = base.entry(entry.key.text)
        alone = MapNode((entry,), entry.key.location)
        if beneath is not None and entry.key.text[:1].isupper():
            found = _merge_named(MapNode((beneath,), beneath.key.location), alone, Object("layer"))
            alone = found if isinstance(found, MapNode) else alone
        merged = merged.with_entry(entry.key, alone.entries[0].value)
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
