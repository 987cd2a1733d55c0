"""What examples are called, so that a person finds them in the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.finding import SHOWN, join_words
from archcli.data.faults import Faults
from archcli.data.opening import open_examples
from archcli.data.windows import WindowedTable
from archcli.recipe.features import FOLDER_FILE, has_windows
from archcli.recipe.recipe import Data

_NOUNS: Final = {"folder": "file", "lines": "line"}


@dataclass(frozen=True)
class RowNames:
    """How examples are called.

    Attributes:
        noun: What one is: `row`, `window`.
        names: What each is called, in the order of the source; empty: by its number, from 1.
    """

    noun: str = "example"
    names: Sequence[str] = ()

    def name(self, row: int) -> str:
        """Name an example by its number, from 1: `row 3`, `cats/3.png`."""
        return self.names[row - 1] if self.names else f"{self.noun} {row}"

    def list(self, rows: NDArray[np.int64], *, like: NDArray[np.int64] | None = None) -> str:
        """Name examples: `row 3`, `rows 3, 8 and 11`, `rows 1, 2, 3, 4, 5 and 17 more`.

        Args:
            rows: The examples, by where they stand in the source, from 1.
            like: An example that each is like, in the same order: `row 8 (as 3)`.
        """
        others = [None] * len(rows) if like is None else like.tolist()
        listed = sorted(zip(rows.tolist(), others, strict=True), key=lambda pair: pair[0])
        shown = [
            self._call(row) if other is None else f"{self._call(row)} (as {self._call(other)})"
            for row, other in listed[:SHOWN]
        ]
        joined = join_words(shown, more=len(listed) - len(shown))
        return joined if self.names else f"{self.noun}{'' if len(listed) == 1 else 's'} {joined}"

    def _call(self, row: int) -> str:
        return f"`{self.names[row - 1]}`" if self.names else str(row)


def name_examples(data: Data) -> RowNames:
    """Call examples as they stand in the source: windows, sequences, the files of a folder, rows of a file.

    Raises:
        DataError: A folder has changed since it was read.
    """
    source = data.source
    if any(map(has_windows, data.inputs.values())):
        return RowNames("window")
    if source.arguments.get("id") is not None:
        return RowNames("sequence")
    if source.arguments.get("path") is None:
        return RowNames("example")
    if source.name != "folder":
        return RowNames(_NOUNS.get(source.name, "row"))
    table = open_examples(data).table
    return RowNames("file", () if isinstance(table, WindowedTable) else table.texts(FOLDER_FILE, Faults()))
