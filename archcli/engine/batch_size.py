"""Batches as large as memory holds: found by trying, not by estimating.

`train.batch_size: auto` is a power of two. It is the largest for which all of this holds:

1. Its steps, one of training and one of evaluation, were run and took at most 70 % of the memory that was free before,
   less what the examples themselves take.
2. An epoch has at least 64 updates. A larger batch means fewer of them, and a training with few updates learns less in
   an epoch, whatever memory would hold. Up to the usual 32 examples this does not count: so few are always allowed.
3. There are as many training examples.

Sizes are tried from 32 on. What a step takes grows at most in proportion to its batch, since weights and their
gradients count once: so the next size that is tried is the largest that would fit if it did, at most 32 times the one
before. Where no larger one would, half the size tells what an example takes by itself, and sizes go on by that, four
times the one before at most. No size is tried that is expected not to fit. Where the rules on examples decide, which is
so for most small networks, two trials or fewer are enough, and the number is the same on every machine.

A trial runs the very step that training runs, in the same mode, on the very model; the caller puts the model's
variables back. It compiles each size anew, which is the most of what `auto` costs.
"""

from __future__ import annotations

import math
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from archcli.engine.memory import write_bytes
from archcli.errors import Problem, TrainingError

SHARE_OF_FREE_MEMORY: Final = 0.7
LEAST_UPDATES_AN_EPOCH: Final = 64
ALWAYS_ALLOWED: Final = 32
FIRST_TRIED: Final = 32
GROWTH_BETWEEN_TRIALS: Final = 32
GROWTH_BY_SLOPE: Final = 4
Result = TypeVar("Result")
Measure = Callable[[int], int]
"""Runs the steps of a batch size and returns how many bytes they took at most; raises `TrainingError` with
`out-of-memory` where they do not fit."""


@dataclass(frozen=True)
class BatchChoice:
    """A batch size, and why it is this one.

    Attributes:
        size: Examples per step.
        reason: A sentence without a full stop.
    """

    size: int
    reason: str


def choose_batch_size(measure: Measure, *, examples: int, free: int | None) -> BatchChoice:
    """Choose the batch size by the rules above.

    Args:
        measure: Runs the steps of a batch size.
        examples: How many there are to train on, at least one.
        free: Bytes that steps can take; None: not known, so that only a step that fails shows the end of memory.

    Raises:
        TrainingError: `out-of-memory`: not even one example at a time fits.
    """
    limit = largest_allowed(examples)
    budget = None if free is None else int(free * SHARE_OF_FREE_MEMORY)
    tried = try_sizes(measure, limit=limit, budget=budget)
    if tried.fitting is None:
        raise TrainingError(nothing_fits("memory ran out"))
    taken = f"its steps take {write_bytes(tried.peaks[tried.fitting])}"
    if free is not None:
        taken += f" of {write_bytes(free)} that are free"
    if tried.fitting < limit:
        share = "" if budget is None else f" within {SHARE_OF_FREE_MEMORY:.0%} of them"
        return BatchChoice(tried.fitting, f"{taken}, and twice as many examples would not fit{share}")
    updates = math.ceil(examples / limit)
    if limit <= ALWAYS_ALLOWED:
        return BatchChoice(limit, f"{examples} training examples make {updates} updates an epoch, and {taken}")
    why = f"{examples} training examples make {updates} updates an epoch, and are to make {LEAST_UPDATES_AN_EPOCH}"
    return BatchChoice(limit, f"{why}; {taken}")


def largest_allowed(examples: int) -> int:
    """Return the largest power of two that the number of training examples, from 1, allows."""
    return power_of_two(max(min(ALWAYS_ALLOWED, examples), examples // LEAST_UPDATES_AN_EPOCH))


@dataclass(frozen=True)
class Tried:
    """What came of trying sizes.

    Attributes:
        fitting: The largest size that was run and fitted; None: none did.
        peaks: What each size that was run took at most, in bytes.
    """

    fitting: int | None
    peaks: dict[int, int]


def try_sizes(measure: Measure, *, limit: int, budget: int | None, seconds: float = math.inf) -> Tried:
    """Find the largest power of two whose steps fit, by running some.

    Args:
        measure: Runs the steps of a batch size.
        limit: A power of two: the largest size that is of interest.
        budget: Bytes that steps may take; None: all that they get.
        seconds: After this long no other size is tried.
    """
    ends = time.monotonic() + seconds
    peaks: dict[int, int] = {}
    fitting, largest = 0, limit
    size: int | None = min(FIRST_TRIED, limit)
    while size is not None:
        peak = _try(measure, size)
        if peak is not None:
            peaks[size] = peak
        if peak is None or (budget is not None and peak > budget):
            largest = size // 2
        else:
            fitting = max(fitting, size)
        size = _next_size(peaks, fitting, largest, budget) if time.monotonic() <= ends else None
    return Tried(fitting or None, peaks)


def _next_size(peaks: dict[int, int], fitting: int, largest: int, budget: int | None) -> int | None:
    """Return the size to try next, where `fitting` is the largest that fits, `largest` may yet; None: it is found."""
    if fitting == 0:
        return largest or None
    if fitting >= largest:
        return None
    most = math.inf if budget is None else fitting * budget / max(peaks[fitting], 1)
    if most >= 2 * fitting:
        return power_of_two(int(min(most, largest, GROWTH_BETWEEN_TRIALS * fitting)))
    smaller = max((size for size in peaks if size < fitting), default=None)
    if smaller is None:
        return fitting // 2 or None
    each = max(0, peaks[fitting] - peaks[smaller]) / (fitting - smaller)
    left = 0 if budget is None else budget - peaks[fitting]
    most = fitting + left / max(each, 1)
    return power_of_two(int(min(most, largest, GROWTH_BY_SLOPE * fitting))) if most >= 2 * fitting else None


def run_halving(run: Callable[[int], Result], batch_size: int) -> Result:
    """Run what no batch size has an influence on, with half of it, and half of that, where memory runs out.

    Args:
        run: Takes a batch size.
        batch_size: The first to try, from 1.

    Raises:
        TrainingError: `out-of-memory`: not even one example at a time fits; or what `run` raises besides.
    """
    size = batch_size
    while size >= 1:
        try:
            return run(size)
        except TrainingError as error:
            if not is_shortage(error):
                raise
            release_frames(error)
        size //= 2
    raise TrainingError(nothing_fits(f"memory ran out with batches of {batch_size}"))


def nothing_fits(what: str) -> Problem:
    """Say that not even one example at a time fits; `what` is how that showed."""
    return Problem(
        "out-of-memory",
        f"{what}, and no batch fits, not even one of a single example",
        hint="make the model smaller, or give it more memory",
    )


def is_shortage(error: TrainingError) -> bool:
    """Tell whether memory is what ran out."""
    return error.problems[0].code == "out-of-memory"


def release_frames(error: BaseException) -> None:
    """Let go of what the frames of an exception, and of those that it comes from, hold: tensors above all."""
    seen: BaseException | None = error
    while seen is not None:
        traceback.clear_frames(seen.__traceback__)
        seen = seen.__cause__ or seen.__context__


def _try(measure: Measure, size: int) -> int | None:
    """Return what a size takes at most; None: more than there is."""
    try:
        return measure(size)
    except TrainingError as error:
        if not is_shortage(error):
            raise
        release_frames(error)
    return None


def power_of_two(count: int) -> int:
    """Return the largest power of two up to `count`, from 1."""
    return 1 << (count.bit_length() - 1)
