"""Examples that stand in a file one after another, on lines or in records, some of whose columns have steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import find_missing
from archcli.data.faults import CellFault, Faults
from archcli.data.groups import find_empty_sequences
from archcli.data.table import ArrayTable, ClassNumbers, Numbers
from archcli.data.texts import Labels
from archcli.errors import Location, Problem
from archcli.recipe.ts_header import locate_in_line


@dataclass(frozen=True)
class RecordTable:
    """Examples of a file.

    Attributes:
        table: The columns that have one value, or as many in each example.
        path: The file.
        steps: The columns of numbers at each step, `(steps, width)` for each example; their lengths may differ.
        lines: The line that each example stands on, from 1; empty where the file has no lines.
        contents: The columns of bytes, one piece for each example, empty where it has none: texts in UTF-8, or files.
    """

    table: ArrayTable
    path: Path
    steps: Mapping[str, Sequence[NDArray[np.float32]]] = field(default_factory=dict)
    lines: Sequence[int] = ()
    contents: Mapping[str, Sequence[bytes]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file's name."""
        return self.table.name

    @property
    def noun(self) -> str:
        """What its columns are called."""
        return self.table.noun

    @property
    def folder(self) -> Path:
        """Where the files are that its cells name: beside it."""
        return self.path.parent

    @property
    def examples(self) -> int:
        """How many examples there are."""
        return self.table.examples

    @property
    def rows(self) -> NDArray[np.int64]:
        """The number in the file of each example, from 1, `(examples,)`."""
        return self.table.rows

    def row_number(self, row: int) -> int:
        """Return the number in the file of an example of this table, both from 1."""
        return self.table.row_number(row)

    def slice(self, start: int, stop: int) -> RecordTable:
        """Return the examples from `start`, from 0, up to `stop`."""
        return replace(
            self,
            table=self.table.slice(start, stop),
            steps={name: steps[start:stop] for name, steps in self.steps.items()},
            lines=self.lines[start:stop],
            contents={name: pieces[start:stop] for name, pieces in self.contents.items()},
        )

    def files(self, column: str, faults: Faults) -> Sequence[bytes]:
        """Return what the files are that a column holds, one for each example; an empty one goes to `faults`."""
        if column not in self.contents:
            message = f"{self.noun} `{column}` of `{self.name}` holds numbers, expected files, as bytes"
            faults.problems.append(Problem("wrong-dtype", message, self.table.location, "read it as `numeric`"))
            return [b""] * self.examples
        pieces = self.contents[column]
        empty = [row for row, piece in enumerate(pieces, start=1) if not piece]
        cells = [
            CellFault(
                "missing-value",
                row,
                column,
                f"record {row} of `{self.name}`: `{column}` is empty, expected a file",
                "leave the record out",
            )
            for row in empty
        ]
        faults.add_cells(column, cells, count=len(empty))
        return pieces

    def sequences(self, columns: Sequence[str], faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read numbers at each step, `(examples, longest, columns)`, float32; NaN after the end of a sequence.

        Where numbers `may_miss`, one that is not there is a NaN; a sequence has one at least.
        """
        for column in columns:
            if column not in self.steps:
                message = f"{self.noun} `{column}` of `{self.name}` has no steps"
                hint = "read it as `numeric`, or as a `category`"
                faults.problems.append(Problem("wrong-shape", message, self.table.location, hint))
                return np.zeros((self.examples, 1, 1), np.float32)
        self._find_unequal(columns, faults)
        if not may_miss:
            for column in columns:
                self._find_missing(column, faults)
        longest = max(1, *(len(steps) for column in columns for steps in self.steps[column]))
        padded = np.concatenate([_pad(self.steps[column], longest) for column in columns], axis=-1)
        if may_miss:
            find_empty_sequences(padded, columns, self.noun, range(1, 1 + self.examples), faults)
        return padded

    def numbers(self, column: str, faults: Faults, *, may_miss: bool = False) -> Numbers:
        """Read a column as numbers, `(examples, steps, width)` where it has steps, all of them as many."""
        if column not in self.steps:
            return self.table.numbers(column, faults, may_miss=may_miss)
        steps = self.steps[column]
        lengths = {len(one) for one in steps}
        if len(lengths) > 1:
            message = (
                f"the sequences in {self.noun} `{column}` of `{self.name}` have {min(lengths)} to {max(lengths)} "
                "steps, and `numeric` wants as many in each"
            )
            hint = "read them as a `sequence`, and begin the model with `Masking: $padding`"
            faults.problems.append(Problem("different-lengths", message, self.table.location, hint))
            return np.zeros((self.examples, 1, 1), np.float32)
        if not may_miss:
            self._find_missing(column, faults)
        return np.stack(steps)

    def labels(self, column: str, faults: Faults) -> Labels:
        """Read a column as labels."""
        if column in self.contents:
            labels = self._decode(column, faults)
        elif self.table.arrays[column].dtype == np.object_:
            labels = self.table.arrays[column].tolist()
        else:
            return self.table.labels(column, faults)
        find_missing(labels, column, self.noun, "label", faults)
        return labels

    def texts(self, column: str, faults: Faults, *, may_miss: bool = False) -> Labels:
        """Read a column as texts."""
        if column not in self.contents:
            return self.table.texts(column, faults, may_miss=may_miss)
        texts = self._decode(column, faults)
        if not may_miss:
            find_missing(texts, column, self.noun, "text", faults)
        return texts

    def class_numbers(self, column: str) -> ClassNumbers | None:
        """Return an array of a label at each step as class numbers; None where it holds one label an example."""
        return None if column in self.steps or column in self.contents else self.table.class_numbers(column)

    def padding(self, column: str) -> float | None:
        """Return None: what is padded is a `sequence`."""

    def locate(self, cells: Sequence[tuple[int, str]]) -> Mapping[tuple[int, str], Location]:
        """Return the lines of cells, reading the file again as far as the last of them."""
        if not self.lines:
            return self.table.locate(cells)
        wanted = {self.lines[row - 1]: row for row, _ in cells}
        places: dict[int, Location] = {}
        with self.path.open(encoding="utf-8-sig", errors="replace") as file:
            for number, line in enumerate(file, start=1):
                if number in wanted:
                    places[wanted[number]] = locate_in_line(self.path, number, line)
                if len(places) == len(wanted):
                    break
        return {(row, column): places[row] for row, column in cells if row in places}

    def _decode(self, column: str, faults: Faults) -> list[str]:
        """Return bytes as the texts that they are; what is none goes to `faults`, and is no empty text."""
        texts: list[str] = []
        wrong: list[int] = []
        for row, piece in enumerate(self.contents[column]):
            try:
                texts.append(piece.decode("utf-8"))
            except UnicodeDecodeError:
                texts.append("?")
                wrong.append(row)
        cells = [
            CellFault(
                "not-utf8",
                row + 1,
                column,
                f"record {row + 1} of `{self.name}`: `{column}` is no text in UTF-8",
                "if they are a picture, as PNG or JPEG has it, read them as an `image`",
            )
            for row in wrong
        ]
        faults.add_cells(column, cells, count=len(wrong))
        return texts

    def _find_missing(self, column: str, faults: Faults) -> None:
        wrong = [
            (row, int(np.flatnonzero(np.isnan(steps).any(axis=-1))[0]) + 1)
            for row, steps in enumerate(self.steps[column], start=1)
            if np.isnan(steps).any()
        ]
        cells = [
            CellFault(
                "missing-value",
                row,
                column,
                f"row {row} of {self.noun} `{column}`: the value at step {step} is missing, expected a number",
                "fill it in, leave the row out, or write `missing: mean`",
            )
            for row, step in wrong
        ]
        faults.add_cells(column, cells, count=len(wrong))

    def _find_unequal(self, columns: Sequence[str], faults: Faults) -> None:
        lengths = [[len(steps) for steps in self.steps[column]] for column in columns]
        wrong = [row for row, found in enumerate(zip(*lengths, strict=True), start=1) if len(set(found)) > 1]
        cells = [
            CellFault(
                "different-lengths",
                row,
                columns[0],
                f"row {row}: {', '.join(f'`{column}` has {lengths[at][row - 1]}' for at, column in enumerate(columns))}"
                " steps, expected as many in each",
            )
            for row in wrong
        ]
        faults.add_cells(columns[0], cells, count=len(wrong))


def _pad(sequences: Sequence[NDArray[np.float32]], longest: int) -> NDArray[np.float32]:
    """Return sequences one length, `(sequences, longest, width)`, NaN after the end of each."""
    padded = np.full((len(sequences), longest, sequences[0].shape[1]), np.nan, np.float32)
    for row, steps in zip(padded, sequences, strict=True):
        row[: len(steps)] = steps
    return padded
