"""Answers become columns in the target's own terms."""

from __future__ import annotations

import numpy as np

from archcli.commands.answers import answer_table
from archcli.commands.scored import Scored
from archcli.recipe.facts import END, TargetFacts

KIND = TargetFacts("kind", "category", (), ("kind",), ("cat", "dog"), (5, 5))
GENRES = TargetFacts("genres", "multilabel", (3,), ("genres",), ("a", "b", "c"), (5, 5, 5), separator="|")
STEPS = TargetFacts("label", "category", (3,), ("label",), ("a", "b", "c"), (5, 5, 5))
TEXT = TargetFacts("iso", "text", (4,), ("iso",), (END, "x", "y"), (1, 1, 1), split="character")
WORDS = TargetFacts("said", "text", (3,), ("said",), (END, "good", "day"), (1, 1, 1), split="word")
PRICES = TargetFacts("prices", "number", (2,), ("low", "high"))
PATH = TargetFacts("path", "number", (2, 2), ("x", "y"))


def table(**outputs: tuple[np.ndarray, TargetFacts | None]) -> dict[str, list[int | float | str]]:
    """Write answers as a table."""
    answers = {name: np.asarray(given, "float32") for name, (given, _) in outputs.items()}
    columns = answer_table(answers, Scored({}, {name: target for name, (_, target) in outputs.items()}))
    return {name: column.cells() for name, column in columns.items()}


def one_hot(numbers: list[list[int]]) -> np.ndarray:
    """Write class numbers as probabilities of three classes."""
    return np.eye(3)[numbers]


def test_one_label_has_a_column_for_each_class() -> None:
    """The class, then the probability of each; one score is that of the second of two classes."""
    assert table(kind=(np.array([[0.25], [0.75]]), KIND)) == {
        "kind": ["cat", "dog"],
        "probability of cat": [0.75, 0.25],
        "probability of dog": [0.25, 0.75],
    }


def test_several_labels_are_joined_as_in_the_data() -> None:
    """Those more likely than not, perhaps none, then the probability of each; they need not sum to 1."""
    assert table(genres=(np.array([[0.75, 0.25, 1.0], [0.5, 0.0, 0.25]]), GENRES)) == {
        "genres": ["a|c", ""],
        "probability of a": [0.75, 0.5],
        "probability of b": [0.25, 0.0],
        "probability of c": [1.0, 0.25],
    }


def test_labels_at_steps_are_joined_by_blanks() -> None:
    """One column for all steps."""
    assert table(label=(one_hot([[0, 1, 2], [2, 2, 0]]), STEPS)) == {"label": ["a b c", "c c a"]}


def test_a_text_is_the_text_up_to_its_end() -> None:
    """Characters are put together, words with blanks between them."""
    assert table(iso=(one_hot([[1, 2, 0, 1], [2, 2, 2, 2]]), TEXT)) == {"iso": ["xy", "yyyy"]}
    assert table(said=(one_hot([[1, 2, 0], [0, 1, 1]]), WORDS)) == {"said": ["good day", ""]}


def test_numbers_are_columns() -> None:
    """Named as the target's own columns; several steps are joined by blanks."""
    assert table(prices=(np.array([[1.5, 2.0]]), PRICES)) == {"low": [1.5], "high": [2.0]}
    assert table(path=(np.array([[[1, 2], [3, 4.5]]]), PATH)) == {"x": ["1.0 3.0"], "y": ["2.0 4.5"]}


def test_several_outputs_are_told_apart() -> None:
    """Each has its target's name, a second one of a target and what is only written out their own."""
    written = table(
        pool=(np.array([[1.0]]), KIND), past=(np.array([[0.0]]), KIND), code=(np.array([[0.5, 0.25]]), None)
    )

    assert written == {
        "kind": ["dog"],
        "kind: probability of cat": [0.0],
        "kind: probability of dog": [1.0],
        "past": ["cat"],
        "past: probability of cat": [1.0],
        "past: probability of dog": [0.0],
        "code 0": [0.5],
        "code 1": [0.25],
    }
