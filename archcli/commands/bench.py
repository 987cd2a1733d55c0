"""Measure how fast a recipe trains in each mode, and by Keras's `Model.fit`; nothing is written."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

from archcli.commands.bench_processes import Task, WorkerProcess
from archcli.commands.bench_report import WAYS, BenchReport, Facts, Measurement, Setting, Way, sum_up
from archcli.commands.check import check
from archcli.engine.interruption import signals_as_requests
from archcli.errors import ArchcliError

ROUNDS: Final = 10
SECONDS: Final = 20.0
LEAST_ROUND_SECONDS: Final = 0.2

LEAST_ROUNDS: Final = 3
SHARE_OF_THE_SLOW: Final = 2
"""What has taken so many times its share of the time, as one step may take longer than a round, ends after three."""

GROWTH: Final = 1.5
SHARE_OF_FREE_MEMORY: Final = 0.8
"""As many processes stand side by side as so many times what the first holds fits into this share of what is free."""


class BenchWatcher(Protocol):
    """Whoever watches a benchmark."""

    def prepared(self, facts: Facts, settings: int) -> None:
        """Take note of what is measured, in how many settings."""

    def compiled(self, measured: Measurement) -> None:
        """Take note of a setting that is compiled, or cannot be."""

    def round_begun(self, number: int, count: int) -> None:
        """Take note of round `number` of `count`, from 1."""


@dataclass(frozen=True)
class Budget:
    """How long is measured.

    Attributes:
        rounds: How often each setting has its turn, from 1.
        round_seconds: For how long.
    """

    rounds: int
    round_seconds: float


def bench(
    text: str,
    overrides: Sequence[str] = (),
    *,
    batch_sizes: Sequence[int] = (),
    rounds: int = ROUNDS,
    seconds: float = SECONDS,
    watcher: BenchWatcher,
    ways: Sequence[Way] = WAYS,
) -> BenchReport:
    """Measure a recipe in each way, each batch size and each way in a process of its own, all in turn.

    Args:
        text: A path, or the name of a shipped recipe.
        overrides: Changes such as `train.epochs=5`.
        batch_sizes: Beside that of the recipe.
        rounds: How often each has its turn, from 1.
        seconds: That are measured in all, about; start-up and compiling come on top.
        watcher: Who watches.
        ways: Which ways, at least one; not first one that may be refused.

    Raises:
        RecipeError, DataError: As in training.
        TrainingError: Nothing could be measured.
        Interrupted: Ctrl-C or SIGTERM.
    """
    train = check(text, overrides).recipe.train
    with signals_as_requests() as request, ExitStack() as stack:

        def start(way: Way) -> WorkerProcess:
            return stack.enter_context(WorkerProcess(Task(text, tuple(overrides), way), request))

        waiting = [start(way) for way in ways]  # they import TensorFlow side by side
        first = waiting[0]
        facts: Facts = first.ask("prepare", None, as_written=True)  # alone: it may have to fetch the data
        if train.batch_size == "auto":  # what was tried to find one would be counted in its memory
            first.close()
            waiting[0] = start(ways[0])
        sizes = dict.fromkeys([facts.batch_size, *sorted(batch_sizes)])
        settings = [Setting(way, size) for size in sizes for way in ways if size <= facts.examples]
        watcher.prepared(facts, len(settings))
        budget = Budget(rounds, max(LEAST_ROUND_SECONDS, seconds / rounds / len(settings)))
        ready = {Setting(way, facts.batch_size): process for way, process in zip(ways, waiting, strict=True)}
        heats = _divide(settings, len(ways), facts)
        for one in [one for one in ready if one not in heats[0]]:
            ready.pop(one).close()  # there is no room to have it wait
        measured = [
            Measurement(Setting(way, size), f"{facts.examples} training examples do not fill a batch of {size}")
            for size in sizes
            for way in ways
            if size > facts.examples
        ]
        for heat in heats:
            processes = {one: ready.get(one) or start(one.way) for one in heat}
            measured += _run_heat(processes, budget, watcher, prepared=first)
            if heat is heats[0]:
                matmul, flops = _measure_device(processes[heat[0]])
            for process in processes.values():
                process.close()
    _check_any(measured)
    measured.sort(key=lambda one: (one.setting.batch_size, ways.index(one.setting.way)))
    peak = None if matmul is None else matmul[0]
    usual = {way: _usual_compile_seconds(measured, way) for way in ways}
    return BenchReport(
        facts=facts,
        written_mode=train.compile,
        rows=tuple(
            sum_up(
                one,
                facts,
                usual_compile_seconds=usual[one.setting.way],
                matmul_flops=peak,
                step_flops_per_example=flops,
            )
            for one in measured
        ),
        matmul_flops=peak,
        matmul_side=0 if matmul is None else matmul[1],
        step_flops_per_example=flops,
        rounds=rounds,
        round_seconds=budget.round_seconds,
        distribute=train.distribute,
        together=len(heats) == 1,
    )


def _divide(settings: Sequence[Setting], way_count: int, facts: Facts) -> list[Sequence[Setting]]:
    """Divide settings into heats whose processes have room side by side: all, those of a batch size, or each alone."""
    room = len(settings)
    if facts.free_bytes is not None:
        room = int(SHARE_OF_FREE_MEMORY * (facts.free_bytes + facts.held_bytes) / (GROWTH * facts.held_bytes))
    if facts.on_gpu:
        room = min(room, way_count)
    size = len(settings) if room >= len(settings) else way_count if room >= way_count else 1
    return [settings[start : start + size] for start in range(0, len(settings), size)]


def _run_heat(
    processes: Mapping[Setting, WorkerProcess], budget: Budget, watcher: BenchWatcher, *, prepared: WorkerProcess
) -> list[Measurement]:
    """Measure settings in turn; `prepared` is ready already."""
    measured = {setting: Measurement(setting) for setting in processes}
    _prepare({one: process for one, process in processes.items() if process is not prepared}, measured)
    for setting, process in processes.items():
        _compile(measured[setting], process, budget)
        watcher.compiled(measured[setting])
    for number in range(budget.rounds):
        watcher.round_begun(number + 1, budget.rounds)
        # To and fro, so that what comes late in one round comes early in the next.
        for setting in list(processes)[:: 1 if number % 2 == 0 else -1]:
            _train(measured[setting], processes[setting], budget)
    for setting, process in processes.items():
        if measured[setting].reason is None:
            with _failure_noted(measured[setting]):
                measured[setting].memory_bytes = process.ask("read_memory")
    return list(measured.values())


def _prepare(processes: Mapping[Setting, WorkerProcess], measured: Mapping[Setting, Measurement]) -> None:
    for setting, process in processes.items():
        process.tell("prepare", setting.batch_size, as_written=False)
    for setting, process in processes.items():
        with _failure_noted(measured[setting]):
            facts: Facts = process.answer()
            measured[setting].reason = facts.refusal


def _compile(measured: Measurement, process: WorkerProcess, budget: Budget) -> None:
    """Have a process compile, and train for a round that does not count."""
    if measured.reason is None:
        with _failure_noted(measured):
            measured.compile_seconds = process.ask("compile")
            process.ask("train", budget.round_seconds)


def _train(measured: Measurement, process: WorkerProcess, budget: Budget) -> None:
    """Have a process train for a round, unless it cannot, or has had more than its share."""
    is_slow = measured.seconds > SHARE_OF_THE_SLOW * budget.rounds * budget.round_seconds
    if measured.reason is None and not (is_slow and len(measured.stretches) >= LEAST_ROUNDS):
        with _failure_noted(measured):
            measured.stretches.append(process.ask("train", budget.round_seconds))


def _measure_device(process: WorkerProcess) -> tuple[tuple[float, int] | None, float | None]:
    """Return the speed of a product of matrices and the side of these, and the operations of a training step."""
    matmul, flops = None, None
    with suppress(ArchcliError):
        matmul = process.ask("measure_matmul")
    with suppress(ArchcliError):
        flops = process.ask("count_step_flops")
    return matmul, flops


def _usual_compile_seconds(measured: Sequence[Measurement], way: Way) -> float:
    """Return the median of all batch sizes: one mode compiles about the same for each."""
    seconds = [one.compile_seconds for one in measured if one.setting.way == way and one.reason is None]
    return statistics.median(seconds) if seconds else 0.0


@contextmanager
def _failure_noted(measured: Measurement) -> Iterator[None]:
    """Note why a setting cannot be measured, and go on with the others."""
    try:
        yield
    except ArchcliError as error:
        measured.reason, measured.error = error.problems[0].message, error


def _check_any(measured: Sequence[Measurement]) -> None:
    """Raise what made all of our own modes fail; `Model.fit` alone is no choice."""
    if not any(one.reason is None for one in measured if one.setting.way != "fit"):
        raise next(one.error for one in measured if one.error is not None)
