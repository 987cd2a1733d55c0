"""Pictures drawn in a process of their own, so that nothing waits for Matplotlib.

It starts while something else is done and takes what is to be drawn from a pipe. It is waited for, not left behind:
where the program is all that runs, as in a container, nothing outlives it.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

from archcli.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_FULL: Final = "archcli.errors.DataError: "
"""What the process says last where a picture has no room."""

_SERVE: Final = "from archcli.runs.drawing import serve; serve()"


@dataclass(frozen=True)
class Undrawn:
    """Pictures that could not be drawn.

    Attributes:
        message: Which, and why, one sentence without a full stop.
        trace: What the process that drew them said last; empty where there was none.
    """

    message: str
    trace: str = ""


@dataclass
class Drawing:
    """The pictures of one run, in the course of being drawn.

    Attributes:
        process: Draws them, in order; None where there could be none.
        done: Where it writes a line for each that is drawn.
        trouble: Where it says what went wrong.
        wanted: The pictures that it was sent.
    """

    process: subprocess.Popen[bytes] | None
    done: IO[bytes]
    trouble: IO[bytes]
    wanted: list[Path] = field(default_factory=list)

    def draw(self, plot: Callable[..., None], path: Path, **given: Any) -> None:
        """Have a picture drawn.

        Args:
            plot: One of `archcli.runs.plots`.
            path: The PNG.
            given: What else `plot` takes.
        """
        self.wanted.append(path)
        if self.process is not None and self.process.stdin is not None:
            with suppress(BrokenPipeError):  # it has ended: `finish` tells why
                pickle.dump((plot, path, given), self.process.stdin)
                self.process.stdin.flush()

    def finish(self) -> Undrawn | None:
        """Wait until every picture is drawn; tell which could not be.

        Raises:
            DataError: `cannot-write`: the disk is full.
        """
        self.end()
        undrawn = self.wanted[len(_read(self.done).splitlines()) :]
        if not undrawn:
            return None
        trace = _read(self.trouble)
        said = trace.rpartition("\n")[2]
        if said.startswith(_FULL):
            raise DataError(Problem("cannot-write", said.removeprefix(_FULL), hint="free some space on that disk"))
        reason = said.removeprefix("archcli.errors.SetupError: ") or "drawing ended without a word"
        return Undrawn(f"not drawn: {', '.join(path.name for path in undrawn)}: {reason}", trace)

    def end(self) -> None:
        """Say that there is no more to draw, and wait."""
        if self.process is not None and self.process.stdin is not None:
            if not self.wanted:  # it may still be getting ready, for nothing
                self.process.kill()
            with suppress(BrokenPipeError):
                self.process.stdin.close()
            self.process.wait()


@contextmanager
def drawing() -> Iterator[Drawing]:
    """Start a process that gets ready to draw meanwhile; at the end it is there no longer.

    What was sent is drawn to its end even if the block fails. A Ctrl-C on the terminal does not reach it.
    """
    with tempfile.TemporaryFile() as done, tempfile.TemporaryFile() as trouble:
        pictures = Drawing(_start(done, trouble), done, trouble)
        try:
            yield pictures
        finally:
            pictures.end()


def serve() -> None:
    """Draw what comes through standard input until that ends; the first failure ends it, too."""
    from archcli.runs.pages import get_ready  # noqa: PLC0415 -- it imports NumPy, and only this process draws

    get_ready()
    with suppress(EOFError):
        while True:
            plot, path, given = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the process that started this one
            plot(path, **given)
            sys.stdout.write(f"{path.name}\n")


def _read(written: IO[bytes]) -> str:
    written.seek(0)
    return written.read().decode("utf-8", "replace").rstrip()


def _start(done: IO[bytes], trouble: IO[bytes]) -> subprocess.Popen[bytes] | None:
    """Start the process with this one's own packages; None where there is no room for another."""
    # One thread is enough, and `-P` keeps what lies in the working directory from being taken for a package.
    environment = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "OPENBLAS_NUM_THREADS": "1"}
    try:
        return subprocess.Popen(  # noqa: S603 -- a fixed command, without a shell
            [sys.executable, "-P", "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=done,
            stderr=trouble,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    except OSError as error:
        trouble.write(str(error).encode())
        return None
