"""A text file with one example a line: a label, a tab, and the text; or texts alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.records import RecordTable
from archcli.data.sources.text_lines import in_parts, stream_lines
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.features import LINE_LABEL, LINE_TEXT
from archcli.recipe.own_columns import has_labels
from archcli.recipe.ts_header import locate_in_line

_SHOWN: Final = 10


def open_lines(path: Path, *, location: Location | None = None) -> RecordTable:
    """Read a file of lines: what stands before the first tab is the label, all after it the text.

    Empty lines do not count. Where no line has a tab, all are texts without labels.

    Raises:
        DataError: The file cannot be read, has no line, or some of its lines have no label.
    """
    return next(open_lines_in_parts(path, rows=None, location=location))


def open_lines_in_parts(path: Path, *, rows: int | None, location: Location | None = None) -> Iterator[RecordTable]:
    """Read a file of lines as `open_lines` does, at most `rows` of them at a time; None: all at once.

    Raises:
        DataError: As `open_lines`; what is wrong with a line when its part is reached.
    """
    lines = ((number, line) for number, line in stream_lines(path, location=location) if line.strip())
    labelled, row = None, 1
    for part in in_parts(lines, rows):
        labelled = has_labels(path) if labelled is None else labelled
        numbers, texts = [number for number, _ in part], [line for _, line in part]
        arrays = _divide(path, part) if labelled else {LINE_TEXT: np.array(texts, np.object_)}
        table = ArrayTable(path.name, "column", arrays, len(part), location, first_row=row)
        yield RecordTable(table, path, {}, numbers)
        row += len(part)
    if row == 1:
        raise DataError(Problem("no-rows", f"`{path.name}` holds nothing but blanks, expected examples", location))


def _divide(path: Path, lines: list[tuple[int, str]]) -> dict[str, NDArray[Any]]:
    """Return labels and texts, all of which must be there."""
    parts = [line.partition("\t") for _, line in lines]
    unlabelled = [line for line, (_, tab, _) in zip(lines, parts, strict=True) if not tab]
    if unlabelled:
        raise DataError(*_describe(path, unlabelled))
    labels, texts = [label for label, _, _ in parts], [text for _, _, text in parts]
    return {LINE_LABEL: np.array(labels), LINE_TEXT: np.array(texts, np.object_)}


def _describe(path: Path, lines: list[tuple[int, str]]) -> list[Problem]:
    problems = [
        Problem(
            "no-label",
            f"line {number} has no tab, expected a label, a tab, and the text",
            locate_in_line(path, number, line),
            "put the label and a tab before it, or leave the line out",
        )
        for number, line in lines[:_SHOWN]
    ]
    if len(lines) > _SHOWN:
        problems.append(Problem("more-problems", f"{len(lines) - _SHOWN} more lines of `{path.name}` have no label"))
    return problems
