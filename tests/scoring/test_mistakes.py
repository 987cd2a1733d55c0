"""The worst answers are found, the worst first, those as bad as each other in order."""

from __future__ import annotations

import numpy as np

from archcli.scoring.mistakes import worst_classes, worst_labels, worst_numbers


def test_worst_of_classes_gave_the_truth_least() -> None:
    """Right answers are no mistakes, however unsure."""
    chances = np.array([[0.9, 0.1], [0.2, 0.8], [0.51, 0.49], [0.4, 0.6], [0.2, 0.8]], "float32")

    assert worst_classes(np.array([1, 0, 0, 0, 0]), chances, 9).tolist() == [0, 1, 4, 3]
    assert worst_classes(np.array([1, 0, 0, 0, 0]), chances, 2).tolist() == [0, 1]
    assert worst_classes(np.array([0, 1, 0, 1, 1]), chances, 2).tolist() == []


def test_worst_of_labels_was_surest_of_a_wrong_one() -> None:
    """Whatever the example's other labels are."""
    truth = np.array([[1, 0], [1, 1], [0, 0]])
    chances = np.array([[0.9, 0.6], [0.1, 0.9], [0.2, 0.2]], "float32")

    assert worst_labels(truth, chances, 5).tolist() == [1, 0]


def test_worst_of_numbers_are_farthest_off() -> None:
    """Of one column in its own unit."""
    rows, columns = worst_numbers(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [5.0], [2.5]]), 5)

    assert (rows.tolist(), columns.tolist()) == ([1, 2], [0, 0])


def test_columns_are_measured_each_by_its_own_deviation() -> None:
    """A kilogram is not lost beside a thousand metres."""
    truth = np.array([[1.0, 1000.0], [3.0, 3000.0]])

    rows, columns = worst_numbers(truth, truth + np.array([[0.0, 10.0], [1.0, 0.0]]), 1)

    assert (rows.tolist(), columns.tolist()) == ([1], [0])


def test_an_answer_that_is_no_number_is_the_worst() -> None:
    """It is as far off as can be."""
    rows, _ = worst_numbers(np.array([[1.0], [2.0]]), np.array([[100.0], [np.nan]]), 1)

    assert rows.tolist() == [1]
