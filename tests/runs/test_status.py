"""How a run ended, even when nobody was left to say so."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from archcli.errors import Interrupted, Problem, RecipeError, TrainingError
from archcli.runs import status as status_module
from archcli.runs.status import State, claim_run, current_state, read_status

if TYPE_CHECKING:
    from pathlib import Path

    from archcli.runs.directory import Run


def _state(run: Run) -> State:
    status = read_status(run.status)
    assert status is not None
    return current_state(run.path, status)


def _hold(run: Run, ready: Path) -> None:
    with claim_run(run, monitor="val_loss", mode="min"):
        ready.touch()
        time.sleep(600)  # until it is ended


def _start_holder(run: Run, folder: Path) -> multiprocessing.context.ForkProcess:
    holder = multiprocessing.get_context("fork").Process(target=_hold, args=(run, folder / "ready"))
    holder.start()
    while not (folder / "ready").exists():
        assert holder.is_alive()
        time.sleep(0.01)
    return holder


def test_a_run_that_ends_well_is_finished(run: Run) -> None:
    """While it trains it runs; afterwards it is finished, and remembers what decided."""
    with claim_run(run, monitor="val_accuracy", mode="max"):
        during = _state(run)

    status = read_status(run.status)
    assert (during, _state(run)) == ("running", "finished")
    assert status is not None
    assert (status.monitor, status.mode) == ("val_accuracy", "max")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Interrupted(130, "kept"), "interrupted"),
        (KeyboardInterrupt(), "interrupted"),
        (TrainingError(Problem("loss-not-finite", "the loss is not finite")), "failed"),
        (ZeroDivisionError(), "failed"),
    ],
)
def test_a_run_that_ends_badly_says_how(run: Run, error: BaseException, state: State) -> None:
    """What the user stopped was interrupted; anything else failed."""
    with pytest.raises(type(error)), claim_run(run, monitor="val_loss", mode="min"):
        raise error

    assert _state(run) == state


def test_a_new_run_that_nobody_trains_was_interrupted(run: Run) -> None:
    """A process killed between making a run and training it leaves no run that runs for ever."""
    assert _state(run) == "interrupted"


def test_a_killed_process_leaves_an_interrupted_run(run: Run, tmp_path: Path) -> None:
    """SIGKILL gives no time to write anything, yet the run does not read as running."""
    holder = _start_holder(run, tmp_path)
    during = _state(run)
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()

    assert (during, _state(run)) == ("running", "interrupted")


def test_a_run_is_trained_by_one_process_at_a_time(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Resuming a run that still trains is refused, and leaves it as it is."""
    monkeypatch.setattr(status_module, "_PATIENCE_SECONDS", 0.05)
    holder = _start_holder(run, tmp_path)

    with pytest.raises(RecipeError) as caught, claim_run(run, monitor="val_loss", mode="min"):
        pass

    (problem,) = caught.value.problems
    assert problem.code == "run-in-use"
    assert problem.message == "the run `xor/1` is being trained by another process"
    assert _state(run) == "running"
    holder.terminate()
    holder.join()


def test_a_resumed_run_keeps_the_time_of_its_start(run: Run) -> None:
    """`started` is when the run was made; the state goes through running again."""
    before = read_status(run.status)
    with claim_run(run, monitor="val_loss", mode="min"):
        pass
    with claim_run(run, monitor="val_loss", mode="min"):
        during = _state(run)

    after = read_status(run.status)
    assert before is not None
    assert after is not None
    assert (before.started, during) == (after.started, "running")
