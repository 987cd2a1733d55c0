"""Intervals are those of a plain loop that draws examples again, and of the normal law where it holds."""

from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn import metrics

from archcli.scoring.bootstrap import class_intervals, label_intervals, number_intervals
from archcli.scoring.classification import class_probabilities

RANDOM = np.random.default_rng(0)


def loop(score: object, *arrays: np.ndarray, count: int = 250) -> tuple[float, float]:
    """Draw examples again, score them, and return the percentiles."""
    random = np.random.default_rng(1)
    values = []
    for _ in range(count):
        chosen = random.integers(0, len(arrays[0]), len(arrays[0]))
        values.append(score(*(array[chosen] for array in arrays)))  # type: ignore[operator]
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)


def classes(examples: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw class numbers, and probabilities that know something of them."""
    truth = RANDOM.integers(0, 3, examples)
    chances = RANDOM.dirichlet(np.ones(3), examples) + 0.6 * np.eye(3)[truth]
    return truth, (chances / chances.sum(axis=1, keepdims=True)).astype("float32")


def test_intervals_of_classes_are_those_of_a_loop() -> None:
    """Drawn otherwise, so that they agree to what so many resamples tell."""
    truth, chances = classes(300)
    told = chances.argmax(axis=1)

    found = class_intervals(truth, chances, 3)

    assert set(found) == {"accuracy", "balanced_accuracy", "f1_macro", "log_loss"}
    accuracy = loop(metrics.accuracy_score, truth, told)
    f1 = loop(lambda a, b: metrics.f1_score(a, b, average="macro"), truth, told)
    balanced = loop(metrics.balanced_accuracy_score, truth, told)
    surprise = loop(lambda a, b: metrics.log_loss(a, class_probabilities(b)), truth, chances)
    assert found["accuracy"] == pytest.approx(accuracy, abs=0.02)
    assert found["f1_macro"] == pytest.approx(f1, abs=0.02)
    assert found["balanced_accuracy"] == pytest.approx(balanced, abs=0.02)
    assert found["log_loss"] == pytest.approx(surprise, abs=0.04)


def test_intervals_of_numbers_are_those_of_a_loop() -> None:
    """The mean over two columns, far from 0."""
    truth = RANDOM.normal(1000, 2, (200, 2))
    told = truth + RANDOM.normal(0, 1, truth.shape)

    found = number_intervals(truth, told, np.arange(200))

    assert set(found) == {"r2", "mae", "rmse", "mape"}
    assert found["r2"] == pytest.approx(loop(metrics.r2_score, truth, told), abs=0.04)
    assert found["mae"] == pytest.approx(loop(metrics.mean_absolute_error, truth, told), abs=0.04)
    squares = loop(metrics.mean_squared_error, truth, told)
    assert found["rmse"] == pytest.approx(np.sqrt(squares), abs=0.04)


def test_a_column_that_never_changes_is_explained_or_not() -> None:
    """As its score is: 1 where all is right, else 0; whatever the mean is rounded to."""
    truth = np.full((20, 2), 0.1)

    assert number_intervals(truth, truth, np.arange(20))["r2"] == (1, 1)
    assert number_intervals(truth, truth + 1, np.arange(20))["r2"] == (0, 0)


def test_intervals_of_labels_are_those_of_a_loop() -> None:
    """Of several labels an example."""
    truth = RANDOM.integers(0, 2, (200, 3))
    chances = np.clip(truth + RANDOM.normal(0, 0.5, truth.shape), 0, 1).astype("float32")
    told = (chances > 0.5).astype(int)

    found = label_intervals(truth, chances)

    for name, score in (
        ("f1_micro", lambda a, b: metrics.f1_score(a, b, average="micro")),
        ("f1_macro", lambda a, b: metrics.f1_score(a, b, average="macro")),
        ("subset_accuracy", metrics.accuracy_score),
        ("hamming_loss", metrics.hamming_loss),
    ):
        assert found[name] == pytest.approx(loop(score, truth, told), abs=0.04)


def test_a_sequence_is_drawn_whole() -> None:
    """Twenty steps that are right or wrong together tell no more than one: the interval is that of the sequences."""
    right = np.arange(100) < 70
    truth = np.zeros((100, 20), int)
    chances = np.where(right[:, None, None], [0.9, 0.1], [0.1, 0.9]).repeat(20, axis=1).astype("float32")

    found = class_intervals(truth, chances, 2)

    error = 1.96 * np.sqrt(0.7 * 0.3 / 100)
    assert found["accuracy"] == pytest.approx((0.7 - error, 0.7 + error), abs=0.02)
    assert found["sequence_accuracy"] == found["accuracy"]


def test_groups_of_very_many_vary_as_their_examples() -> None:
    """Above ten thousand examples groups are drawn; the interval of a mean is still the normal law's."""
    truth = np.zeros(60_000, int)
    chances = np.where(RANDOM.random(60_000)[:, None] < 0.9, [0.8, 0.2], [0.2, 0.8]).astype("float32")

    found = class_intervals(truth, chances, 2)

    share = (chances[:, 0] > 0.5).mean()
    error = 1.96 * np.sqrt(share * (1 - share) / 60_000)
    assert found["accuracy"] == pytest.approx((share - error, share + error), abs=3e-4)


def test_the_same_examples_have_the_same_intervals() -> None:
    """The seed is fixed."""
    truth, chances = classes(50)

    assert class_intervals(truth, chances, 3) == class_intervals(truth, chances, 3)


def test_too_few_examples_have_none() -> None:
    """Of four examples nearly all resamples are alike."""
    assert class_intervals(np.zeros(4, int), np.full((4, 2), 0.5, "float32"), 2) == {}
    assert number_intervals(np.zeros((4, 1)), np.zeros((4, 1)), np.arange(4)) == {}
    assert label_intervals(np.zeros((4, 2)), np.zeros((4, 2), "float32")) == {}


def test_ten_thousand_examples_take_less_than_a_second() -> None:
    """Of ten classes."""
    truth = RANDOM.integers(0, 10, 10_000)
    chances = RANDOM.dirichlet(np.ones(10), 10_000).astype("float32")

    began = time.process_time()
    class_intervals(truth, chances, 10)

    assert time.process_time() - began < 2  # of two cores
