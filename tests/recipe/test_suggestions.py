"""What the user may have meant."""

from __future__ import annotations

import pytest

from archcli.recipe.signatures import names, other_names
from archcli.recipe.suggestions import did_you_mean, near_match


@pytest.mark.parametrize(
    ("word", "category", "match"),
    [
        ("Densee", "layer", "Dense"),
        ("Dnese", "layer", "Dense"),
        ("dense", "layer", "Dense"),
        ("Cnv2D", "layer", "Conv2D"),
        ("conv2d", "layer", "Conv2D"),
        ("Droput", "layer", "Dropout"),
        ("BatchNormalisation", "layer", "BatchNormalization"),
        ("LSMT", "layer", "LSTM"),
        ("MaxPolling2D", "layer", "MaxPooling2D"),
        ("adma", "optimizer", "adam"),
        ("Adma", "optimizer", "Adam"),
        ("acuracy", "metric", "accuracy"),
        ("mean-squared-error", "loss", "mean_squared_error"),
        ("Transformer", "layer", None),
        ("x", "layer", None),
        ("", "layer", None),
    ],
)
def test_a_slip_is_told_from_another_word(word: str, category: str, match: str | None) -> None:
    """Letters left out, doubled, swapped, in another case; not a word that only shares some."""
    assert near_match(word, (*names(category), *other_names(category))) == match


def test_a_short_list_is_shown_where_nothing_is_near() -> None:
    """So that one can choose."""
    assert did_you_mean("delta", ["l1", "l2"]) == "one of `l1`, `l2`"


def test_of_a_long_list_those_that_hold_the_word_are_shown() -> None:
    """`bias` is part of several arguments."""
    known = ["use_bias", "bias_initializer", *(f"argument_{number}" for number in range(50))]

    assert did_you_mean("bias", known) == "one of `use_bias`, `bias_initializer`"
    assert did_you_mean("zzz", known) is None
    assert did_you_mean("zzz", []) is None
