"""Which type of a choice a node means, and how types and values are called in messages."""

from __future__ import annotations

from archcli.recipe.nodes import ListNode, MapNode, Node, ScalarNode, only_entry
from archcli.recipe.signatures import canonical_name
from archcli.recipe.types import (
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
    Text,
    Truth,
    Type,
    Use,
    Whole,
)

_LONGEST_TEXT = 60  # where a table was given for a recipe, it is one text
_ARTICLES = {"a": "an", "e": "an", "i": "an", "o": "an"}
_FIXED = {
    Truth: "`true` or `false`",
    Null: "`null`",
    GivenName: "a name",
    FilePath: "a path",
    MapOf: "a mapping",
    Use: "a layer and what it reads",
    Section: "a mapping",
    Anything: "any value",
}


def fitting_type(node: Node, choice: Either) -> Type | None:
    """Return the first type of the choice whose outer form the node has, or None."""
    by_name = next((option for option in choice.types if isinstance(option, MapOf)), None)
    named = next((option for option in choice.types if isinstance(option, Object)), None)
    if isinstance(node, MapNode) and by_name is not None and named is not None:
        # `{Huber: 0.5}` is a loss, `{price: ..., kind: ...}` one for each output.
        return named if _is_named(node, named) else by_name
    listed = next((option.item for option in choice.types if isinstance(option, ListOf)), None)
    if isinstance(node, MapNode) and by_name is not None and isinstance(listed, Object) and _names_all(node, listed):
        return None  # `{accuracy: }` is no list of metrics, and `accuracy` no output
    return next((option for option in choice.types if has_form(node, option)), None)


def _is_named(node: MapNode, type_: Object) -> bool:
    """Tell a named thing from a mapping with names that the user gives."""
    entry = only_entry(node)
    return entry is not None and (
        entry.key.text[:1].isupper() or canonical_name(type_.category, entry.key.text)[0] is not None
    )


def _names_all(node: MapNode, type_: Object) -> bool:
    """Tell whether every key is a name of the category, without a list of such for its value."""
    keys = [entry.key.text for entry in node.entries if not isinstance(entry.value, ListNode)]
    return len(keys) == len(node.entries) and all(canonical_name(type_.category, key)[0] is not None for key in keys)


def has_form(node: Node, type_: Type) -> bool:
    """Tell whether the node has the outer form of the type: a number, a list, a name; bounds do not matter here."""
    value = node.value if isinstance(node, ScalarNode) else None
    match type_:
        case Either():
            return any(has_form(node, option) for option in type_.types)
        case Anything():
            return True
        case Null():
            return isinstance(node, ScalarNode) and value is None
        case Truth():
            return isinstance(value, bool)
        case Whole():
            return isinstance(value, int) and not isinstance(value, bool)
        case Number():
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case Text() | GivenName() | FilePath():
            return isinstance(value, str)
        case ListOf():
            return isinstance(node, ListNode) and all(has_form(item, type_.item) for item in node.items)
        case MapOf() | Section() | Use():
            return isinstance(node, MapNode)
        case Object():
            chain = type_.category in ("layer", "cell") and isinstance(node, ListNode)
            return chain or isinstance(node, MapNode) or isinstance(value, str)


def is_within(value: float, type_: Whole | Number) -> bool:
    """Tell whether a number is within the bounds of its type."""
    lowest, highest = type_.minimum, type_.maximum
    if (lowest is not None and not value >= lowest) or (highest is not None and not value <= highest):
        return False
    if isinstance(type_, Whole):
        return True
    return (type_.above is None or value > type_.above) and (type_.below is None or value < type_.below)


def describe_type(type_: Type) -> str:
    """Say what a type takes: `a whole number from 1`."""
    match type_:
        case Either():
            # What may be written once for each output is described once: `a loss`, `a list of metrics`.
            options = [one for one in type_.types if not (isinstance(one, MapOf) and one.value in type_.types)]
            parts = list(dict.fromkeys(describe_type(option) for option in options))
            return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " or " + parts[-1]
        case Whole() if type_.minimum is not None and type_.minimum == type_.maximum:
            return f"`{type_.minimum}`"
        case Whole():
            return "a whole number" + _bounds(type_.minimum, type_.maximum, None, None)
        case Number():
            return "a number" + _bounds(type_.minimum, type_.maximum, type_.above, type_.below)
        case Text(choices=(only,)):
            return f"`{only}`"
        case Text() if type_.choices and len(type_.choices) <= 6:
            return "one of " + ", ".join(f"`{choice}`" for choice in type_.choices)
        case Text():
            return with_article(type_.kind)
        case ListOf():
            return f"a list of {_plural(type_.item)}"
        case Object():
            return with_article(type_.category)
        case _:
            return _FIXED[type(type_)]


def describe_node(node: Node) -> str:
    """Say what a node holds: `the text `abc``, `a list`; of a long text how it begins."""
    if isinstance(node, ListNode):
        return "a list" if node.items else "an empty list"
    if isinstance(node, MapNode):
        return "a mapping" if node.entries else "an empty mapping"
    if node.value is None:
        return "nothing" if not node.text else "`null`"
    if isinstance(node.value, str):
        text = node.text if len(node.text) <= _LONGEST_TEXT else f"{node.text[: _LONGEST_TEXT - 1]}…"
        return f"the text `{text}`"
    return f"`{node.text}`"


def with_article(noun: str) -> str:
    """Put the article before a noun: `an optimizer`."""
    return noun if noun == "text" else f"{_ARTICLES.get(noun[0], 'a')} {noun}"


def _plural(type_: Type) -> str:
    match type_:
        case Whole():
            return "whole numbers"
        case Number():
            return "numbers"
        case GivenName():
            return "names"
        case Text(kind="text") | FilePath():
            return "texts"
        case Object(category="loss"):
            return "losses"
        case Object():
            return f"{type_.category}s"
        case ListOf():
            return f"lists of {_plural(type_.item)}"
        case Either():
            options = [option for option in type_.types if not _is_list_of_another(option, type_)]
            return " or ".join(dict.fromkeys(_plural(option) for option in options))
        case _:
            return "values"


def _is_list_of_another(option: Type, choice: Either) -> bool:
    """Tell whether an option only nests another one, as in `[[1, 2], [3, 4]]`."""
    return isinstance(option, ListOf) and option.item in choice.types


def _bounds(minimum: float | None, maximum: float | None, above: float | None, below: float | None) -> str:
    if minimum is not None and (maximum is not None or below is not None):
        upper = f" to {_written(maximum)}" if maximum is not None else f" to below {below:g}"
        return f" from {minimum:g}{upper}"
    parts = [
        f" from {minimum:g}" if minimum is not None else "",
        f" above {above:g}" if above is not None else "",
        f" up to {_written(maximum)}" if maximum is not None else "",
        f" below {below:g}" if below is not None else "",
    ]
    return " and".join(part for part in parts if part)


def _written(bound: float) -> str:
    return str(bound) if isinstance(bound, int) else f"{bound:g}"
