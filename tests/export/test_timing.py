"""How long an answer takes."""

from __future__ import annotations

import time

from archcli.export.timing import measure


def test_latency_is_of_one_example_and_of_a_batch() -> None:
    """An answer that takes a millisecond an example takes 1 and 8 milliseconds."""
    latency = measure(lambda examples: time.sleep(examples / 1000), examples=8)

    assert latency.examples == 8
    assert 1 <= latency.one < 4
    assert 8 <= latency.batch < 16


def test_a_batch_has_at_most_32_examples() -> None:
    """However many there are."""
    asked: list[int] = []

    latency = measure(asked.append, examples=100)

    assert latency.examples == 32
    assert set(asked) == {1, 32}
