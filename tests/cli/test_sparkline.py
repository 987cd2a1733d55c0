"""Numbers drawn on one line."""

from __future__ import annotations

import math

from archcli.cli.sparkline import PLAIN, UNICODE, draw_bar, draw_sparkline


def test_line_goes_from_the_lowest_to_the_highest_level() -> None:
    """In eight steps of equal height."""
    assert draw_sparkline(range(8), width=8, marks=UNICODE) == "▁▂▃▄▅▆▇█"
    assert draw_sparkline([-1, 1], width=8, marks=PLAIN) == "09"


def test_long_line_is_squeezed_into_its_width() -> None:
    """Each cell is the mean of what falls together."""
    assert draw_sparkline([0, 0, 4, 10, 7, 7], width=3, marks=PLAIN) == "099"


def test_what_is_no_number_leaves_a_gap() -> None:
    """A line of equal numbers is flat."""
    assert draw_sparkline([0, math.nan, 1], width=9, marks=UNICODE) == "▁ █"
    assert draw_sparkline([3, 3], width=9, marks=UNICODE) == "▁▁"
    assert draw_sparkline([math.nan], width=9, marks=UNICODE) == " "


def test_bar_is_as_long_as_its_share() -> None:
    """In eighths of a cell; the smallest share is seen, none is not."""
    assert draw_bar(1, width=4, marks=UNICODE) == "████"
    assert draw_bar(0.53125, width=4, marks=UNICODE) == "██▏"
    assert draw_bar(1e-9, width=4, marks=UNICODE) == "▏"
    assert draw_bar(0, width=4, marks=UNICODE) == ""
    assert draw_bar(0.5, width=4, marks=PLAIN) == "##"
