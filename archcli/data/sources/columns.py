"""Cells as numbers and as texts: a part of a column read by pyarrow, held in little memory.

PyArrow is imported where it is used: it takes a quarter of a second, and most data are no table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.cells import MISSING
from archcli.data.table import Numbers
from archcli.data.texts import CodedTexts

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|[+-]?nan", re.ASCII | re.IGNORECASE)

_PLAIN: Final = r"^-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""What pyarrow reads as Python does."""

MISSING_AS_WRITTEN: Final = (
    "",
    *(f(word) for word in sorted(MISSING) for f in (str, str.upper, str.capitalize)),
    "NaN",
)
"""What pyarrow is told to read as no number; other spellings are found when the cells are looked at one by one."""


@dataclass(frozen=True, eq=False)
class NumberCells:
    """Cells read as numbers.

    Attributes:
        values: `(cells,)`, float32; NaN or infinite where a cell is no number that can be used.
        wrong: Those cells that are neither a finite number nor missing, from 0, in order.
        missing: Those that say that there is no number.
    """

    values: Numbers
    wrong: NDArray[np.int64]
    missing: NDArray[np.int64]

    def slice(self, start: int, stop: int) -> NumberCells:
        """Return the cells from `start` up to `stop`."""
        wrong, missing = (rows[(rows >= start) & (rows < stop)] - start for rows in (self.wrong, self.missing))
        return NumberCells(self.values[start:stop], wrong, missing)


class NumberColumns:
    """Columns of numbers as they come in, side by side in one matrix, so that they need not be copied together.

    Room is made for as many rows as there are likely to be. What is not filled of it takes no memory.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Begin without rows."""
        self._names = tuple(names)
        self._matrix = np.empty((0, len(self._names)), np.float32)
        self._count = 0
        self._wrong: dict[str, list[NDArray[np.int64]]] = {name: [] for name in names}
        self._missing: dict[str, list[NDArray[np.int64]]] = {name: [] for name in names}

    def add(self, cells: Mapping[str, NumberCells], count: int, *, expected: int) -> None:
        """Add rows.

        Args:
            cells: Those of each column.
            count: How many rows.
            expected: How many rows there are likely to be in the end.
        """
        start, self._count = self._count, self._count + count
        if self._count > len(self._matrix):
            wider = np.empty((max(expected, self._count + self._count // 8), len(self._names)), np.float32)
            wider[:start] = self._matrix[:start]
            self._matrix = wider
        for place, name in enumerate(self._names):
            self._matrix[start : self._count, place] = cells[name].values
            self._wrong[name].append(cells[name].wrong + start)
            self._missing[name].append(cells[name].missing + start)

    def columns(self) -> dict[str, NumberCells]:
        """Return the columns, which cannot be written to: they share their memory."""
        self._matrix.flags.writeable = False
        filled, none = self._matrix[: self._count], np.zeros(0, np.int64)
        return {
            name: NumberCells(
                filled[:, place],
                np.concatenate([none, *self._wrong[name]]),
                np.concatenate([none, *self._missing[name]]),
            )
            for place, name in enumerate(self._names)
        }


@dataclass
class TextColumn:
    """Texts as they come in, each different one held once.

    Attributes:
        numbers: The number of each different text.
        codes: The numbers of the texts, in parts.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    codes: list[NDArray[np.int32]] = field(default_factory=list)

    def add(self, chunks: Any) -> None:
        """Add a pyarrow chunked array of text or of dictionaries of text; a null is an empty text."""
        for chunk in chunks.chunks:
            self.add_chunk(chunk)

    def add_chunk(self, chunk: Any) -> None:
        """Add a pyarrow array of text or of dictionaries of text; a null is an empty text."""
        coded = chunk if hasattr(chunk, "dictionary") else chunk.dictionary_encode()
        words = [word if word is not None else "" for word in coded.dictionary.to_pylist()]
        known = [self.numbers.setdefault(word, len(self.numbers)) for word in words]
        places = coded.indices.to_numpy(zero_copy_only=False)
        if coded.indices.null_count:
            known.append(self.numbers.setdefault("", len(self.numbers)))
            places = np.where(np.isnan(places), len(known) - 1, places).astype(np.int64)
        self.codes.append(np.asarray(known, np.int32)[places])

    def texts(self) -> CodedTexts:
        """Return all texts, in order."""
        codes = np.concatenate(self.codes) if self.codes else np.zeros(0, np.int32)
        return CodedTexts(codes, tuple(self.numbers))


def numbers_of_floats(chunks: Any) -> NumberCells | None:
    """Turn a pyarrow chunked array of numbers into cells; null is missing.

    Returns:
        None where a number is not there and yet no null: then only its text tells whether that is meant.
    """
    values = np.empty(len(chunks), np.float32)
    missing = np.zeros(len(chunks), np.bool_)
    start = 0
    for chunk in chunks.chunks:
        stop = start + len(chunk)
        with np.errstate(over="ignore"):
            values[start:stop] = chunk.to_numpy(zero_copy_only=False)
        if chunk.null_count:
            missing[start:stop] = chunk.is_null().to_numpy(zero_copy_only=False)
        start = stop
    wrong = np.flatnonzero(~np.isfinite(values) & ~missing)
    return None if np.isnan(values[wrong]).any() else NumberCells(values, wrong, np.flatnonzero(missing))


def numbers_of_texts(texts: Any) -> NumberCells:
    """Read a pyarrow array of texts, chunked or not, as numbers; blanks around them do not matter."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    trimmed = pc.utf8_trim_whitespace(texts)
    absent = pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(["", *sorted(MISSING)], trimmed.type))
    try:
        exact = pc.cast(pc.if_else(absent, pa.scalar(None, trimmed.type), trimmed), pa.float64())
        numbers = exact.to_numpy(zero_copy_only=False) if isinstance(exact, pa.Array) else exact.to_numpy()
    except pa.ArrowInvalid:
        numbers = _read_unlike(trimmed)
    with np.errstate(over="ignore"):
        values = numbers.astype(np.float32)
    is_absent = absent.to_numpy(zero_copy_only=False) if isinstance(absent, pa.Array) else absent.to_numpy()
    is_absent = is_absent.astype(np.bool_)
    return NumberCells(values, np.flatnonzero(~np.isfinite(values) & ~is_absent), np.flatnonzero(is_absent))


def _read_unlike(texts: Any) -> NDArray[np.float64]:
    """Read a pyarrow array of texts of which some are no numbers that pyarrow reads: these one by one."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    plain = pc.match_substring_regex(texts, _PLAIN)
    exact = pc.cast(pc.if_else(plain, texts, pa.scalar(None, texts.type)), pa.float64())
    numbers = np.array(exact.to_numpy(zero_copy_only=False) if isinstance(exact, pa.Array) else exact.to_numpy())
    others = pc.filter(texts, pc.invert(plain)).to_pylist()
    numbers[np.isnan(numbers)] = [read_number(text) for text in others]
    return numbers


def numbers_of_coded(texts: CodedTexts) -> NumberCells:
    """Read texts as numbers, each different one once."""
    import pyarrow as pa  # noqa: PLC0415

    by_word = numbers_of_texts(pa.array(texts.words, pa.string()))
    is_odd = np.zeros((2, len(texts.words)), np.bool_)
    is_odd[0, by_word.wrong] = is_odd[1, by_word.missing] = True
    wrong, missing = (np.flatnonzero(is_one[texts.codes]) for is_one in is_odd)
    return NumberCells(by_word.values[texts.codes], wrong, missing)


def read_number(text: str) -> float:
    """Return the number that a text without blanks around it is; NaN for anything else."""
    return float(text) if is_number(text) else float("nan")


def is_number(text: str) -> bool:
    """Tell whether a text without blanks around it is a number, infinite and no number included."""
    return _NUMBER.fullmatch(text) is not None
