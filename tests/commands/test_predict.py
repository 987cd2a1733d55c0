"""Answering part by part: how much at once, where to, and what the columns are called."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

from archcli.commands import predict
from archcli.commands.answers import AnswerColumn, NumberColumn, TextColumn
from archcli.commands.predict import Delivery, _check_places, _ended_by_signal, _numbered, _rows_at_once
from archcli.data.questions.asked import Asked
from archcli.errors import Interrupted, RecipeError, SetupError


def model(shape: tuple[int | None, ...], outputs: int) -> keras.Model:
    """Build a model that takes examples of a shape."""
    taken = keras.Input(shape)
    given = keras.layers.Flatten()(taken) if None not in shape else keras.layers.GlobalAveragePooling1D()(taken)
    return keras.Model(taken, keras.layers.Dense(outputs)(given))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    yield
    keras.backend.clear_session()


def delivery(to: str) -> Delivery:
    """Describe answers that go to a file."""
    return Delivery(Path(to), "csv", lambda _: None, lambda _: None)


def test_large_examples_are_read_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are those with many answers; small ones are read as many as is usual."""
    monkeypatch.setattr(predict, "BYTES_OF_PART", 4 * 1200)

    assert _rows_at_once(model((10, 12), 2)) == 10
    assert _rows_at_once(model((1,), 50)) == 3
    assert _rows_at_once(model((200, 200), 2)) == 1
    assert _rows_at_once(model((None, 3), 2)) == 6
    monkeypatch.undo()
    assert _rows_at_once(model((4,), 3)) == 65536


def test_answers_keep_their_names() -> None:
    """What is carried along is called otherwise where an answer has its name."""
    answers: dict[str, AnswerColumn] = {"kind": TextColumn(["cat"]), "row": NumberColumn(np.ones(1))}

    table = _numbered(answers, np.array([7]), "kind", ["dog"])

    assert {name: column.cells() for name, column in table.items()} == {
        "row given": [7],
        "kind given": ["dog"],
        "kind": ["cat"],
        "row": [1.0],
    }


def test_the_examples_are_not_written_over() -> None:
    """Not by another name, either."""
    Path("new.csv").write_text("a\n1\n", encoding="utf-8")
    Path("link.csv").symlink_to("new.csv")

    with pytest.raises(RecipeError) as raised:
        _check_places(Asked(Path("new.csv")), delivery("link.csv"))

    assert [problem.message for problem in raised.value.problems] == [
        "the answers would take the place of the examples in `new.csv`"
    ]
    _check_places(Asked(Path("new.csv")), delivery("other.csv"))
    _check_places(Asked(text="good day"), delivery("new.csv"))


def test_a_folder_that_is_not_there_is_said_first() -> None:
    """Before the model is loaded."""
    with pytest.raises(SetupError) as raised:
        _check_places(Asked(text="good day"), delivery("no/where.csv"))

    assert raised.value.problems[0].message == "`no/where.csv` cannot be written: no such file or directory"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(number: signal.Signals) -> None:
    """As what it is, and whoever took the signal before takes it again."""
    before = signal.getsignal(number)

    with pytest.raises(Interrupted) as raised, _ended_by_signal():
        os.kill(os.getpid(), number)

    assert raised.value.exit_status == 128 + number
    assert signal.getsignal(number) == before


def test_an_ignored_signal_stays_ignored() -> None:
    """As a process in the background has it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with _ended_by_signal():
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
