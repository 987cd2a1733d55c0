"""Files of the UEA and UCR archives: what is read, and what is said of a line that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.sources.ts import open_ts
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]

UNEQUAL = """\
# accelerations
@problemName Gestures
@timeStamps false
@missing false
@univariate false
@dimensions 2
@equalLength false
@classLabel true left right
@data
1,2,3:4,5,6:left
7.5,-8:9,1e1:right
"""
EVEN = """\
@problemName Coffee
@univariate true
@classLabel true 0 1
@data
1,2,3:0

4,5,?:1
"""
EXTRINSIC = "@dimensions 1\n@targetLabel true\n@data\n1,2:0.5\n3,4:-2\n"


def load(section: Section, text: str, given: str = "sequence", learned: str = "category", **options: Any) -> Dataset:
    """Load series and what they are."""
    path = Path("moves.ts").absolute()
    path.write_text(text, encoding="utf-8")
    data = section("ts", {"path": str(path)}, {"signal": (given, options)}, {"kind": (learned, {})})
    return load_dataset(data, batch_size=1)


def test_unequal_series_are_padded_as_sequences(section: Section) -> None:
    """Dimensions side by side at each step, NaN after the end."""
    dataset = load(section, UNEQUAL, scale="standard")

    facts = dataset.facts
    np.testing.assert_array_equal(
        dataset.training.inputs["signal"], [[[1, 4], [2, 5], [3, 6]], [[7.5, 9], [-8, 10], [np.nan, np.nan]]]
    )
    assert (facts.inputs["signal"].shape, facts.inputs["signal"].padding) == ((None, 2), 0.0)
    first = np.array([1, 2, 3, 7.5, -8])
    np.testing.assert_allclose((facts.inputs["signal"].scale or ())[0], 1 / first.std())
    assert facts.targets["kind"].classes == ("left", "right")


def test_dimensions_can_be_chosen(section: Section) -> None:
    """By their numbers from 0, as other programs call them."""
    dataset = load(section, UNEQUAL, columns=("dim_1",))

    np.testing.assert_array_equal(dataset.training.inputs["signal"][0], [[4], [5], [6]])


def test_equal_series_can_be_arrays_with_missing_values(section: Section) -> None:
    """`(steps, dimensions)`, filled as a table's."""
    dataset = load(section, EVEN, "numeric", missing="mean")

    facts = dataset.facts.inputs["signal"]
    assert (facts.shape, facts.fill) == ((3, 1), (3.0,))
    np.testing.assert_array_equal(dataset.training.inputs["signal"][1, :, 0], [4, 5, np.nan])


def test_numbers_can_be_learned(section: Section) -> None:
    """As in the archive of extrinsic regression."""
    dataset = load(section, EXTRINSIC, learned="number")

    assert dataset.training.targets["kind"].tolist() == [[0.5], [-2.0]]


def test_a_missing_value_in_a_sequence(section: Section, shown: Shown) -> None:
    """It is refused unless the recipe says what stands for it."""
    assert shown(DataError, load, section, EVEN) == (
        """\
error[missing-value]: row 2 of column `values`: the value at step 3 is missing, expected a number
 --> moves.ts:7:1
  |
7 | 4,5,?:1
  | ^^^^^^^
hint: fill it in, leave the row out, or write `missing: mean`
"""
    )


TIMED = """\
@timeStamps true
@dimensions 2
@classLabel true 0 1
@data
(2004-10-01 00:00:00,1),(2004-10-01 01:00:00,2),(2004-10-01 04:00:00,?):(2004-10-01 00:00:00,4),(2004-10-01 01:00:00,5),(2004-10-01 04:00:00,6):0
(3,7),(5.5,8):(3,9),(5.5,10):1
"""  # noqa: E501 -- as the archives have them


def test_values_with_times_are_taken_in_order(section: Section) -> None:
    """Whatever lies between them; who asks for it gets how long after the first each is."""
    alone = load(section, TIMED, missing="zero").training.inputs["signal"]
    beside = load(section, TIMED, columns=("dim_1", "elapsed")).training.inputs["signal"]

    nan = np.nan
    np.testing.assert_array_equal(alone, [[[1, 4], [2, 5], [nan, 6]], [[7, 9], [8, 10], [nan, nan]]])
    np.testing.assert_array_equal(beside, [[[4, 0], [5, 3600], [6, 14400]], [[9, 0], [10, 2.5], [nan, nan]]])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(5.5,8)", "(2,8)", "line 6: the time `2` is not after the one before it"),
        ("(5.5,8)", "(6,8)", "line 6: the dimensions have values at different times, expected the same times in each"),
        ("(5.5,8)", "(soon,8)", "line 6: expected a number or a time such as `2024-05-31 14:00`, found `soon`"),
        ("(5.5,8)", "(5.5,many)", "line 6: expected a number, or `?` where it is missing, found `many`"),
        ("(5.5,8)", "8", "line 6: expected a time and a value in brackets, `(time,value)`, found `8`"),
        (",(5.5,8)", "", "line 6: the dimensions have 1, 2 values, expected as many in each"),
    ],
)
def test_times_that_cannot_be_used(section: Section, shown: Shown, old: str, new: str, message: str) -> None:
    """By their line."""
    assert shown(DataError, load, section, TIMED.replace(old, new, 1)).startswith(f"error[not-a-ts]: {message}\n")


def test_unequal_series_are_no_arrays(section: Section, shown: Shown) -> None:
    """The hint says what they are, and what masks them."""
    assert shown(DataError, load, section, UNEQUAL, "numeric") == (
        """\
error[different-lengths]: the sequences in column `values` of `moves.ts` have 2 to 3 steps, and `numeric` wants as many in each
 --> recipe.yaml:2:18
hint: read them as a `sequence`, and begin the model with `Masking: $padding`
"""  # noqa: E501 -- as it is shown
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4,5,6:left", "4,5,6", "line 10: expected 2 dimensions and the label between colons, found 1"),
        ("4,5,6:left", "4,5:left", "line 10: the dimensions have 3, 2 values, expected as many in each"),
        ("1e1", "ten", "line 11: expected a number, or `?` where it is missing, found `ten`"),
        (":right", ":wrong", "line 11: the head names no class `wrong`"),
    ],
)
def test_a_line_that_is_wrong(section: Section, shown: Shown, old: str, new: str, message: str) -> None:
    """With its number."""
    text = UNEQUAL.replace("\n1,2,3:4,5,6:left", "\n1,2,3:" + new) if old == "4,5,6:left" else UNEQUAL.replace(old, new)
    text = text if old != ":right" else UNEQUAL.replace(":right", ":wrong")

    assert shown(DataError, load, section, text).startswith(f"error[not-a-ts]: {message}\n  --> moves.ts:1")


def test_the_place_of_a_value(section: Section, shown: Shown) -> None:
    """Under the value itself."""
    assert shown(DataError, load, section, UNEQUAL.replace("1e1", "ten")) == (
        """\
error[not-a-ts]: line 11: expected a number, or `?` where it is missing, found `ten`
  --> moves.ts:11:10
   |
11 | 7.5,-8:9,ten:right
   |          ^^^
hint: correct the line, or leave it out
"""
    )


def test_a_number_to_learn_that_is_none(section: Section, shown: Shown) -> None:
    """At the end of its line."""
    text = shown(DataError, load, section, EXTRINSIC.replace(":0.5", ":half"), learned="number")

    assert text.startswith(
        "error[not-a-ts]: line 4: expected a number to be learned, found `half`\n --> moves.ts:4:5\n"
    )


def test_many_wrong_lines_are_counted(section: Section, shown: Shown) -> None:
    """Ten are shown."""
    text = shown(DataError, load, section, UNEQUAL + "1:2:3:left\n" * 12)

    assert text.count("error[not-a-ts]") == 10
    assert "error[more-problems]: 2 more lines of `moves.ts` are wrong\n" in text


def test_new_series_need_no_labels(section: Section) -> None:
    """A file without `@classLabel` has dimensions alone."""
    load(section, UNEQUAL)
    Path("new.ts").write_text("@dimensions 2\n@data\n1,2:3,4\n")

    table = open_ts(Path("new.ts"), ("values",))

    assert table.examples == 1
    np.testing.assert_array_equal(table.steps["values"][0], [[1, 3], [2, 4]])


def test_a_dimension_that_there_is_not(section: Section, shown: Shown) -> None:
    """What there is is listed."""
    assert "has no column `dim_2`\n" in shown(DataError, load, section, UNEQUAL, columns=("dim_2",))
