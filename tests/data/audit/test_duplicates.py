"""Equal examples, within a part, across parts, and with different targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from archcli.data.audit.duplicates import find_duplicates
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable

Column = Callable[..., Variable]
Told = Callable[..., list[tuple[str, str]]]
Rows = Callable[[Variable], Any]
NAMES = RowNames("row")


def test_equal_rows_are_duplicates(column: Column, rows: Rows, told: Told) -> None:
    """All columns count, the target too; the first of them is not named."""
    number = column([1.0, 1.0, 1.0, 2.0])
    word = column(["x", "x", "y", "x"], name="b")
    target = column(["p", "p", "p", "q"], name="t", role="target")

    found = list(find_duplicates([number, word, target], rows(number), NAMES))

    assert told(found) == [
        ("duplicate-examples", "1 of 4 training examples is equal to an earlier one: row 2 (as 1)"),
    ]
    assert found[0].rows == (2,)


def test_equal_inputs_with_different_targets_contradict(column: Column, rows: Rows, told: Told) -> None:
    """All of them are named."""
    number = column([1.0, 2.0, 1.0, 3.0])
    target = column(["p", "q", "q", "p"], name="t", role="target")

    assert told(find_duplicates([number, target], rows(number), NAMES)) == [
        (
            "contradicting-examples",
            "2 training examples have the inputs of another one and a different `t`: rows 1 and 3",
        ),
    ]


def test_inputs_of_training_in_another_part_are_a_leak(column: Column, rows: Rows, told: Told) -> None:
    """Each pair of parts is told of."""
    number = column([1.0, 2.0, 3.0], validation=[4.0, 2.0], test=[4.0, 5.0, 1.0])

    assert told(find_duplicates([number], rows(number), NAMES)) == [
        ("leak-between-parts", "1 of 2 validation examples has the inputs of a training example: row 5 (as 2)"),
        ("leak-between-parts", "1 of 3 test examples has the inputs of a training example: row 8 (as 1)"),
        ("leak-between-parts", "1 of 3 test examples has the inputs of a validation example: row 6 (as 4)"),
    ]


def test_duplicates_are_those_that_counting_rows_finds(column: Column, rows: Rows) -> None:
    """A thousand rows of small numbers, against Python's own sets."""
    drawn = np.random.default_rng(0).integers(0, 12, (1000, 3)).astype(np.float32)
    columns = [column(drawn[:, index], name=str(index)) for index in range(3)]
    seen = set[tuple[float, ...]]()
    expected = []
    for row, values in enumerate(map(tuple, drawn.tolist()), start=1):
        if values in seen:
            expected.append(row)
        seen.add(values)

    found = next(find_duplicates(columns, rows(columns[0]), NAMES))

    assert (found.problem.code, found.count) == ("duplicate-examples", len(expected))
    assert found.rows == tuple(expected[:100])


def test_pictures_are_compared_whole(column: Column, rows: Rows, told: Told) -> None:
    """One point that differs makes another picture; zero and minus zero are one value."""
    pictures = np.random.default_rng(0).normal(size=(4, 8, 8)).astype(np.float32)
    pictures[0, 0, 0] = 0.0
    pictures[2] = pictures[0]
    pictures[2, 0, 0] = -0.0
    pictures[3] = pictures[1]
    pictures[3, 7, 7] += 1e-3

    picture = column(pictures)

    assert told(find_duplicates([picture], rows(picture), NAMES)) == [
        ("duplicate-examples", "1 of 4 training examples is equal to an earlier one: row 3 (as 1)")
    ]
