"""YAML as a tree whose every part knows its place in the text it came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from archcli.errors import Location

Plain = None | bool | int | float | str


@dataclass(frozen=True)
class ScalarNode:
    """A single value.

    Attributes:
        value: What YAML 1.2's core schema reads.
        text: The characters between the quotes, if any.
        quoted: Whether it was written in quotes or as a block text, which makes it text whatever it looks like.
        location: Where it stands; for an empty value, right after its key.
    """

    value: Plain
    text: str
    quoted: bool
    location: Location

    @property
    def reference(self) -> str | None:
        """The name after the dollar where this is an unquoted `$name`, else None."""
        return self.text[1:] if isinstance(self.value, str) and not self.quoted and self.text.startswith("$") else None


@dataclass(frozen=True)
class ListNode:
    """A list; its location is where it begins."""

    items: tuple[Node, ...]
    location: Location


@dataclass(frozen=True)
class Entry:
    """A key of a mapping and its value."""

    key: ScalarNode
    value: Node


@dataclass(frozen=True)
class MapNode:
    """A mapping; its location is its first key, or its opening brace."""

    entries: tuple[Entry, ...]
    location: Location

    def get(self, key: str) -> Node | None:
        """Return the value of `key`; None where it is missing or null."""
        for entry in self.entries:
            if entry.key.text == key:
                return None if is_null(entry.value) else entry.value
        return None

    def entry(self, key: str) -> Entry | None:
        """Return the entry of `key`, null or not; None where it is missing."""
        return next((entry for entry in self.entries if entry.key.text == key), None)

    def with_entry(self, key: ScalarNode, value: Node) -> MapNode:
        """Return a copy in which `key` has `value`: in its old place, or at the end."""
        if self.entry(key.text) is None:
            return replace(self, entries=(*self.entries, Entry(key, value)))
        entries = tuple(Entry(key, value) if entry.key.text == key.text else entry for entry in self.entries)
        return replace(self, entries=entries)

    def without(self, *keys: str) -> MapNode:
        """Return a copy that lacks `keys`."""
        return replace(self, entries=tuple(entry for entry in self.entries if entry.key.text not in keys))


Node = ScalarNode | ListNode | MapNode


def is_null(node: Node) -> bool:
    """Tell whether the node is null, written out or left empty."""
    return isinstance(node, ScalarNode) and node.value is None


def only_entry(node: Node) -> Entry | None:
    """Return the entry of a mapping that has just one, else None."""
    return node.entries[0] if isinstance(node, MapNode) and len(node.entries) == 1 else None


def value_location(node: Node, key: str) -> Location | None:
    """Return where the value of a key stands, or the key itself where the value is no scalar; None: it is not there."""
    entry = node.entry(key) if isinstance(node, MapNode) else None
    if entry is None:
        return None
    return entry.value.location if isinstance(entry.value, ScalarNode) else entry.key.location


def scalar(value: Plain, location: Location) -> ScalarNode:
    """Make a node for a value that nobody wrote; text is taken as quoted unless it is a `$name`."""
    text = "" if value is None else str(value)
    return ScalarNode(value, text, isinstance(value, str) and not text.startswith("$"), location)


def node_of(value: object, location: Location) -> Node:
    """Turn plain data into nodes that all stand at `location`."""
    if isinstance(value, dict):
        entries = (Entry(scalar(str(key), location), node_of(item, location)) for key, item in value.items())
        return MapNode(tuple(entries), location)
    if isinstance(value, (list, tuple)):
        return ListNode(tuple(node_of(item, location) for item in value), location)
    if value is None or isinstance(value, (bool, int, float, str)):
        return scalar(value, location)
    message = f"expected plain data. Received: value={value!r}"
    raise TypeError(message)


def data_of(node: Node) -> object:
    """Turn nodes into plain data: dictionaries, lists and scalars; `$names` stay text."""
    if isinstance(node, MapNode):
        return {entry.key.text: data_of(entry.value) for entry in node.entries}
    if isinstance(node, ListNode):
        return [data_of(item) for item in node.items]
    return node.value


def walk(node: Node) -> Iterator[Node]:
    """Yield the node and everything below it, in the order of the text."""
    yield node
    if isinstance(node, MapNode):
        for entry in node.entries:
            yield entry.key
            yield from walk(entry.value)
    elif isinstance(node, ListNode):
        for item in node.items:
            yield from walk(item)
