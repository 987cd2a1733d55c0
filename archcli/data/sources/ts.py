"""A `.ts` file of the UEA and UCR archives: time series, perhaps of several dimensions and of unequal lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.records import RecordTable
from archcli.data.sources.text_lines import in_parts, stream_lines
from archcli.data.table import ArrayTable
from archcli.data.windows import read_time
from archcli.errors import DataError, Location, Problem
from archcli.recipe.features import TS_CLASS, TS_ELAPSED, TS_VALUES
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.ts_header import TsHeader, locate_in_line, parse_ts_header, split_line

_SHOWN: Final = 10
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MEND: Final = "correct the line, or leave it out"
_PAIR: Final = re.compile(r",(?![^()]*\))")
"""A comma that stands between two pairs, and not in one."""

_MISSING: Final = ("?", "NaN", "nan")


@dataclass
class _Read:
    """What was read so far, and what is wrong."""

    values: list[NDArray[np.float32]] = field(default_factory=list)
    elapsed: list[NDArray[np.float32]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _WrongError(Exception):
    """Something is wrong with a line.

    Attributes:
        message: What.
        start: Where in the line, from 0.
        stop: Before where; None: the end.
        hint: How it may be mended.
    """

    def __init__(self, message: str, start: int = 0, stop: int | None = None, hint: str | None = None) -> None:
        """Say what is wrong, and where."""
        super().__init__(message)
        self.message, self.start, self.stop, self.hint = message, start, stop, hint


def open_ts(path: Path, columns: Sequence[str], *, location: Location | None = None) -> RecordTable:
    """Read a `.ts` file, of which the `columns` are asked, all of which it has.

    Values that are missing are NaN. Where a time stands beside each value, the values are taken in their order,
    whatever lies between them; `elapsed` holds how long after the first each is, in seconds where times are dates.

    Raises:
        DataError: The file cannot be read, a line has too few or too many dimensions, the dimensions of an example
            differ in length or in their times, a value is no number, a time is none or not after the one before, or a
            class is not among those of the head.
    """
    return next(open_ts_in_parts(path, columns, rows=None, location=location))


def open_ts_in_parts(
    path: Path, columns: Sequence[str], *, rows: int | None, location: Location | None = None
) -> Iterator[RecordTable]:
    """Read a `.ts` file as `open_ts` does, at most `rows` examples at a time; None: all at once.

    Raises:
        DataError: As `open_ts`; what is wrong with a line when its part is reached.
    """
    header = parse_ts_header(path, (line for _, line in stream_lines(path, location=location)))
    below = (
        (number, line)
        for number, line in stream_lines(path, location=location)
        if number > header.line and line.strip() and not line.lstrip().startswith("#")
    )
    row = 1
    for lines in in_parts(below, rows):
        read = _read_lines(path, lines, header)
        arrays: dict[str, NDArray[np.generic]] = {}
        if header.label is not None:
            arrays[header.label] = np.array(read.labels) if header.label == TS_CLASS else _as_numbers(read.labels)
        steps = {column: _take(read, column) for column in columns if column not in arrays}
        table = ArrayTable(path.name, "column", arrays, len(read.lines), location, first_row=row)
        yield RecordTable(table, path, steps, read.lines)
        row += len(lines)


def _read_lines(path: Path, lines: Sequence[tuple[int, str]], header: TsHeader) -> _Read:
    """Read examples, all that are wrong being told together."""
    read = _Read()
    for number, line in lines:
        try:
            _read_line(line, number, header, read)
        except _WrongError as wrong:
            where = locate_in_line(path, number, line, wrong.start, wrong.stop)
            read.problems.append(Problem("not-a-ts", f"line {number}: {wrong.message}", where, wrong.hint or _MEND))
    if read.problems:
        surplus = len(read.problems) - _SHOWN
        more = [Problem("more-problems", f"{surplus} more lines of `{path.name}` are wrong")] if surplus > 0 else []
        raise DataError(*read.problems[:_SHOWN], *more)
    return read


def _read_line(line: str, number: int, header: TsHeader, read: _Read) -> None:
    """Read one example, `(steps, dimensions)`.

    Raises:
        _WrongError: The first thing that is wrong with it.
    """
    parts = split_line(line)
    label = parts.pop().strip() if header.label is not None else ""
    if len(parts) != header.dimensions:
        asked = " and the label" if header.label is not None else ""
        raise _WrongError(f"expected {header.dimensions} dimensions{asked} between colons, found {len(parts)}")
    steps = [_PAIR.split(part) if header.has_times else part.split(",") for part in parts]
    if len({len(dimension) for dimension in steps}) > 1:
        found = ", ".join(str(len(dimension)) for dimension in steps)
        raise _WrongError(f"the dimensions have {found} values, expected as many in each")
    at = line.rindex(":") + 1 if header.label is not None else len(line)
    if header.classes is not None and label not in header.classes:
        hint = did_you_mean(label, header.classes)
        raise _WrongError(f"the head names no class `{label}`", at, hint=hint)
    if header.has_target and header.classes is None and _NUMBER.fullmatch(label) is None:
        raise _WrongError(f"expected a number to be learned, found `{label}`", at)
    start = len(line) - len(line.lstrip())
    dimensions: list[list[float]] = []
    times: list[float] | None = None
    for dimension in steps:
        own, numbers = _read_pairs(dimension, start) if header.has_times else ([], _read_numbers(dimension, start))
        if times is not None and own != times:
            message = "the dimensions have values at different times, expected the same times in each"
            raise _WrongError(message, start, hint="give each a value, or `?`, at each time")
        times = own
        dimensions.append(numbers)
        start += sum(len(text) + 1 for text in dimension)
    read.values.append(np.array(dimensions, np.float32).T)
    if header.has_times and times:
        read.elapsed.append(np.array([[time - times[0]] for time in times], np.float32))
    read.labels.append(label)
    read.lines.append(number)


def _read_numbers(texts: Sequence[str], start: int) -> list[float]:
    """Read the values of a dimension, which begins at `start` of the line."""
    numbers: list[float] = []
    for text in texts:
        value = _number(text.strip())
        if value is None:
            message = f"expected a number, or `?` where it is missing, found `{text}`"
            raise _WrongError(message, start, start + len(text))
        numbers.append(value)
        start += len(text) + 1
    return numbers


def _read_pairs(texts: Sequence[str], start: int) -> tuple[list[float], list[float]]:
    """Read the times and the values of a dimension: `(time,value)` each."""
    times: list[float] = []
    numbers: list[float] = []
    for text in texts:
        stop = start + len(text)
        pair = text.strip()
        time_text, comma, value_text = pair[1:-1].rpartition(",")
        if not (pair.startswith("(") and pair.endswith(")") and comma):
            raise _WrongError(f"expected a time and a value in brackets, `(time,value)`, found `{text}`", start, stop)
        time, value = read_time(time_text.strip()), _number(value_text.strip())
        if time is None or not np.isfinite(time):
            found = f"expected a number or a time such as `2024-05-31 14:00`, found `{time_text}`"
            raise _WrongError(found, start, stop)
        if value is None:
            message = f"expected a number, or `?` where it is missing, found `{value_text}`"
            raise _WrongError(message, start, stop)
        if times and time <= times[-1]:
            raise _WrongError(f"the time `{time_text}` is not after the one before it", start, stop)
        times.append(time)
        numbers.append(value)
        start = stop + 1
    return times, numbers


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


def _take(read: _Read, column: str) -> list[NDArray[np.float32]]:
    """Return all dimensions, the time that has gone by, or the dimension that a column is called after."""
    if column == TS_VALUES:
        return read.values
    if column == TS_ELAPSED:
        return read.elapsed
    dimension = int(column.removeprefix("dim_"))
    return [one[:, dimension : dimension + 1] for one in read.values]
