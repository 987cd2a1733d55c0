"""The worst mistakes name the row of the source, the truth and the answer in the target's own terms."""

from __future__ import annotations

import numpy as np
import pytest

from archcli.commands.mistakes import Mistake, find_mistakes
from archcli.commands.scores import score_output
from archcli.recipe.facts import TargetFacts

CLASSES = ("a", "b", "c")
KIND = TargetFacts("kind", "category", (), ("kind",), CLASSES, (1, 1, 1))
STEPS = TargetFacts("label", "category", (3,), ("label",), CLASSES, (1, 1, 1), padded=True)
PIXELS = TargetFacts("mask", "category", (2, 2), ("mask",), CLASSES, (1, 1, 1))
GENRES = TargetFacts("genres", "multilabel", (3,), ("genres",), CLASSES, (1, 1, 1), separator="|")
SIZES = TargetFacts("size", "number", (2,), ("width", "height"))
SERIES = TargetFacts("next", "number", (2,), ("load",), is_series=True)


def found(target: TargetFacts, truth: np.ndarray, outputs: np.ndarray, count: int = 5) -> tuple[Mistake, ...]:
    """Find the mistakes of examples from row 11 on."""
    scored = score_output(target.name, target, "", truth, outputs.astype("float32"))
    return find_mistakes(scored, np.arange(11, 11 + len(truth)), count)


def test_of_classes() -> None:
    """With the probability of the class that was told."""
    outputs = np.array([[0.5, 0.25, 0.25], [0.0, 0.25, 0.75], [1, 0, 0]])

    assert found(KIND, np.array([1, 1, 0]), outputs) == (
        Mistake(11, (), None, "b", "a", 0.5),
        Mistake(12, (), None, "b", "c", 0.75),
    )
    assert found(KIND, np.array([1, 1, 0]), outputs, 1) == (Mistake(11, (), None, "b", "a", 0.5),)
    assert found(KIND, np.array([1, 1, 0]), outputs, 0) == ()


def test_of_steps_and_pixels() -> None:
    """The place counts from 1, and what has no label is no mistake."""
    steps = np.eye(3)[[[0, 0, 0], [1, 1, 1]]]
    pixels = np.eye(3)[[[[0, 0], [0, 1]]]]

    assert found(STEPS, np.array([[0, -1, -1], [1, 1, 2]]), steps) == (Mistake(12, (3,), None, "c", "b", 1.0),)
    assert found(PIXELS, np.array([[[0, 0], [1, 1]]]), pixels) == (Mistake(11, (2, 1), None, "b", "a", 1.0),)


def test_of_several_labels() -> None:
    """Joined as in the data, with how sure it was of the label it told worst."""
    outputs = np.array([[0.75, 0.125, 0.125], [0.75, 0.75, 0.0]])

    assert found(GENRES, np.array([[1, 1, 0], [1, 1, 0]]), outputs) == (Mistake(11, (), None, "a|b", "a", 0.875),)


def test_of_numbers() -> None:
    """The column, where there are several; the step, in a series."""
    truth = np.array([[1.0, 10.0], [2.0, 20.0]])

    assert found(SIZES, truth, truth + np.array([[0, 4], [0, 0]])) == (Mistake(11, (), "height", 10.0, 14.0),)
    assert found(SERIES, truth, truth + np.array([[0, 4], [0, 0]])) == (Mistake(11, (2,), None, 10.0, 14.0),)


@pytest.mark.parametrize("target", [KIND, SIZES])
def test_what_is_right_has_none(target: TargetFacts) -> None:
    """Nothing is listed for the sake of listing."""
    truth = np.array([0, 1]) if target is KIND else np.ones((2, 2))

    assert found(target, truth, np.eye(3)[truth] if target is KIND else truth) == ()
