"""Which settings are measured, in which order, and what becomes of those that fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest

from archcli.commands import bench as command
from archcli.commands.bench import bench
from archcli.commands.bench_processes import Task
from archcli.commands.bench_report import BenchReport, Facts, Measurement, Setting
from archcli.engine.interruption import StopRequest
from archcli.engine.stretch import Stretch
from archcli.errors import DataError, Problem, RecipeError, TrainingError

RECIPE = """
archcli: 1
data: {source: iris}
model: {layers: [Dense: $classes]}
train: {batch_size: 40, epochs: 3}
"""
GIBIBYTE = 2**30


class Silent:
    """Takes note of nothing."""

    def prepared(self, facts: Facts, settings: int) -> None:
        """Ignore it."""

    def compiled(self, measured: Measurement) -> None:
        """Ignore it."""

    def round_begun(self, number: int, count: int) -> None:
        """Ignore it."""


class Played:
    """Stands for a process: what it is told is noted, and it answers as the test says."""

    log: ClassVar[list[tuple[str, int, str]]] = []
    alive: ClassVar[Counter[str]] = Counter()
    most_alive: ClassVar[int] = 0
    free_bytes: ClassVar[int | None] = None
    refusals: ClassVar[dict[str, str]] = {}
    failures: ClassVar[dict[tuple[str, str], Exception]] = {}
    train_seconds: ClassVar[dict[str, float]] = {}
    compile_seconds: ClassVar[dict[int, float]] = {}

    def __init__(self, task: Task, request: StopRequest) -> None:
        del request
        self.way, self.size, self.waiting = task.way, 40, ""
        Played.alive[self.way] += 1
        Played.most_alive = max(Played.most_alive, Played.alive.total())
        self.is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Be gone."""
        Played.alive[self.way] -= self.is_open
        self.is_open = False

    def tell(self, method: str, *arguments: Any, **_: Any) -> None:
        """Note it."""
        assert self.is_open
        if method == "prepare":
            self.size = arguments[0] or self.size
        Played.log.append((self.way, self.size, method))
        self.waiting = method

    def answer(self) -> Any:
        """Answer as the test says."""
        if (self.way, self.waiting) in Played.failures:
            raise Played.failures[self.way, self.waiting]
        seconds = Played.train_seconds.get(self.way, 0.5)
        facts = Facts("small", "cpu", False, 105, self.size, 3, "graph", "why", GIBIBYTE, Played.free_bytes)
        answers: dict[str, Any] = {
            "prepare": Facts(*vars(facts).values()) if self.way not in Played.refusals else self._refused(facts),
            "compile": Played.compile_seconds.get(self.size, 1.0),
            "train": Stretch(10, 400, seconds),
            "read_memory": 5,
            "measure_matmul": (1e9, 64),
            "count_step_flops": 1000.0,
        }
        return answers[self.waiting]

    def ask(self, method: str, *arguments: Any, **options: Any) -> Any:
        """Note it, and answer."""
        self.tell(method, *arguments, **options)
        return self.answer()

    def _refused(self, facts: Facts) -> Facts:
        return Facts(**{**vars(facts), "refusal": Played.refusals[self.way]})


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Played]]:
    """Processes that are played."""
    Played.log, Played.alive, Played.most_alive, Played.free_bytes = [], Counter(), 0, None
    Played.refusals, Played.failures, Played.train_seconds = {}, {}, {}
    Played.compile_seconds = {}
    monkeypatch.setattr(command, "WorkerProcess", Played)
    yield Played
    assert Played.alive.total() == 0


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    """A recipe."""
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    return str(path)


def _reasons(report: BenchReport) -> dict[Setting, str | None]:
    return {row.setting: row.reason for row in report.rows}


def test_settings_take_turns_to_and_fro(played: type[Played], recipe: str) -> None:
    """One compiles after the other, each with a round that does not count; then each has as many as the others."""
    report = bench(recipe, rounds=2, seconds=4, watcher=Silent())

    order = ["graph", "xla", "eager", "fit"]
    assert [(way, did) for way, _, did in played.log if did in {"compile", "train"}] == [
        *((way, did) for way in order for did in ("compile", "train")),
        *((way, "train") for way in (*order, *reversed(order))),
    ]
    assert played.log[0] == ("graph", 40, "prepare")
    assert [row.setting for row in report.rows] == [Setting(way, 40) for way in ("graph", "xla", "eager", "fit")]
    assert all(row.figures is not None and row.figures.rounds == 2 for row in report.rows)
    assert (report.rounds, report.round_seconds, report.together) == (2, 0.5, True)
    assert (report.matmul_flops, report.matmul_side, report.step_flops_per_example) == (1e9, 64, 1000.0)


def test_the_recipe_s_own_batch_size_is_always_among_them(played: type[Played], recipe: str) -> None:
    """So that a change can be judged; all take turns where memory allows."""
    report = bench(recipe, batch_sizes=[20, 60, 40], watcher=Silent(), ways=("graph", "fit"))

    assert [row.setting for row in report.rows] == [Setting(way, n) for n in (20, 40, 60) for way in ("graph", "fit")]
    assert (report.together, played.most_alive) == (True, 6)
    assert report.round_seconds == pytest.approx(20 / 10 / 6)


@pytest.mark.parametrize(("free", "alive"), [(11, 6), (4, 2), (1, 2)])
def test_processes_are_side_by_side_as_memory_allows(played: type[Played], recipe: str, free: int, alive: int) -> None:
    """All, those of one batch size, or each alone; beside the first one of each mode wait until that is known."""
    played.free_bytes = free * GIBIBYTE + GIBIBYTE // 2

    report = bench(recipe, batch_sizes=[20, 60], watcher=Silent(), ways=("graph", "fit"))

    assert (report.together, played.most_alive) == (free == 11, alive)
    assert all(row.figures is not None for row in report.rows)


def test_compiling_counts_as_usual_for_a_mode(played: type[Played], recipe: str) -> None:
    """The batch size changes it by next to nothing, so that the total of each has the median of them."""
    played.compile_seconds = {20: 3.0, 40: 2.0, 60: 10.0}

    report = bench(recipe, batch_sizes=[20, 60], watcher=Silent(), ways=("graph",))

    figures = [row.figures for row in report.rows if row.figures is not None]
    assert [one.compile_seconds for one in figures] == [3.0, 2.0, 10.0]
    assert [one.training_seconds for one in figures] == [pytest.approx(3.0 + 3 * 105 * 0.5 / 400)] * 3


def test_a_round_is_never_too_short(played: type[Played], recipe: str) -> None:
    """A fifth of a second, however little time there is for so many."""
    del played
    report = bench(recipe, rounds=1000, seconds=1, watcher=Silent(), ways=("graph",))

    assert report.round_seconds == 0.2


def test_what_is_slow_has_fewer_rounds(played: type[Played], recipe: str) -> None:
    """Where a step takes longer than a round, three rounds are enough once they had twice their share."""
    played.train_seconds = {"eager": 30.0}

    report = bench(recipe, watcher=Silent(), ways=("graph", "eager"))

    assert [row.figures and row.figures.rounds for row in report.rows] == [10, 3]


def test_what_cannot_be_is_a_row_that_says_why(played: type[Played], recipe: str) -> None:
    """Refused before it is tried, failed while it compiles, or dead while it trains; the others go on."""
    died = TrainingError(Problem("process-died", "the process that measured it was ended by SIGKILL"))
    played.refusals = {"xla": "`RandomRotation` cannot be compiled by XLA"}
    played.failures = {
        ("eager", "compile"): TrainingError(Problem("step-failed", "TensorFlow could not run a step: so it is")),
        ("fit", "train"): died,
    }

    report = bench(recipe, watcher=Silent())

    assert _reasons(report) == {
        Setting("graph", 40): None,
        Setting("xla", 40): "`RandomRotation` cannot be compiled by XLA",
        Setting("eager", 40): "TensorFlow could not run a step: so it is",
        Setting("fit", 40): "the process that measured it was ended by SIGKILL",
    }
    assert [(way, did) for way, _, did in played.log if way == "xla"] == [("xla", "prepare")]


def test_a_batch_that_the_data_do_not_fill_is_a_row(played: type[Played], recipe: str) -> None:
    """Only the recipe's own batch size has to be possible; for others no process is started."""
    report = bench(recipe, batch_sizes=[4000], watcher=Silent(), ways=("graph", "fit"))

    assert _reasons(report)[Setting("fit", 4000)] == "105 training examples do not fill a batch of 4000"
    assert played.most_alive == 2


def test_a_mode_that_cannot_be_prepared_is_a_row(played: type[Played], recipe: str) -> None:
    """Such as XLA for batches of several lengths."""
    played.failures = {("xla", "prepare"): RecipeError(Problem("xla-needs-one-length", "one length"))}

    report = bench(recipe, watcher=Silent())

    assert _reasons(report)[Setting("xla", 40)] == "one length"


def test_a_recipe_that_cannot_be_trained_is_an_error(played: type[Played], recipe: str) -> None:
    """The first process finds it, and no other is asked."""
    error = DataError(Problem("too-few-examples", "105 do not fill a batch"))
    played.failures = {("graph", "prepare"): error}

    with pytest.raises(DataError) as raised:
        bench(recipe, watcher=Silent())

    assert raised.value is error
    assert played.log == [("graph", 40, "prepare")]


def test_nothing_measured_is_the_first_error(played: type[Played], recipe: str) -> None:
    """Keras alone is no choice."""
    error = TrainingError(Problem("loss-not-finite", "the loss became nan while it was measured"))
    played.failures = {("graph", "train"): error, ("graph", "measure_matmul"): error}
    played.refusals = {"xla": "why"}

    with pytest.raises(TrainingError) as raised:
        bench(recipe, watcher=Silent(), ways=("graph", "xla", "fit"))

    assert raised.value is error


def test_a_batch_size_that_was_searched_for_is_measured_by_a_fresh_process(played: type[Played], recipe: str) -> None:
    """What the search held would count as the memory of the training."""
    report = bench(recipe, ["train.batch_size=auto"], watcher=Silent(), ways=("graph", "fit"))

    assert [did for way, _, did in played.log if way == "graph"][:2] == ["prepare", "prepare"]
    assert all(row.figures is not None for row in report.rows)
