"""The processes of a benchmark: each measures one setting, and none has what another left behind.

The process that people start never imports TensorFlow: it tells the others what to do, one at a time, and waits. They
end when they are closed, and by themselves when the one that started them is gone.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Final, Self

from archcli.commands.bench_report import Way
from archcli.engine.interruption import StopRequest
from archcli.engine.quiet import start_tensorflow
from archcli.errors import ArchcliError, Interrupted, Problem, TrainingError

SECONDS_BETWEEN_LOOKS: Final = 0.2
STOPPED: Final = "the benchmark was stopped; it writes nothing"


@dataclass(frozen=True)
class Task:
    """What a process measures.

    Attributes:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.
        way: How steps are run.
    """

    text: str
    overrides: tuple[str, ...]
    way: Way


class WorkerProcess:
    """A process with a `Worker`, whose methods are called from here."""

    def __init__(self, task: Task, request: StopRequest) -> None:
        """Start it; it imports TensorFlow while this one goes on.

        Args:
            task: What it measures.
            request: Asked a few times a second whether to stop waiting for it.
        """
        self._request = request
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, task), daemon=True)
        with _ctrl_c_held_back():
            self._process.start()
        theirs.close()

    def tell(self, method: str, *arguments: Any, **options: Any) -> None:
        """Have it call a method of its `Worker`."""
        with suppress(ConnectionError):  # it has died, as `answer` will find
            self._connection.send((method, arguments, options))

    def answer(self) -> Any:
        """Wait for what the method returned that it was last told to call.

        Raises:
            ArchcliError: The method raised it, or `process-died`.
            Interrupted: Ctrl-C or SIGTERM came meanwhile.
        """
        while not wait([self._connection], SECONDS_BETWEEN_LOOKS):
            self._stop_if_asked()
        self._stop_if_asked()
        try:
            kind, value = self._connection.recv()
        except (EOFError, ConnectionError):
            self._process.join()
            raise self._died() from None
        if kind is not None:
            raise kind(*value)
        return value

    def ask(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Call a method of its `Worker`, and wait; see `answer`."""
        self.tell(method, *arguments, **options)
        return self.answer()

    def close(self) -> None:
        """End it, whatever it is doing."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _stop_if_asked(self) -> None:
        if self._request.is_made:
            raise Interrupted(self._request.exit_status, STOPPED)

    def _died(self) -> TrainingError:
        code = self._process.exitcode or 0
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        hint = "memory may have run out: use a smaller batch" if code == -signal.SIGKILL else None
        return TrainingError(Problem("process-died", f"the process that measured it {how}", hint=hint))


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Let a process that is started meanwhile never get Ctrl-C, which the one that started it answers for all."""
    resource_tracker.ensure_running()  # it would be started with the first process, and unblock the signal after that
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, task: Task) -> None:
    """Do what one is told until nobody is there to tell; what goes wrong is told back."""
    start_tensorflow()
    from archcli.commands.bench_worker import Worker  # noqa: PLC0415 -- TensorFlow must be started first

    worker = Worker(task)
    methods: Mapping[str, Any] = {
        method.__name__: method
        for method in (
            worker.prepare,
            worker.compile,
            worker.train,
            worker.read_memory,
            worker.measure_matmul,
            worker.count_step_flops,
        )
    }
    with suppress(EOFError, ConnectionError):
        while True:
            name, arguments, options = connection.recv()
            try:
                answer: tuple[type[ArchcliError] | None, Any] = (None, methods[name](*arguments, **options))
            except ArchcliError as error:
                answer = (type(error), error.problems)
            connection.send(answer)
