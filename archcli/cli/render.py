"""How problems and reports look: the only module that decides what results look like on a screen or in a pipe.

On a terminal lines are wrapped and coloured. Anywhere else they are plain text that does not depend on a width, so
that it can be compared, grepped and cut. `NO_COLOR` is Rich's to heed.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archcli.errors import Location, Problem

PLAIN_WIDTH = 100
"""Cells in which a source line is shown where there is no terminal to ask."""

_SMALLEST_ROOM = 12
_GAP = 2
_JOINERS = "\u200c\u200d"  # format characters that emoji and some scripts are made with
_GUTTER_STYLE = "blue"
_CULPRIT_STYLE = "bold red"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        title: What stands above it.
        align: `right` for numbers.
    """

    title: str
    align: Literal["left", "right"] = "left"


def open_console(*, stderr: bool = False) -> Console:
    """Return a console that shows text as it is: no markup, no emoji codes, no guessed highlights."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def print_problems(problems: Sequence[Problem], console: Console) -> None:
    """Show all `problems`, in the order given, a blank line between them, and a closing line that counts them."""
    width = console.width if console.is_terminal else PLAIN_WIDTH
    for problem in problems:
        _print_text(render_problem(problem, width=width), console)
        _print_text(Text(), console)
    _print_text(Text(_closing_line(problems), style="dim"), console)


def plain_problems(problems: Sequence[Problem]) -> str:
    """Return what `print_problems` writes where there is no terminal; it ends in a newline."""
    shown = [render_problem(problem).plain + "\n\n" for problem in problems]
    return "".join(shown) + _closing_line(problems) + "\n"


def render_problem(problem: Problem, *, width: int = PLAIN_WIDTH) -> Text:
    """Return `problem` as text: code and message, the place with its source line underlined, the hint.

    Args:
        problem: Where its location's source has no text, only the place is named.
        width: Cells in a row, from 20: a longer source line is cut around what is underlined. The message, the place
            and the hint are not cut.

    Returns:
        Lines without a newline at the end.
    """
    rows = [
        Text.assemble((f"error[{problem.code}]", _CULPRIT_STYLE), (f": {escape_controls(problem.message)}", "bold"))
    ]
    if problem.location is not None:
        rows += _render_location(problem.location, width=width)
    if problem.hint is not None:
        rows.append(Text.assemble(("hint:", "cyan"), f" {escape_controls(problem.hint)}"))
    return Text("\n").join(rows)


def escape_controls(text: str) -> str:
    r"""Return `text` with everything that would move the cursor, or hide, written out: `\n`, `\x1b`, `\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written_out(character) for character in text)


def print_pairs(pairs: Iterable[tuple[str, str]], console: Console) -> None:
    """Print names and values, one pair a line, the values aligned; on a terminal a long value hangs under itself."""
    shown = [(escape_controls(name), escape_controls(value)) for name, value in pairs]
    name_width = max((cell_len(name) for name, _ in shown), default=0)
    for name, value in shown:
        lead = name + " " * (name_width - cell_len(name) + 2)
        for row in _hang(value, lead_width=cell_len(lead), console=console):
            _print_text(Text.assemble((lead, "bold"), row), console)
            lead = " " * cell_len(lead)


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], console: Console) -> None:
    """Print a table: Rich's on a terminal; elsewhere aligned columns two spaces apart, never wrapped.

    Args:
        columns: What stands above each column, and how it is aligned.
        rows: As many cells each as there are columns.
        console: Where to.
    """
    cells = [[escape_controls(cell) for cell in row] for row in rows]
    if console.is_terminal:
        _print_rich_table(columns, cells, console)
        return
    table = [[column.title for column in columns], *cells]
    widths = [max(cell_len(row[index]) for row in table) for index in range(len(columns))]
    for row in table:
        padded = [_pad(cell, width, column) for cell, width, column in zip(row, widths, columns, strict=True)]
        _print_text(Text("  ".join(padded).rstrip()), console)


def print_fitting_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], console: Console) -> None:
    """Print a table; on a terminal too narrow for it the first cell of each row, and below it the others by name."""
    table = [[column.title for column in columns], *rows]
    width = sum(max(cell_len(row[index]) for row in table) + _GAP for index in range(len(columns)))
    if not console.is_terminal or width <= console.width:
        print_table(columns, rows, console)
        return
    for row in rows:
        print_pairs([(f"{columns[0].title} {row[0]}", "")], console)
        named = zip(columns[1:], row[1:], strict=True)
        print_pairs([(f"  {column.title}", cell) for column, cell in named if cell], console)


def print_json(value: object, console: Console) -> None:
    """Print `value` as JSON, indented, in ASCII whatever the encoding of the pipe; what is not finite is null."""
    console.file.write(json.dumps(_finite(value), indent=2, allow_nan=False) + "\n")
    console.file.flush()


def _render_location(location: Location, *, width: int) -> list[Text]:
    number = str(location.line)
    margin = " " * len(number)
    place = f"{escape_controls(location.source.name)}:{location.line}:{location.column}"
    rows = [Text.assemble((f"{margin}--> ", _GUTTER_STYLE), place)]
    if not location.source.text:
        return rows
    room = max(_SMALLEST_ROOM, width - len(number) - 3)
    source_line = location.source.line(location.line)
    shown, lead, carets = _excerpt(source_line, location, room=room)
    rows.append(Text(f"{margin} |", style=_GUTTER_STYLE))
    rows.append(Text.assemble((f"{number} |", _GUTTER_STYLE), f" {shown}".rstrip()))
    rows.append(Text.assemble((f"{margin} |", _GUTTER_STYLE), " " * (lead + 1), ("^" * carets, _CULPRIT_STYLE)))
    return rows


def _excerpt(line: str, location: Location, *, room: int) -> tuple[str, int, int]:
    """Return the part of `line` that fits `room` cells, the cells before the culprit, and the culprit's cells."""
    start = min(location.column - 1, len(line))
    stop = min(start + location.length, len(line))
    # A line may be megabytes long: what is farther away than `room` characters is never looked at.
    before = escape_controls(line[max(0, start - room) : start])
    culprit = escape_controls(line[start:stop][: room + 1])
    after = escape_controls(line[stop : stop + room])
    if start > room or cell_len(before) + cell_len(culprit) + cell_len(after) > room:
        if start > room or cell_len(before) > room // 2:
            before = "…" + _last_cells(before, room // 2 - 1)
        rest = culprit + after
        if cell_len(before) + cell_len(rest) > room:
            rest = _first_cells(rest, room - cell_len(before) - 1) + "…"
    else:
        rest = culprit + after
    lead = cell_len(before)
    return before + rest, lead, max(1, min(cell_len(culprit), room - lead))


def _first_cells(text: str, cells: int) -> str:
    """Return the longest beginning of `text` that is at most `cells` wide."""
    end = min(len(text), cells)
    while cell_len(text[:end]) > cells:
        end -= 1
    return text[:end]


def _last_cells(text: str, cells: int) -> str:
    """Return the longest ending of `text` that is at most `cells` wide."""
    start = max(0, len(text) - cells)
    while cell_len(text[start:]) > cells:
        start += 1
    return text[start:]


def _written_out(character: str) -> str:
    if character == "\t":
        return " "
    category = unicodedata.category(character)
    if category in {"Cc", "Cs", "Zl", "Zp"} or (category == "Cf" and character not in _JOINERS):
        return character.encode("unicode_escape").decode("ascii")
    return character


def _closing_line(problems: Sequence[Problem]) -> str:
    count = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
    sources = {problem.location.source.name for problem in problems if problem.location is not None}
    place = f" in {escape_controls(sources.pop())}" if len(sources) == 1 else ""
    codes = {problem.code for problem in problems}
    return f"{count}{place}; for more: archcli explain {codes.pop() if len(codes) == 1 else 'CODE'}"


def _print_text(text: Text, console: Console) -> None:
    console.print(text, soft_wrap=not console.is_terminal)


def _hang(value: str, *, lead_width: int, console: Console) -> list[str]:
    """Return `value` in rows that fit beside a lead of `lead_width` cells; one row where there is no terminal."""
    if not console.is_terminal:
        return [value]
    room = max(_SMALLEST_ROOM, console.width - lead_width)
    return [row.plain.rstrip() for row in Text(value).wrap(console, room)] or [""]


def _pad(cell: str, width: int, column: Column) -> str:
    gap = " " * (width - cell_len(cell))
    return gap + cell if column.align == "right" else cell + gap


def _print_rich_table(columns: Sequence[Column], rows: Iterable[Sequence[str]], console: Console) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        table.add_column(column.title, justify=column.align, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _finite(value: object) -> object:
    """Return `value` with null for each number that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def problem_data(problem: Problem) -> dict[str, object]:
    """Return `problem` as plain data for `--json`; lines and columns count from 1."""
    where = problem.location
    return {
        "code": problem.code,
        "message": problem.message,
        "file": None if where is None else where.source.name,
        "line": None if where is None else where.line,
        "column": None if where is None else where.column,
        "length": None if where is None else where.length,
        "hint": problem.hint,
    }
