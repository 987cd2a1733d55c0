"""Nodes to values: one checker that follows a type, finds every problem and goes on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from archcli.errors import Location, Problem
from archcli.recipe.hints import number_hint
from archcli.recipe.layering import Pattern, Scope, read_chain, read_layer, take_repeat
from archcli.recipe.misfits import (
    meant,
    missing_arguments,
    missing_key,
    no_short_form,
    not_one_name,
    unknown_argument,
    unknown_choice,
    unknown_key,
    unknown_name,
    wrong_type,
)
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null, only_entry
from archcli.recipe.recipe import Chain, Layer, Named, Value
from archcli.recipe.references import read_reference
from archcli.recipe.schema import BLOCK
from archcli.recipe.signatures import signature
from archcli.recipe.types import (
    GIVEN_NAME_PATTERN,
    RECIPE_NAME_PATTERN,
    Anything,
    Either,
    FilePath,
    GivenName,
    ListOf,
    MapOf,
    Null,
    Number,
    Object,
    Section,
    Signature,
    Text,
    Truth,
    Type,
    Use,
    Whole,
)
from archcli.recipe.typing_of import describe_type, fitting_type, has_form, is_within

DATA_CATEGORIES: Final = ("source", "input", "target")
"""What the data are made of, and so cannot ask them."""


class Checker:
    """Checks nodes against types and keeps every problem it finds.

    A method that finds something wrong notes it and gives None in its place, so that one run finds all.
    """

    def __init__(self, parameters: Mapping[str, Entry]) -> None:
        """Begin with the recipe's own `parameters`, by name."""
        self.problems: list[Problem] = []
        self.parameters = parameters
        self.used_parameters: set[str] = set()
        self.patterns: Mapping[str, Pattern] = {}
        self.shared: Mapping[str, Entry] = {}
        self.used_shared: set[str] = set()
        self.unread_nodes: set[str] = set()
        self.unread_layers: set[str] = set()
        self.scope: Scope | None = None
        self.inside: list[str] = []
        self._shared_layers: dict[str, Layer | None] = {}
        self._reading_shared: list[str] = []
        self.expanding: list[str] = []
        self.may_ask = False
        self.file_places: set[Location] = set()
        self._broken: list[Named] = []

    def shared_layer(self, name: str) -> Layer | None:
        """Return a shared layer, read when it is first asked for; None where it cannot be read."""
        if name not in self._shared_layers:
            self._shared_layers[name] = None
            self._reading_shared.append(name)
            scope, self.scope = self.scope, None
            self._shared_layers[name] = self.layer(self.shared[name].value, "layer", f"the shared layer `{name}`")
            self.scope = scope
            self._reading_shared.pop()
        elif name in self._reading_shared:
            circle = " -> ".join((*self._reading_shared, name))
            message = f"the shared layer `{name}` is made of itself: {circle}"
            self.note("block-cycle", message, self.shared[name].key.location, "a layer cannot stand inside itself")
        return self._shared_layers[name]

    def is_broken(self, named: Named) -> bool:
        """Tell whether an argument of something is wrong or missing, so that nothing should be derived from it."""
        return any(named is other for other in self._broken)

    def note(self, code: str, message: str, location: Location | None, hint: str | None = None) -> None:
        """Keep a problem."""
        self.keep(Problem(code, message, location, hint))

    def keep(self, problem: Problem) -> None:
        """Keep a problem; the same one is kept once, however often an anchor or parameter brings it up."""
        if problem not in self.problems:
            self.problems.append(problem)

    def value(self, node: Node, type_: Type, what: str) -> Value:
        """Check `node` against `type_` and give its value; `what` is what messages call it: `` `epochs` ``."""
        if isinstance(node, ScalarNode) and node.reference is not None and not isinstance(type_, Section):
            return read_reference(self, node, type_, what)
        match type_:
            case Either():
                return self._either(node, type_, what)
            case Anything():
                return self._anything(node)
            case Null() if is_null(node):
                return None
            case Whole() | Number() | Truth() | Text() | GivenName() | FilePath():
                return self._scalar(node, type_, what)
            case ListOf() if isinstance(node, ListNode):
                return self._list(node, type_, what)
            case MapOf() if isinstance(node, MapNode):
                return self.mapping(node, type_, what)
            case Section() if isinstance(node, MapNode) and type_ is not BLOCK:
                return self.section(node, type_)
            case Section(name="block") if isinstance(node, MapNode):
                return None  # a block is read where it is used
            case Use():
                return None  # the nodes of a graph are read together
            case Object():
                return self.named(node, type_, what)
            case _:
                self.keep(wrong_type(node, type_, what))
                return None

    def _list(self, node: ListNode, type_: ListOf, what: str) -> tuple[Value, ...]:
        if len(node.items) < type_.minimum_length:
            self.note("empty-list", f"{what} is an empty list", node.location, "put at least one in it")
        item_name = what if isinstance(type_.item, Object) else f"an item of {what}"
        return tuple(self.value(item, type_.item, item_name) for item in node.items)

    def section(self, node: MapNode, type_: Section, place: Location | None = None) -> dict[str, Value]:
        """Check a mapping with known keys; what is left out or null gets its default.

        Args:
            node: The mapping.
            type_: Its keys.
            place: Where its name stands; None: it has none.
        """
        values: dict[str, Value] = {}
        unknown = [given.key for given in node.entries if type_.field(given.key.text) is None]
        slips = meant([key.text for key in unknown], [field.name for field in type_.fields])
        for key in unknown:
            self.keep(unknown_key(key, type_))
        for field in type_.fields:
            entry = node.entry(field.name)
            if entry is not None and not is_null(entry.value):
                if isinstance(field.type, Section) and isinstance(entry.value, MapNode):
                    values[field.name] = self.section(entry.value, field.type, entry.key.location)
                else:
                    values[field.name] = self.value(entry.value, field.type, f"`{field.name}`")
            elif field.required:
                values[field.name] = None
                if field.name not in slips:
                    beside = place or replace(node.location, length=1)
                    self.keep(missing_key(field, type_, beside if entry is None else entry.key.location))
            elif isinstance(field.type, Section) and field.default is not None:
                values[field.name] = self.section(MapNode((), node.location), field.type)
            else:
                default = field.default
                values[field.name] = tuple(default) if isinstance(default, list) else default  # type: ignore[assignment]  # the schema's own plain data
        return values

    def mapping(self, node: MapNode, type_: MapOf, what: str) -> dict[str, Value]:
        """Check a mapping whose keys the user chose; a null value means that the key is not there."""
        values: dict[str, Value] = {}
        for entry in node.entries:
            if type_.given_names:
                self.given_name(entry.key)
            if not is_null(entry.value) or has_form(entry.value, type_.value):
                values[entry.key.text] = self.value(entry.value, type_.value, f"`{entry.key.text}` of {what}")
        return values

    def named(self, node: Node, type_: Object, what: str) -> Value:
        """Check something called by name and arguments; a list of layers is a chain."""
        category = type_.category
        if category in ("layer", "cell"):
            return self.layer(node, category, what)
        entry = only_entry(node)
        if entry is None:
            self.keep(not_one_name(node, category, what))
            return None
        found = signature(category, entry.key.text)
        if found is None:
            self.keep(unknown_name(entry.key, category))
            return None
        return self.arguments(entry, found, may_ask=category not in DATA_CATEGORIES)

    def layer(self, node: Node, category: str, what: str) -> Layer | None:
        """Check a layer or cell, or a list of them; one that is repeated becomes a chain."""
        if isinstance(node, ListNode):
            return read_chain(self, node, category, what)
        main, count = take_repeat(self, node) if category == "layer" else (node, 1)
        layer = read_layer(self, main, category, what)
        return Chain((layer,) * count, layer.location) if layer is not None and count > 1 else layer

    def arguments(self, entry: Entry, found: Signature, *, may_ask: bool = True) -> Named | None:
        """Check what is written of something that is called by name and arguments.

        Args:
            entry: Its name and its arguments, in long form.
            found: What it takes.
            may_ask: Whether it may ask for facts of the data.
        """
        problem_count = len(self.problems)
        could_ask, self.may_ask = self.may_ask, may_ask
        named = self._arguments(entry, found)
        self.may_ask = could_ask
        if named is not None and len(self.problems) > problem_count:
            self._broken.append(named)
        return named

    def _arguments(self, entry: Entry, found: Signature) -> Named | None:
        if not isinstance(entry.value, MapNode):
            self.keep(no_short_form(entry.value, found))
            return None
        values: dict[str, Value] = {}
        locations: dict[str, Location] = {}
        unknown: list[str] = []
        for argument in entry.value.entries:
            field = found.arguments.get(argument.key.text)
            if field is None:
                unknown.append(argument.key.text)
                self.keep(unknown_argument(argument.key, found))
                continue
            values[field.name] = self.value(argument.value, field.type, f"`{field.name}` of `{found.name}`")
            locations[field.name] = argument.value.location
        present = {*locations, *meant(unknown, found.arguments)}
        missing = [field for field in found.arguments.values() if field.required and field.name not in present]
        if missing:
            self.keep(missing_arguments(missing, entry, found))
        return Named(found.name, values, entry.key.location, locations)

    def _either(self, node: Node, type_: Either, what: str) -> Value:
        fitting = fitting_type(node, type_)
        if isinstance(node, ScalarNode) and isinstance(fitting, (Object, Text)) and _misses(node, fitting):
            if _is_almost_a_number(node, type_):
                fitting = None
            elif isinstance(fitting, Text):
                self.keep(unknown_choice(node, fitting, what, among=type_))
                return None
        if fitting is not None:
            return self.value(node, fitting, what)
        lists = [option for option in type_.types if isinstance(option, ListOf)]
        if isinstance(node, ListNode) and len(lists) == 1:
            return self.value(node, lists[0], what)
        self.keep(wrong_type(node, type_, what))
        return None

    def _anything(self, node: Node) -> Value:
        if isinstance(node, ListNode):
            return tuple(self.value(item, Anything(), "an item") for item in node.items)
        if isinstance(node, MapNode):
            return {e.key.text: self.value(e.value, Anything(), f"`{e.key.text}`") for e in node.entries}
        return node.value

    def _scalar(self, node: Node, type_: Type, what: str) -> Value:
        if not has_form(node, type_) or not isinstance(node, ScalarNode):
            self.keep(wrong_type(node, type_, what))
            return None
        value = node.value
        match type_:
            case Number() if isinstance(value, float) and not math.isfinite(value):
                self.note("out-of-range", f"{what} wants a finite number, found `{node.text}`", node.location)
            case Whole() | Number() if isinstance(value, (int, float)) and not is_within(value, type_):
                message = f"{what} wants {describe_type(type_)}, found `{node.text}`"
                self.note("out-of-range", message, node.location)
            case Text() if type_.choices and value not in type_.choices:
                self.keep(unknown_choice(node, type_, what))
            case GivenName():
                return value if self.given_name(node, dashes=type_.dashes) else None
            case FilePath():
                self.file_places.add(node.location)
                return str(absolute_path(node))
            case _:
                return value
        return None

    def given_name(self, key: ScalarNode, *, dashes: bool = False) -> bool:
        """Tell whether something can be a name that the user gives; only a recipe's may have dashes."""
        if re.fullmatch(RECIPE_NAME_PATTERN if dashes else GIVEN_NAME_PATTERN, key.text):
            return True
        allowed = "small letters, digits, `_` and `-`" if dashes else "small letters, digits and `_`"
        hint = f"a name you give has {allowed}, and begins with a letter"
        self.note("not-a-name", f"`{key.text}` cannot be a name", key.location, hint)
        return False


def absolute_path(node: ScalarNode) -> Path:
    """Return the absolute path that a text means: relative to the file it stands in, or the folder of the command."""
    path = Path(node.text).expanduser()
    source = Path(node.location.source.name)
    folder = source.parent if source.is_file() else Path()
    return path if path.is_absolute() else (folder / path).absolute()


def _misses(node: ScalarNode, type_: Object | Text) -> bool:
    """Tell whether a text is none of those that are allowed, where they are listed; a name is looked up later."""
    return isinstance(type_, Object) or bool(type_.choices and node.value not in type_.choices)


def _is_almost_a_number(node: ScalarNode, type_: Either) -> bool:
    """Tell whether a text was meant as the number that is wanted: `'1e-3'` is no schedule of that name."""
    wants_number = any(isinstance(option, (Whole, Number)) for option in type_.types)
    return wants_number and number_hint(node.text, quoted=node.quoted) is not None
