"""Answer new examples with a trained run."""

from __future__ import annotations

import errno
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

import keras
import numpy as np

from archcli.commands.answer_files import AnswerFormat, write_answers
from archcli.commands.answer_texts import Table
from archcli.commands.answering import Answering, by_name
from archcli.commands.answers import AnswerColumn, NumberColumn, TextColumn, answer_table
from archcli.commands.saved import SavedRun, open_saved
from archcli.data.questions.asked import Asked, find_kind
from archcli.data.questions.reading import Questions, read_questions
from archcli.data.rows import has_targets
from archcli.engine.interruption import EXIT_STATUS_OF_SIGNALS
from archcli.errors import Interrupted, Problem, RecipeError
from archcli.runs.directory import Run
from archcli.runs.writing import write_error

MOST_ROWS: Final = 65536
BYTES_OF_PART: Final = 64 * 2**20
"""What the raw inputs of the examples that are read at once take at most, and their answers, as far as shapes tell."""

FIRST_ROWS: Final = 1024
"""So many examples are answered first, so that a slow model's first answers come soon; then twice as many each time."""

SECONDS_AT_ONCE: Final = 0.5
_SCORED: Final = ("csv", "tsv", "parquet", "npz", "corpus", "folder", "own")
"""What `evaluate` reads."""

_BYTES_OF_CELL: Final = 32
"""A number as it is answered, rounded and written."""


@dataclass(frozen=True)
class PredictReport:
    """What came of answering.

    Attributes:
        run: The run that answered.
        answers: How many examples were answered.
        left_out: How many could not be used and were left out.
        can_be_scored: Whether `evaluate` can compare the answers with what the same file or folder says.
    """

    run: Run
    answers: int
    left_out: int
    can_be_scored: bool = False


@dataclass(frozen=True)
class Delivery:
    """Where answers go.

    Attributes:
        to: A file, or a stream of bytes.
        written_as: The format.
        tell: Takes what is wrong with examples that are left out, as they are met.
        count: Takes how many examples are answered so far.
    """

    to: Path | BinaryIO
    written_as: AnswerFormat
    tell: Callable[[Sequence[Problem]], None]
    count: Callable[[int], None]


def predict(text: str, asked: Asked, delivery: Delivery, *, runs: Path) -> PredictReport:
    """Answer examples, part by part, in memory that does not grow with their number.

    The columns of the answers are `row`, what is carried along, then for each output its answer, named after its
    target, and for one label an example the probability of each class. Several labels an example are one column, joined
    as in the data, with the probability of each. Answers at several steps are one column, the steps joined by blanks; a
    text is the text.

    Args:
        text: What the user calls the run.
        asked: The examples: raw values, as the recipe's own.
        delivery: Where the answers go.
        runs: The folder of all runs.

    Raises:
        RecipeError: There is no such run, or it has no model yet; or the answers would take the place of the examples.
        DataError: The examples cannot be read, or one of them cannot be used and is not to be left out.
        DataError, SetupError: The answers cannot be written: the disk is full, or anything else is wrong.
        Interrupted: Somebody asked for the end; a file that was there before is still there.
        BrokenPipeError: Whoever reads the answers has had enough.
    """
    _check_places(asked, delivery)
    saved = open_saved(text, runs)
    work = _Work(saved, replace(asked, rows=_rows_at_once(saved.model)), delivery)
    with _ended_by_signal(), closing(work.tables()) as tables:
        write_answers(tables, delivery.to, delivery.written_as)
    return PredictReport(saved.run, work.answers, work.left_out, _can_be_scored(saved, asked, work))


class _Work:
    """Answering, and what has come of it so far."""

    def __init__(self, saved: SavedRun, asked: Asked, delivery: Delivery) -> None:
        self._saved, self._asked, self._delivery = saved, asked, delivery
        self._answering = Answering(saved.model, saved.scored)
        self._rows = FIRST_ROWS
        self.answers = self.left_out = 0

    def tables(self) -> Generator[Table]:
        """Answer all examples; where none can be, the columns are there all the same."""
        id_name: str | None = None
        source = self._saved.recipe.data.source
        for questions in read_questions(self._asked, self._saved.facts, source):
            id_name = questions.id_name or id_name
            if questions.left_out:
                self.left_out += questions.left_out
                self._delivery.tell(questions.problems)
            yield from self._answer(questions)
        if not self.answers:
            yield self._no_answers(id_name)

    def _answer(self, questions: Questions) -> Iterator[Table]:
        """Answer a part, at first a few examples at a time."""
        start, end = 0, len(questions.rows)
        while start < end:
            began, stop = time.perf_counter(), min(start + self._rows, end)
            inputs = {name: values[start:stop] for name, values in questions.inputs.items()}
            answers = self._answering.answer(inputs, count=stop - start)
            ids = None if questions.ids is None else questions.ids[start:stop]
            table = answer_table(answers, self._saved.scored)
            yield _numbered(table, questions.rows[start:stop], questions.id_name, ids)
            self.answers += stop - start
            self._delivery.count(self.answers)
            if stop - start == self._rows and time.perf_counter() - began < SECONDS_AT_ONCE:
                self._rows *= 2
            start = stop

    def _no_answers(self, id_name: str | None) -> Table:
        """Return the table of no answer: the columns that there would be; a model may not take an empty text."""
        given = by_name(self._saved.model.output, self._saved.scored)
        none = {name: np.zeros((0, *(size or 1 for size in one.shape[1:])), np.float32) for name, one in given.items()}
        return _numbered(answer_table(none, self._saved.scored), np.zeros(0, np.int64), id_name, [])


def _can_be_scored(saved: SavedRun, asked: Asked, work: _Work) -> bool:
    """Tell whether `evaluate` reads the same examples: all of them, and what is to be answered with them."""
    if asked.path is None or asked.kind is not None or work.left_out:
        return False
    facts, source = saved.facts, saved.recipe.data.source
    ahead = max((target.shape[0] or 0 for target in facts.targets.values() if target.is_series), default=0)
    if find_kind(asked, facts, source) not in _SCORED or work.answers <= ahead:
        return False
    return has_targets(asked.path, facts, source)


def _numbered(table: Table, rows: Any, id_name: str | None, ids: list[str] | None) -> Table:
    """Put the number of each example, and what is carried along, before its answers, whose names stay theirs."""
    first: dict[str, AnswerColumn] = {_free("row", table): NumberColumn(rows)}
    if id_name is not None and ids is not None:
        first[_free(id_name, {**table, **first})] = TextColumn(ids)
    return {**first, **table}


def _free(name: str, taken: Table) -> str:
    return name if name not in taken else _free(f"{name} given", taken)


def _rows_at_once(model: keras.Model) -> int:
    """Return how many examples to read at once, so that they and their answers take little memory."""
    taken = sum(_count_bytes(tensor) for tensor in model.inputs)
    given = sum(_BYTES_OF_CELL * _size(tensor) for tensor in model.outputs)
    return min(MOST_ROWS, max(1, BYTES_OF_PART // max(1, taken, given)))


def _count_bytes(tensor: Any) -> int:
    return _BYTES_OF_CELL if tensor.dtype == "string" else 4 * _size(tensor)


def _size(tensor: Any) -> int:
    lengths: list[int] = [length or 64 for length in tensor.shape[1:]]  # None: it differs from example to example
    return math.prod(lengths)


def _check_places(asked: Asked, delivery: Delivery) -> None:
    """See that answers do not take the place of the examples, and that there is a folder for them.

    Raises:
        RecipeError: They would.
        SetupError: `cannot-write`: there is none.
    """
    if isinstance(delivery.to, Path) and not delivery.to.parent.is_dir():
        reason = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        raise write_error(delivery.to, reason)
    if asked.path is None or not isinstance(delivery.to, Path) or not delivery.to.is_file():
        return
    if asked.path.exists() and delivery.to.samefile(asked.path):
        message = f"the answers would take the place of the examples in `{asked.path}`"
        raise RecipeError(Problem("output-is-input", message, hint="give `--output` another name"))


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """End at once, and orderly, at Ctrl-C and SIGTERM.

    Raises:
        Interrupted: One came.
    """
    came = [signal.SIGINT]

    def end(number: int, _frame: Any) -> NoReturn:
        came[0] = signal.Signals(number)
        raise KeyboardInterrupt  # which nobody on the way takes for an error

    is_main = threading.current_thread() is threading.main_thread()
    heeded = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) != signal.SIG_IGN]
    earlier = {number: signal.signal(number, end) for number in heeded} if is_main else {}
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(EXIT_STATUS_OF_SIGNALS + came[0], "interrupted; no file was written") from None
    finally:
        for number, handler in earlier.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
