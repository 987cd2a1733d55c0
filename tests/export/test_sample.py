"""The examples that an export is compared on."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from archcli.export.sample import make_up, spread_over
from archcli.recipe.facts import InputFacts
from tests.export.small_models import AGES, CITY, CODE, NOTE, SOUND, WALK, WHEN


def test_examples_are_spread_evenly_over_all() -> None:
    """The first and the last among them, each once, every input alike."""
    raw = {"x": np.arange(1000), "y": -np.arange(1000)}

    chosen = spread_over(raw, most=5)

    assert chosen["x"].tolist() == [0, 249, 499, 749, 999]
    assert (chosen["y"] == -chosen["x"]).all()
    assert spread_over({"x": np.arange(3)}, most=5)["x"].tolist() == [0, 1, 2]


def test_made_up_examples_are_the_same_every_time() -> None:
    """So that a second export compares the same."""
    made, again = make_up([AGES, CITY, NOTE]), make_up([AGES, CITY, NOTE])

    assert all(np.array_equal(made[name], again[name]) for name in made)


def test_made_up_numbers_are_of_the_size_of_the_data() -> None:
    """Scaled as the training examples were, they lie about 0; an open length is 16 steps."""
    made = make_up([AGES, WALK])

    assert made["table__age"].shape == (16, 2)
    assert np.abs(made["table__age"] * (0.1, 0.5) + (-1.0, 2.0)).max() < 5
    assert made["walk"].shape == (16, 16, 2)


def test_made_up_categories_and_texts_are_known_and_unknown() -> None:
    """Of the vocabulary and beyond it: words with blanks between them, characters without."""
    made = make_up([CITY, NOTE, CODE])

    assert set(made["table__city"].ravel()) == {"Bonn", "Kiel", "never seen"}
    assert {word for text in made["note"].ravel() for word in text.split()} == {"good", "day", "bad", "never", "seen"}
    assert all(re.fullmatch("([abÄ]|never seen){16}", text) for text in made["code"].ravel())


def test_made_up_dates_and_sounds_are_such() -> None:
    """Days that there are, and samples from -1 to 1."""
    made = make_up([WHEN, SOUND])

    assert all(date.fromisoformat(text).month == 6 for text in made["when"].ravel())
    assert made["sound"].shape == (16, 160)
    assert np.abs(made["sound"]).max() <= 1


def test_made_up_indices_are_in_the_vocabulary() -> None:
    """Such as the places of labels that come back late."""
    late = InputFacts("late", (5,), (), dtype="int32", vocabulary=4, kind="shift", shift_of="said", shift_by=1)

    made = make_up([late])["late"]

    assert made.dtype == np.int32
    assert set(made.ravel()) == {0, 1, 2, 3}
