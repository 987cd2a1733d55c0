"""What is said where a single node does not fit what is wanted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from archcli.errors import Location, Problem
from archcli.recipe.hints import argument_hint, key_hint, name_hint, type_hint
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, ScalarNode, is_null
from archcli.recipe.signatures import canonical_name, names, other_names, signature
from archcli.recipe.suggestions import did_you_mean, near_match
from archcli.recipe.syntax import GLUED, space_missing
from archcli.recipe.types import Field, MapOf, Object, Section, Signature, Text, Type, Whole
from archcli.recipe.typing_of import describe_node, describe_type

LISTED = ("layer", "cell", "metric", "callback")
"""Categories that come in lists."""


def section_name(type_: Section) -> str:
    """Return what messages call a section."""
    return {"recipe": "the recipe", "block": "a block"}.get(type_.name, f"`{type_.name}`")


def unknown_key(key: ScalarNode, type_: Section) -> Problem:
    """Describe a key that a section does not have."""
    message = f"{section_name(type_)} has no key `{key.text}`"
    return Problem("unknown-key", message, key.location, key_hint(key.text, type_))


def missing_key(field: Field, type_: Section, place: Location) -> Problem:
    """Describe a key that a section must have; `place` is where the section is named."""
    hint = f"`{field.name}`: {field.doc[0].lower()}{field.doc[1:].rstrip('.')}"
    if isinstance(field.type, Whole) and field.type.minimum == field.type.maximum:
        hint = f"write `{field.name}: {field.type.minimum}`"
    return Problem("missing-key", f"{section_name(type_)} needs `{field.name}`", place, hint)


def meant(words: Sequence[str], known: Collection[str]) -> set[str]:
    """Return the known words that unknown ones probably stand for, and which are therefore not missing."""
    return {match for word in words if (match := near_match(word, known)) is not None}


def unknown_argument(key: ScalarNode, found: Signature) -> Problem:
    """Describe an argument that something does not have."""
    had = f"has no argument `{key.text}`" if found.arguments else "takes no arguments"
    return Problem("unknown-argument", f"`{found.name}` {had}", key.location, argument_hint(key.text, found))


def missing_arguments(missing: Sequence[Field], entry: Entry, found: Signature) -> Problem:
    """Describe the arguments that something cannot do without."""
    listed = " and ".join(f"`{field.name}`" for field in missing)
    given = entry.value.entries if isinstance(entry.value, MapNode) else ()
    kept = [f"{one.key.text}: {one.value.text}" for one in given if isinstance(one.value, ScalarNode)]
    shown = [*(kept if len(kept) == len(given) <= 2 else ["..."]), *(f"{field.name}: ..." for field in missing)]
    hint = f"write `{found.name}: {{{', '.join(shown)}}}`"
    if len(missing) == 1:
        hint += f" with {describe_type(missing[0].type)}"
    return Problem("missing-argument", f"`{found.name}` needs {listed}", entry.key.location, hint)


def no_short_form(value: Node, found: Signature) -> Problem:
    """Describe a value given without the name of the argument that it is for."""
    hint = f"write `{found.name}` alone"
    if found.arguments:
        text = value.text if isinstance(value, ScalarNode) else "..."
        listed = ", ".join(f"`{name}`" for name in found.arguments)
        hint = f"say which argument it is: `{found.name}: {{...: {text}}}` with one of {listed}"
    return Problem("no-short-form", f"`{found.name}` takes no unnamed argument", value.location, hint)


def cell_outside_rnn(name: ScalarNode) -> Problem:
    """Describe a cell where a layer is wanted."""
    message = f"`{name.text}` is a cell, one step of a recurrent layer, and stands where a layer is wanted"
    return Problem("cell-outside-rnn", message, name.location, f"write `RNN: {{{name.text}: ...}}`")


def missing_block_parameters(block: str, missing: Sequence[str], use: Entry) -> Problem:
    """Describe the parameters that a use of a block cannot do without."""
    listed = " and ".join(f"`{name}`" for name in missing)
    written = ", ".join(f"{name}: ..." for name in missing)
    hint = f"write `{block}: {{{written}}}`, or give {'it' if len(missing) == 1 else 'them'} a default in the block"
    return Problem("missing-argument", f"the block `{block}` needs {listed}", use.key.location, hint)


def not_a_node(entry: Entry) -> Problem:
    """Describe what stands where a node of a graph is wanted."""
    message = f"the node `{entry.key.text}` wants a layer and what it reads, found {describe_node(entry.value)}"
    hint = "such as `{Dense: 32, from: input}`"
    if is_null(entry.value):
        hint += f"; in braces the names of several outputs stand in quotes: `'{entry.key.text}, ...': ...`"
    if isinstance(entry.value, ListNode):
        hint = f"write `{entry.key.text}: {{layers: [...], from: input}}`"
    elif isinstance(entry.value, ScalarNode) and canonical_name("layer", entry.value.text)[0] is not None:
        hint = f"write `{entry.key.text}: {{{entry.value.text}, from: input}}`"
    return Problem("wrong-type", message, entry.value.location, hint)


def unknown_name(key: ScalarNode, category: str, *, also: Sequence[str] = ()) -> Problem:
    """Describe a name that a category does not have; `also` are names that the recipe gives itself."""
    glued = GLUED.fullmatch(key.text)
    if glued and canonical_name(category, glued["key"])[0] is not None:
        return space_missing(key.text, key.location)
    noun = f"type of {category}" if category in ("input", "target") else category
    message = f"no {noun} is called `{key.text}`"
    own = near_match(key.text, also)
    if also and key.text[:1].islower():
        message = f"no layer, block or shared layer is called `{key.text}`"
    if own is not None and (key.text[:1].islower() or own == key.text.lower()):
        return Problem(f"unknown-{category}", message, key.location, f"did you mean `{own}`?")
    if category == "layer" and key.text == "repeat":
        message = "`repeat` stands without the layer that it repeats"
        return Problem("unknown-layer", message, key.location, "write `{Dense: 8, repeat: 3}`")
    first, _, rest = key.text.partition(" ")
    if category == "layer" and rest.strip() == "from":
        hint = f"a comma is missing: `{{{first}, from: ...}}`"
        return Problem("unknown-layer", message, key.location, hint)
    return Problem(
        f"unknown-{category}",
        message,
        key.location,
        name_hint(key.text, category, (*names(category), *other_names(category))),
    )


def not_one_name(node: Node, category: str, what: str) -> Problem:
    """Describe a node that is not one name, with or without arguments, where one is wanted."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        return unknown_name(node, category)
    if not isinstance(node, MapNode) or len(node.entries) < 2:
        return wrong_type(node, Object(category), what)
    first, second = node.entries[:2]
    name = canonical_name(category, first.key.text)[0]
    found = None if name is None else signature(category, name)
    is_next = canonical_name(category, second.key.text)[0] is not None
    if found is not None and is_null(first.value) and (second.key.text in found.arguments or not is_next):
        written = f"`{name}: {{{second.key.text}: ...}}`"
        hint = f"indent the arguments of `{name}` further than its name, or write {written}"
        message = f"`{second.key.text}` stands beside `{name}`, not inside it"
        return Problem("arguments-not-indented", message, second.key.location, hint)
    hint = f"begin each {category} with a dash of its own" if category in LISTED else "take one of them away"
    message = f"one {category} is one name, found {len(node.entries)} keys"
    return Problem("several-names", message, second.key.location, hint)


def wrong_type(node: Node, type_: Type, what: str) -> Problem:
    """Describe a value of another type than is wanted."""
    is_plain = isinstance(type_, (Section, MapOf)) and isinstance(node, ScalarNode) and not node.quoted
    if is_plain and isinstance(node, ScalarNode) and GLUED.fullmatch(node.text):
        return space_missing(node.text, node.location)
    message = f"{what} wants {describe_type(type_)}, found {describe_node(node)}"
    return Problem("wrong-type", message, node.location, type_hint(node, type_))


def unknown_choice(node: ScalarNode, type_: Text, what: str, *, among: Type | None = None) -> Problem:
    """Describe a text that is none of those that are allowed; `among` is all that may stand there besides them."""
    if type_.kind != "text":
        hint = "leave it out" if node.text == "None" else name_hint(node.text, type_.kind, type_.choices)
        return Problem(f"unknown-{type_.kind}", f"no {type_.kind} is called `{node.text}`", node.location, hint)
    is_listed = describe_type(type_) != "text"
    hint = did_you_mean(node.text, type_.choices)
    if is_listed and near_match(node.text, type_.choices) is None:
        begins = next((choice for choice in type_.choices if node.text.lower().startswith(choice.lower())), None)
        hint = None if begins is None else f"did you mean `{begins}`?"  # the message lists them already
    message = f"{what} takes {describe_type(among or type_)}, found `{node.text}`"
    return Problem("unknown-choice", message, node.location, hint)
