"""Columns in figures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from archcli.data.audit.summaries import Lengths, summarise
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]


def test_numbers_are_summed_up_over_all_parts(column: Column) -> None:
    """As NumPy does, what is missing left out and counted."""
    first, second = np.random.default_rng(0).normal(size=(2, 50)).astype(np.float32)
    first[[3, 7]] = np.nan

    summary = summarise(column(first, test=second))

    both = np.concatenate([first, second]).astype(np.float64)
    assert (summary.examples, summary.missing) == (100, 2)
    assert (summary.minimum, summary.maximum) == (np.nanmin(both), np.nanmax(both))
    assert summary.mean == pytest.approx(np.nanmean(both), rel=1e-6)


def test_column_without_a_number_has_no_figures(column: Column) -> None:
    """It is missing throughout."""
    summary = summarise(column([float("nan")] * 3))

    assert (summary.missing, summary.minimum, summary.mean, summary.maximum) == (3, None, None, None)


def test_categories_are_counted(column: Column) -> None:
    """How many there are, and which is most frequent, over all parts."""
    summary = summarise(column(["x", "y", "", "y"], test=["z", "z", "z"]))

    assert (summary.different, summary.most_frequent, summary.missing) == (3, ("z", 3), 1)


def test_texts_have_lengths(column: Column) -> None:
    """The least, the median and the most."""
    summary = summarise(column(["a", "b", "a"], kind="text", lengths={"training": [1, 4, 3]}))

    assert (summary.different, summary.most_frequent, summary.lengths) == (2, ("a", 2), Lengths(1, 3, 4))
