"""Labels and numbers at several places are scored where they are there, by scikit-learn's numbers."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import accuracy_score

from archcli.scoring.labels import known_numbers, labelled_places, sequence_accuracy

TRUTH = np.array([[0, 1, 2], [1, -1, -1], [2, 2, -1], [-1, -1, -1]])
TOLD = np.array([[0, 1, 2], [1, 0, 0], [2, 0, 0], [0, 0, 0]])


def test_only_labels_that_are_there_are_scored() -> None:
    """What has no label, -1, is left out with the answer to it."""
    answers = np.eye(3, dtype="float32")[TOLD]

    labels, chances = labelled_places(TRUTH, answers)

    assert labels.tolist() == [0, 1, 2, 1, 2, 2]
    assert accuracy_score(labels, chances.argmax(axis=-1)) == 5 / 6


def test_a_sequence_is_right_if_every_label_is() -> None:
    """The first two are right, the third is not, the last has no label and does not count."""
    assert sequence_accuracy(TRUTH, TOLD) == 2 / 3
    assert sequence_accuracy(TRUTH[3:], TOLD[3:]) is None


def test_numbers_at_steps_are_rows() -> None:
    """Each step is a row of its columns; a step that has no numbers, NaN, is left out."""
    truth = np.array([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [np.nan, np.nan]]])

    expected, told = known_numbers(truth, np.zeros((2, 2, 2), "float32"))

    assert expected.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert told.shape == (3, 2)


def test_one_row_an_example_stays_as_it_is() -> None:
    """Numbers side by side are one row."""
    truth = np.array([[1.0, 2.0], [3.0, 4.0]])

    assert known_numbers(truth, truth.astype("float32"))[0].tolist() == truth.tolist()
    assert known_numbers(truth[:, 0], truth[:, :1].astype("float32"))[0].tolist() == [[1], [3]]
