"""Text to nodes: YAML 1.2's core scalars, strictly, with a place for everything."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from archcli.errors import Location, Problem, RecipeError, Source
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, Plain, ScalarNode, is_null
from archcli.recipe.suggestions import near_match
from archcli.recipe.syntax import (
    GLUED,
    false_blank,
    space_missing,
    span,
    syntax_problem,
    tag_problem,
    unreadable_character,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MAXIMUM_BYTES: Final = 256 * 1024
MAXIMUM_DEPTH: Final = 60
MAXIMUM_NODES: Final = 20_000
LONGEST_INTEGER: Final = 400
"""Digits; a longer one is no number that anybody means, and slow to read."""

_OF_A_RUN = ("resolved.yaml", "recipe.yaml")
"""The recipes in the directory of a run."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_WORDS: Final[Mapping[str, Plain]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip


def read_scalar(text: str) -> Plain:
    """Read a plain scalar by YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3.2): `1e-3` is a number, `no` is text."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > LONGEST_INTEGER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text) or _HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if match := _INFINITY.fullmatch(text):
        return float(f"{match[1]}inf")
    return text


def read_source(path: Path) -> Source:
    """Read the text of a recipe.

    Raises:
        RecipeError: There is no such file, or it is not a text of a recipe's size.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAXIMUM_BYTES + 1)
    except FileNotFoundError:
        siblings = [other.name for other in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        match = near_match(path.name, siblings)
        listing = "`archcli recipes list` shows the recipes that ship"
        hint = f"did you mean `{path.parent / match}`?" if match else listing
        raise RecipeError(Problem("recipe-not-found", f"there is no file `{name}`", hint=hint)) from None
    except IsADirectoryError:
        inside = next((path / file for file in _OF_A_RUN if (path / file).is_file()), None)
        meant = f"did you mean `{inside}`?" if inside else None
        message = f"`{name}` is a folder, expected a recipe"
        raise RecipeError(Problem("recipe-not-found", message, hint=meant)) from None
    except OSError as error:
        raise RecipeError(Problem("recipe-not-read", f"`{name}` cannot be read: {error.strerror}")) from None
    if len(raw) > MAXIMUM_BYTES:
        message = f"`{name}` is larger than {MAXIMUM_BYTES // 1024} KiB, more than a recipe can be"
        raise RecipeError(Problem("recipe-too-large", message))
    if b"\0" in raw:
        raise RecipeError(Problem("not-text", f"`{name}` is a binary file, expected a recipe in YAML"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(Problem("not-text", f"`{name}` is not a text in UTF-8", hint="save it as UTF-8")) from None
    return Source(name, re.sub(r"\r(?!\n)", "\n", text))  # a lone carriage return ends a line in YAML


def load_nodes(source: Source, *, start: int = 0) -> Node:
    """Turn the text of a recipe, or of a value on the command line, into nodes.

    Args:
        source: The text.
        start: Where in its first line the YAML begins, in characters from 0.

    Raises:
        RecipeError: It is not YAML, or uses what recipes do not allow; all such problems at once, in order.
    """
    unreadable = unreadable_character(source)
    if unreadable is not None:
        raise RecipeError(unreadable)
    loader = _Loader(source, start)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise RecipeError(syntax_problem(error, source)) from None
    if root is None:
        raise RecipeError(Problem("empty-recipe", f"`{source.name}` holds nothing but comments and blanks"))
    reader = _NodeReader(source)
    node = reader.read(root, ())
    problems = (*loader.problems, *reader.problems)
    if problems:
        raise RecipeError(*sorted(problems, key=_place))
    return node


class _Loader(Reader, Scanner, Parser, Composer, yaml.resolver.BaseResolver):
    """PyYAML's composer without a resolver: scalars stay text, tags are refused, depth is bounded."""

    def __init__(self, source: Source, start: int) -> None:
        Reader.__init__(self, " " * start + source.text[start:])
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        yaml.resolver.BaseResolver.__init__(self)
        self.source = source
        self.problems: list[Problem] = []
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML's own
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            self.problems.append(tag_problem(tag, span(event.start_mark, event.end_mark, self.source)))
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            where = span(event.start_mark, event.end_mark, self.source)
            message = f"this is nested more than {MAXIMUM_DEPTH} levels deep"
            raise RecipeError(Problem("nested-too-deep", message, where))
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _NodeReader:
    """Turns PyYAML's nodes into ours and collects what recipes do not allow."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.count = 0

    def read(self, node: yaml.Node, above: tuple[int, ...]) -> Node:
        self.count += 1
        where = span(node.start_mark, node.end_mark, self.source)
        if self.count > MAXIMUM_NODES:
            message = f"`{self.source.name}` has more than {MAXIMUM_NODES} values once its anchors are written out"
            raise RecipeError(*self.problems, Problem("expands-too-far", message))
        if id(node) in above:
            problem = Problem("recursive-alias", "the anchor of this value is used inside the value itself", where)
            raise RecipeError(*self.problems, problem)
        within = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._read_mapping(node, where, within)
        if isinstance(node, yaml.SequenceNode):
            return ListNode(tuple(self.read(item, within) for item in node.value), where)
        return self._read_scalar(cast("yaml.ScalarNode", node), where)

    def _read_scalar(self, node: yaml.ScalarNode, where: Location) -> ScalarNode:
        text: str = node.value
        quoted = node.style is not None
        blank = None if quoted else false_blank(text, where)
        if blank is not None:
            self.problems.append(blank)
        return ScalarNode(text if quoted else read_scalar(text), text, quoted, where)

    def _read_mapping(self, node: yaml.MappingNode, where: Location, within: tuple[int, ...]) -> MapNode:
        entries: dict[str, Entry] = {}
        for raw_key, raw_value in node.value:
            key = self._read_key(raw_key)
            value = self.read(raw_value, within)
            if key is None:
                continue
            if key.text in entries:
                first = entries[key.text].key.location.line
                message = f"the key `{key.text}` stands here a second time, first in line {first}"
                self.problems.append(Problem("repeated-key", message, key.location, "take one of the two away"))
                continue
            entries[key.text] = Entry(key, value)
        read = tuple(entries.values())
        if node.flow_style:
            self._find_misreadings(read)
        return MapNode(read, where)

    def _read_key(self, node: yaml.Node) -> ScalarNode | None:
        where = span(node.start_mark, node.end_mark, self.source)
        if not isinstance(node, yaml.ScalarNode):
            kind = "list" if isinstance(node, yaml.SequenceNode) else "mapping"
            self.problems.append(Problem("key-not-text", f"a key must be text, found a {kind}", where))
            return None
        key = self._read_scalar(node, where)
        if key.text == "<<" and not key.quoted:
            message = "the merge key `<<` stands here: recipes have none"
            self.problems.append(Problem("merge-key", message, where, "`extends:` lays one recipe over another"))
            return None
        if not isinstance(key.value, str):
            message = f"a key must be text, found `{key.text}`" if key.text else "a key is missing before the colon"
            hint = f'write `"{key.text}"` if you mean the text' if key.text else None
            self.problems.append(Problem("key-not-text", message, where, hint))
            return None
        return key

    def _find_misreadings(self, entries: tuple[Entry, ...]) -> None:
        """Find what means something else in braces than it looks like: `{filters:3}` and `{kernel_size: (3, 3)}`."""
        for entry, following in zip_longest(entries, entries[1:]):
            key, value = entry.key, entry.value
            if is_null(value) and GLUED.fullmatch(key.text) and not key.quoted:
                self.problems.append(space_missing(key.text, key.location))
            if following is None or not isinstance(value, ScalarNode) or value.quoted:
                continue
            if value.text.startswith("(") and following.key.text.endswith(")"):
                message = f"YAML has no tuples: `{value.text}, {following.key.text}` is read as two entries"
                hint = f"write `[{value.text[1:]}, {following.key.text[:-1]}]`"
                self.problems.append(Problem("parentheses", message, _joined(value, following.key), hint))


def _joined(first: ScalarNode, last: ScalarNode) -> Location:
    """Return the place from the one to the other, where both stand on one line."""
    start, end = first.location, last.location
    return replace(start, length=end.column + end.length - start.column) if end.line == start.line else start


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.location.line, problem.location.column) if problem.location else (0, 0)
