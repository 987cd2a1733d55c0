"""The epochs of a run on disk."""

from __future__ import annotations

import csv
import json
import math
import shutil
from typing import TYPE_CHECKING

import pytest

from archcli.errors import RecipeError
from archcli.runs.history import History, read_history, read_progress, truncate_history

if TYPE_CHECKING:
    from archcli.runs.directory import Run
    from archcli.runs.status import Mode


class _Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def _fill(run: Run, losses: list[float]) -> None:
    with History(run) as history:
        for epoch, loss in enumerate(losses, start=1):
            history.append(epoch, {"loss": loss, "val_loss": loss + 1})


def test_every_epoch_is_a_line_in_both_files(run: Run) -> None:
    """JSON lines for programs, CSV for spreadsheets; numbers keep all their digits."""
    with History(run) as history:
        history.append(1, {"loss": 0.1 + 0.2, "val_loss": 1e-30})
        history.append(2, {"loss": 0.25, "val_loss": 2})

    assert run.history_jsonl.read_text(encoding="utf-8") == (
        '{"epoch": 1, "loss": 0.30000000000000004, "val_loss": 1e-30}\n{"epoch": 2, "loss": 0.25, "val_loss": 2.0}\n'
    )
    assert run.history_csv.read_text(encoding="utf-8") == (
        "epoch,loss,val_loss\n1,0.30000000000000004,1e-30\n2,0.25,2.0\n"
    )


def test_a_column_that_comes_later_is_added_at_the_end(run: Run) -> None:
    """The columns before it stay where they were; earlier epochs have an empty cell."""
    with History(run) as history:
        history.append(1, {"loss": 1.0})
        history.append(2, {"val, loss": 2.0, "loss": 0.5})

    with run.history_csv.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["epoch", "loss", "val, loss"], ["1", "1.0", ""], ["2", "0.5", "2.0"]]


def test_what_is_not_finite_is_null_in_json_and_nan_in_csv(run: Run) -> None:
    """JSON has no word for it; it comes back as NaN."""
    with History(run) as history:
        history.append(1, {"loss": math.inf, "val_loss": math.nan})

    assert json.loads(run.history_jsonl.read_text(encoding="utf-8")) == {"epoch": 1, "loss": None, "val_loss": None}
    assert run.history_csv.read_text(encoding="utf-8") == "epoch,loss,val_loss\n1,nan,nan\n"
    assert math.isnan(read_history(run)[0]["loss"])


def test_the_files_are_written_at_most_once_a_second(run: Run) -> None:
    """Epochs of a few milliseconds are gathered; after a second, what was gathered is written at once."""
    clock = _Clock()
    history = History(run, clock=clock)

    history.append(1, {"loss": 1.0})
    before = run.history_jsonl.exists()
    clock.seconds = 1.5
    history.append(2, {"loss": 0.5})
    after_a_second = len(read_history(run))
    history.append(3, {"loss": 0.4})
    soon_after = len(read_history(run))
    history.flush()

    assert (before, after_a_second, soon_after, len(read_history(run))) == (False, 2, 2, 3)


def test_leaving_by_an_error_still_writes_what_was_reached(run: Run) -> None:
    """An interrupted run keeps its last epochs."""
    history = History(run)
    history.append(1, {"loss": 1.0})

    with pytest.raises(KeyboardInterrupt), history:
        raise KeyboardInterrupt

    assert len(read_history(run)) == 1


def test_a_history_that_goes_on_after_a_cut_is_the_one_never_cut(run: Run) -> None:
    """Cut back to the checkpoint's epoch and filled again, both files have the same bytes as without a cut."""
    _fill(run, [0.1 * epoch for epoch in range(1, 8)])
    whole = run.history_jsonl.read_bytes(), run.history_csv.read_bytes()
    shutil.copy(run.history_jsonl, run.path / "saved")

    with History(run, rows=truncate_history(run, epochs=4)) as history:
        for epoch in range(5, 8):
            history.append(epoch, {"loss": 0.1 * epoch, "val_loss": 0.1 * epoch + 1})

    assert (run.history_jsonl.read_bytes(), run.history_csv.read_bytes()) == whole
    assert [row["epoch"] for row in history.rows] == [1, 2, 3, 4, 5, 6, 7]


def test_cutting_alone_is_written(run: Run) -> None:
    """A resumed run that is interrupted in its first epoch has no epoch that its checkpoint does not know."""
    _fill(run, [1.0, 2.0, 3.0])

    with History(run, rows=truncate_history(run, epochs=1)):
        pass

    assert run.history_csv.read_text(encoding="utf-8") == "epoch,loss,val_loss\n1,1.0,2.0\n"


def test_a_history_shorter_than_its_checkpoint_is_damaged(run: Run) -> None:
    """A gap is not papered over."""
    _fill(run, [1.0, 2.0])

    with pytest.raises(RecipeError) as caught:
        truncate_history(run, epochs=3)

    (problem,) = caught.value.problems
    assert problem.code == "damaged-run"
    assert problem.message == f"`{run.history_jsonl}` has 2 epochs, its checkpoint 3"


@pytest.mark.parametrize("line", ["{", "[]", '{"epoch": 7}', '{"loss": 1}'])
def test_a_line_that_is_no_epoch_is_damaged(run: Run, line: str) -> None:
    """The line is named."""
    run.history_jsonl.write_text('{"epoch": 1, "loss": 1.0}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(RecipeError) as caught:
        read_history(run)

    (problem,) = caught.value.problems
    assert problem.message == f"line 2 of `{run.history_jsonl}` is not epoch 2"


@pytest.mark.parametrize(("mode", "expected"), [("min", (4, 2, 0.5)), ("max", (4, 1, 3.0))])
def test_progress_is_read_without_parsing(run: Run, mode: Mode, expected: tuple[int, int, float]) -> None:
    """The first of equally good epochs is the best; `loss` is not found inside `val_loss`."""
    run.history_jsonl.write_text(
        '{"epoch": 1, "val_loss": 0.1, "loss": 3.0}\n'
        '{"epoch": 2, "val_loss": 0.1, "loss": 0.5}\n'
        '{"epoch": 3, "val_loss": 0.1, "loss": null}\n'
        '{"epoch": 4, "val_loss": -1e9, "loss": 0.5}\n',
        encoding="utf-8",
    )

    assert read_progress(run.history_jsonl, monitor="loss", mode=mode) == expected


def test_progress_of_a_run_without_epochs_is_none(run: Run) -> None:
    """Neither a missing file nor an unknown quantity is an error."""
    assert read_progress(run.history_jsonl, monitor="loss", mode="min") == (0, None, None)
    _fill(run, [1.0])
    assert read_progress(run.history_jsonl, monitor="auc", mode="max") == (1, None, None)
    assert read_progress(run.history_jsonl, monitor=None, mode="max") == (1, None, None)
