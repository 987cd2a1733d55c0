"""A text file with one example a line: a label, a tab, and the text; or texts alone."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from archcli.data.records import RecordTable
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.features import LINE_LABEL, LINE_TEXT
from archcli.recipe.headers import read_text
from archcli.recipe.ts_header import locate_in_line

_SHOWN: Final = 10


def open_lines(path: Path, *, location: Location | None = None) -> RecordTable:
    """Read a file of lines: what stands before the first tab is the label, all after it the text.

    Empty lines do not count. Where no line has a tab, all are texts without labels.

    Raises:
        DataError: The file cannot be read, has no line, or some of its lines have no label.
    """
    lines = [
        (number, line.removesuffix("\r"))
        for number, line in enumerate(read_text(path, location=location).split("\n"), start=1)
        if line.strip()
    ]
    if not lines:
        raise DataError(Problem("no-rows", f"`{path.name}` holds nothing but blanks, expected examples", location))
    numbers = [number for number, _ in lines]
    parts = [line.partition("\t") for _, line in lines]
    if not any(tab for _, tab, _ in parts):
        texts = np.array([line for _, line in lines], np.object_)
        return RecordTable(ArrayTable(path.name, "column", {LINE_TEXT: texts}, len(lines), location), path, {}, numbers)
    unlabelled = [line for line, (_, tab, _) in zip(lines, parts, strict=True) if not tab]
    if unlabelled:
        raise DataError(*_describe(path, unlabelled))
    arrays = {
        LINE_LABEL: np.array([label for label, _, _ in parts]),
        LINE_TEXT: np.array([text for _, _, text in parts], np.object_),
    }
    return RecordTable(ArrayTable(path.name, "column", arrays, len(lines), location), path, {}, numbers)


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
