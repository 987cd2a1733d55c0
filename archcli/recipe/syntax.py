"""What is no YAML, or no text, said in words that do not need a knowledge of YAML's grammar."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from yaml.reader import Reader

from archcli.errors import Location, Problem, Source

if TYPE_CHECKING:
    import yaml
    from yaml.error import Mark

_OTHER_LINE_ENDS: Final = re.compile("[\x85\u2028\u2029]")
"""What PyYAML takes for the end of a line and YAML 1.2 does not."""

FALSE_BLANKS: Final = "\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff"
"""What looks like a blank and is none, as web pages give it: a set of characters for a regular expression."""

GLUED: Final = re.compile(rf"(?P<key>[A-Za-z_]\w*):(?P<value>[^ \t:][^ \t{FALSE_BLANKS}]*)")
_GLUED_LINE: Final = re.compile(rf"\s*(?:- )?(?P<word>{GLUED.pattern})\s*(?:#.*)?")
_FALSE_INDENTATION: Final = re.compile(rf"[ \t-]*([{FALSE_BLANKS}])")
_COLON_IN_TEXT: Final = re.compile(r"(?P<key>\s*(?:- )?[\w.]+): (?P<text>[^\s\"'{\[#&*|>].*: .*?)\s*")


def span(start: Mark, end: Mark, source: Source) -> Location:
    """Turn PyYAML's marks, which count from 0, into a location on the first line of the span."""
    number = source.first_line + start.line
    on_one_line = end.line == start.line
    last = end.column if on_one_line else len(source.line(number).split(" #")[0].rstrip())
    return Location(source, number, start.column + 1, max(1, last - start.column))


def unreadable_character(source: Source) -> Problem | None:
    """Find the first character that cannot stand in a recipe."""
    found = [pattern.search(source.text) for pattern in (Reader.NON_PRINTABLE, _OTHER_LINE_ENDS)]
    match = min(filter(None, found), key=lambda one: one.start(), default=None)
    if match is None:
        return None
    before = source.text[: match.start()]
    where = Location(source, source.first_line + before.count("\n"), match.start() - before.rfind("\n"))
    escaped = match[0].encode("unicode_escape").decode("ascii")
    return _invisible(match[0], where, f'take it away, or write "{escaped}" in double quotes')


def false_blank(text: str, where: Location) -> Problem | None:
    """Find something that looks like a blank at the start of a text that begins at `where`."""
    match = _FALSE_INDENTATION.match(text)
    if match is None:
        return None
    place = Location(where.source, where.line, where.column + match.start(1))
    return _invisible(match[1], place, "put a blank in its place")


def _invisible(character: str, where: Location, hint: str) -> Problem:
    message = f"the invisible character U+{ord(character):04X} stands here"
    return Problem("control-character", message, where, hint)


def space_missing(word: str, where: Location) -> Problem:
    """Describe `epochs:5`, which is one word to YAML."""
    key, _, value = word.partition(":")
    blank = false_blank(value, replace(where, column=where.column + len(key) + 1, length=1))
    if blank is not None:
        return blank
    message = f"`{word}` is read as one word: a space is missing after the colon"
    return Problem("missing-space", message, where, f"write `{key}: {value}`")


def tag_problem(tag: str, where: Location) -> Problem:
    """Describe a tag, which nothing in a recipe has."""
    shown = tag.replace("tag:yaml.org,2002:", "!!")
    name = shown.lstrip("!")
    hint = f"write `{name}: ...`" if name[:1].isupper() else "take it away"
    return Problem("tag-not-allowed", f"the tag `{shown}` stands here, and recipes have none", where, hint)


def syntax_problem(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    """Say in our words what PyYAML's scanner, parser or composer stumbled over."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem("yaml-syntax", f"this is not YAML: {error.problem}")
    where = span(mark, mark, source)
    opening = where if error.context_mark is None else span(error.context_mark, error.context_mark, source)
    reason = error.problem or ""
    tab = _indenting_tab(where)
    if tab is not None:
        return Problem("tab-indentation", "a tab is used for indentation", tab, "YAML wants spaces: two a level")
    blank = false_blank(source.line(where.line), Location(source, where.line))
    if blank is not None:
        return blank
    if "<stream end>" in reason or "unexpected end of stream" in reason:
        return _not_closed(opening)
    if "but found another document" in reason:
        hint = "take the line `---` and what follows it away"
        return Problem("several-documents", "a second document begins here, and a recipe is one", where, hint)
    if "found undefined alias" in reason:
        return _undefined_alias(where)
    return _glued_line(where) or _misread(reason, where, opening) or _unexplained(error, where)


def _not_closed(opening: Location) -> Problem:
    opened = opening.source.line(opening.line)[opening.column - 1 : opening.column]
    if opened not in "{[\"'":
        return Problem("cut-off", "the file ends in the middle of this", opening)
    message = f"what `{opened}` opens here is never closed"
    closing = {"{": "}", "[": "]"}.get(opened, opened)
    return Problem("cut-off", message, opening, f"write the `{closing}` that is missing")


def _undefined_alias(where: Location) -> Problem:
    match = re.match(r"\*([\w-]*)", where.source.line(where.line)[where.column - 1 :])
    name = match[1] if match else ""
    place = Location(where.source, where.line, where.column, len(name) + 1)
    hint = f"write `&{name}` before the value that is meant"
    return Problem("undefined-alias", f"there is no anchor `&{name}` before this", place, hint)


def _misread(reason: str, where: Location, opening: Location) -> Problem | None:
    """Describe what is common enough to have words of its own."""
    line = where.source.line(where.line)
    if "mapping values are not allowed" in reason:
        hint = "check the indentation of this line and of the one before"
        if text := _COLON_IN_TEXT.fullmatch(line):
            hint = f"""if the colon belongs to the text, write `{text["key"].strip(" -")}: "{text["text"]}"`"""
        return Problem("yaml-syntax", "a colon stands where no key can be", where, hint)
    if "could not find expected ':'" in reason:
        text_length = len(opening.source.line(opening.line).rstrip()) - opening.column + 1
        place = Location(opening.source, opening.line, opening.column, max(1, text_length))
        return Problem("yaml-syntax", "this key has no colon after it", place, "write `key: value`")
    if line[where.column - 2 : where.column] == "${" or line[where.column - 1 : where.column + 1] == "${":
        return Problem("yaml-syntax", "a `$name` has no braces", where, "write `$name`")
    if "expected <block end>" in reason and line.lstrip().startswith(":"):
        return Problem("yaml-syntax", "a key is missing before the colon", where, "write `key: value`")
    if "expected <block end>" in reason:
        message = "this line is indented like nothing above it"
        return Problem("yaml-syntax", message, where, "keys of one mapping, and items of one list, begin in one column")
    if missing := re.match(r"expected ',' or '(.)'", reason):
        return Problem("yaml-syntax", f"a comma or `{missing[1]}` is missing before this", where)
    if wrong := re.search(r"found character '(.)' that cannot start any token", reason):
        return Problem("yaml-syntax", f"an unquoted text cannot begin with `{wrong[1]}`", where, "put it in quotes")
    if "while scanning an alias" in reason or "expected alphabetic or numeric character" in reason:
        message = "`*` and `&` begin an alias and an anchor, which want a name"
        return Problem("yaml-syntax", message, opening, "put it in quotes if it is a text")
    if "found unknown escape character" in reason or "expected escape sequence" in reason:
        hint = "in single quotes a backslash is just a backslash"
        return Problem("yaml-syntax", "no character is written like this in double quotes", where, hint)
    return None


def _unexplained(error: yaml.MarkedYAMLError, where: Location) -> Problem:
    reason = error.problem or ""
    return Problem("yaml-syntax", f"this is not YAML: {f'{error.context}: ' if error.context else ''}{reason}", where)


def _indenting_tab(where: Location) -> Location | None:
    """Return the first tab in the indentation of the line that the error is on."""
    text = where.source.line(where.line)
    column = text[: len(text) - len(text.lstrip())].find("\t")
    return None if column < 0 else Location(where.source, where.line, column + 1)


def _glued_line(where: Location) -> Problem | None:
    """Return the problem of a line like `epochs:3` just before or at the error, which YAML reads on as a text."""
    for number in (where.line - 1, where.line):
        match = _GLUED_LINE.fullmatch(where.source.line(number))
        if match is not None:
            word = match["word"]
            return space_missing(word, Location(where.source, number, match.start("word") + 1, len(word)))
    return None
