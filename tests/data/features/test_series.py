"""Series with gaps: windows filled by what the training part knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.audit.auditing import audit_dataset
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


LOAD = [0, 1, 4, None, 16, 25, 36, 49, None, 81, 100, 121]


def skip(section: Section, loads: Sequence[int | None] = LOAD, **options: Any) -> Dataset:
    """Load windows of two hours and the two that follow, of a series with gaps."""
    rows = [f"{hour},{'' if load is None else load}\n" for hour, load in enumerate(loads)]
    Path("load.csv").write_text("when,load\n" + "".join(rows))
    past = {"past": ("series", {"columns": "load", "window": 2, "missing": "zero"})}
    ahead = {"next": ("series", {"columns": "load", "horizon": 2, **options})}
    arguments = {"path": str(Path("load.csv").absolute()), "time": "when"}
    return load_dataset(section("csv", arguments, past, ahead, time=True), batch_size=1)


def test_windows_are_left_out_after_which_a_value_is_missing(section: Section) -> None:
    """In training and in new data; what is asked alone has all windows."""
    dataset = skip(section, missing="skip")

    compared = read_rows(Path("load.csv"), dataset.facts, dataset.data.source, needs_targets=True)
    asked = read_rows(Path("load.csv"), dataset.facts, dataset.data.source)

    ahead = [[16, 25], [25, 36], [36, 49], [81, 100], [100, 121]]
    assert dataset.training.targets["next"].tolist() == ahead
    np.testing.assert_array_equal(
        dataset.training.inputs["past"][..., 0], [[4, np.nan], [np.nan, 16], [16, 25], [49, np.nan], [np.nan, 81]]
    )
    assert compared.targets["next"].tolist() == ahead
    assert len(asked.rows) == 11


def test_windows_that_are_left_out_are_counted(section: Section) -> None:
    """`data check` tells of them."""
    audit = audit_dataset(skip(section, missing="skip"))

    assert [one.problem.message for one in audit.findings if one.problem.code == "windows-left-out"] == [
        "4 of 9 windows are left out: what follows them is not all there"
    ]


def test_a_value_that_is_to_be_foretold_must_be_there(section: Section, shown: Shown) -> None:
    """Unless the recipe says otherwise, whatever stands for it in a window; something is left."""
    refused = shown(DataError, skip, section)
    nothing = shown(DataError, skip, section, [0, 1, 2, None, 4, None, 6], missing="skip")

    assert refused.startswith("error[missing-value]: row 4 of column `load` is empty, expected a number\n")
    assert nothing.startswith(
        "error[series-too-short]: `load.csv` has no window after which all of the next values are there\n"
    )
