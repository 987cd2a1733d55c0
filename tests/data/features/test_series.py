"""Series with gaps: windows filled by what the training part knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.rows import read_rows
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]

HEAT = [2, None, 4, 6, None, 8, 10, 12, 14, 1000]


def load(section: Section, **options: Any) -> Dataset:
    """Load windows of two hours of heat, with gaps, and the load of the hour that follows."""
    rows = [f"{hour},{hour * hour},{'' if heat is None else heat}\n" for hour, heat in enumerate(HEAT)]
    Path("load.csv").write_text("when,load,heat\n" + "".join(rows))
    inputs = {"past": ("series", {"columns": "heat", "window": 2, **options})}
    arguments = {"path": str(Path("load.csv").absolute()), "time": "when"}
    ahead = {"next": ("series", {"columns": "load", "horizon": 1})}
    return load_dataset(section("csv", arguments, inputs, ahead, test=0.25, time=True), batch_size=1)


@pytest.mark.parametrize(("missing", "fill"), [("median", 4), ("zero", 0), (-1, -1)])
def test_gaps_are_filled_by_what_the_training_part_knows(section: Section, missing: Any, fill: float) -> None:
    """By the numbers of the windows that are trained on, in which 1000 is not."""
    dataset = load(section, missing=missing)

    windows = dataset.training.inputs["past"][..., 0]
    np.testing.assert_array_equal(windows[:3], [[2, np.nan], [np.nan, 4], [4, 6]])
    assert dataset.facts.inputs["past"].fill == (fill,)
    if missing == "median":
        assert fill == np.nanmedian(windows)


def test_new_series_have_gaps_too(section: Section) -> None:
    """They are read as that which was trained on."""
    dataset = load(section, missing="mean")

    rows = read_rows(Path("load.csv"), dataset.facts, dataset.data.source)

    assert rows.inputs["past"].shape == (9, 2, 1)
    assert int(np.isnan(rows.inputs["past"]).sum()) == 4


def test_without_a_rule_gaps_are_refused(section: Section, shown: Shown) -> None:
    """As they are in a `numeric`."""
    assert shown(DataError, load, section).startswith(
        "error[missing-value]: row 2 of column `heat` is empty, expected a number\n"
    )
