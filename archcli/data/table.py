"""What every source gives: columns of equal length, read as numbers, as labels or as texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import find_missing, number_fault
from archcli.data.faults import CellFault, Faults, Locating
from archcli.data.texts import Labels
from archcli.errors import Location, Problem
from archcli.recipe.built_in import NO_LABEL

Numbers = NDArray[np.float32]
"""A column of numbers, `(examples, *shape)`."""

Raw = NDArray[np.float32] | NDArray[np.int32] | NDArray[np.object_]
"""What an input is before the saved model prepares it: numbers, indices, or texts, `(examples, 1)`."""

ClassNumbers = tuple[NDArray[np.int32], tuple[str, ...]]
"""A column of labels by number, `(examples, *shape)`, -1 where there is none, and the labels in their order."""


@dataclass(frozen=True)
class TargetValues:
    """A target of all examples.

    Attributes:
        values: Class numbers, `(examples, *shape)`, int32, `NO_LABEL` where there is no label; 1 for each label that an
            example has, else 0, `(examples, labels)`, int32; or numbers, `(examples, *shape)`, float32, NaN where there
            are none.
        classes: The labels in the order of their numbers; empty for numbers.
    """

    values: NDArray[np.int32] | NDArray[np.float32]
    classes: tuple[str, ...] = ()


class Table(Locating, Protocol):
    """An opened source."""

    @property
    def examples(self) -> int:
        """How many examples there are."""

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read a column as numbers, float32; what is no finite number goes to `faults`.

        Where numbers `may_miss`, one that is not there is a NaN and no fault.
        """

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column as labels, one for each example; what is missing goes to `faults`."""

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read a column as texts; one that is not there goes to `faults`, or is empty where texts `may_miss`."""

    @property
    def folder(self) -> Path:
        """Where the files are that its cells name."""

    def padding(self, column: str) -> float | None:
        """Return what the numbers of a column hold after the end of a short sequence; None: all are as long."""

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return a column that holds labels by their numbers; None where it holds one label an example, to be read."""


@runtime_checkable
class Timed(Protocol):
    """A table whose times may be numbers that are no labels: those with a fraction."""

    def times(self, column: str, faults: Faults) -> Labels:
        """Read a column of times as texts; what is missing goes to `faults`."""


@runtime_checkable
class Holding(Protocol):
    """A table whose columns may hold files themselves, not their names."""

    def files(self, column: str, faults: Faults) -> Sequence[bytes]:
        """Return what the files are that a column holds, one for each example; what is not there goes to `faults`."""


@dataclass(frozen=True)
class ArrayTable:
    """A table held as arrays: a built-in set, or an NPZ.

    Attributes:
        name: What the user calls it.
        noun: What its columns are called in messages.
        arrays: By name, each with the examples along its first axis.
        examples: How many there are.
        location: Where the recipe or the command line names it.
        classes: The labels of those arrays that hold class numbers (-1: no label), in order.
        paddings: What all numbers of a step hold after the end of a short sequence, for the arrays that have such.
        folder: Where the files are that its texts name.
        first_row: The number of its first example in the file, from 1.
    """

    name: str
    noun: str
    arrays: Mapping[str, NDArray[np.generic]]
    examples: int
    location: Location | None = None
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    paddings: Mapping[str, float] = field(default_factory=dict)
    folder: Path = Path()
    first_row: int = 1

    @property
    def rows(self) -> NDArray[np.int64]:
        """The number in the file of each example, from 1, `(examples,)`."""
        return np.arange(self.first_row, self.first_row + self.examples)

    def row_number(self, row: int) -> int:
        """Return the number in the file of an example of this table, both from 1."""
        return self.first_row + row - 1

    def slice(self, start: int, stop: int) -> ArrayTable:
        """Return the examples from `start`, from 0, up to `stop`."""
        stop = min(stop, self.examples)
        arrays = {name: array[start:stop] for name, array in self.arrays.items()}
        return replace(self, arrays=arrays, examples=stop - start, first_row=self.first_row + start)

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return class numbers as they are, and an array of a label at each step or pixel as class numbers.

        In an array whose classes are not known beforehand, whole numbers `(examples, *shape)`, every number from 0 is
        a class and a negative one is no label.
        """
        known = self._known_classes(column)
        array = self.arrays[column]
        if known is not None:
            return known
        if array.ndim < 2 or array.shape[1:] == (1,) or array.dtype.kind not in "biu" or _is_one_hot(array):
            return None
        written = array.astype(np.int64)
        labels = np.unique(written[written >= 0])
        numbers = np.searchsorted(labels, written).astype(np.int32)
        numbers[written < 0] = NO_LABEL
        return numbers, tuple(map(str, labels.tolist()))

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read an array as numbers, float32, of any shape."""
        array = self._as_numbers(column)
        if array.dtype.kind not in "biuf":
            self._wrong_dtype(column, "numbers", faults, "save it as numbers: `array.astype(float)`")
            return np.zeros(self.examples, np.float32)
        with np.errstate(over="ignore"):
            numbers = array.astype(np.float32)
        finite = np.isfinite(numbers) | np.isnan(array) if may_miss else np.isfinite(numbers)
        if not finite.all():
            wrong = np.argwhere(~finite)
            cells = [self._describe(column, array, tuple(map(int, index))) for index in wrong[: faults.most]]
            faults.add_cells(column, cells, count=len(wrong), rows=wrong[:, 0])
        return numbers

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read an array of whole numbers, truth values or text, `(examples,)` or `(examples, 1)`, as labels."""
        array = self._as_labels(column)
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
        find_missing(labels, column, self.noun, "label", faults)
        return labels

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read an array of texts or of whole numbers, `(examples,)` or `(examples, 1)`."""
        array = self.arrays[column]
        if array.shape not in {(self.examples,), (self.examples, 1)}:
            message = (
                f"{self.noun} `{column}` of `{self.name}` has the shape {array.shape}, "
                f"expected one text for each example, ({self.examples},)"
            )
            faults.problems.append(Problem("wrong-shape", message, self.location))
            return [""] * self.examples
        if array.dtype.kind not in "biuUO":
            self._wrong_dtype(column, "texts", faults, "save it as text: `array.astype(str)`")
            return [""] * self.examples
        texts = [str(text) for text in array.ravel().tolist()]
        if not may_miss:
            find_missing(texts, column, self.noun, "text", faults)
        return texts

    def padding(self, column: str) -> float | None:
        """Return what is known of the array beforehand."""
        return self.paddings.get(column)

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return where the file is named for every cell: arrays have no lines."""
        return {} if self.location is None else dict.fromkeys(cells, self.location)

    def _known_classes(self, column: str) -> ClassNumbers | None:
        if column not in self.classes:
            return None
        return self.arrays[column].astype(np.int32, copy=False), self.classes[column]

    def _as_numbers(self, column: str) -> NDArray[np.generic]:
        """Return an array, labels as the numbers that they are where they are, and what is no label as NaN."""
        known = self._known_classes(column)
        if known is None:
            return self.arrays[column]
        numbers, classes = known
        if not all(label.isdecimal() for label in classes):
            return self._as_labels(column)
        return np.array([*map(float, classes), np.nan])[numbers]  # the last is at -1

    def _as_labels(self, column: str) -> NDArray[np.generic]:
        """Return an array, labels as texts, and what is no label as an empty one."""
        known = self._known_classes(column)
        return self.arrays[column] if known is None else np.array([*known[1], ""])[known[0]]

    def _describe(self, column: str, array: NDArray[np.generic], index: tuple[int, ...]) -> CellFault:
        """Describe a number that is not finite, by its row and, where a row is more than one number, its index."""
        value = float(array[index])
        where = f" at index {list(index)}" if array.ndim > 1 else ""
        return number_fault(index[0] + 1, column, self.noun, f"{value:g}", value, where=where)

    def _wrong_dtype(self, column: str, expected: str, faults: Faults, hint: str) -> None:
        array = self._as_numbers(column)
        found = "text" if array.dtype.kind in "OSU" else str(array.dtype)
        message = f"{self.noun} `{column}` of `{self.name}` holds {found}, expected {expected}"
        faults.problems.append(Problem("wrong-dtype", message, self.location, hint))


def _is_one_hot(array: NDArray[np.generic]) -> bool:
    """Tell whether an array is of rows with a single 1 among zeros, which are one label an example written out."""
    if array.ndim != 2:
        return False
    numbers = array.astype(np.int64)
    return bool(((numbers == 0) | (numbers == 1)).all() and (numbers.sum(axis=1) == 1).all())
