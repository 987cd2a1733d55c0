"""How long an answer takes."""

from __future__ import annotations

import pytest

from archcli.export.timing import measure


def test_latency_is_of_one_example_and_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that takes a millisecond an example takes 1 and 8 milliseconds, by a clock that nothing else moves."""
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])

    def answer(examples: int) -> None:
        now[0] += examples / 1000

    latency = measure(answer, examples=8)

    assert latency.examples == 8
    assert latency.one == pytest.approx(1)
    assert latency.batch == pytest.approx(8)


def test_a_batch_has_at_most_32_examples() -> None:
    """However many there are."""
    asked: list[int] = []

    latency = measure(asked.append, examples=100)

    assert latency.examples == 32
    assert set(asked) == {1, 32}
