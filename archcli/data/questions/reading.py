"""Reading what is asked: raw inputs, part by part, and what is to be said of the examples that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.groups import GroupedTable
from archcli.data.questions.asked import Asked, Kind
from archcli.data.questions.opening import Opening, OpenPart, open_questions
from archcli.data.questions.spooling import spooled
from archcli.data.rows import raw_leaves, read_leaf
from archcli.data.table import Raw
from archcli.data.windows import WindowedTable
from archcli.errors import DataError, Problem
from archcli.recipe.facts import Facts, InputFacts
from archcli.recipe.recipe import Named

SHOWN: Final = 10
"""So many of the examples that are left out are described; all are counted."""

_SUFFIXES: Final[Mapping[Kind, str]] = {"tsv": ".tsv", "parquet": ".parquet", "npz": ".npz", "npy": ".npy"}
_LINES: Final = ("jsonl", "txt")
"""What is read of a stream as it comes; all else is written to a file first."""


@dataclass(frozen=True, eq=False)
class Questions:
    """Some examples, read.

    Attributes:
        inputs: Raw, by the names of the model's inputs.
        rows: The number of each example, from 1, `(examples,)`: where it stands in the file. A CSV's header and empty
            lines do not count; a window of a series, or a sequence, counts as one.
        ids: What is carried along, a text for each example; None: nothing.
        id_name: What that is called.
        left_out: How many examples were left out since the part before.
        problems: What is wrong with them, of the first few.
    """

    inputs: Mapping[str, Raw]
    rows: NDArray[np.int64]
    ids: list[str] | None = None
    id_name: str | None = None
    left_out: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass
class _LeftOut:
    """What is left out, since it was last told."""

    count: int = 0
    problems: list[Problem] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def add(self, _row: int, problem: Problem) -> None:
        """Count an example that is no row, and keep what is wrong with it."""
        self.count += 1
        self.keep(problem)

    @property
    def is_full(self) -> bool:
        """Tell whether no more is to be told."""
        return len(self.told) >= SHOWN

    def keep(self, problem: Problem) -> None:
        """Keep what is wrong, if it is among the first, and was not told: windows overlap."""
        if not self.is_full and problem.message not in self.told:
            self.told.add(problem.message)
            self.problems.append(problem)

    def tell(self) -> tuple[int, tuple[Problem, ...]]:
        """Return how many there are and what is wrong with them, and begin anew."""
        told = self.count, tuple(self.problems)
        self.count, self.problems = 0, []
        return told


def read_questions(asked: Asked, facts: Facts, source: Named) -> Iterator[Questions]:
    """Read examples, part by part.

    Args:
        asked: What the command line says.
        facts: What the model was trained on.
        source: The source that it was trained on.

    Yields:
        Parts, in order; one may hold no example, but only say what was left out.

    Raises:
        DataError: The file cannot be read, a column is missing, or a value cannot be used and examples are not left
            out; all such values of the part that was reached, the first ones shown.
    """
    if asked.stream is not None and asked.kind not in _LINES:
        kind = asked.kind or "csv"
        with spooled(asked.stream, asked.name, suffix=_SUFFIXES.get(kind, "")) as file:
            for questions in read_questions(replace(asked, path=file.path, stream=None, kind=kind), facts, source):
                yield replace(questions, problems=tuple(map(file.rename, questions.problems)))
        return
    left_out = _LeftOut()
    skip = left_out.add if asked.leaves_out else None
    path = asked.path or Path(asked.name)
    for part in open_questions(Opening(asked, facts, source, skip)):
        yield _read_part(path, part, raw_leaves(facts), left_out if asked.leaves_out else None)
    if left_out.count:
        count, problems = left_out.tell()
        yield Questions({}, np.zeros(0, np.int64), left_out=count, problems=problems)


def _read_part(path: Path, part: OpenPart, leaves: tuple[InputFacts, ...], left_out: _LeftOut | None) -> Questions:
    ids = None if part.ids is None else list(part.ids)
    if left_out is None:
        faults = Faults()
        read = {leaf.name: read_leaf(path, part.table, leaf, faults) for leaf in leaves}
        faults.raise_all(part.table)
        return Questions(read, part.rows, ids, part.id_name)
    inputs: dict[str, Raw] = {}
    is_bad = np.zeros(len(part.rows), np.bool_)
    for leaf in leaves:
        inputs[leaf.name], faults = _read_all_faults(path, part.table, leaf, shown=0 if left_out.is_full else SHOWN)
        if faults.counts:
            is_bad |= _examples_with(part.table, np.concatenate(faults.rows), len(part.rows))
            for problem in () if left_out.is_full else faults.describe_cells(part.table):
                if problem.code != "more-problems":
                    left_out.keep(problem)
    left_out.count += int(is_bad.sum())
    count, problems = left_out.tell()
    if not is_bad.any():
        return Questions(inputs, part.rows, ids, part.id_name, count, problems)
    kept = np.flatnonzero(~is_bad)
    chosen = None if ids is None else [ids[place] for place in kept.tolist()]
    sifted = {name: values[kept] for name, values in inputs.items()}
    return Questions(sifted, part.rows[kept], chosen, part.id_name, count, problems)


def _read_all_faults(path: Path, table: Any, leaf: InputFacts, *, shown: int) -> tuple[Raw, Faults]:
    """Read what a raw tensor takes, find all rows that cannot be used, and describe `shown` cells of a column.

    Raises:
        DataError: Something is wrong with all of them, such as their shape.
    """
    faults = Faults(most=shown)
    values = read_leaf(path, table, leaf, faults)
    if not faults.has_all_rows:
        faults = Faults(most=table.examples)
        values = read_leaf(path, table, leaf, faults)
    if faults.problems:
        raise DataError(*faults.problems)
    return values, faults


def _examples_with(table: Any, rows: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Tell for each example whether one of the `rows` of its table, from 0, is in it."""
    if isinstance(table, GroupedTable):
        return np.array([bool(np.isin(group, rows).any()) for group in table.rows], np.bool_)
    if isinstance(table, WindowedTable):
        before = np.append(0, np.cumsum(np.isin(table.order, rows)))
        found: NDArray[np.bool_] = before[table.past :][:count] > before[:count]
        return found
    is_bad = np.zeros(count, np.bool_)
    is_bad[rows] = True
    return is_bad
