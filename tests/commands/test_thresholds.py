"""What a score has to reach is read strictly, and judged."""

from __future__ import annotations

import pytest

from archcli.commands.thresholds import Threshold, judge, read_thresholds
from archcli.errors import RecipeError

KNOWN = ("accuracy", "f1_macro", "mae")


def test_names_and_numbers_are_read() -> None:
    """Scores may not be under, errors not over."""
    read = read_thresholds(["accuracy=0.97", "f1_macro=1e-1"], ["mae=2"], KNOWN)

    assert read == (
        Threshold("accuracy", 0.97, is_highest=False),
        Threshold("f1_macro", 0.1, is_highest=False),
        Threshold("mae", 2.0, is_highest=True),
    )


@pytest.mark.parametrize("text", ["0.97", "accuracy", "accuracy=", "accuracy=high", "=0.97", "accuracy=nan"])
def test_what_is_no_name_and_number_is_refused(text: str) -> None:
    """With the way it is written."""
    with pytest.raises(RecipeError) as caught:
        read_thresholds([text], [], KNOWN)

    (problem,) = caught.value.problems
    assert problem.code == "bad-threshold"
    assert problem.message == f"`--fail-under` takes the name of a score and a number, found `{text}`"
    assert problem.hint == "write it as `--fail-under accuracy=0.97`"


def test_all_problems_are_told_at_once() -> None:
    """A slip, an error taken for a score, and a score taken for an error."""
    with pytest.raises(RecipeError) as caught:
        read_thresholds(["acuracy=0.9", "mae=2"], ["accuracy=0.9"], KNOWN)

    assert [(one.code, one.message, one.hint) for one in caught.value.problems] == [
        ("unknown-score", "there is no score `acuracy` of this run", "did you mean `accuracy`?"),
        (
            "bad-threshold",
            "`--fail-under` does not go with `mae`, of which less is better",
            "write `--fail-over mae=2`",
        ),
        (
            "bad-threshold",
            "`--fail-over` does not go with `accuracy`, of which more is better",
            "write `--fail-under accuracy=0.9`",
        ),
    ]


def test_what_is_worse_is_missed() -> None:
    """What is just reached is not; what is not defined is."""
    asked = read_thresholds(["accuracy=0.9", "f1_macro=0.9"], ["mae=2"], KNOWN)

    assert judge(asked, {"accuracy": 0.9, "f1_macro": 0.9, "mae": 2.0}) == ()
    assert [one.message for one in judge(asked, {"accuracy": 0.89999, "mae": 2.5})] == [
        "`accuracy` is 0.89999, expected at least 0.9",
        "`f1_macro` is not defined on these examples, expected at least 0.9",
        "`mae` is 2.5, expected at most 2",
    ]
