"""Sequences with gaps: filled up to their last number, by what the training part knows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.data.features.sequence import is_within
from archcli.data.rows import read_rows
from archcli.errors import DataError
from archcli.recipe.recipe import Data

Section = Callable[..., Data]
Shown = Callable[..., str]

NAN = np.nan
WALKS = (
    "walk,ax,ay,who\n"
    "a,1,,Ann\na,,4,Ann\na,,,Ann\na,7,8,Ann\n"  # a step of which nothing is there
    "b,5,6,Bob\nb,,,Bob\n"  # nothing at the end: it ends before
    "c,100,,Ann\nc,200,300,Ann\n"
)
LAST = "d,1,1,Bob\nd,NA,2,Bob\n"


def load(section: Section, text: str = WALKS, **options: Any) -> Dataset:
    """Load walks, the last of which is the test."""
    Path("gait.csv").write_text(text + LAST)
    arguments = {"path": str(Path("gait.csv").absolute()), "id": "walk"}
    inputs = {"signal": ("sequence", {"columns": ("ax", "ay"), **options})}
    data = section("csv", arguments, inputs, {"who": ("category", {})}, test=0.25, time=True, absent_classes="allow")
    return load_dataset(data, batch_size=1)


def test_a_sequence_ends_with_its_last_number() -> None:
    """What is missing before is a gap."""
    sequences = np.array([[[NAN, 1], [NAN, NAN], [2, NAN], [NAN, NAN]], [[NAN, NAN]] * 4], np.float32)

    np.testing.assert_array_equal(is_within(sequences), [[True, True, True, False], [False] * 4])


@pytest.mark.parametrize(
    ("missing", "fill"),
    [
        ("mean", (np.mean([1, 7, 5, 100, 200]), np.mean([4, 8, 6, 300]))),
        ("median", (7, 7)),
        ("zero", (0, 0)),
        (3.5, (3.5, 3.5)),
    ],
)
def test_gaps_are_filled_by_what_the_training_part_knows(section: Section, missing: Any, fill: Any) -> None:
    """Mean and median of the numbers that are there; the walk of the test counts for nothing."""
    dataset = load(section, missing=missing)

    facts = dataset.facts.inputs["signal"]
    np.testing.assert_allclose(facts.fill or (), fill)
    expected = [[1, NAN], [NAN, 4], [NAN, NAN], [7, 8]], [[5, 6], [NAN, NAN], [NAN, NAN], [NAN, NAN]]
    np.testing.assert_array_equal(dataset.training.inputs["signal"][:2], expected)


def test_scaling_is_that_of_filled_steps(section: Section) -> None:
    """As `numeric` scales what it has filled."""
    facts = load(section, missing="zero", scale="standard").facts.inputs["signal"]

    ax, ay = np.array([1, 0, 0, 7, 5, 100, 200]), np.array([0, 4, 0, 8, 6, 0, 300])
    np.testing.assert_allclose(facts.scale or (), [1 / ax.std(), 1 / ay.std()])


def test_padding_is_no_step_of_which_nothing_is_there(section: Section) -> None:
    """Filled by zeros, such a step of a new sequence would else be taken for its end."""
    text = "walk,ax,ay,who\na,1,2,Ann\nb,3,,Bob\nc,4,5,Ann\n"

    assert load(section, text, missing="zero").facts.inputs["signal"].padding == -1


def test_new_sequences_have_gaps_too(section: Section) -> None:
    """They are read as those that were trained on."""
    dataset = load(section, missing="mean")

    rows = read_rows(Path("gait.csv"), dataset.facts, dataset.data.source)

    np.testing.assert_array_equal(rows.inputs["signal"][:3], dataset.training.inputs["signal"])
    np.testing.assert_array_equal(rows.inputs["signal"][3:], dataset.parts["test"].inputs["signal"])


def test_without_a_rule_gaps_are_refused(section: Section, shown: Shown) -> None:
    """As they are in a `numeric`."""
    said = shown(DataError, load, section)

    assert said.startswith(
        "error[missing-value]: row 1 of column `ay` is empty, expected a number\n --> gait.csv:2:5\n"
    )


def test_a_sequence_without_any_number(section: Section, shown: Shown) -> None:
    """There is nothing to fill."""
    assert shown(DataError, load, section, "walk,ax,ay,who\na,1,2,Ann\nb,,,Bob\nb,NA,,Bob\n", missing="mean") == (
        """\
error[missing-value]: row 2 of columns `ax`, `ay`: no number of the whole sequence is there
 --> gait.csv:3:3
  |
3 | b,,,Bob
  |   ^
hint: leave the sequence out
"""
    )


def test_gaps_in_a_ts_file(section: Section) -> None:
    """Each `?` is one; dimensions are filled each by its own number."""
    Path("walks.ts").write_text("@classLabel true k0 k1\n@data\n1,?,3:?,5,6:k0\n?,8:1,2:k1\n")
    data = section(
        "ts",
        {"path": str(Path("walks.ts").absolute())},
        {"x": ("sequence", {"missing": "mean"})},
        {"y": ("category", {})},
    )

    dataset = load_dataset(data, batch_size=1)

    np.testing.assert_array_equal(
        dataset.training.inputs["x"], [[[1, NAN], [NAN, 5], [3, 6]], [[NAN, 1], [8, 2], [NAN, NAN]]]
    )
    assert dataset.facts.inputs["x"].fill == (4, 3.5)
