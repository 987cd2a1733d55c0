"""What all tests share: the program, run in this process."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from archcli.cli.app import main
from archcli.engine.quiet import set_variables
from archcli.runs import drawing

set_variables(os.environ)  # before a test imports TensorFlow, so that it computes here as in the program


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that have most slow tests: of several processes none is left with one of them at the end."""
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    items.sort(key=lambda item: -slow[item.path])


@dataclass(frozen=True)
class Outcome:
    """What a command did.

    Attributes:
        status: Its exit status.
        out: What it wrote on standard output.
        err: What it wrote on standard error.
    """

    status: int
    out: str
    err: str


class Archcli(Protocol):
    """Runs a command as if it were typed, in a folder if one is given."""

    def __call__(self, *arguments: str | Path, cwd: Path | None = None) -> Outcome:
        """Run `archcli ARGUMENTS`."""


@pytest.fixture(scope="session", autouse=True)
def drawn() -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """Draw no pictures of runs, each of which starts a process, but within what this gives."""
    start, draw = drawing._start, drawing.Drawing.draw

    @contextmanager
    def as_it_is() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drawing, "_start", start)
            patch.setattr(drawing.Drawing, "draw", draw)
            yield

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_start", lambda *_: None)
        patch.setattr(drawing.Drawing, "draw", lambda *_, **__: None)
        yield as_it_is


@pytest.fixture
def pictures(drawn: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Draw the pictures of runs after all."""
    with drawn():
        yield


@pytest.fixture
def archcli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Archcli:
    """The program, without a terminal: plain lines that do not depend on a width."""
    for variable in ("FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "ARCHCLI_RUNS"):
        monkeypatch.delenv(variable, raising=False)

    def run(*arguments: str | Path, cwd: Path | None = None) -> Outcome:
        capsys.readouterr()
        with monkeypatch.context() as context:
            if cwd is not None:
                context.chdir(cwd)
            with pytest.raises(SystemExit) as stopped:
                main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        status = stopped.value.code
        return Outcome(status if isinstance(status, int) else 0 if status is None else 1, written.out, written.err)

    return run
