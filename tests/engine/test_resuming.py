"""A training that was killed, stopped or made longer, against one that ran through."""

from __future__ import annotations

import os
import random
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.engine import session, steps
from archcli.engine.evaluation import Evaluation
from archcli.engine.feeding import Examples
from archcli.engine.progress import EpochRow, Plan, SilentProgress
from archcli.engine.variables import capture
from archcli.errors import Interrupted, RecipeError, TrainingError
from archcli.recipe.recipe import EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Keras's own callbacks read the learning rate in a way that NumPy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
SCRIPT = Path(__file__).with_name("killed_training.py")
EPOCHS = 40


def repeatable(rows: Iterable[EpochRow]) -> list[tuple[int, dict[str, float], float, bool]]:
    """Return what must be the same in two runs of one training: everything but times."""
    return [(row.epoch, dict(row.metrics), row.learning_rate, row.is_best) for row in rows]


def same_state(one: keras.Model, other: keras.Model) -> bool:
    """Return whether all variables are equal, bit for bit."""
    return all(np.array_equal(a, b) for a, b in zip(capture(one), capture(other), strict=True))


class Watcher(SilentProgress):
    """Remembers the plan, and sends a signal when a step is reached."""

    def __init__(self, *, epoch: int = 0, step: int = 0, signal_number: int = signal.SIGINT) -> None:
        """Send `signal_number` at `step` of `epoch`; epoch 0: never."""
        self.at, self.signal_number = (epoch, step), signal_number
        self.plan: Plan | None = None

    def started(self, plan: Plan) -> None:
        """Remember `plan`."""
        self.plan = plan

    def stepped(self, epoch: int, step: int, metrics: Mapping[str, float]) -> None:
        """Send the signal, once."""
        del metrics
        if self.at[0] and (epoch, step) >= self.at:
            self.at = (0, 0)
            os.kill(os.getpid(), self.signal_number)


@pytest.fixture
def short_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the loop look up after every second step at least, and tell of each look-up."""
    monkeypatch.setattr(steps, "SECONDS_PER_CALL", 1e-5)
    monkeypatch.setattr(session, "SECONDS_BETWEEN_REPORTS", 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["graph", "xla"])
def test_a_killed_training_resumes_to_the_same_bits(tmp_path: Path, mode: str) -> None:
    """Killed by SIGKILL at a random moment and resumed: the history and all variables of one that never was."""
    # Its numbers are written every epoch instead of every few seconds, so that there is something to go on from.
    often = "import archcli.engine.checkpoints as c; c.LEAST_SECONDS_BETWEEN = 0.0; c.SHARE_OF_TIME = 1e9; "
    run = f"import runpy, sys; {often}sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", run, str(SCRIPT), str(tmp_path / "killed"), mode, str(EPOCHS)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        last = random.randint(2, EPOCHS - 10)  # noqa: S311 -- a moment, not a secret
        process.stdin.write("\n" * (last + 5))  # it waits there, should this process not get to kill it before
        process.stdin.flush()
        while int(process.stdout.readline()) < last:
            pass
        time.sleep(random.random() * 0.02)  # noqa: S311
        process.kill()
    script = runpy.run_path(str(SCRIPT))
    resumed, whole = script["make_model"](), script["make_model"]()
    watcher = Watcher()

    after = script["train"](resumed, tmp_path / "killed", mode=mode, epochs=EPOCHS, resume=True, progress=watcher)
    through = script["train"](
        whole, tmp_path / "whole", mode=mode, epochs=EPOCHS, resume=False, progress=SilentProgress()
    )

    assert watcher.plan is not None
    assert 1 < watcher.plan.first_epoch <= EPOCHS
    assert repeatable(after.rows) == repeatable(through.rows)
    assert same_state(resumed, whole)
    assert after.mode.reason == "the run began in it"


def dropout_model() -> keras.Model:
    """Make a network whose next step depends on seeds and momentum."""
    keras.utils.set_random_seed(7)
    body = [keras.layers.Dense(8, activation="relu"), keras.layers.Dropout(0.3), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((6,)), *body])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), loss, metrics=["accuracy"], jit_compile=False)
    return model


@pytest.mark.usefixtures("short_calls")
@pytest.mark.parametrize("mode", ["graph", "eager"])
def test_a_training_stopped_within_an_epoch_resumes_to_the_same_bits(
    train: Any, uneven_examples: Examples, validation: Examples, tmp_path: Path, mode: str
) -> None:
    """Ctrl-C at step 3 of epoch 2: the running metrics of the epoch go on where they were."""
    stopped, resumed, whole = dropout_model(), dropout_model(), dropout_model()
    folder, watcher = tmp_path / "stopped", Watcher()

    with pytest.raises(Interrupted) as caught:
        train(stopped, uneven_examples, validation, checkpoints=folder, progress=Watcher(epoch=2, step=3), mode=mode)
    after = train(resumed, uneven_examples, validation, checkpoints=folder, progress=watcher, resume=True, mode=mode)
    through = train(whole, uneven_examples, validation, mode=mode)

    assert caught.value.exit_status == 130
    assert watcher.plan is not None
    assert watcher.plan.first_epoch == 2
    assert 3 <= watcher.plan.first_step < 7
    stopped_at = f"epoch 2 of 3 after {watcher.plan.first_step} steps"
    assert caught.value.kept == f"training was stopped in {stopped_at}, and its state is kept"
    assert repeatable(watcher.plan.earlier) == repeatable(through.rows[:1])
    assert repeatable(after.rows) == repeatable(through.rows)
    assert same_state(resumed, whole)


@pytest.mark.usefixtures("short_calls")
def test_a_long_epoch_is_kept_within_it(
    train: Any, examples: Examples, validation: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lost before its second epoch is kept as a whole, a training goes on within it, to the same bits."""
    monkeypatch.setattr(session, "SECONDS_BETWEEN_SAVES_WITHIN_EPOCH", 0.0)
    lost, resumed, whole = dropout_model(), dropout_model(), dropout_model()
    folder, watcher = tmp_path / "lost", Watcher()

    class Disaster(SilentProgress):
        def epoch_ended(self, row: EpochRow) -> None:
            if row.epoch == 2:
                raise ConnectionError

    with pytest.raises(ConnectionError):
        train(lost, examples, validation, checkpoints=folder, progress=Disaster())
    after = train(resumed, examples, validation, checkpoints=folder, progress=watcher, resume=True)
    through = train(whole, examples, validation)

    assert watcher.plan is not None
    assert (watcher.plan.first_epoch, watcher.plan.first_step) == (2, 5)
    assert repeatable(after.rows) == repeatable(through.rows)
    assert same_state(resumed, whole)


@pytest.mark.usefixtures("short_calls")
def test_sigterm_stops_as_ctrl_c_does(train: Any, examples: Examples) -> None:
    """The status is 143 then."""
    with pytest.raises(Interrupted) as caught:
        train(dropout_model(), examples, progress=Watcher(epoch=1, step=1, signal_number=signal.SIGTERM))

    assert caught.value.exit_status == 143


def test_a_training_stopped_within_validation_resumes_to_the_same_bits(
    train: Any, examples: Examples, validation: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The steps of the epoch are not run again; its validation is."""
    stopped, resumed, whole = dropout_model(), dropout_model(), dropout_model()
    folder, watcher = tmp_path / "stopped", Watcher()
    run, runs = Evaluation.run, []

    def run_and_stop(evaluation: Evaluation, **options: Any) -> dict[str, float] | None:
        runs.append(1)
        if len(runs) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return run(evaluation, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Evaluation, "run", run_and_stop)
        with pytest.raises(Interrupted):
            train(stopped, examples, validation, checkpoints=folder)
    after = train(resumed, examples, validation, checkpoints=folder, progress=watcher, resume=True)
    through = train(whole, examples, validation)

    assert watcher.plan is not None
    assert (watcher.plan.first_epoch, watcher.plan.first_step) == (2, 6)
    assert repeatable(after.rows) == repeatable(through.rows)
    assert same_state(resumed, whole)


def test_a_finished_training_is_made_longer(
    train: Any, examples: Examples, validation: Examples, tmp_path: Path
) -> None:
    """Two epochs and then two more are four."""
    longer, whole = dropout_model(), dropout_model()

    train(dropout_model(), examples, validation, checkpoints=tmp_path / "longer", epochs=2)
    after = train(longer, examples, validation, checkpoints=tmp_path / "longer", epochs=4, resume=True)
    through = train(whole, examples, validation, epochs=4)

    assert repeatable(after.rows) == repeatable(through.rows)
    assert same_state(longer, whole)


def test_a_training_with_averaged_weights_is_made_longer(train: Any, examples: Examples, tmp_path: Path) -> None:
    """The weights that were handed out at the end are averages; training goes on from those that are not."""

    def averaging_model() -> keras.Model:
        model = dropout_model()
        optimizer = keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.9)
        model.compile(optimizer, model.loss, jit_compile=False)
        return model

    def swap() -> list[keras.callbacks.Callback]:
        return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)]

    longer, whole = averaging_model(), averaging_model()

    train(averaging_model(), examples, checkpoints=tmp_path / "longer", epochs=2, callbacks=swap())
    after = train(longer, examples, checkpoints=tmp_path / "longer", epochs=4, resume=True, callbacks=swap())
    through = train(whole, examples, epochs=4, callbacks=swap())

    assert repeatable(after.rows) == repeatable(through.rows)
    assert same_state(longer, whole)


def test_a_finished_training_that_is_resumed_has_its_outcome(train: Any, examples: Examples) -> None:
    """Nothing is left to train: the rows are those of before, and the best weights are back."""
    finished, resumed = dropout_model(), dropout_model()

    before = train(finished, examples)
    after = train(resumed, examples, resume=True)

    assert after.rows == before.rows
    assert (after.best_epoch, after.epochs_done, after.examples_per_second) == (before.best_epoch, 3, 0.0)
    assert same_state(resumed, finished)


def test_a_training_that_lost_patience_goes_on_with_more(train: Any, examples: Examples, validation: Examples) -> None:
    """Resumed as it was it stays ended; resumed with more patience it trains on."""
    rule, patient = EarlyStopping(1, 10.0, 0), EarlyStopping(4, 10.0, 0)

    ended = train(dropout_model(), examples, validation, epochs=9, early_stopping=rule)
    again = train(dropout_model(), examples, validation, epochs=9, early_stopping=rule, resume=True)
    on = train(dropout_model(), examples, validation, epochs=9, early_stopping=patient, resume=True)

    assert (ended.epochs_done, ended.stopped_early) == (2, True)
    assert again.rows == ended.rows
    assert on.epochs_done == 5


def test_nothing_kept_yet_means_the_start(train: Any, examples: Examples) -> None:
    """A run that was killed before its first checkpoint begins anew when it is resumed."""
    watcher = Watcher()

    train(dropout_model(), examples, progress=watcher, resume=True)

    assert watcher.plan is not None
    assert (watcher.plan.first_epoch, watcher.plan.first_step) == (1, 0)


def test_a_new_training_removes_what_an_earlier_one_left(train: Any, examples: Examples, tmp_path: Path) -> None:
    """Without resume the checkpoints of before are gone, even if the new training fails at once."""
    train(dropout_model(), examples)

    with pytest.raises(RecipeError):
        train(dropout_model(), examples, monitor="accuracies")

    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_other_batches_cannot_go_on_from_a_checkpoint(train: Any, examples: Examples, tmp_path: Path) -> None:
    """A position means nothing with another batch size or seed; both are named."""
    train(dropout_model(), examples)

    with pytest.raises(RecipeError) as caught:
        train(dropout_model(), examples, resume=True, batch_size=32, seed=6)

    path = tmp_path / "checkpoints" / "last.npz"
    assert [(problem.code, problem.message) for problem in caught.value.problems] == [
        ("checkpoint-mismatch", f"the checkpoint `{path}` is of a training with `batch_size` 16, now it is 32"),
        ("checkpoint-mismatch", f"the checkpoint `{path}` is of a training with `seed` 5, now it is 6"),
    ]
    assert caught.value.problems[0].hint == "resume with the recipe and the data that the run began with"


def test_another_model_cannot_go_on_from_a_checkpoint(
    train: Any, make_classifier: Any, examples: Examples, tmp_path: Path
) -> None:
    """A wider layer is found by its shape, another optimizer by its number of variables; nothing is changed."""
    train(make_classifier(), examples)
    path = tmp_path / "checkpoints" / "last.npz"

    with pytest.raises(RecipeError) as wider:
        train(make_classifier(units=9), examples, resume=True)
    with pytest.raises(RecipeError) as other:
        train(make_classifier(optimizer="sgd"), examples, resume=True)

    assert wider.value.problems[0].code == "checkpoint-mismatch"
    assert wider.value.problems[0].message == (
        f"the checkpoint `{path}` is of another model: `hidden/kernel` is float32 (6, 9), "
        "the checkpoint has float32 (6, 8) there"
    )
    assert other.value.problems[0].message == (
        f"the checkpoint `{path}` is of another model: it holds 14 variables, the model and its optimizer have 10"
    )


def test_a_damaged_checkpoint_is_said_to_be_damaged(train: Any, examples: Examples, tmp_path: Path) -> None:
    """Resuming from half a file fails before anything is trained."""
    train(dropout_model(), examples)
    path = tmp_path / "checkpoints" / "last.npz"
    path.write_bytes(path.read_bytes()[:1000])

    with pytest.raises(TrainingError, match=r"is damaged: File is not a zip file$"):
        train(dropout_model(), examples, resume=True)
