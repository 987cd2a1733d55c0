"""What every source gives: columns of equal length, read as numbers or as labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import CellFault, Faults, Locating
from archcli.errors import Location, Problem

Numbers = NDArray[np.float32]
"""A column of numbers, `(examples, *shape)`."""

Labels = list[str]
"""A column of labels, one text for each example."""

_SHOWN: Final = 10


@dataclass(frozen=True)
class TargetValues:
    """A target of all examples.

    Attributes:
        values: Class numbers, `(examples,)`, int32, or numbers, `(examples, columns)`, float32.
        classes: The labels in the order of their numbers; empty for numbers.
    """

    values: NDArray[np.int32] | NDArray[np.float32]
    classes: tuple[str, ...] = ()


class Table(Locating, Protocol):
    """An opened source."""

    @property
    def examples(self) -> int:
        """How many examples there are."""

    def numbers(self, column: str, faults: Faults) -> Numbers:
        """Read a column as numbers, float32; what is no finite number goes to `faults` and is 0."""

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column as labels; what is missing goes to `faults`."""


@dataclass(frozen=True)
class ArrayTable:
    """A table held as arrays: a built-in set, or an NPZ.

    Attributes:
        name: What the user calls it.
        noun: What its columns are called in messages.
        arrays: By name, each with the examples along its first axis.
        examples: How many there are.
        location: Where the recipe or the command line names it.
    """

    name: str
    noun: str
    arrays: Mapping[str, NDArray[np.generic]]
    examples: int
    location: Location | None = None

    def numbers(self, column: str, faults: Faults) -> Numbers:
        """Read an array as numbers, float32, of any shape."""
        array = self.arrays[column]
        if array.dtype.kind not in "biuf":
            self._wrong_dtype(column, "numbers", faults, None)
            return np.zeros(self.examples, np.float32)
        with np.errstate(over="ignore"):
            numbers = array.astype(np.float32)
        finite = np.isfinite(numbers)
        if not finite.all():
            wrong = np.argwhere(~finite)
            cells = [self._describe(column, array, tuple(map(int, index))) for index in wrong[:_SHOWN]]
            faults.add_cells(column, cells, count=len(wrong))
        return numbers

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read an array of whole numbers, truth values or text, `(examples,)` or `(examples, 1)`, as labels."""
        array = self.arrays[column]
        if array.shape not in {(self.examples,), (self.examples, 1)}:
            message = (
                f"{self.noun} `{column}` of `{self.name}` has the shape {array.shape}, "
                f"expected one label for each example, ({self.examples},)"
            )
            hint = "save class numbers in place of one-hot rows: `numpy.argmax(labels, axis=1)`"
            faults.problems.append(Problem("wrong-shape", message, self.location, hint))
            return [""] * self.examples
        if array.dtype.kind not in "biuU":
            hint = "save it as whole numbers or as text: `labels.astype(int)`"
            self._wrong_dtype(column, "labels: whole numbers or text", faults, hint)
            return [""] * self.examples
        labels = [str(label) for label in array.ravel().tolist()]
        missing = [row for row, label in enumerate(labels, start=1) if not label.strip()]
        cells = [missing_label(row, column, self.noun) for row in missing[:_SHOWN]]
        faults.add_cells(column, cells, count=len(missing))
        return labels

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return where the file is named for every cell: arrays have no lines."""
        return {} if self.location is None else dict.fromkeys(cells, self.location)

    def _describe(self, column: str, array: NDArray[np.generic], index: tuple[int, ...]) -> CellFault:
        """Describe a number that is not finite, by its row and, where a row is more than one number, its index."""
        value = float(array[index])
        where = f" at index {list(index)}" if array.ndim > 1 else ""
        return number_fault(index[0] + 1, column, self.noun, f"{value:g}", value, where=where)

    def _wrong_dtype(self, column: str, expected: str, faults: Faults, hint: str | None) -> None:
        found = "text" if self.arrays[column].dtype.kind in "US" else str(self.arrays[column].dtype)
        message = f"{self.noun} `{column}` of `{self.name}` holds {found}, expected {expected}"
        faults.problems.append(Problem("wrong-dtype", message, self.location, hint))


def missing_label(row: int, column: str, noun: str = "column") -> CellFault:
    """Describe a label that is not there."""
    message = f"row {row} of {noun} `{column}` is empty, expected a label"
    return CellFault("missing-value", row, column, message, "fill it in, or leave the row out")


def number_fault(row: int, column: str, noun: str, text: str, value: float | None, *, where: str = "") -> CellFault:
    """Describe what is no finite number.

    Args:
        row: The example, from 1.
        column: The column.
        noun: What the column is called.
        text: What was found, as written.
        value: The number that it is; None: it is none.
        where: The place inside the row, with a blank before it.
    """
    place = f"row {row} of {noun} `{column}`{where}"
    if not text:
        return CellFault(
            "missing-value", row, column, f"{place} is empty, expected a number", "fill it in, or leave the row out"
        )
    if text.lower() in _MISSING or (value is not None and np.isnan(value)):
        message = f"{place} is missing, expected a number, found `{text}`"
        return CellFault("missing-value", row, column, message, "fill it in, or leave the row out")
    if value is None:
        return CellFault("not-a-number", row, column, f"{place}: expected a number, found `{text}`", _number_hint(text))
    if np.isinf(value):
        return CellFault("not-finite", row, column, f"{place}: expected a finite number, found `{text}`")
    message = f"{place}: expected a number below 3.4e38, the largest of float32, found `{text}`"
    return CellFault("not-finite", row, column, message)


_MISSING: Final = frozenset({"na", "n/a", "nan", "null", "none", "?", "-"})
_SEPARATORS: Final = str.maketrans("", "", ",'_ \u00a0\u202f")


def _number_hint(text: str) -> str | None:
    """Say how a number in a notation of its own is written: `1.234,5`, `1_000`."""
    plain = text.translate(_SEPARATORS)
    if plain != text and plain.replace(".", "").lstrip("+-").isdecimal():
        return "write a dot before decimals and nothing between thousands: `1234.5`"
    return None
