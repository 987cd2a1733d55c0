"""Opening what is asked: a part of the examples after another, whatever kind of file they are in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.groups import GroupedTable
from archcli.data.opening import open_groups, open_windows
from archcli.data.questions.arrays import open_npy_in_parts, open_npz_in_parts
from archcli.data.questions.asked import Asked, Kind, find_kind, only_column
from archcli.data.questions.images import open_flat, open_single
from archcli.data.questions.json_lines import open_json_lines
from archcli.data.questions.lines import Skip
from archcli.data.questions.sequences import are_contiguous, groups_in_parts
from archcli.data.questions.texts import open_text, open_texts
from archcli.data.rows import check_columns, input_kinds, open_new_corpus, raw_leaves
from archcli.data.sources import open_file, open_in_parts
from archcli.data.sources.own_forms import list_own_columns, open_own_in_parts
from archcli.data.windows import WindowedTable
from archcli.errors import DataError, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.facts import Facts
from archcli.recipe.features import FOLDER_FILE
from archcli.recipe.headers import FileNames, column_hint, file_delimiter, read_names
from archcli.recipe.recipe import Named

_OF_SEVERAL_ROWS: Final = {"series", "sequence"}
_NUMERIC: Final = ("numeric", "series", "sequence")


@dataclass(frozen=True, eq=False)
class OpenPart:
    """Some examples, opened.

    Attributes:
        table: What the features read: a table of them, windows, or groups.
        rows: The number of each example, from 1, `(examples,)`.
        ids: What is carried along, a text for each; None: nothing.
        id_name: What that is called.
    """

    table: Any
    rows: NDArray[np.int64]
    ids: Sequence[str] | None = None
    id_name: str | None = None


@dataclass(frozen=True)
class Opening:
    """What opening takes.

    Attributes:
        asked: What the command line says.
        facts: What the model was trained on.
        source: The source that it was trained on.
        skip: Takes each example that is no row, which is left out; None: it is raised.
    """

    asked: Asked
    facts: Facts
    source: Named
    skip: Skip | None = None

    @property
    def path(self) -> Path:
        """The file or folder."""
        return self.asked.path or Path()

    @property
    def columns(self) -> list[str]:
        """The columns that the model reads, each once, and the one that is carried along."""
        read = [column for leaf in raw_leaves(self.facts) for column in leaf.columns]
        named = self.asked.id_column
        return list(dict.fromkeys([*read, *([] if named is None else [named])]))

    @property
    def numbers(self) -> list[str]:
        """Those of the columns that are read as numbers and nothing else."""
        others = {column for leaf in raw_leaves(self.facts) if leaf.kind not in _NUMERIC for column in leaf.columns}
        return [column for column in self.columns if column not in {*others, self.asked.id_column}]

    def part(self, table: Any, rows: NDArray[np.int64], ids: Sequence[str] | None = None) -> OpenPart:
        """Return a part with what is carried along: `ids`, or else the column of the table."""
        named = self.asked.id_column
        if named is not None and ids is None:
            ids = table.texts(named, Faults(), may_miss=True)
        return OpenPart(table, rows, ids, named)


def open_questions(opening: Opening) -> Iterator[OpenPart]:
    """Open the examples, part by part.

    Raises:
        DataError: The file cannot be read, a column is missing, there is no example, or one is no row.
    """
    asked = opening.asked
    kind = find_kind(asked, opening.facts, opening.source)
    if asked.text is not None:
        table = open_text(asked.text, only_column(asked, opening.facts, "a text"))
        _check_id(opening, FileNames((), "column"))
        yield OpenPart(table, np.ones(1, np.int64))
    else:
        yield from _OPENERS[kind](opening)


def _open_table(opening: Opening) -> Iterator[OpenPart]:
    asked, path, kinds = opening.asked, opening.path, input_kinds(opening.facts)
    delimiter = "\t" if asked.kind == "tsv" else file_delimiter(path, opening.source)
    names = read_names(path, delimiter=delimiter)
    check_columns(path, opening.facts, names, needs_targets=False)
    _check_id(opening, names)
    if "series" in kinds:
        yield from _open_series(opening, delimiter)
    elif "sequence" in kinds:
        yield from _open_sequences(opening, delimiter)
    else:
        columns = opening.columns or list(names.names[:1])
        parts = open_in_parts(
            path, columns, delimiter=delimiter, rows=asked.rows, numbers=opening.numbers, skip=opening.skip
        )
        for table in parts:
            yield opening.part(table, table.rows)


def _open_sequences(opening: Opening, delimiter: str) -> Iterator[OpenPart]:
    """Open sequences, some at a time where the rows of each follow each other; else all are in memory."""
    named, done = opening.asked.id_column, 0
    for groups in _open_groups(opening, delimiter):
        ids = None if named is None else groups.table.texts(named, Faults(), may_miss=True)
        first = [int(rows[0]) for rows in groups.rows]
        numbers = np.arange(done, done + groups.examples) + 1
        yield opening.part(groups, numbers, None if ids is None else [ids[row] for row in first])
        done += groups.examples


def _open_groups(opening: Opening, delimiter: str) -> Iterator[GroupedTable]:
    path, source, rows = opening.path, opening.source, opening.asked.rows
    identity, order = source.arguments.get("id"), source.arguments.get("order")
    if not isinstance(identity, str):
        message = f"`{shown_path(path)}` is a table, and the model reads sequences as `{source.name}` has them"
        raise DataError(Problem("not-a-table", message, hint="give it a file of that form, or lines of JSON"))
    if opening.asked.kind in ("npz", "npy") or path.suffix.lower() in (".npz", ".npy"):
        yield open_groups(path, source, opening.columns, location=None, numbers=opening.numbers)
        return
    if not are_contiguous(open_in_parts(path, [identity], delimiter=delimiter, rows=rows), identity):
        yield open_groups(path, source, opening.columns, location=None, numbers=opening.numbers)
        return
    key = [order] if isinstance(order, str) else []
    columns, numbers = dict.fromkeys([*opening.columns, identity, *key]), {*opening.numbers} - {identity}
    parts = open_in_parts(path, list(columns), delimiter=delimiter, rows=rows, numbers=numbers)
    yield from groups_in_parts(parts, identity, order=key[0] if key else None)


def _open_series(opening: Opening, delimiter: str) -> Iterator[OpenPart]:
    """Open windows, some at a time: the values, which times may put in order, are in memory, their windows are not."""
    asked, named = opening.asked, opening.asked.id_column
    leaves = raw_leaves(opening.facts)
    past = max(leaf.shape[0] or 1 for leaf in leaves)
    columns = [column for leaf in leaves for column in leaf.columns]
    whole = open_windows(opening.path, opening.source, columns, past, 0, 1, location=None)
    ids: Sequence[str] | None = None
    if named is not None:
        ids = open_file(opening.path, [named], delimiter=delimiter).texts(named, Faults(), may_miss=True)
    for start in range(0, whole.examples, asked.rows):
        order = whole.order[start : start + asked.rows + past - 1]
        part: WindowedTable = replace(whole, order=order)
        last = None if ids is None else [ids[row] for row in order[past - 1 :].tolist()]
        yield opening.part(part, np.arange(start, start + part.examples) + 1, last)


def _open_npz(opening: Opening) -> Iterator[OpenPart]:
    if input_kinds(opening.facts) & _OF_SEVERAL_ROWS:
        yield from _open_table(opening)
        return
    names = read_names(opening.path)
    check_columns(opening.path, opening.facts, names, needs_targets=False)
    _check_id(opening, names)
    columns = opening.columns or list(names.names[:1])
    for table in open_npz_in_parts(opening.path, columns, rows=opening.asked.rows):
        yield opening.part(table, table.rows)


def _open_npy(opening: Opening) -> Iterator[OpenPart]:
    column = only_column(opening.asked, opening.facts, "one array without a name")
    if input_kinds(opening.facts) & _OF_SEVERAL_ROWS:
        message = f"`{opening.asked.name}` is one array without a name, and each example is made of several rows"
        raise DataError(Problem("not-a-table", message, hint="give it a CSV, or lines of JSON"))
    _check_id(opening, FileNames((), "array"))
    for table in open_npy_in_parts(opening.path, column, rows=opening.asked.rows):
        yield opening.part(table, table.rows)


def _open_folder(opening: Opening) -> Iterator[OpenPart]:
    (kind,) = input_kinds(opening.facts)
    column = only_column(opening.asked, opening.facts, "a folder")
    _check_id(opening, FileNames((FOLDER_FILE,), "column"))
    whole = open_flat(opening.path, column, kind)
    for start in range(0, whole.examples, opening.asked.rows):
        table = whole.slice(start, start + opening.asked.rows)
        yield OpenPart(table, table.rows, table.arrays[FOLDER_FILE].tolist(), FOLDER_FILE)


def _open_single(opening: Opening) -> Iterator[OpenPart]:
    column = only_column(opening.asked, opening.facts, "a single file")
    _check_id(opening, FileNames((FOLDER_FILE,), "column"))
    yield OpenPart(open_single(opening.path, column), np.ones(1, np.int64), [opening.path.name], FOLDER_FILE)


def _open_own(opening: Opening) -> Iterator[OpenPart]:
    """Open a file of the form that the run was trained on, part by part; of a folder all names are there."""
    path, source, kinds = opening.path, opening.source, input_kinds(opening.facts)
    names = FileNames(list_own_columns(path, source, kinds, location=None), "column")
    check_columns(path, opening.facts, names, needs_targets=False)
    _check_id(opening, names)
    by_column = {column: leaf.kind for leaf in raw_leaves(opening.facts) for column in leaf.columns}
    for table in open_own_in_parts(path, source, opening.columns, by_column, rows=opening.asked.rows):
        yield opening.part(table, table.rows)


def _open_corpus(opening: Opening) -> Iterator[OpenPart]:
    """Open one long text, which is in memory as a whole."""
    _check_id(opening, FileNames((), "column"))
    table = open_new_corpus(opening.path, opening.facts, ahead=0)
    yield OpenPart(table, table.rows)


def _open_txt(opening: Opening) -> Iterator[OpenPart]:
    asked = opening.asked
    column = only_column(asked, opening.facts, "a file of texts")
    _check_id(opening, FileNames((), "column"))
    with _stream(asked) as stream:
        parts = open_texts(stream, asked.name, column, rows=asked.rows, skip=opening.skip)
        yield from _at_least_one((OpenPart(table, rows) for table, rows in parts), asked)


def _open_json_lines(opening: Opening) -> Iterator[OpenPart]:
    asked, leaves = opening.asked, raw_leaves(opening.facts)
    folder = Path() if asked.path is None else asked.path.parent
    with _stream(asked) as stream:
        tables = open_json_lines(stream, asked.name, leaves, folder=folder, rows=asked.rows, skip=opening.skip)
        for number, table in enumerate(_at_least_one(tables, asked)):
            if number == 0:
                names = FileNames(tuple(sorted({key for given in table.objects for key in given})), "key")
                check_columns(Path(asked.name), opening.facts, names, needs_targets=False)
                _check_id(opening, names)
            yield opening.part(table, table.rows)


_OPENERS: Final[Mapping[Kind, Callable[[Opening], Iterator[OpenPart]]]] = {
    "csv": _open_table,
    "tsv": _open_table,
    "parquet": _open_table,
    "npz": _open_npz,
    "npy": _open_npy,
    "jsonl": _open_json_lines,
    "txt": _open_txt,
    "corpus": _open_corpus,
    "single": _open_single,
    "folder": _open_folder,
    "own": _open_own,
}
"""What opens each kind of file."""


@contextmanager
def _stream(asked: Asked) -> Iterator[Any]:
    if asked.path is None:
        yield asked.stream
        return
    try:
        file = asked.path.open("rb")
    except OSError as error:
        message = f"`{shown_path(asked.path)}` cannot be read: {(error.strerror or str(error)).lower()}"
        raise DataError(Problem("not-readable", message)) from None
    with file:
        yield file


def _at_least_one(parts: Iterator[Any], asked: Asked) -> Iterator[Any]:
    is_empty = True
    for part in parts:
        is_empty = False
        yield part
    if is_empty and not asked.leaves_out:
        raise DataError(Problem("no-rows", f"`{asked.name}` holds no example"))


def _check_id(opening: Opening, names: FileNames) -> None:
    named: str | None = opening.asked.id_column
    listed: Collection[str] = names.names
    if named is None or named in listed:
        return
    place = None if names.header is None else names.header.record.locate_characters()
    message = f"`{opening.asked.name}` has no {names.noun} `{named}`, which `--id` names"
    hint = column_hint(named, names.names, names.header) if listed else None
    raise DataError(Problem("column-not-found", message, place, hint))
