"""One recipe over another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
            base = without_other_forms(base, type_, [key.key.text for key in over.entries])
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


def without_other_forms(base: MapNode, type_: Section, keys: Sequence[str]) -> MapNode:
    """Take away the forms of a section that others among `keys` replace; with a graph goes what leaves it."""
    forms = _REPLACING.get(type_.name, ())
    others = [form for form in forms if form not in keys and base.entry(form) is not None]
    if not others or not any(form in keys for form in forms):
        return base
    return base.without(*others, *(("outputs",) if "nodes" in others else ()))


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
    """Lay a node of a graph over another: another layer replaces the old one and what that was called with."""
    beside = {"from", "repeat", *CALL_ARGUMENTS}
    own = {entry.key.text for entry in over.entries} - beside
    if any(base.entry(name) is None for name in own):
        source = base.entry("from")
        kept = () if source is None or over.entry("from") is not None else (source,)
        return replace(over, entries=(*over.entries, *kept))
    merged = base
    for entry in over.entries:
        beneath = base.entry(entry.key.text)
        value = entry.value
        if beneath is not None and entry.key.text in own and entry.key.text != "layers":
            value = _merge_arguments(entry.key.text, beneath.value, value)
        merged = merged.with_entry(entry.key, value)
    return merged


def _merge_arguments(name: str, base: Node, over: Node) -> Node:
    """Merge what two nodes give their layer, or their block, whose parameters are of any type."""
    if not (isinstance(base, MapNode) and isinstance(over, MapNode)):
        return over
    found = signature("layer", name)
    types = {} if found is None else {argument.name: argument.type for argument in found.arguments.values()}
    return _merge_entries(base, over, types)


def _merge_named(base: MapNode, over: MapNode, type_: Object) -> Node:
    below, above = only_entry(base), only_entry(over)
    if below is None or above is None or below.key.text != above.key.text:
        return over
    found = signature(type_.category, above.key.text)
    if found is None or not (isinstance(below.value, MapNode) and isinstance(above.value, MapNode)):
        return over
    types = {argument.name: argument.type for argument in found.arguments.values()}
    return MapNode((Entry(above.key, _merge_entries(below.value, above.value, types)),), over.location)
