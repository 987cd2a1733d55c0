"""Evaluations are kept in numbered folders, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.errors import SetupError
from archcli.runs.evaluations import new_evaluation

if TYPE_CHECKING:
    from archcli.runs.directory import Run


def _names(run: Run) -> list[str]:
    return sorted(path.name for path in (run.path / "evaluations").iterdir())


def test_they_count_on_and_overwrite_nothing(run: Run) -> None:
    """Whatever they are of."""
    for what in ("test", "new flats (2).csv", "../..", "test"):
        with new_evaluation(run, what) as evaluation:
            (evaluation.path / "metrics.json").write_text(what, encoding="utf-8")
        assert (evaluation.final / "metrics.json").read_text(encoding="utf-8") == what

    assert _names(run) == ["1-test", "2-new-flats-2-.csv", "3-data", "4-test"]


def test_one_that_fails_leaves_nothing(run: Run) -> None:
    """Its number is free again."""

    def fail() -> None:
        with new_evaluation(run, "test") as evaluation:
            (evaluation.path / "metrics.json").write_text("", encoding="utf-8")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()

    assert _names(run) == []


def test_two_at_once_have_numbers_of_their_own(run: Run) -> None:
    """While one is written its number is taken."""
    with new_evaluation(run, "test"), new_evaluation(run, "training"):
        pass

    assert _names(run) == ["1-test", "2-training"]


def test_a_run_that_cannot_be_written_is_a_problem(run: Run) -> None:
    """Not a traceback."""
    (run.path / "evaluations").write_text("in the way", encoding="utf-8")

    with pytest.raises(SetupError) as caught, new_evaluation(run, "test"):
        pass

    message = f"`{run.path / 'evaluations'}` cannot be written: file exists"
    assert [(one.code, one.message) for one in caught.value.problems] == [("cannot-write", message)]
