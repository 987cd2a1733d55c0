"""A loss curve drawn in braille."""

from __future__ import annotations

import math

from archcli.cli.curve import TRAINING_STYLE, VALIDATION_STYLE, Curve, Series, draw_curve


def _shown(curve: Curve | None) -> list[str]:
    assert curve is not None
    return [row.plain for row in curve.rows]


def test_a_falling_line_goes_from_top_left_to_bottom_right() -> None:
    """Two by four dots a cell: four dots to the right and eight down in two by two cells."""
    curve = draw_curve([1.0, 0.0], [], width=2, height=2)

    assert _shown(curve) == ["⢣⠀", "⠈⢆"]
    assert curve is not None
    assert (curve.low, curve.high, curve.is_log) == (0.0, 1.0, False)


def test_equal_values_are_a_line_in_the_middle() -> None:
    """A span of nothing divides by nothing."""
    assert _shown(draw_curve([3.0, 3.0, 3.0], [], width=3, height=1)) == ["⠒⠒⠒"]


def test_the_second_line_is_dashed_and_has_a_colour_of_its_own() -> None:
    """The lines differ without colours too."""
    curve = draw_curve([0.0, 0.0], [1.0, 1.0], width=6, height=2)

    assert _shown(curve) == ["⠉⠉⠀⠉⠉⠀", "⣀⣀⣀⣀⣀⣀"]
    assert curve is not None
    assert {str(span.style) for span in curve.rows[0].spans} == {TRAINING_STYLE, VALIDATION_STYLE}
    assert {str(span.style) for span in curve.rows[1].spans} == {TRAINING_STYLE}


def test_a_wide_span_is_drawn_on_a_log_scale() -> None:
    """A hundredfold ratio is a straight line, as it would be on paper."""
    curve = draw_curve([1000.0, 31.6227766, 1.0], [], width=2, height=2)

    assert _shown(curve) == ["⢣⠀", "⠈⢆"]
    assert curve is not None
    assert curve.is_log


def test_a_value_that_is_not_finite_leaves_a_gap() -> None:
    """A diverged loss does not hide what came before."""
    assert _shown(draw_curve([0.0, 0.0, math.nan, 0.0, 0.0, math.inf], [], width=6, height=1)) == ["⠒⠂⠀⠐⠂⠀"]


def test_fewer_than_two_values_are_no_line() -> None:
    """One epoch is a number, not a curve."""
    assert draw_curve([1.0], [2.0], width=6, height=2) is None
    assert draw_curve([1.0, math.nan], [], width=6, height=2) is None
    assert draw_curve([], [], width=6, height=2) is None


def test_a_series_of_any_length_stays_small_and_keeps_its_shape() -> None:
    """Ten thousand epochs are drawn from at most 256 means, in order."""
    series = Series()

    for value in range(10_000):
        series.add(float(value))

    assert series.count == 10_000
    assert 128 <= len(series.points) <= 256
    assert series.points[0] == 31.5
    assert series.points == sorted(series.points)


def test_a_mean_leaves_out_what_is_not_finite() -> None:
    """One NaN among many epochs is no gap."""
    series = Series()

    for value in range(512):
        series.add(math.nan if value == 1 else float(value))

    assert series.points[0] == (0 + (2 + 3) / 2) / 2
