"""What follows from what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archcli.commands.bench_report import (
    BenchReport,
    Facts,
    Figures,
    Measurement,
    Overtaking,
    Row,
    Setting,
    Way,
    steps_to_overtake,
    sum_up,
)
from archcli.engine.stretch import Stretch

FACTS = Facts("small", "cpu: one, 2 CPU cores", False, 1000, 100, 20, "graph", "why", 1, None)


def _figures(step_ms: float, *, compile_seconds: float, batch_size: int = 100) -> Figures:
    rate = batch_size / step_ms * 1000
    seconds = compile_seconds + 20 * 1000 / rate
    return Figures(rate, step_ms, (step_ms, step_ms), 0, compile_seconds, None, seconds, 5)


def _report(*rows: tuple[Way, int, Figures | None], facts: Facts = FACTS) -> BenchReport:
    made = tuple(
        Row(Setting(way, size), figures, None if figures is not None else "why not") for way, size, figures in rows
    )
    return BenchReport(facts, "auto", made, None, 0, None, 5, 0.5)


def test_rounds_are_summed_up_by_median_and_quartiles() -> None:
    """Five rounds of 10 steps and 95 examples; the quartiles are those of NumPy and R."""
    seconds = (0.010, 0.011, 0.012, 0.014, 0.050)
    measured = Measurement(Setting("xla", 10), compile_seconds=2.0, memory_bytes=7)
    measured.stretches += [Stretch(10, 95, one) for one in seconds]

    row = sum_up(measured, FACTS, usual_compile_seconds=3.0, matmul_flops=1e6, step_flops_per_example=20.0)

    figures = row.figures
    assert figures is not None
    assert (figures.memory_bytes, figures.compile_seconds, figures.rounds) == (7, 2.0, 5)
    assert figures.examples_per_second == pytest.approx(95 / 0.012)
    assert figures.step_ms == pytest.approx(1.2)
    assert figures.step_ms_quartiles == pytest.approx((1.1, 1.4))
    assert figures.spread == pytest.approx(0.25)
    assert figures.matmul_share == pytest.approx(20 * 95 / 0.012 / 1e6)
    assert figures.training_seconds == pytest.approx(3 + 20 * 1000 * 0.012 / 95)


def test_one_round_has_no_spread() -> None:
    """Its quartiles are itself; and nothing is said of a peak that is not known."""
    measured = Measurement(Setting("xla", 10), stretches=[Stretch(2, 20, 0.5)])

    row = sum_up(measured, FACTS, usual_compile_seconds=3.0, matmul_flops=None, step_flops_per_example=20.0)

    assert row.figures is not None
    assert (row.figures.step_ms_quartiles, row.figures.matmul_share) == ((250.0, 250.0), None)


def test_what_cannot_be_measured_is_a_row_that_says_why() -> None:
    """Without figures."""
    measured = Measurement(Setting("xla", 10), "why")

    row = sum_up(measured, FACTS, usual_compile_seconds=3.0, matmul_flops=1.0, step_flops_per_example=1.0)

    assert row == Row(Setting("xla", 10), None, "why")


def test_the_best_ends_the_whole_training_first() -> None:
    """200 steps do not win 3 s of compiling back, though each is quicker."""
    report = _report(
        ("graph", 100, _figures(2.0, compile_seconds=1.0)), ("xla", 100, _figures(1.0, compile_seconds=4.0))
    )

    assert report.best == report.rows[0]
    assert report.changes == {}
    assert report.total_steps == 200
    assert report.overtaking == Overtaking("xla", "graph", 3000)


def test_a_longer_training_takes_what_is_quicker_by_the_step() -> None:
    """And says what has to be written for it."""
    rows: list[tuple[Way, int, Figures | None]] = [
        ("graph", 100, replace(_figures(2.0, compile_seconds=1.0), training_seconds=41.0)),
        ("xla", 100, replace(_figures(1.0, compile_seconds=4.0), training_seconds=24.0)),
    ]

    report = _report(*rows)

    assert report.changes == {"compile": "xla"}


def test_another_batch_size_is_written_with_its_mode() -> None:
    """The rules of `auto` look at the number of steps, which another batch size changes."""
    report = _report(
        ("graph", 100, _figures(2.0, compile_seconds=1.0)),
        ("graph", 500, _figures(2.0, compile_seconds=1.0, batch_size=500)),
    )

    assert report.changes == {"compile": "graph", "batch_size": 500}
    assert report.total_steps == 40
    assert report.overtaking is None


def test_what_is_hardly_better_is_not_worth_a_change() -> None:
    """A hundredth is less than two measurements of one thing differ by."""
    report = _report(
        ("graph", 100, replace(_figures(2.0, compile_seconds=1.0), training_seconds=10.0)),
        ("xla", 100, replace(_figures(1.9, compile_seconds=1.0), training_seconds=9.9)),
    )

    assert report.changes == {}


@pytest.mark.parametrize(("seconds", "size"), [(9.2, 100), (9.0, 500)])
def test_another_batch_size_has_to_be_a_tenth_quicker(seconds: float, size: int) -> None:
    """It trains differently, which is a price."""
    report = _report(
        ("graph", 100, replace(_figures(2.0, compile_seconds=1.0), training_seconds=10.0)),
        ("graph", 500, replace(_figures(2.0, compile_seconds=1.0), training_seconds=seconds)),
    )

    assert report.best is not None
    assert report.best.setting == Setting("graph", size)


def test_another_batch_size_is_taken_where_the_recipe_s_own_cannot_be() -> None:
    """Such as where memory runs out."""
    report = _report(("graph", 100, None), ("graph", 50, _figures(2.0, compile_seconds=1.0, batch_size=50)))

    assert report.changes == {"compile": "graph", "batch_size": 50}


def test_keras_is_compared_and_never_chosen() -> None:
    """`fit` cannot be written into a recipe."""
    report = _report(
        ("graph", 100, _figures(2.0, compile_seconds=1.0)), ("fit", 100, _figures(1.0, compile_seconds=0.1))
    )

    assert report.best == report.rows[0]
    assert report.against_fit(report.rows[0]) == pytest.approx(0.5)
    assert report.against_fit(report.rows[1]) == pytest.approx(1.0)


def test_without_keras_there_is_nothing_to_compare_with() -> None:
    """Where `fit` cannot do what the recipe asks for, or the mode itself cannot be."""
    report = _report(("graph", 100, _figures(2.0, compile_seconds=1.0)), ("xla", 100, None), ("fit", 100, None))

    assert report.against_fit(report.rows[0]) is None
    assert report.against_fit(report.rows[1]) is None
    assert report.overtaking is None


def test_nothing_measured_has_no_best() -> None:
    """And nothing to write."""
    report = _report(("graph", 100, None))

    assert (report.best, report.changes, report.overtaking, report.total_steps) == (None, {}, None, 200)


def test_the_steps_that_win_compiling_back_are_rounded_up() -> None:
    """2.5 s by 0.6 ms a step: 4166.7 steps."""
    quick, slow = _figures(0.4, compile_seconds=3.5), _figures(1.0, compile_seconds=1.0)

    assert steps_to_overtake(quick, slow) == 4167
