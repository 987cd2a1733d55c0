"""Text to nodes: YAML 1.2's core scalars, strictly, with a place for everything."""

from __future__ import annotations

import re
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.scanner import Scanner

from archcli.errors import Location, Problem, RecipeError, Source
from archcli.recipe.nodes import Entry, ListNode, MapNode, Node, Plain, ScalarNode
from archcli.recipe.suggestions import near_match

if TYPE_CHECKING:
    from yaml.error import Mark

MAXIMUM_BYTES: Final = 256 * 1024
MAXIMUM_DEPTH: Final = 60
MAXIMUM_NODES: Final = 20_000

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_WORDS: Final[dict[str, Plain]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip
_GLUED_KEY = re.compile(r"(?P<key>[A-Za-z_]\w*):(?P<value>\S.*)")


def read_scalar(text: str) -> Plain:
    """Read a plain scalar by YAML 1.2's core schema (yaml.org/spec/1.2.2, 10.3.2): `1e-3` is a number, `no` is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
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
        hint = f"did you mean `{path.parent / match}`?" if match else "`archcli recipes list` shows the recipes that ship"
        raise RecipeError(Problem("recipe-not-found", f"there is no file `{name}`", hint=hint)) from None
    except IsADirectoryError:
        raise RecipeError(Problem("recipe-not-found", f"`{name}` is a folder, not a recipe")) from None
    except OSError as error:
        raise RecipeError(Problem("recipe-not-read", f"`{name}` cannot be read: {error.strerror}")) from None
    if len(raw) > MAXIMUM_BYTES:
        limit = MAXIMUM_BYTES // 1024
        raise RecipeError(Problem("recipe-too-large", f"`{name}` is larger than {limit} KiB, more than a recipe can be"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError(Problem("not-text", f"`{name}` is not a text in UTF-8")) from None
    return Source(name, text)


def load_nodes(source: Source) -> Node:
    """Turn the text of a recipe, or of a value on the command line, into nodes.

    Raises:
        RecipeError: It is not YAML, or uses what recipes do not allow; all such problems at once.
    """
    try:
        loader = _Loader(source)
        root = loader.get_single_node()
    except ReaderError:
        raise RecipeError(Problem("not-text", f"`{source.name}` holds characters that no text has")) from None
    except yaml.MarkedYAMLError as error:
        raise RecipeError(_syntax_problem(error, source)) from None
    if root is None:
        raise RecipeError(Problem("empty-recipe", f"`{source.name}` is empty", Location(source, 1)))
    reader = _NodeReader(source)
    node = reader.read(root, ())
    problems = (*loader.problems, *reader.problems)
    if problems:
        raise RecipeError(*problems)
    return node


class _Loader(Reader, Scanner, Parser, Composer, yaml.resolver.BaseResolver):
    """PyYAML's composer without a resolver: scalars stay text, tags are refused, depth is bounded."""

    def __init__(self, source: Source) -> None:
        Reader.__init__(self, source.text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        yaml.resolver.BaseResolver.__init__(self)
        self.source = source
        self.problems: list[Problem] = []
        self.depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401 -- PyYAML's own
        event = self.peek_event()
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            where = _location(event.start_mark, event.end_mark, self.source)
            self.problems.append(Problem("tag-not-allowed", f"tags such as `{tag}` are not allowed in recipes", where))
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            where = _location(event.start_mark, event.end_mark, self.source)
            message = f"nested more than {MAXIMUM_DEPTH} levels deep"
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
        where = _location(node.start_mark, node.end_mark, self.source)
        if self.count > MAXIMUM_NODES:
            message = f"anchors expand this to more than {MAXIMUM_NODES} values"
            raise RecipeError(*self.problems, Problem("expands-too-far", message, where))
        if id(node) in above:
            raise RecipeError(*self.problems, Problem("recursive-alias", "an alias stands inside its own anchor", where))
        within = (*above, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._read_mapping(node, where, within)
        if isinstance(node, yaml.SequenceNode):
            return ListNode(tuple(self.read(item, within) for item in node.value), where)
        return self._read_scalar(node, where)

    def _read_scalar(self, node: yaml.Node, where: Location) -> ScalarNode:
        text: str = node.value
        quoted = node.style is not None
        return ScalarNode(text if quoted else read_scalar(text), text, quoted, where)

    def _read_mapping(self, node: yaml.MappingNode, where: Location, within: tuple[int, ...]) -> MapNode:
        entries: list[Entry] = []
        for raw_key, raw_value in node.value:
            key = self._read_key(raw_key)
            value = self.read(raw_value, within)
            if key is None:
                continue
            if any(entry.key.text == key.text for entry in entries):
                first = next(entry for entry in entries if entry.key.text == key.text).key.location.line
                message = f"the key `{key.text}` stands here a second time, first in line {first}"
                self.problems.append(Problem("repeated-key", message, key.location))
                continue
            entries.append(Entry(key, value))
        self._find_misreadings(entries, node)
        return MapNode(tuple(entries), where)

    def _read_key(self, node: yaml.Node) -> ScalarNode | None:
        where = _location(node.start_mark, node.end_mark, self.source)
        if not isinstance(node, yaml.ScalarNode):
            self.problems.append(Problem("key-not-text", "a key must be text, found a list or a mapping", where))
            return None
        key = self._read_scalar(node, where)
        if key.text == "<<" and not key.quoted:
            message = "merge keys `<<` are not allowed"
            self.problems.append(Problem("merge-key", message, where, "`extends:` lays one recipe over another"))
            return None
        if not isinstance(key.value, str):
            message = f"a key must be text, found `{key.text}`" if key.text else "a key is missing before the colon"
            hint = f'write `"{key.text}"` if you mean the text' if key.text else None
            self.problems.append(Problem("key-not-text", message, where, hint))
            return None
        return key

    def _find_misreadings(self, entries: list[Entry], node: yaml.MappingNode) -> None:
        for entry, following in zip_longest(entries, entries[1:]):
            key, value = entry.key, entry.value
            empty = isinstance(value, ScalarNode) and value.value is None and not value.text
            glued = _GLUED_KEY.fullmatch(key.text)
            if node.flow_style and empty and glued and not key.quoted:
                message = f"`{key.text}` is read as one word: a space is missing after the colon"
                hint = f"write `{glued['key']}: {glued['value']}`"
                self.problems.append(Problem("missing-space", message, key.location, hint))
            opened = isinstance(value, ScalarNode) and not value.quoted and value.text.startswith("(")
            if opened and node.flow_style and following is not None and following.key.text.endswith(")"):
                message = f"YAML has no tuples: `{value.text}, {following.key.text}` is read as two entries"  # type: ignore[union-attr]  # opened says scalar
                inner = f"{value.text[1:]}, {following.key.text[:-1]}"  # type: ignore[union-attr]  # opened says scalar
                self.problems.append(Problem("parentheses", message, value.location, f"write `[{inner}]`"))


def _location(start: Mark, end: Mark, source: Source) -> Location:
    """Turn PyYAML's marks, which count from 0, into a location on the first line of the span."""
    line = source.line(start.line + 1)
    last = end.column if end.line == start.line else len(line.split(" #")[0].rstrip())
    return Location(source, start.line + 1, start.column + 1, max(1, last - start.column))


def _syntax_problem(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    """Say in our words what PyYAML's scanner, parser or composer stumbled over."""
    mark = error.problem_mark or error.context_mark
    where = _location(mark, mark, source) if mark else None
    reason = (error.problem or "").replace("<stream end>", "the end of the file")
    if "'\\t'" in reason or (where and "\t" in _indentation(source, where.line)):
        return Problem("tab-indentation", "a tab is used for indentation", where, "YAML wants spaces: two a level")
    if "the end of the file" in reason or "unexpected end of stream" in reason:
        opened = f", in what was opened in line {error.context_mark.line + 1}" if error.context_mark else ""
        return Problem("cut-off", f"the file ends too early{opened}", where, "a bracket, brace or quote is not closed")
    if "but found another document" in reason:
        return Problem("several-documents", "a recipe is one YAML document, found a second one", where)
    if "found undefined alias" in reason:
        alias = reason.rsplit(" ", 1)[-1].strip("'")
        return Problem("undefined-alias", f"there is no anchor `&{alias}` before this alias", where)
    if "mapping values are not allowed" in reason:
        message = "a colon stands where no key can be"
        hint = "quote the text if the colon belongs to it; else check the indentation of this line and the one before"
        return Problem("yaml-syntax", message, where, hint)
    if "could not find expected ':'" in reason:
        return Problem("yaml-syntax", "a key without its colon", where, "write `key: value`")
    if "expected <block end>" in reason:
        message = "this line is indented like nothing above it"
        return Problem("yaml-syntax", message, where, "keys of one mapping, and items of one list, begin in one column")
    message = reason if not error.context else f"{error.context}: {reason}"
    return Problem("yaml-syntax", f"this is not YAML: {message}", where)


def _indentation(source: Source, line: int) -> str:
    text = source.line(line)
    return text[: len(text) - len(text.lstrip())]
