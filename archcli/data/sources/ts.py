"""A `.ts` file of the UEA and UCR archives: time series, perhaps of several dimensions and of unequal lengths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.records import RecordTable
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.features import TS_CLASS, TS_VALUES
from archcli.recipe.headers import read_text
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.ts_header import TsHeader, locate_in_line, parse_ts_header

_SHOWN: Final = 10
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MISSING: Final = ("?", "NaN", "nan")


@dataclass
class _Read:
    """What was read so far, and what is wrong."""

    values: list[NDArray[np.float32]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def open_ts(path: Path, columns: Sequence[str], *, location: Location | None = None) -> RecordTable:
    """Read a `.ts` file, of which the `columns` are asked, all of which it has.

    Values that are missing are NaN.

    Raises:
        DataError: The file cannot be read, a line has too few or too many dimensions, the dimensions of an example
            differ in length, a value is no number, or a class is not among those of the head.
    """
    lines = read_text(path, location=location).split("\n")
    header = parse_ts_header(path, lines)
    read = _Read()
    for number, line in enumerate(lines[header.line :], start=header.line + 1):
        if line.strip() and not line.lstrip().startswith("#"):
            _read_line(line.rstrip("\r"), number, header, read)
    if read.problems:
        surplus = len(read.problems) - _SHOWN
        more = [Problem("more-problems", f"{surplus} more lines of `{path.name}` are wrong")] if surplus > 0 else []
        raise DataError(*read.problems[:_SHOWN], *more)
    arrays: dict[str, NDArray[np.generic]] = {}
    if header.label is not None:
        arrays[header.label] = np.array(read.labels) if header.label == TS_CLASS else _as_numbers(read.labels)
    steps = {column: _take(read.values, column) for column in columns if column not in arrays}
    return RecordTable(ArrayTable(path.name, "column", arrays, len(read.lines), location), path, steps, read.lines)


def _read_line(line: str, number: int, header: TsHeader, read: _Read) -> None:
    """Read one example, `(steps, dimensions)`; the first thing that is wrong with it is noted."""
    parts = line.strip().split(":")
    label = parts.pop().strip() if header.label is not None else ""

    def note(message: str, start: int = 0, stop: int | None = None, hint: str | None = None) -> None:
        where = locate_in_line(header.path, number, line, start, stop)
        read.problems.append(Problem("not-a-ts", f"line {number}: {message}", where, hint))

    if len(parts) != header.dimensions:
        asked = " and the label" if header.label is not None else ""
        note(f"expected {header.dimensions} dimensions{asked} between colons, found {len(parts)}")
        return
    lengths = {part.count(",") for part in parts}
    if len(lengths) > 1:
        found = ", ".join(str(part.count(",") + 1) for part in parts)
        note(f"the dimensions have {found} values, expected as many in each")
        return
    at = line.rindex(":") + 1 if header.label is not None else len(line)
    if header.classes is not None and label not in header.classes:
        hint = did_you_mean(label, header.classes)
        note(f"the head names no class `{label}`", at, hint=hint)
        return
    if header.has_target and header.classes is None and _NUMBER.fullmatch(label) is None:
        note(f"expected a number to be learned, found `{label}`", at)
        return
    dimensions: list[list[float]] = []
    start = len(line) - len(line.lstrip())
    for part in parts:
        numbers: list[float] = []
        for text in part.split(","):
            value = _number(text.strip())
            if value is None:
                note(f"expected a number, or `?` where it is missing, found `{text}`", start, start + len(text))
                return
            numbers.append(value)
            start += len(text) + 1
        dimensions.append(numbers)
    read.values.append(np.array(dimensions, np.float32).T)
    read.labels.append(label)
    read.lines.append(number)


def _number(text: str) -> float | None:
    """Return a number, NaN where it says that it is missing, None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return float("nan") if text in _MISSING else None
    if value != value:  # noqa: PLR0124 -- NaN alone
        return value
    return value if abs(value) < np.finfo(np.float32).max and "_" not in text else None


def _as_numbers(labels: Sequence[str]) -> NDArray[np.float32]:
    return np.array([float(label) for label in labels], np.float32)


def _take(values: Sequence[NDArray[np.float32]], column: str) -> list[NDArray[np.float32]]:
    """Return all dimensions, or the one that a column is called after."""
    if column == TS_VALUES:
        return list(values)
    dimension = int(column.removeprefix("dim_"))
    return [one[:, dimension : dimension + 1] for one in values]
