"""One long text, cut into windows, each an example."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archcli.data.features.category import as_column
from archcli.data.features.text import cut_text, cutting
from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.headers import read_text
from archcli.recipe.recipe import Named


@dataclass(frozen=True)
class Windows:
    """What is cut of a text.

    Attributes:
        name: The input that reads them.
        feature: What the recipe says of it.
        ahead: How many symbols after its window each example holds, for a target that comes early.
    """

    name: str
    feature: Named
    ahead: int


def open_corpus(path: Path, windows: Windows, *, location: Location | None = None) -> ArrayTable:
    """Read a text and cut it: one column, called as the input.

    Raises:
        DataError: The file cannot be read, is no UTF-8, or is shorter than one window.
    """
    text = read_text(path, location=location)
    split, standardize = cutting(windows.feature)
    symbols = cut_text(text, split, standardize)
    written = windows.feature.arguments.get("window")
    size = written if isinstance(written, int) else 1
    count = (len(symbols) - windows.ahead) // size
    if count < 1:
        message = (
            f"`{shown_path(path)}` has {len(symbols)} {split}s, expected at least {size + windows.ahead}: one window "
            f"needs as many"
        )
        hint = "give a longer text, or train with a shorter window"
        raise DataError(Problem("series-too-short", message, location, hint))
    between = "" if split == "character" else " "
    cut = as_column(between.join(symbols[at * size : (at + 1) * size + windows.ahead]) for at in range(count))
    return ArrayTable(path.name, "column", {windows.name: cut}, count, location)
