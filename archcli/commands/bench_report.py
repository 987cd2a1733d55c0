"""What a benchmark found: figures by setting, which setting is best, and what to write into the recipe for it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from archcli.engine.stretch import Stretch
from archcli.errors import ArchcliError
from archcli.recipe.recipe import Distribute

Way = Literal["graph", "xla", "eager", "fit"]
"""How steps are run: by our loop in one of its modes, or by Keras's `Model.fit`."""

WAYS: Final[tuple[Way, ...]] = ("graph", "xla", "eager", "fit")

AS_GOOD: Final = 1.03
"""What takes at most so many times as long as the best is as good: two measurements differ by that much anyway."""

AS_GOOD_AS_ANOTHER_BATCH: Final = 1.1
"""The same for another batch size, which has a price: it trains differently."""


@dataclass(frozen=True)
class Setting:
    """What is measured by itself.

    Attributes:
        way: How steps are run.
        batch_size: Examples per step, from 1.
    """

    way: Way
    batch_size: int


@dataclass(frozen=True)
class Facts:
    """What a process knows when it has made everything ready.

    Attributes:
        recipe: The recipe's name.
        device: What computes, in words.
        on_gpu: Whether that is a GPU.
        examples: That are trained on, from 1.
        batch_size: Examples per step, as the recipe says or as was measured to fit.
        epochs: That a training has at most.
        mode: How the recipe's steps are run where nothing is changed.
        reason: Why, as a sentence without a full stop.
        held_bytes: Of the machine's memory, by the process.
        free_bytes: Of the machine's memory; None: the system does not say.
        refusal: Why it cannot measure what it was made for; None: it can.
    """

    recipe: str
    device: str
    on_gpu: bool
    examples: int
    batch_size: int
    epochs: int
    mode: Literal["graph", "xla", "eager"]
    reason: str
    held_bytes: int
    free_bytes: int | None
    refusal: str | None = None


@dataclass
class Measurement:
    """What was measured of one setting so far.

    Attributes:
        setting: Which.
        reason: Why it cannot be, as a sentence without a full stop; None: it can.
        error: What came of the attempt, where that is why.
        compile_seconds: Tracing, compiling and the first step.
        memory_bytes: The most that was held at a time, beyond TensorFlow itself.
        stretches: One for each round.
    """

    setting: Setting
    reason: str | None = None
    error: ArchcliError | None = None
    compile_seconds: float = 0.0
    memory_bytes: int = 0
    stretches: list[Stretch] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What the rounds took so far."""
        return sum(stretch.seconds for stretch in self.stretches)


@dataclass(frozen=True)
class Figures:
    """What one setting reached.

    Attributes:
        examples_per_second: Median of the rounds, as all that follows but memory and compiling.
        step_ms: Milliseconds a step.
        step_ms_quartiles: The first and the third quartile of them.
        memory_bytes: The most that was held at a time, beyond TensorFlow itself.
        compile_seconds: Tracing, compiling and the first step.
        matmul_share: Floating-point operations of the model a second, as a share of the device's in a product of
            matrices; None: they could not be counted.
        training_seconds: All epochs of the recipe, without validation, and compiling as is usual for the mode.
        rounds: How often it was measured.
    """

    examples_per_second: float
    step_ms: float
    step_ms_quartiles: tuple[float, float]
    memory_bytes: int
    compile_seconds: float
    matmul_share: float | None
    training_seconds: float
    rounds: int

    @property
    def spread(self) -> float:
        """What lies between the quartiles, as a share of the median."""
        low, high = self.step_ms_quartiles
        return (high - low) / self.step_ms


@dataclass(frozen=True)
class Row:
    """One setting.

    Attributes:
        setting: Which.
        figures: What it reached; None: it cannot be.
        reason: Why it cannot be, as a sentence without a full stop.
    """

    setting: Setting
    figures: Figures | None
    reason: str | None = None


@dataclass(frozen=True)
class Overtaking:
    """From when on what takes longer to compile is ahead.

    Attributes:
        faster: The quicker of two modes.
        slower: The other.
        steps: After so many of them the quicker has made up for its compiling.
    """

    faster: Way
    slower: Way
    steps: int


@dataclass(frozen=True)
class BenchReport:
    """What a benchmark found.

    Attributes:
        facts: Of the recipe as it is.
        written_mode: What it says of `train.compile`.
        rows: By batch size, then in the order of `WAYS`.
        matmul_flops: Floating-point operations a second in a product of matrices; None: not measured.
        matmul_side: Of these matrices.
        step_flops_per_example: Floating-point operations of a training step by its examples: three forward passes, one
            and about two more for the gradients; None: they could not be counted.
        rounds: How often each setting was measured.
        round_seconds: For how long.
        distribute: What the recipe says of `train.distribute`; measured is one device in any case.
        together: Whether all settings were measured in turn; False: batch size by batch size, or one by one, since
            there is not the memory for all.
    """

    facts: Facts
    written_mode: Literal["auto", "graph", "xla", "eager"]
    rows: tuple[Row, ...]
    matmul_flops: float | None
    matmul_side: int
    step_flops_per_example: float | None
    rounds: int
    round_seconds: float
    distribute: Distribute = "none"
    together: bool = True

    @property
    def best(self) -> Row | None:
        """The setting of ours that ends a whole training first, or the recipe's own where that is as good.

        None where none could be measured.
        """
        current = Setting(self.facts.mode, self.facts.batch_size)
        here = self._quickest(row for row in self._of_ours() if row.setting.batch_size == current.batch_size)
        elsewhere = self._quickest(row for row in self._of_ours() if row.setting.batch_size != current.batch_size)
        kept = next((row for row in self.rows if row.setting == current and row.figures is not None), None)
        if kept is not None and here is not None and _is_as_good(kept, here, AS_GOOD):
            here = kept
        if here is None or elsewhere is None:
            return here or elsewhere
        return here if _is_as_good(here, elsewhere, AS_GOOD_AS_ANOTHER_BATCH) else elsewhere

    @property
    def changes(self) -> dict[str, str | int]:
        """Keys of `train` that have to be written for the best setting, and their values; none where it is as it is."""
        best = self.best
        if best is None or best.setting == Setting(self.facts.mode, self.facts.batch_size):
            return {}
        changes: dict[str, str | int] = {}
        # Another batch size makes another number of steps, on which the choice of `auto` rests.
        if self.written_mode != best.setting.way:
            changes["compile"] = best.setting.way
        if best.setting.batch_size != self.facts.batch_size:
            changes["batch_size"] = best.setting.batch_size
        return changes

    @property
    def overtaking(self) -> Overtaking | None:
        """From when on the quickest of our modes is ahead, at the batch size of the best.

        None where it is so from the first step.
        """
        best = self.best
        if best is None:
            return None
        rows = [row for row in self._of_ours() if row.setting.batch_size == best.setting.batch_size]
        found = {row.setting.way: row.figures for row in rows if row.figures is not None}
        faster, quickest = min(found.items(), key=lambda item: item[1].step_ms)
        later = [
            Overtaking(faster, slower, steps_to_overtake(quickest, figures))
            for slower, figures in found.items()
            if figures.step_ms > quickest.step_ms and figures.compile_seconds < quickest.compile_seconds
        ]
        return max(later, key=lambda one: one.steps, default=None)

    @property
    def total_steps(self) -> int:
        """Steps of a whole training with the batch size of the best setting."""
        size = self.facts.batch_size if self.best is None else self.best.setting.batch_size
        return self.facts.epochs * math.ceil(self.facts.examples / size)

    def against_fit(self, row: Row) -> float | None:
        """How many times the examples a second of `Model.fit` at the same batch size; None: one was not measured."""
        fit = next((one for one in self.rows if one.setting == Setting("fit", row.setting.batch_size)), None)
        if fit is None or fit.figures is None or row.figures is None:
            return None
        return row.figures.examples_per_second / fit.figures.examples_per_second

    def _of_ours(self) -> Sequence[Row]:
        return [row for row in self.rows if row.setting.way != "fit"]

    @staticmethod
    def _quickest(rows: Iterable[Row]) -> Row | None:
        return min((row for row in rows if row.figures is not None), key=_total, default=None)


def _total(row: Row) -> float:
    return math.inf if row.figures is None else row.figures.training_seconds


def _is_as_good(one: Row, other: Row, factor: float) -> bool:
    return _total(one) <= factor * _total(other)


def steps_to_overtake(quick: Figures, slow: Figures) -> int:
    """Return after how many steps what is quicker by the step has made up for its longer compiling."""
    behind = quick.compile_seconds - slow.compile_seconds
    gained_by_step = (slow.step_ms - quick.step_ms) / 1000
    return math.ceil(behind / gained_by_step)


def sum_up(
    measured: Measurement,
    facts: Facts,
    *,
    usual_compile_seconds: float,
    matmul_flops: float | None,
    step_flops_per_example: float | None,
) -> Row:
    """Make the row of one setting: medians, quartiles, and what follows from them.

    Args:
        measured: In as many rounds as there were.
        facts: Of the recipe.
        usual_compile_seconds: Of this mode, which the batch size changes by next to nothing.
        matmul_flops: Floating-point operations a second in a product of matrices.
        step_flops_per_example: Those of a training step, by its examples.
    """
    if measured.reason is not None:
        return Row(measured.setting, None, measured.reason)
    rate = statistics.median(stretch.examples / stretch.seconds for stretch in measured.stretches)
    step_ms = [1000 * stretch.seconds / stretch.steps for stretch in measured.stretches]
    low, _, high = statistics.quantiles(step_ms, n=4, method="inclusive") if len(step_ms) > 1 else step_ms * 3
    share = None
    if matmul_flops and step_flops_per_example:
        share = rate * step_flops_per_example / matmul_flops
    figures = Figures(
        examples_per_second=rate,
        step_ms=statistics.median(step_ms),
        step_ms_quartiles=(low, high),
        memory_bytes=measured.memory_bytes,
        compile_seconds=measured.compile_seconds,
        matmul_share=share,
        training_seconds=usual_compile_seconds + facts.epochs * facts.examples / rate,
        rounds=len(step_ms),
    )
    return Row(measured.setting, figures)
