"""JSON lines: an object for each example, its values numbers, texts, or nested lists of numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import find_missing, number_fault
from archcli.data.faults import CellFault, Faults
from archcli.data.groups import find_empty_sequences
from archcli.data.questions.lines import Line, Skip, read_lines, report
from archcli.data.questions.texts import not_utf8
from archcli.data.table import ClassNumbers, Numbers
from archcli.data.texts import Labels
from archcli.errors import Location, Problem, Source
from archcli.recipe.facts import InputFacts

_LARGEST: Final = float(np.finfo(np.float32).max)


@dataclass(frozen=True, eq=False)
class JsonTable:
    """Some lines of JSON.

    Attributes:
        name: What messages call the file.
        lines: The line that each example stands on.
        objects: What each says.
        rows: The number of each example, from 1.
        folder: Where the files are that its texts name.
        leaves: What the model reads, by its first column: tells what shape lists of numbers must have.
    """

    name: str
    lines: Sequence[Line]
    objects: Sequence[Mapping[str, Any]]
    rows: NDArray[np.int64]
    folder: Path
    leaves: Mapping[str, InputFacts]

    noun: str = "key"

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return len(self.objects)

    def row_number(self, row: int) -> int:
        """Return the number in the file of an example of this table, both from 1."""
        return int(self.rows[row - 1])

    def slice(self, start: int, stop: int) -> JsonTable:
        """Return the examples from `start`, from 0, up to `stop`."""
        return replace(self, lines=self.lines[start:stop], objects=self.objects[start:stop], rows=self.rows[start:stop])

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read numbers, or lists of them that are as long as the model's, or may differ in length."""
        leaf = self.leaves.get(column)
        is_alone = leaf is not None and len(leaf.columns) == 1
        shape = leaf.shape if leaf is not None and is_alone else ()
        values = [given.get(column) for given in self.objects]
        if shape in {(), (1,)}:
            return self._plain_numbers(column, values, faults, may_miss=may_miss)
        padding = leaf.raw_padding if leaf is not None else None
        return self._arrays(column, values, shape, faults, padding=padding, may_miss=may_miss)

    def windows(
        self, columns: Sequence[str], faults: Faults, *, first: int, length: int, may_miss: bool = False
    ) -> Numbers:
        """Read the last values of a series before each point, `(examples, length, columns)`: a list a column."""
        del first
        values = [
            self._arrays(column, [given.get(column) for given in self.objects], (length,), faults, may_miss=may_miss)
            for column in columns
        ]
        return np.stack(values, axis=-1)

    def sequences(self, columns: Sequence[str], faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read numbers at each step, `(examples, longest, columns)`: a list a column; NaN after the end of each."""
        lists = [[given.get(column) for given in self.objects] for column in columns]
        lengths = [{len(value) for value in values if isinstance(value, list)} for values in zip(*lists, strict=True)]
        uneven = [row for row, found in enumerate(lengths, start=1) if len(found) > 1]
        read = [
            self._arrays(column, values, (None,), faults, padding=np.nan, may_miss=may_miss)
            for column, values in zip(columns, lists, strict=True)
        ]
        cells = [self._fault(row, columns[0], "wrong-shape", "expected lists of one length") for row in uneven]
        faults.add_cells(columns[0], cells, count=len(cells))
        longest = max(array.shape[1] for array in read)
        padded = np.stack([_extend(array, longest) for array in read], axis=-1)
        if may_miss:
            find_empty_sequences(padded, columns, self.noun, range(1, 1 + self.examples), faults)
        return padded

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read texts; what is a number, true or false is taken as JSON writes it."""
        texts: list[str] = []
        wrong: list[CellFault] = []
        for row, given in enumerate(self.objects, start=1):
            value = given.get(column)
            if isinstance(value, (list, dict)):
                wrong.append(self._fault(row, column, "wrong-dtype", f"expected a text, found {_kind(value)}"))
                value = "?"
            texts.append(value if isinstance(value, str) else "" if value is None else json.dumps(value))
        if wrong:
            faults.add_cells(column, wrong, count=len(wrong))
        if not may_miss:
            find_missing(texts, column, self.noun, "text", faults)
        return texts

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read labels, as texts."""
        return self.texts(column, faults)

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return None: a value is one label."""

    def padding(self, column: str) -> float | None:
        """Return what stands after the end of a short list."""
        leaf = self.leaves.get(column)
        return None if leaf is None else leaf.raw_padding

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the lines of cells, and where the value stands in it if it stands there once."""
        return {(row, column): _locate(self.name, self.lines[row - 1], column) for row, column in cells}

    def _plain_numbers(self, column: str, values: Sequence[Any], faults: Faults, *, may_miss: bool) -> Numbers:
        numbers = np.full(len(values), np.nan, np.float32)
        wrong: list[CellFault] = []
        for row, given in enumerate(values, start=1):
            value = given[0] if isinstance(given, list) and len(given) == 1 else given
            if _is_number(value) and abs(value) <= _LARGEST:
                numbers[row - 1] = value
            elif _is_missing(value):
                if not may_miss:
                    wrong.append(number_fault(row, column, self.noun, "null", float("nan")))
            else:
                found = value if isinstance(value, str) else json.dumps(value)
                number = float(min(max(value, -1e308), 1e308)) if _is_number(value) else None
                wrong.append(number_fault(row, column, self.noun, found[:40], number))
        faults.add_cells(column, wrong, count=len(wrong))
        return numbers

    def _arrays(
        self,
        column: str,
        values: Sequence[Any],
        shape: tuple[int | None, ...],
        faults: Faults,
        *,
        padding: float | None = None,
        may_miss: bool = False,
    ) -> Numbers:
        """Read nested lists of numbers; where the first axis is None, they are padded to the longest."""
        read: list[Numbers | None] = []
        wrong: list[CellFault] = []
        for row, value in enumerate(values, start=1):
            array, reason = _read_array(value, shape, may_miss=may_miss)
            if reason is not None:
                code = "missing-value" if value is None else "wrong-shape" if array is not None else "not-a-number"
                wrong.append(self._fault(row, column, code, reason))
            read.append(array if reason is None else None)
        faults.add_cells(column, wrong, count=len(wrong))
        longest = max((len(array) for array in read if array is not None), default=shape[0] or 1)
        whole = (longest, *(size or 1 for size in shape[1:]))
        numbers = np.full((len(values), *whole), 0 if padding is None else padding, np.float32)
        for place, array in zip(numbers, read, strict=True):
            if array is not None:
                place[: len(array)] = array
        return numbers

    def _fault(self, row: int, column: str, code: str, reason: str) -> CellFault:
        return CellFault(code, row, column, f"row {row} of {self.noun} `{column}`: {reason}")


def open_json_lines(
    stream: Any, name: str, leaves: Sequence[InputFacts], *, folder: Path, rows: int, skip: Skip | None
) -> Iterator[JsonTable]:
    """Read lines of JSON; blank ones do not count.

    Args:
        stream: A buffered stream of bytes.
        name: What messages call it.
        leaves: What the model reads.
        folder: Where the files are that texts name.
        rows: How many come at once at most.
        skip: Takes each line that is no object, which is left out; None: it is raised.

    Raises:
        DataError: A line is no JSON object, or no UTF-8, and there is no `skip`.
    """
    shapes = {leaf.columns[0]: leaf for leaf in leaves}
    row = 0
    for lines in read_lines(stream, rows=rows):
        kept: list[Line] = []
        objects: list[Mapping[str, Any]] = []
        numbers: list[int] = []
        wrong: list[tuple[int, Problem]] = []
        for line in lines:
            row += 1
            found = _parse(row, line, name)
            if isinstance(found, Problem):
                wrong.append((row, found))
            else:
                kept.append(line)
                objects.append(found)
                numbers.append(row)
        report(wrong, skip)
        if objects:
            yield JsonTable(name, kept, objects, np.array(numbers), folder, shapes)


def _parse(row: int, line: Line, name: str) -> Mapping[str, Any] | Problem:
    number, data = line
    try:
        text = data.decode()
        value = json.loads(text)
    except UnicodeDecodeError:
        return not_utf8(row, number, data, name)
    except json.JSONDecodeError as error:
        place = Location(Source(name, text, number), number, min(error.colno, max(1, len(text))))
        return Problem("not-json", f"row {row} is no JSON: {error.msg[:1].lower()}{error.msg[1:]}", place)
    except RecursionError:
        return Problem("not-json", f"row {row} is no JSON that can be read: lists in lists without end")
    if isinstance(value, dict):
        return value
    place = Location(Source(name, text, number), number, 1, len(text))
    hint = 'write each example as `{"column": value, ...}` on a line of its own'
    return Problem("not-json", f"row {row}: expected an object, found {_kind(value)}", place, hint)


def _read_array(value: Any, shape: tuple[int | None, ...], *, may_miss: bool) -> tuple[Numbers | None, str | None]:
    """Read nested lists; return what was read, and what is wrong with it, None where nothing is."""
    wanted = "x".join("?" if size is None else str(size) for size in shape)
    if value is None:
        return None, f"is missing, expected {wanted} numbers"
    try:
        array = np.array(_without_nulls(value) if may_miss else value, np.float64)
    except (OverflowError, TypeError, ValueError):
        return None, f"expected {wanted} numbers in lists, found something else in them, or lists of unequal length"
    if may_miss is False and not np.isfinite(array).all():
        return None, f"expected {wanted} finite numbers"
    if array.ndim == len(shape) - 1 and shape[-1] == 1:
        array = array[..., np.newaxis]
    fits = array.ndim == len(shape) and all(
        size in (None, found) for size, found in zip(shape, array.shape, strict=True)
    )
    if not fits or not array.size:
        return array.astype(np.float32), f"expected {wanted} numbers, found {'x'.join(map(str, array.shape)) or 'one'}"
    with np.errstate(over="ignore"):
        numbers: Numbers = array.astype(np.float32)
    return numbers, None if np.isfinite(numbers).all() or may_miss else "a number is too large for float32"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_nulls(one) for one in value]
    return np.nan if value is None else value


def _extend(array: Numbers, length: int) -> Numbers:
    missing = length - array.shape[1]
    return np.pad(array, ((0, 0), (0, missing)), constant_values=np.nan) if missing else array


def _locate(name: str, line: Line, column: str) -> Location:
    number, data = line
    text = data.decode()
    key = json.dumps(column)
    at = text.find(key) if text.count(key) == 1 else -1
    source = Source(name, text, number)
    return Location(source, number, 1, max(1, len(text))) if at < 0 else Location(source, number, at + 1, len(key))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not (isinstance(value, float) and np.isnan(value))


def _is_missing(value: Any) -> bool:
    return value is None or value == "" or (isinstance(value, float) and bool(np.isnan(value)))


_KINDS: Final[Mapping[type, str]] = {dict: "an object", list: "a list", str: "a text", bool: "a truth value"}


def _kind(value: Any) -> str:
    return "null" if value is None else _KINDS.get(type(value), "a number")
