"""Every score has a direction, whosever it is."""

from __future__ import annotations

import pytest

from archcli.scoring.names import (
    CLASS_SCORES,
    ERRORS,
    LABEL_SCORES,
    NUMBER_SCORES,
    SEQUENCE_SCORES,
    less_is_better,
    plain_name,
)


def test_all_errors_are_scores() -> None:
    """None is misspelt."""
    assert {*CLASS_SCORES, *LABEL_SCORES, *NUMBER_SCORES, *SEQUENCE_SCORES} > ERRORS


@pytest.mark.parametrize(
    ("score", "plain", "is_error"),
    [("accuracy", "accuracy", False), ("price.mae", "mae", True), ("kind.free_log_loss", "log_loss", True)],
)
def test_a_prefix_changes_no_direction(score: str, plain: str, is_error: bool) -> None:  # noqa: FBT001 -- pytest's
    """The target's name, or that the model read its own answers."""
    assert (plain_name(score), less_is_better(score)) == (plain, is_error)
