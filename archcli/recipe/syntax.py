"""What is no YAML, or no text, said in words that do not need a knowledge of YAML's grammar."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archcli.errors import Location, Problem, Source

if TYPE_CHECKING:
    import yaml
    from yaml.error import Mark

_UNREADABLE: Final = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML takes for no character, and what PyYAML takes for the end of a line and YAML 1.2 does not."""

_GLUED_LINE: Final = re.compile(r"\s*(?:- )?(?P<key>[A-Za-z_]\w*):(?P<value>[^\s:]\S*)\s*(?:#.*)?")


def span(start: Mark, end: Mark, source: Source) -> Location:
    """Turn PyYAML's marks, which count from 0, into a location on the first line of the span."""
    on_one_line = end.line == start.line
    last = end.column if on_one_line else len(source.line(start.line + 1).split(" #")[0].rstrip())
    return Location(source, start.line + 1, start.column + 1, max(1, last - start.column))


def unreadable_character(source: Source) -> Problem | None:
    """Find the first character that cannot stand in a recipe."""
    match = _UNREADABLE.search(source.text)
    if match is None:
        return None
    before = source.text[: match.start()]
    where = Location(source, before.count("\n") + 1, match.start() - before.rfind("\n"))
    escaped = match[0].encode("unicode_escape").decode("ascii")
    message = f"the invisible character U+{ord(match[0]):04X} stands here"
    return Problem("control-character", message, where, f'take it away, or write "{escaped}" in double quotes')


def syntax_problem(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    """Say in our words what PyYAML's scanner, parser or composer stumbled over."""
    mark = error.problem_mark or error.context_mark
    where = span(mark, mark, source) if mark else None
    reason = (error.problem or "").replace("<stream end>", "the end of the file")
    tab = _indenting_tab(where)
    if tab is not None:
        return Problem("tab-indentation", "a tab is used for indentation", tab, "YAML wants spaces: two a level")
    if "the end of the file" in reason or "unexpected end of stream" in reason:
        return _cut_off(error, where)
    if "but found another document" in reason:
        hint = "take the line `---` and what follows it away"
        return Problem("several-documents", "a second document begins here, a recipe is one", where, hint)
    if "found undefined alias" in reason:
        alias = reason.rsplit(" ", 1)[-1].strip("'")
        where = span(mark, error.problem_mark or mark, source) if mark else None
        return Problem("undefined-alias", f"there is no anchor `&{alias}` before this alias", where)
    glued = _glued_line(where)
    if glued is not None:
        return glued
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


def _cut_off(error: yaml.MarkedYAMLError, where: Location | None) -> Problem:
    opened = f", in what was opened in line {error.context_mark.line + 1}" if error.context_mark else ""
    hint = "a bracket, brace or quote is not closed"
    return Problem("cut-off", f"the file ends too early{opened}", where, hint)


def _indenting_tab(where: Location | None) -> Location | None:
    """Return the first tab in the indentation of the line that the error is on."""
    if where is None:
        return None
    text = where.source.line(where.line)
    column = text[: len(text) - len(text.lstrip())].find("\t")
    return None if column < 0 else Location(where.source, where.line, column + 1)


def _glued_line(where: Location | None) -> Problem | None:
    """Return the problem of a line like `epochs:3` just before or at the error, which YAML reads on as a text."""
    if where is None:
        return None
    for number in (where.line - 1, where.line):
        match = _GLUED_LINE.fullmatch(where.source.line(number))
        if match is not None:
            word = f"{match['key']}:{match['value']}"
            place = Location(where.source, number, match.start("key") + 1, len(word))
            message = f"`{word}` is read as one word: a space is missing after the colon"
            return Problem("missing-space", message, place, f"write `{match['key']}: {match['value']}`")
    return None
