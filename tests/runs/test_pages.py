"""A page draws no more than can be seen, and a name keeps to its room."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from archcli.runs.pages import draw_dots, headline, shortened


def test_very_many_dots_are_some_of_them() -> None:
    """Always the same ones; of few none is left out."""
    many, few = np.arange(100_000.0), np.arange(100.0)
    axes = Figure().add_subplot()

    for numbers in (many, many, few):
        draw_dots(axes, numbers, numbers)

    first, again, all_of_few = (np.asarray(drawn.get_offsets()) for drawn in axes.collections)
    assert (len(first), len(all_of_few)) == (20_000, 100)
    assert np.array_equal(first, again)


def test_names_are_shortened() -> None:
    """A dollar is a dollar, and a line is one line."""
    assert shortened("a\nb $c") == r"a b \$c"
    assert shortened("x" * 30) == "x" * 23 + "…"
    assert headline("x" * 50) == "x" * 39 + "…"
