"""The epochs of a run: `history.jsonl` and `history.csv`.

Both are replaced whole, so that a run killed at any instant leaves whole lines. To keep epochs of a few milliseconds
as fast as they are, rows are gathered and written at most about once a second.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import time
from typing import TYPE_CHECKING, Self

from archcli.errors import Problem, RecipeError
from archcli.runs.writing import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

    from archcli.runs.directory import Run
    from archcli.runs.status import Mode

Row = dict[str, float]
"""One epoch: `epoch` (from 1), then what was logged, by name; NaN for what was not finite."""

_INTERVAL_SECONDS = 1.0
_SHARE_OF_TIME = 0.02


class History:
    """The epochs of a run in memory, and on disk about once a second and on leaving.

    A checkpoint must not be ahead of the history on disk, or a killed run could not be continued without a gap:
    `flush` before a checkpoint is written.
    """

    def __init__(self, run: Run, *, rows: tuple[Row, ...] = (), clock: Callable[[], float] = time.monotonic) -> None:
        """Start from `rows`, which are written anew; `clock` gives seconds."""
        self._run = run
        self._clock = clock
        self._rows: list[Row] = []
        self._columns: list[str] = ["epoch"]
        self._json_lines: list[str] = []
        self._csv_lines: list[str] = []
        self._next_flush = clock() + _INTERVAL_SECONDS
        self._dirty = False
        for row in rows:
            self._add(row)
        self._dirty = True

    @property
    def rows(self) -> tuple[Row, ...]:
        """All epochs so far, in order."""
        return tuple(self._rows)

    def append(self, epoch: int, values: Mapping[str, float]) -> None:
        """Add an epoch, and write the files if that is due.

        Args:
            epoch: From 1, one more than the last one.
            values: What was logged, by name.

        Raises:
            DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
        """
        numbers = {name: float(value) for name, value in values.items()}
        self._add(
            {"epoch": epoch} | {name: value if math.isfinite(value) else math.nan for name, value in numbers.items()}
        )
        if self._clock() >= self._next_flush:
            self.flush()

    def flush(self) -> None:
        """Write what is not yet on disk.

        Raises:
            DataError, SetupError: `cannot-write`: the disk is full, or anything else is wrong.
        """
        if not self._dirty:
            return
        began = self._clock()
        write_text(self._run.history_jsonl, "".join(self._json_lines))
        write_text(self._run.history_csv, _csv_line(self._columns) + "".join(self._csv_lines))
        self._dirty = False
        now = self._clock()
        # A history of very many epochs takes a while to write; it may take two hundredths of the time.
        self._next_flush = now + max(_INTERVAL_SECONDS, (now - began) / _SHARE_OF_TIME)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.flush()

    def _add(self, row: Row) -> None:
        self._rows.append(row)
        self._json_lines.append(_json_line(row))
        new = [name for name in row if name not in self._columns]
        if new:
            self._columns += new
            self._csv_lines = [_csv_line([_cell(row.get(name)) for name in self._columns]) for row in self._rows]
        else:
            self._csv_lines.append(_csv_line([_cell(row.get(name)) for name in self._columns]))
        self._dirty = True


def read_history(run: Run) -> tuple[Row, ...]:
    """Read all epochs back; empty where there are none yet.

    Raises:
        RecipeError: `damaged-run`: a line is not what this program writes.
    """
    try:
        text = run.history_jsonl.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            values = json.loads(line)
            row = {name: math.nan if value is None else value for name, value in values.items()}
            sound = row["epoch"] == number
        except (ValueError, AttributeError, KeyError):
            sound = False
        if not sound:
            raise RecipeError(_damaged(f"line {number} of `{run.history_jsonl}` is not epoch {number}"))
        rows.append(row)
    return tuple(rows)


def truncate_history(run: Run, *, epochs: int) -> tuple[Row, ...]:
    """Return the first `epochs` epochs, for `History` to go on from: those that a checkpoint knows of.

    Raises:
        RecipeError: `damaged-run`: there are fewer.
    """
    rows = read_history(run)
    if len(rows) < epochs:
        raise RecipeError(_damaged(f"`{run.history_jsonl}` has {len(rows)} epochs, its checkpoint {epochs}"))
    return rows[:epochs]


def read_progress(path: Path, *, monitor: str | None, mode: Mode) -> tuple[int, int | None, float | None]:
    """Return from a `history.jsonl` the number of epochs, the best one, and its monitored value, without parsing it.

    Args:
        path: The file, which may be missing.
        monitor: The logged quantity that decides which epoch is best.
        mode: Whether less or more of it is better.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return 0, None, None
    epochs = text.count("\n")
    if monitor is None:
        return epochs, None, None
    pattern = r'"epoch": ([0-9]+)[,}].*?' + re.escape(f"{json.dumps(monitor)}: ") + r"(-?[0-9][^,}]*)[,}]"
    found = [(float(value), int(epoch)) for epoch, value in re.findall(pattern, text)]
    if not found:
        return epochs, None, None
    sign = 1 if mode == "min" else -1
    value, epoch = min(found, key=lambda item: (sign * item[0], item[1]))
    return epochs, epoch, value


def _json_line(row: Row) -> str:
    finite = {name: value if math.isfinite(value) else None for name, value in row.items()}
    return json.dumps(finite, allow_nan=False) + "\n"


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)


def _csv_line(cells: list[str]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerow(cells)
    return file.getvalue()


def _damaged(what: str) -> Problem:
    return Problem("damaged-run", what, hint="train it anew: `archcli train` with the run's `resolved.yaml`")
