"""Nodes to values: one checker that follows a type, finds every problem and goes on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from archcli.errors import Location, Problem
from archcli.recipe.hints import argument_hint, key_hint, name_hint, type_hint
from archcli.recipe.long_form import to_long_form
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null, only_entry
from archcli.recipe.recipe import Chain, Fact, Named, Value
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.suggestions import did_you_mean, near_match
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
    Whole,
)
from archcli.recipe.typing_of import describe_node, describe_type, fitting_type, has_form

FACTS: Final = ("classes", "features", "steps", "training_steps")
"""What a recipe may ask of the data."""

DATA_CATEGORIES: Final = ("source", "input", "target")
"""What the data are made of, and so cannot ask them."""

_REFERENCE = re.compile(rf"({GIVEN_NAME_PATTERN})(?:\.({GIVEN_NAME_PATTERN}))?")
_GLUED = re.compile(r"(?P<name>[A-Za-z]\w*):(?P<value>\S+)")


class Checker:
    """Checks nodes against types and keeps every problem it finds.

    A method that finds something wrong notes it and gives None in its place, so that one run finds all.
    """

    def __init__(self, parameters: Mapping[str, Entry]) -> None:
        """Begin with the recipe's own `parameters`, by name."""
        self.problems: list[Problem] = []
        self.parameters = parameters
        self.used_parameters: set[str] = set()
        self._expanding: list[str] = []
        self._may_ask = False
        self._broken: list[Named] = []

    def is_broken(self, named: Named) -> bool:
        """Tell whether an argument of something is wrong or missing, so that nothing should be derived from it."""
        return any(named is other for other in self._broken)

    def note(self, code: str, message: str, location: Location | None, hint: str | None = None) -> None:
        """Keep a problem; the same one is kept once, however often an anchor or parameter brings it up."""
        problem = Problem(code, message, location, hint)
        if problem not in self.problems:
            self.problems.append(problem)

    def value(self, node: Node, type_: Type, what: str) -> Value:
        """Check `node` against `type_` and give its value; `what` is what messages call it: `` `epochs` ``."""
        if isinstance(node, ScalarNode) and node.reference is not None and not isinstance(type_, Section):
            return self._reference(node, type_, what)
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
                if len(node.items) < type_.minimum_length:
                    self.note("empty-list", f"{what} is an empty list", node.location)
                item_name = what if isinstance(type_.item, Object) else f"an item of {what}"
                return tuple(self.value(item, type_.item, item_name) for item in node.items)
            case MapOf() if isinstance(node, MapNode):
                return self.mapping(node, type_)
            case Section() if isinstance(node, MapNode):
                return self.section(node, type_)
            case Object():
                return self.named(node, type_, what)
            case _:
                self._wrong_type(node, type_, what)
                return None

    def section(self, node: MapNode, type_: Section, place: Location | None = None) -> dict[str, Value]:
        """Check a mapping with known keys; what is left out or null gets its default.

        Args:
            node: The mapping.
            type_: Its keys.
            place: Where its name stands; None: it has none.
        """
        values: dict[str, Value] = {}
        for given in node.entries:
            if type_.field(given.key.text) is None:
                message = f"{_section_name(type_)} has no key `{given.key.text}`"
                self.note("unknown-key", message, given.key.location, key_hint(given.key.text, type_))
        for field in type_.fields:
            entry = node.entry(field.name)
            if entry is not None and not is_null(entry.value):
                if isinstance(field.type, Section) and isinstance(entry.value, MapNode):
                    values[field.name] = self.section(entry.value, field.type, entry.key.location)
                else:
                    values[field.name] = self.value(entry.value, field.type, f"`{field.name}`")
            elif field.required:
                where = entry.key.location if entry is not None else place or node.location
                hint = f"`{field.name}`: {field.doc[0].lower()}{field.doc[1:].rstrip('.')}"
                self.note("missing-key", f"{_section_name(type_)} needs `{field.name}`", where, hint)
                values[field.name] = None
            elif isinstance(field.type, Section) and field.default is not None:
                values[field.name] = self.section(MapNode((), node.location), field.type)
            else:
                default = field.default
                values[field.name] = tuple(default) if isinstance(default, list) else default  # type: ignore[assignment]  # the schema's own plain data
        return values

    def mapping(self, node: MapNode, type_: MapOf) -> dict[str, Value]:
        """Check a mapping whose keys the user chose; a null value means that the key is not there."""
        values: dict[str, Value] = {}
        for entry in node.entries:
            if type_.given_names:
                self.given_name(entry.key)
            if not is_null(entry.value):
                values[entry.key.text] = self.value(entry.value, type_.value, f"`{entry.key.text}`")
        return values

    def named(self, node: Node, type_: Object, what: str) -> Value:
        """Check something called by name and arguments; a list of layers is a chain."""
        category = type_.category
        if isinstance(node, ListNode) and category in ("layer", "cell"):
            if not node.items:
                self.note("empty-list", f"{what} is an empty list of {category}s", node.location)
            layers = [self.named(item, type_, what) for item in node.items]
            return Chain(tuple(layer for layer in layers if isinstance(layer, (Named, Chain))), node.location)
        entry = only_entry(node)
        if entry is None:
            self._not_one_name(node, type_, what)
            return None
        found = signature(category, entry.key.text)
        if found is None:
            self._unknown_name(entry.key, category)
            return None
        if category == "layer" and signature("cell", found.name) is not None:
            message = f"`{found.name}` is a cell, one step of a recurrent layer, and stands where a layer is wanted"
            self.note("cell-outside-rnn", message, entry.key.location, f"write `RNN: {{{found.name}: ...}}`")
        could_ask, problem_count = self._may_ask, len(self.problems)
        self._may_ask = category not in DATA_CATEGORIES
        named = self._arguments(entry, found)
        self._may_ask = could_ask
        if named is not None and len(self.problems) > problem_count:
            self._broken.append(named)
        return named

    def _arguments(self, entry: Entry, found: Signature) -> Named | None:
        name = found.name
        if not isinstance(entry.value, MapNode):
            if found.arguments:
                example = f"`{name}: {{{next(iter(found.arguments))}: ...}}`"
                hint = f"write {example}: this one takes its arguments by name"
            else:
                hint = f"write `{name}` alone"
            self.note("no-short-form", f"`{name}` takes no unnamed argument", entry.value.location, hint)
            return None
        values: dict[str, Value] = {}
        locations: dict[str, Location] = {}
        for argument in entry.value.entries:
            field = found.arguments.get(argument.key.text)
            if field is None:
                had = f"has no argument `{argument.key.text}`" if found.arguments else "takes no arguments"
                where = argument.key.location
                self.note("unknown-argument", f"`{name}` {had}", where, argument_hint(argument.key.text, found))
                continue
            values[field.name] = self.value(argument.value, field.type, f"`{field.name}` of `{name}`")
            locations[field.name] = argument.value.location
        for field in found.arguments.values():
            if field.required and field.name not in locations:
                wanted = f"`{name}: {{{field.name}: ...}}`, {describe_type(field.type)}"
                self.note("missing-argument", f"`{name}` needs `{field.name}`", entry.key.location, f"write {wanted}")
        return Named(name, values, entry.key.location, locations)

    def _reference(self, node: ScalarNode, type_: Type, what: str) -> Value:
        text = node.reference or ""
        match = _REFERENCE.fullmatch(text)
        if match is None:
            hint = "a `$name` is a whole value, without arithmetic; put the text in quotes if you mean a dollar sign"
            self.note("not-a-reference", f"`{node.text}` is no `$name`", node.location, hint)
            return None
        name, of = match[1], match[2]
        if of is None and name in self.parameters:
            return self._parameter(name, node, type_, what)
        if name not in FACTS:
            known = [*(f"${known}" for known in self.parameters), *(f"${fact}" for fact in FACTS)]
            message = f"`{node.text}` is neither a parameter of this recipe nor a fact of the data"
            self.note("unknown-reference", message, node.location, did_you_mean(node.text, known))
            return None
        options = type_.types if isinstance(type_, Either) else (type_,)
        if not self._may_ask:
            message = f"{what} cannot be `{node.text}`, which the data tell"
            hint = "only layers, the optimizer, the loss, metrics and callbacks can ask the data"
            self.note("fact-out-of-place", message, node.location, hint)
            return None
        if not any(isinstance(option, (Whole, Number, Anything)) for option in options):
            message = f"{what} wants {describe_type(type_)}, found `{node.text}`, a whole number"
            self.note("wrong-type", message, node.location)
            return None
        return Fact(name, of, node.location)

    def _parameter(self, name: str, node: ScalarNode, type_: Type, what: str) -> Value:
        self.used_parameters.add(name)
        if name in self._expanding:
            chain = " -> ".join(f"${step}" for step in (*self._expanding, name))
            self.note("parameter-cycle", f"the parameter `{name}` stands for itself: {chain}", node.location)
            return None
        self._expanding.append(name)
        given = to_long_form(self.parameters[name].value, type_)
        value = self.value(given, type_, f"{what}, given by `${name}`,")
        self._expanding.pop()
        return value

    def _either(self, node: Node, type_: Either, what: str) -> Value:
        fitting = fitting_type(node, type_)
        if fitting is not None:
            return self.value(node, fitting, what)
        lists = [option for option in type_.types if isinstance(option, ListOf)]
        if isinstance(node, ListNode) and len(lists) == 1:
            return self.value(node, lists[0], what)
        self._wrong_type(node, type_, what)
        return None

    def _anything(self, node: Node) -> Value:
        if isinstance(node, ListNode):
            return tuple(self.value(item, Anything(), "an item") for item in node.items)
        if isinstance(node, MapNode):
            return {e.key.text: self.value(e.value, Anything(), f"`{e.key.text}`") for e in node.entries}
        return node.value

    def _scalar(self, node: Node, type_: Type, what: str) -> Value:
        if not has_form(node, type_) or not isinstance(node, ScalarNode):
            self._wrong_type(node, type_, what)
            return None
        value = node.value
        match type_:
            case Number() if isinstance(value, float) and not math.isfinite(value):
                self.note("out-of-range", f"{what} wants a finite number, found `{node.text}`", node.location)
            case Whole() | Number() if isinstance(value, (int, float)) and not _within(value, type_):
                message = f"{what} wants {describe_type(type_)}, found `{node.text}`"
                self.note("out-of-range", message, node.location)
            case Text() if type_.choices and value not in type_.choices:
                self._unknown_choice(node, type_, what)
            case GivenName():
                return value if self.given_name(node, dashes=type_.dashes) else None
            case FilePath():
                return str(absolute_path(node))
            case _:
                return value
        return None

    def _unknown_choice(self, node: ScalarNode, type_: Text, what: str) -> None:
        hint = did_you_mean(node.text, type_.choices)
        if type_.kind == "text":
            message = f"{what} takes {describe_type(type_)}, found `{node.text}`"
            few = near_match(node.text, type_.choices) is None and describe_type(type_) != "text"
            self.note("unknown-choice", message, node.location, None if few else hint)
        else:
            self.note(f"unknown-{type_.kind}", f"no {type_.kind} is called `{node.text}`", node.location, hint)

    def given_name(self, key: ScalarNode, *, dashes: bool = False) -> bool:
        """Tell whether something can be a name that the user gives; only a recipe's may have dashes."""
        if re.fullmatch(RECIPE_NAME_PATTERN if dashes else GIVEN_NAME_PATTERN, key.text):
            return True
        allowed = "small letters, digits, `_` and `-`" if dashes else "small letters, digits and `_`"
        hint = f"a name you give has {allowed}, and begins with a letter"
        self.note("not-a-name", f"`{key.text}` cannot be a name", key.location, hint)
        return False

    def _unknown_name(self, key: ScalarNode, category: str) -> None:
        glued = _GLUED.fullmatch(key.text)
        if glued and canonical_name(category, glued["name"])[0] is not None:
            message = f"`{key.text}` is read as one word: a space is missing after the colon"
            self.note("missing-space", message, key.location, f"write `{glued['name']}: {glued['value']}`")
            return
        noun = f"type of {category}" if category in ("input", "target") else category
        message = f"no {noun} is called `{key.text}`"
        self.note(f"unknown-{category}", message, key.location, name_hint(key.text, category))

    def _not_one_name(self, node: Node, type_: Object, what: str) -> None:
        category = type_.category
        if isinstance(node, ScalarNode) and isinstance(node.value, str):
            self._unknown_name(node, category)
            return
        if isinstance(node, MapNode) and len(node.entries) > 1:
            first = node.entries[0]
            name = canonical_name(category, first.key.text)[0]
            found = None if name is None else signature(category, name)
            following = node.entries[1]
            if found is not None and is_null(first.value):
                message = f"`{following.key.text}` stands beside `{name}`, not inside it"
                written = f"`{name}: {{{following.key.text}: ...}}`"
                hint = f"indent the arguments of `{name}` further than its name, or write {written}"
                self.note("arguments-not-indented", message, following.key.location, hint)
                return
            message = f"one {category} is one name, found {len(node.entries)} keys"
            in_list = category in ("layer", "cell", "metric", "callback")
            hint = f"begin each {category} with a dash of its own" if in_list else "take one of them away"
            self.note("several-names", message, following.key.location, hint)
            return
        self._wrong_type(node, type_, what)

    def _wrong_type(self, node: Node, type_: Type, what: str) -> None:
        message = f"{what} wants {describe_type(type_)}, found {describe_node(node)}"
        self.note("wrong-type", message, node.location, type_hint(node, type_))


def absolute_path(node: ScalarNode) -> Path:
    """Return the absolute path that a text means: relative to the file it stands in, or the folder of the command."""
    path = Path(node.text).expanduser()
    source = Path(node.location.source.name)
    folder = source.parent if source.is_file() else Path()
    return path if path.is_absolute() else (folder / path).absolute()


def _within(value: float, type_: Whole | Number) -> bool:
    lowest, highest = type_.minimum, type_.maximum
    if (lowest is not None and not value >= lowest) or (highest is not None and not value <= highest):
        return False
    if isinstance(type_, Whole):
        return True
    return (type_.above is None or value > type_.above) and (type_.below is None or value < type_.below)


def _section_name(type_: Section) -> str:
    return "the recipe" if type_.name == "recipe" else f"`{type_.name}`"
