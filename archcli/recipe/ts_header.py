"""The head of a `.ts` file, in which the UEA and UCR archives keep time series, and what it says of the lines below.

Bagnall et al., *The UEA multivariate time series classification archive* (2018); dimensions stand between colons, the
values of each between commas, and the class or the number to be learned is the last. With a time beside each value
(`@timeStamps true`) they stand in brackets: `(2024-05-31 14:00:00,1.5)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archcli.errors import DataError, Location, Problem, Source
from archcli.recipe.delimited import shown_path
from archcli.recipe.features import TS_CLASS, TS_ELAPSED, TS_TARGET, TS_VALUES

_SHOWN_CHARACTERS: Final = 400
_AS_THE_ARCHIVES: Final = (
    "write it as the archives do: `@dimensions 2`, `@classLabel true up down`, `@data`, then the examples"
)
_PARTS: Final = re.compile(r"(?:^|(?<=:))(?:[^:(]+|\([^()]*\)|\()*")


@dataclass(frozen=True)
class TsHeader:
    """What the head says.

    Attributes:
        path: The file.
        line: The line `@data`, from 1: the examples stand below.
        dimensions: How many values there are at each step.
        classes: The labels that there are; None: the last part of a line is no label.
        has_target: Whether the last part of a line is a number to be learned.
        has_times: Whether a time stands beside each value.
    """

    path: Path
    line: int
    dimensions: int
    classes: tuple[str, ...] | None
    has_target: bool
    has_times: bool = False

    @property
    def label(self) -> str | None:
        """What the column of the last part of a line is called; None: all parts are dimensions."""
        if self.classes is not None:
            return TS_CLASS
        return TS_TARGET if self.has_target else None

    @property
    def columns(self) -> tuple[str, ...]:
        """All that can be read."""
        own = () if self.label is None else (self.label,)
        times = (TS_ELAPSED,) if self.has_times else ()
        return (TS_VALUES, *(f"dim_{number}" for number in range(self.dimensions)), *times, *own)


def read_ts_header(path: Path) -> TsHeader:
    """Read the head of a file that is there.

    Raises:
        DataError: It has no line `@data`, no example, or says what cannot be read.
        OSError: It cannot be read.
    """
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return parse_ts_header(path, file)


def parse_ts_header(path: Path, lines: Iterable[str]) -> TsHeader:
    """Read the head from the lines of a file, up to the first example.

    Raises:
        DataError: There is no line `@data`, no example, or it says what cannot be read.
    """
    said: dict[str, tuple[list[str], int]] = {}
    numbered = iter(enumerate(lines, start=1))
    for number, line in numbered:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not text.startswith("@"):
            message = f"expected a line such as `@problemName ...`, or `@data` before the examples, found `{text[:40]}`"
            raise DataError(Problem("not-a-ts", message, locate_in_line(path, number, line), _AS_THE_ARCHIVES))
        key, *words = text[1:].split()
        if key.lower() == "data":
            return _settle(path, number, said, numbered)
        said[key.lower()] = (words, number)
    message = f"`{shown_path(path)}` has no line `@data`, expected a `.ts` file of the UEA and UCR archives"
    raise DataError(Problem("not-a-ts", message, Location(Source(shown_path(path)), 1), _AS_THE_ARCHIVES))


def split_line(line: str) -> list[str]:
    """Return the parts of a line: dimensions, and the label; a colon in brackets is one of a time."""
    return _PARTS.findall(line.strip()) if "(" in line else line.strip().split(":")


def locate_in_line(path: Path, number: int, line: str, start: int = 0, stop: int | None = None) -> Location:
    """Return the place of characters of a line, from 0; a long line is not shown."""
    text = line.rstrip("\r\n")
    length = max(1, (len(text) if stop is None else stop) - start)
    shown = text if len(text) <= _SHOWN_CHARACTERS else ""
    return Location(Source(shown_path(path), shown, number), number, start + 1, length if shown else 1)


def _settle(path: Path, line: int, said: dict[str, tuple[list[str], int]], rest: Iterator[tuple[int, str]]) -> TsHeader:
    """Put together what was said, and count what was not in the first example."""

    def is_true(key: str) -> bool:
        words, _ = said.get(key, ([], 0))
        return bool(words) and words[0].lower() == "true"

    labels, has_target = said.get("classlabel", ([], 0))[0], is_true("targetlabel")
    classes = tuple(labels[1:]) if is_true("classlabel") else None
    first = next((text for _, text in rest if text.strip() and not text.lstrip().startswith("#")), None)
    if first is None:
        where = Location(Source(shown_path(path)), line)
        raise DataError(Problem("no-rows", f"`{path.name}` has no line below `@data`, expected examples", where))
    has_times = is_true("timestamps")
    parts = len(split_line(first)) - (classes is not None or has_target)
    words, where_said = said.get("dimensions", ([], line))
    if not words:
        return TsHeader(path, line, max(1, parts), classes, has_target, has_times)
    if not words[0].isdecimal() or int(words[0]) < 1:
        message = f"`@dimensions` wants a whole number from 1, found `{words[0]}`"
        raise DataError(Problem("not-a-ts", message, Location(Source(shown_path(path)), where_said), _AS_THE_ARCHIVES))
    return TsHeader(path, line, int(words[0]), classes, has_target, has_times)
