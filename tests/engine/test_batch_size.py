"""The rules of `batch_size: auto`, on steps whose memory is known."""

from __future__ import annotations

import pytest

from archcli.engine.batch_size import (
    BatchChoice,
    choose_batch_size,
    is_shortage,
    largest_allowed,
    power_of_two,
    run_halving,
    try_sizes,
)
from archcli.errors import Problem, TrainingError

MIB = 2**20


class Steps:
    """Steps that take `fixed` bytes and `each` for every example, on a device that has `room`; sizes are noted."""

    def __init__(self, *, each: float, fixed: float = 0, room: float = float("inf")) -> None:
        """Have run none."""
        self._each, self._fixed, self._room = each, fixed, room
        self.sizes: list[int] = []

    def __call__(self, size: int) -> int:
        """Take the memory, and return how much it was."""
        self.sizes.append(size)
        needed = self._fixed + self._each * size
        if needed > self._room:
            raise TrainingError(Problem("out-of-memory", "memory ran out"))
        return int(needed)


@pytest.mark.parametrize(
    ("examples", "largest"),
    [(1, 1), (3, 2), (31, 16), (32, 32), (105, 32), (2047, 32), (4095, 32), (4096, 64), (60_000, 512), (10**6, 8192)],
)
def test_number_of_examples_bounds_the_batch(examples: int, largest: int) -> None:
    """64 updates an epoch, or batches of 32, or as many examples as there are."""
    assert largest_allowed(examples) == largest


def test_small_networks_get_what_the_examples_allow() -> None:
    """The first trial shows that there is room for far more, the second that it fits."""
    steps = Steps(each=1000, fixed=5 * MIB)

    choice = choose_batch_size(steps, examples=60_000, free=1024 * MIB)

    assert choice == BatchChoice(
        512,
        "60000 training examples make 118 updates an epoch, and are to make 64; "
        "its steps take 5.49 MiB of 1 GiB that are free",
    )
    assert steps.sizes == [32, 512]


def test_few_examples_are_no_reason_for_batches_below_the_usual() -> None:
    """150 flowers in batches of 2 would teach no more than in batches of 32."""
    choice = choose_batch_size(Steps(each=1000), examples=105, free=1024 * MIB)

    assert choice == BatchChoice(
        32, "105 training examples make 4 updates an epoch, and its steps take 31.2 KiB of 1 GiB that are free"
    )


def test_memory_bounds_the_batch_of_a_large_network() -> None:
    """70 % of 1000 MiB hold 500 and 1.5 for each of 128 examples, not of 256; nothing that would not fit is tried."""
    steps = Steps(each=1.5 * MIB, fixed=500 * MIB, room=700 * MIB)

    choice = choose_batch_size(steps, examples=10**6, free=1000 * MIB)

    assert choice.size == 128
    assert choice.reason == (
        "its steps take 692 MiB of 1000 MiB that are free, and twice as many examples would not fit within 70% of them"
    )
    assert steps.sizes == [32, 16, 128]


def test_every_size_that_is_tried_fits_where_memory_grows_in_proportion() -> None:
    """Which is as fast as it can grow: 10 MiB an example, 700 MiB hold 64."""
    steps = Steps(each=10 * MIB, room=700 * MIB)

    choice = choose_batch_size(steps, examples=10**6, free=1000 * MIB)

    assert choice.size == 64
    assert steps.sizes == [32, 64]


def test_device_that_says_nothing_is_tried_until_it_refuses() -> None:
    """Without a number for what is free sizes grow 32 times, and are halved after a failure."""
    steps = Steps(each=MIB, room=300 * MIB)

    choice = choose_batch_size(steps, examples=10**6, free=None)

    assert choice == BatchChoice(256, "its steps take 256 MiB, and twice as many examples would not fit")
    assert steps.sizes == [32, 1024, 512, 256]


def test_model_that_fits_with_few_examples_only() -> None:
    """Below the first size that is tried sizes are halved, too."""
    steps = Steps(each=100 * MIB, room=250 * MIB)

    assert choose_batch_size(steps, examples=5000, free=250 * MIB).size == 1
    assert steps.sizes == [32, 16, 8, 4, 2, 1]


def test_model_that_does_not_fit_at_all_is_told() -> None:
    """Not with a single example."""
    with pytest.raises(TrainingError) as caught:
        choose_batch_size(Steps(each=1, fixed=2 * MIB, room=MIB), examples=5000, free=MIB)

    assert is_shortage(caught.value)
    assert caught.value.problems[0].message == ("memory ran out, and no batch fits, not even one of a single example")
    assert caught.value.problems[0].hint == "make the model smaller, or give it more memory"


def test_other_failures_are_no_shortage() -> None:
    """A step that cannot be run ends the search."""

    def fail(size: int) -> int:
        raise TrainingError(Problem("step-failed", f"no step of {size}"))

    with pytest.raises(TrainingError, match="no step of 32"):
        choose_batch_size(fail, examples=5000, free=MIB)


def test_search_ends_in_time() -> None:
    """What has been found by then is the answer."""
    steps = Steps(each=MIB)

    tried = try_sizes(steps, limit=4096, budget=None, seconds=0)

    assert (tried.fitting, steps.sizes) == (32, [32])


def test_sizes_that_are_run_are_kept_with_what_they_took() -> None:
    """Also one that was over the budget, though it ran."""
    tried = try_sizes(Steps(each=MIB, fixed=-20 * MIB), limit=64, budget=40 * MIB)

    assert (tried.fitting, tried.peaks) == (32, {32: 12 * MIB, 64: 44 * MIB})


@pytest.mark.parametrize(("count", "power"), [(1, 1), (2, 2), (3, 2), (1023, 512), (1024, 1024)])
def test_powers_of_two(count: int, power: int) -> None:
    """The largest that is not above."""
    assert power_of_two(count) == power


def test_what_does_not_depend_on_the_batch_is_run_with_fewer() -> None:
    """Prediction gives the same answers in batches of any size."""
    steps = Steps(each=MIB, room=300 * MIB)

    assert run_halving(steps, 1000) == 250 * MIB
    assert steps.sizes == [1000, 500, 250]


def test_what_fits_with_no_batch_is_told_with_the_size_that_was_tried_first() -> None:
    """After 4, 2 and 1."""
    steps = Steps(each=MIB, room=0)

    with pytest.raises(TrainingError) as caught:
        run_halving(steps, 4)

    assert steps.sizes == [4, 2, 1]
    assert caught.value.problems[0].message == (
        "memory ran out with batches of 4, and no batch fits, not even one of a single example"
    )
