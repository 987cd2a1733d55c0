"""How the report of `data preview` looks: small values in a table, long ones on lines of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from rich.text import Text

from archcli.cli.data_check_render import GAP, cut_cells
from archcli.cli.render import PLAIN_WIDTH, Column, print_pairs, print_table
from archcli.cli.sparkline import Marks, choose_marks, draw_sparkline

if TYPE_CHECKING:
    from rich.console import Console

    from archcli.commands.data_preview import PartPreview, PreviewReport
    from archcli.commands.preview_fields import Field

SMALL: Final = 16
"""Numbers of an example that fit into a cell."""

WORD_CELLS: Final = 18
"""Cells of a label or category in a table."""

LINE_CELLS: Final = 40
"""Cells of a line that is drawn, at most."""

WHOLE: Final = 256
"""Numbers of an example that `--json` writes out; of more it tells the shape and the range."""


def print_preview(report: PreviewReport, console: Console) -> None:
    """Print the examples of each part, and where their pictures are."""
    marks = choose_marks(console)
    for index, (name, part) in enumerate(report.parts.items()):
        if index:
            _print_line(console)
        count = f"{len(part.rows):,} of {part.examples:,}"
        _print_line(console, f"{name}: {count} example{'' if part.examples == 1 else 's'}", style="bold")
        titles = [report.names.name(row) for row in part.rows]
        small = [field for field in part.fields if _is_small(field)]
        if small:
            _print_small(small, titles, console, marks)
        for field in part.fields:
            if not _is_small(field):
                _print_large(field, titles, console, marks)
        if part.sheet is not None:
            _print_line(console, f"pictures: {part.sheet}")


def preview_report_data(report: PreviewReport, command: str) -> dict[str, object]:
    """Return a report as plain data for `--json`; `command` is what to type next."""
    return {
        "recipe": report.recipe,
        "folder": None if report.folder is None else str(report.folder),
        "parts": {name: _part_data(part) for name, part in report.parts.items()},
        "command": command,
    }


def _is_small(field: Field) -> bool:
    """Tell whether all of a column's values fit into the cells of a table."""
    if field.picture is not None or field.kind == "text":
        return False
    fits_raw = all(isinstance(value, str) or value.size == 1 for value in field.raw)
    fits_network = field.kind == "category" and field.role == "input"
    return fits_raw and (fits_network or all(value.size <= SMALL for value in field.network or ()))


def _print_small(fields: Sequence[Field], titles: Sequence[str], console: Console, marks: Marks) -> None:
    """Print a row for each column and a column for each example; as many examples at a time as fit."""
    names = [field.name if field.role == "input" else f"{field.name} (target)" for field in fields]
    cells = [[_write_small(field, index, marks) for index in range(len(titles))] for field in fields]
    heads = [cut_cells(title, WORD_CELLS, marks) for title in titles]
    widths = [max(cell_len(heads[i]), *(cell_len(row[i]) for row in cells)) for i in range(len(titles))]
    room = max(map(cell_len, names))
    for start, stop in _fit(widths, console.width - room if console.is_terminal else None):
        columns = [Column("column"), *(Column(head, "right") for head in heads[start:stop])]
        print_table(columns, [[name, *row[start:stop]] for name, row in zip(names, cells, strict=True)], console)


def _fit(widths: Sequence[int], room: int | None) -> Iterator[tuple[int, int]]:
    """Yield the bounds of as many columns as fit side by side into `room` cells, at least one; None: all do."""
    start = used = 0
    for index, width in enumerate(widths):
        used += width + GAP
        if room is not None and used > room and index > start:
            yield start, index
            start, used = index, width + GAP
    yield start, len(widths)


def _write_small(field: Field, index: int, marks: Marks) -> str:
    raw = field.raw[index]
    read = cut_cells(" ".join(raw.split()), WORD_CELLS, marks) if isinstance(raw, str) else _write_number(raw.item())
    if field.network is None:
        return read
    numbers = field.network[index].ravel().tolist()
    given = " ".join(map(_write_number, numbers))
    if len(numbers) > SMALL:  # a category among many is a 1 among zeros
        given = f"1 at {numbers.index(max(numbers))} of {len(numbers):,}"
    return read if given == read else f"{read or '-'} {marks.arrow} {given}"


def _print_large(field: Field, titles: Sequence[str], console: Console, marks: Marks) -> None:
    """Print what is read of each example, cut to the width, and what the network gets of it below.

    Of pictures, which are drawn elsewhere, it is only how large they are, and their range.
    """
    _print_line(console)
    use = f"{field.name} ({field.kind if field.role == 'input' else f'{field.kind}, target'})"
    if field.picture is not None:
        _print_line(console, f"{use}: {_write_pictures(field, marks)}")
        return
    _print_line(console, use)
    heads = [cut_cells(title, WORD_CELLS, marks) for title in titles]
    width = console.width if console.is_terminal else PLAIN_WIDTH
    room = max(8, width - max(map(cell_len, heads)) - 2)
    pairs = []
    for index, head in enumerate(heads):
        raw = field.raw[index]
        pairs.append((head, _write_large(raw, room, marks)))
        given = None if field.network is None else field.network[index]
        if given is not None and not _is_same(raw, given):
            pairs.append(("", cut_cells(f"{marks.arrow} {_write_network(given, raw)}", room, marks)))
    print_pairs(pairs, console)


def _write_pictures(field: Field, marks: Marks) -> str:
    """Write the shape of pictures and the range of all of them, as they are read and as the network gets them."""
    read, given = _write_range(field.raw), None if field.network is None else _write_range(field.network)
    shape = _write_shape(field.raw[0])
    if field.network is None or given is None:
        return f"{shape}, {read}"
    given_shape = _write_shape(field.network[0])
    if shape != given_shape:
        return f"{shape}, {read} {marks.arrow} {given_shape}, {given}"
    return f"{shape}, {read}" if read == given else f"{shape}, {read} {marks.arrow} {given}"


def _write_shape(numbers: Any) -> str:
    return " x ".join(map(str, numbers.shape))


def _write_range(arrays: Sequence[Any]) -> str:
    """Write the least and the most of all numbers; a NaN, which differs from itself, is none."""
    finite = [array for array in (whole[whole == whole] for whole in arrays) if array.size]  # noqa: PLR0124
    if not finite:
        return "nothing"
    low, high = min(array.min().item() for array in finite), max(array.max().item() for array in finite)
    return f"{_write_number(low)} to {_write_number(high)}"


def _write_large(raw: Any, room: int, marks: Marks) -> str:
    """Write a text in one line, numbers in order as a line that is drawn, and anything else by its shape and range."""
    if isinstance(raw, str):
        return cut_cells(" ".join(raw.split()) if raw.strip() else "(empty)", room, marks)
    if raw.dtype.kind in "iu" and raw.ndim == 1:
        return cut_cells(_write_network(raw, raw), room, marks)
    if raw.ndim > 2:
        return cut_cells(f"{_write_shape(raw)}, {_write_range([raw])}", room, marks)
    lines = [raw] if raw.ndim == 1 else list(raw.T)
    drawn = []
    for line in lines[:4]:
        numbers = _without_end([float(number) for number in line.tolist()])
        told = f" {_write_span(numbers)}"
        cells = max(4, min(LINE_CELLS, room // len(lines[:4]) - cell_len(told) - 2))
        drawn.append(draw_sparkline(numbers, width=cells, marks=marks) + told)
    return "  ".join(drawn)


def _without_end(numbers: list[float]) -> list[float]:
    """Leave out what follows the end of a sequence: numbers that are none."""
    end = len(numbers)
    while end and numbers[end - 1] != numbers[end - 1]:
        end -= 1
    return numbers[:end]


def _write_span(numbers: Sequence[float]) -> str:
    finite = [number for number in numbers if not math.isnan(number)]
    if not finite:
        return "(empty)"
    return f"{_write_number(min(finite))} to {_write_number(max(finite))}, {len(numbers):,} steps"


def _write_network(given: Any, raw: Any) -> str:
    """Write what the network gets: its numbers where they are few or indices in a row, else the range of all."""
    if given.ndim == 1 and given.dtype.kind in "iu":
        return " ".join(str(number) for number in given.tolist())
    if given.ndim < 2 and given.size <= SMALL:
        return " ".join(_write_number(number) for number in given.ravel().tolist())
    told = _write_range([given])
    return told if not isinstance(raw, str) and given.shape == raw.shape else f"{_write_shape(given)}, {told}"


def _is_same(raw: Any, given: Any) -> bool:
    return not isinstance(raw, str) and raw.shape == given.shape and bool((raw == given).all())


def _write_number(number: float) -> str:
    """Write a number with up to four digits that tell; one that is not there is a dash."""
    if math.isnan(number):
        return "-"
    return f"{number:.4g}" if abs(number) < 1e4 or number != round(number) else f"{number:.0f}"


def _print_line(console: Console, text: str = "", *, style: str = "") -> None:
    console.print(Text(text, style=style), soft_wrap=not console.is_terminal)


def _part_data(part: PartPreview) -> dict[str, object]:
    return {
        "examples": part.examples,
        "pictures": None if part.sheet is None else str(part.sheet),
        "shown": [
            {
                "row": row,
                "columns": [
                    {
                        "column": field.name,
                        "role": field.role,
                        "type": field.kind,
                        "raw": _value_data(field.raw[index]),
                        "network": None if field.network is None else _value_data(field.network[index]),
                    }
                    for field in part.fields
                ],
            }
            for index, row in enumerate(part.rows)
        ],
    }


def _value_data(value: Any) -> object:
    """Return a text or numbers as plain data; of many numbers their shape and range."""
    if isinstance(value, str):
        return value
    if value.size <= WHOLE:
        return value.tolist()
    return {"shape": list(value.shape), "minimum": value.min().item(), "maximum": value.max().item()}
