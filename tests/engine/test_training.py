"""A whole training against `Model.fit`, and the ways in which it ends."""

from __future__ import annotations

import csv
import threading
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from archcli.engine import compile_mode
from archcli.engine.evaluation import evaluation_batch_size
from archcli.engine.feeding import Examples
from archcli.engine.progress import EpochRow, Plan, SilentProgress
from archcli.engine.variables import capture
from archcli.errors import RecipeError, TrainingError
from archcli.recipe.recipe import EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Keras's own callbacks read the learning rate in a way that NumPy 2 warns about.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept:DeprecationWarning")
layers, optimizers = keras.layers, keras.optimizers
BATCH = 16


def fit(model: keras.Model, training: Examples, validation: Examples | None, **options: Any) -> dict[str, list[float]]:
    """Train by `Model.fit` in the natural order, and return its history."""
    checked: dict[str, Any] = {}
    if validation is not None:
        checked["validation_data"] = (validation.inputs, validation.targets, validation.sample_weight)
        checked["validation_batch_size"] = evaluation_batch_size(BATCH)
    options = {"epochs": 3, "verbose": 0, **options}
    history = model.fit(
        training.inputs,
        training.targets,
        sample_weight=training.sample_weight,
        batch_size=BATCH,
        shuffle=False,
        **checked,
        **options,
    )
    return dict(history.history)


def columns(rows: tuple[EpochRow, ...]) -> dict[str, list[float]]:
    """Return the metrics of all epochs by name."""
    return {name: [row.metrics[name] for row in rows] for name in rows[0].metrics}


def same_weights(one: keras.Model, other: keras.Model) -> bool:
    """Return whether the weights of two models are equal, bit for bit."""
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def test_the_metrics_of_every_epoch_are_those_of_fit(
    train: Any, make_classifier: Any, uneven_examples: Examples, validation: Examples
) -> None:
    """Loss, accuracy and their validation, with dropout and partial batches, are equal bit for bit."""
    ours, theirs = (make_classifier(dropout=0.2) for _ in range(2))

    outcome = train(ours, uneven_examples, validation, shuffle=False)

    assert columns(outcome.rows) == fit(theirs, uneven_examples, validation)


def test_weighted_metrics_are_those_of_fit(train: Any, make_classifier: Any, examples: Examples) -> None:
    """With a weight for each example, weighted and plain accuracy are equal bit for bit."""
    weight = np.linspace(0, 2, examples.count, dtype="float32")
    weighted = Examples(examples.inputs, examples.targets, weight)
    ours, theirs = (make_classifier(weighted_metrics=["accuracy"]) for _ in range(2))

    outcome = train(ours, weighted, shuffle=False)

    assert columns(outcome.rows) == fit(theirs, weighted, None)
    assert set(outcome.rows[0].metrics) == {"loss", "accuracy", "weighted_accuracy"}


@pytest.mark.parametrize("patience", [0, 2])
def test_early_stopping_ends_where_fit_ends(
    train: Any, make_classifier: Any, examples: Examples, validation: Examples, patience: int
) -> None:
    """The last epoch is that of `fit` with `EarlyStopping`."""
    ours, theirs = (make_classifier(optimizer=optimizers.SGD(2.0)) for _ in range(2))
    stop = keras.callbacks.EarlyStopping(patience=patience, min_delta=0.01)

    outcome = train(
        ours, examples, validation, shuffle=False, epochs=30, early_stopping=EarlyStopping(patience, 0.01, 0)
    )
    history = fit(theirs, examples, validation, epochs=30, callbacks=[stop])

    assert outcome.epochs_done == len(history["loss"]) < 30
    assert outcome.stopped_early


def test_the_model_is_left_with_the_weights_of_the_best_epoch(
    train: Any, make_classifier: Any, examples: Examples, validation: Examples
) -> None:
    """Validation by Keras gives the best value again."""
    model = make_classifier(optimizer=optimizers.SGD(2.0))

    outcome = train(model, examples, validation, epochs=8)

    values = [row.metrics["val_loss"] for row in outcome.rows]
    assert outcome.best_value == min(values) < values[-1]
    assert outcome.best_epoch == values.index(min(values)) + 1
    assert [row.epoch for row in outcome.rows if row.is_best][-1] == outcome.best_epoch
    measured = model.evaluate(validation.inputs, validation.targets, batch_size=64, verbose=0, return_dict=True)
    assert measured["loss"] == outcome.best_value


def test_a_score_is_best_where_it_is_largest(
    train: Any, make_classifier: Any, examples: Examples, validation: Examples
) -> None:
    """With `val_accuracy` as monitor more is better."""
    outcome = train(make_classifier(), examples, validation, epochs=6, monitor="val_accuracy")

    values = [row.metrics["val_accuracy"] for row in outcome.rows]
    assert outcome.best_value == max(values)
    assert outcome.best_epoch == values.index(max(values)) + 1


def test_validation_does_not_change_training(train: Any) -> None:
    """With recurrent dropout, which draws seeds in evaluation too, training is the same with validation as without."""
    generator = np.random.default_rng(0)
    sequences = Examples(generator.normal(size=(40, 6, 1)).astype("float32"), generator.integers(0, 3, 40))

    def recurrent() -> keras.Model:
        keras.utils.set_random_seed(7)
        model = keras.Sequential([keras.Input((6, 1)), layers.SimpleRNN(4, recurrent_dropout=0.3), layers.Dense(3)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss, jit_compile=False)
        return model

    with_validation = train(recurrent(), sequences, sequences)
    without = train(recurrent(), sequences)

    assert [row.metrics["loss"] for row in with_validation.rows] == [row.metrics["loss"] for row in without.rows]


def test_reduce_lr_on_plateau_works_as_in_fit(
    train: Any, make_classifier: Any, examples: Examples, validation: Examples
) -> None:
    """The rates and the losses that follow from them are equal bit for bit."""

    def plateau() -> keras.callbacks.Callback:
        return keras.callbacks.ReduceLROnPlateau(patience=1, factor=0.5, cooldown=1, min_delta=0.05)

    ours, theirs = (make_classifier(optimizer=optimizers.SGD(1.0)) for _ in range(2))

    outcome = train(ours, examples, validation, shuffle=False, epochs=8, callbacks=[plateau()])
    history = fit(theirs, examples, validation, epochs=8, callbacks=[plateau()])

    assert [row.learning_rate for row in outcome.rows] == history.pop("learning_rate")
    assert len({row.learning_rate for row in outcome.rows}) > 2
    assert columns(outcome.rows) == history


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_averaged_weights_are_validated_and_kept_as_in_fit(
    train: Any, make_classifier: Any, examples: Examples, validation: Examples, *, swap_on_epoch: bool
) -> None:
    """With `SwapEMAWeights` validation and the final weights are those of `fit`."""

    def optimizer() -> keras.optimizers.Optimizer:
        return optimizers.SGD(0.1, use_ema=True, ema_momentum=0.8)

    swap = keras.callbacks.SwapEMAWeights
    ours, theirs = make_classifier(optimizer=optimizer()), make_classifier(optimizer=optimizer())

    outcome = train(ours, examples, validation, shuffle=False, callbacks=[swap(swap_on_epoch)])
    history = fit(theirs, examples, validation, callbacks=[swap(swap_on_epoch)])

    assert columns(outcome.rows) == history
    assert outcome.best_epoch == 3
    assert same_weights(ours, theirs)


def test_csv_logger_has_every_epoch_after_a_resume(
    train: Any, make_classifier: Any, examples: Examples, tmp_path: Path
) -> None:
    """The file of a training in two parts is that of one in one part."""
    halves, whole = tmp_path / "halves.csv", tmp_path / "whole.csv"

    train(make_classifier(), examples, epochs=2, callbacks=[keras.callbacks.CSVLogger(str(halves))])
    resumed = {"resume": True, "epochs": 4, "callbacks": [keras.callbacks.CSVLogger(str(halves))]}
    train(make_classifier(), examples, **resumed)
    train(
        make_classifier(),
        examples,
        epochs=4,
        checkpoints=tmp_path / "whole",
        callbacks=[keras.callbacks.CSVLogger(str(whole))],
    )

    assert halves.read_text() == whole.read_text()
    with whole.open(newline="") as file:
        assert [row["epoch"] for row in csv.DictReader(file)] == ["0", "1", "2", "3"]


def test_a_callback_can_end_training(train: Any, make_classifier: Any, examples: Examples) -> None:
    """Setting `stop_training` ends it after the epoch, and it stays ended unless more epochs are asked for."""

    class StopAtSecond(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
            del logs
            self.model.stop_training = epoch == 1

    outcome = train(make_classifier(), examples, epochs=5, callbacks=[StopAtSecond()])
    again = train(make_classifier(), examples, epochs=5, callbacks=[StopAtSecond()], resume=True)
    longer = train(make_classifier(), examples, epochs=6, callbacks=[StopAtSecond()], resume=True)

    assert (outcome.epochs_done, outcome.stopped_early) == (2, True)
    assert again.epochs_done == 2
    assert longer.epochs_done == 6


def test_a_callback_sees_calls_of_the_loop_as_batches(train: Any, make_classifier: Any, examples: Examples) -> None:
    """Hooks of batches are called once for each call of the compiled loop; the last one has the epoch's metrics."""
    seen = []

    class SeeBatches(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
            seen.append((batch, dict(logs or {})))

    outcome = train(make_classifier(), examples, epochs=1, callbacks=[SeeBatches()])

    assert [batch for batch, _ in seen] == [0, 5]
    assert seen[-1][1] == outcome.rows[0].metrics


def test_who_watches_is_told_of_the_plan_and_of_every_epoch(
    train: Any, make_classifier: Any, examples: Examples
) -> None:
    """The plan comes first, then each row as it is in the outcome."""

    class Watcher(SilentProgress):
        def __init__(self) -> None:
            self.told: list[Plan | EpochRow] = []

        def started(self, plan: Plan) -> None:
            self.told.append(plan)

        def epoch_ended(self, row: EpochRow) -> None:
            self.told.append(row)

    watcher = Watcher()

    outcome = train(make_classifier(), examples, epochs=2, progress=watcher)

    plan = Plan(epochs=2, steps_per_epoch=6, training_examples=96, batch_size=16, mode="graph")
    assert watcher.told == [plan, *outcome.rows]
    assert all(row.seconds > 0 and row.examples_per_second > 0 for row in outcome.rows)
    assert outcome.seconds > 0
    assert outcome.examples_per_second > 0


def test_the_rate_of_a_schedule_is_that_of_the_last_step(train: Any, make_classifier: Any, examples: Examples) -> None:
    """After 6 and 12 steps of a rate that falls by a tenth each step."""
    schedule = optimizers.schedules.ExponentialDecay(1.0, 1, 0.9)

    outcome = train(make_classifier(optimizer=optimizers.SGD(schedule)), examples, epochs=2)

    assert [row.learning_rate for row in outcome.rows] == pytest.approx([0.9**6, 0.9**12])


def test_a_loss_that_is_not_finite_ends_training(train: Any, make_classifier: Any, examples: Examples) -> None:
    """The message names the epoch and the step; what was kept before stays."""
    weights = np.ones(examples.count, "float32")
    weights[5 * BATCH] = np.nan  # behind a ReLU of oneDNN's, an input that is NaN would be a zero
    model = make_classifier()

    with pytest.raises(TrainingError) as caught:
        train(model, Examples(examples.inputs, examples.targets, weights), shuffle=False)

    problem = caught.value.problems[0]
    assert caught.value.exit_status == 5
    assert problem.code == "loss-not-finite"
    assert problem.message == "the loss became nan in epoch 1 at step 6 of 6"
    assert problem.hint == "lower the learning rate, or give the optimizer `global_clipnorm: 1.0`"


def test_weights_that_are_not_finite_end_training(train: Any, make_classifier: Any, examples: Examples) -> None:
    """Where a ReLU makes a zero of what is no number, the loss stays one; where it does not, the loss tells."""
    inputs = np.array(examples.inputs)
    inputs[5 * BATCH] = np.nan
    model = make_classifier()

    with pytest.raises(TrainingError) as caught:
        train(model, Examples(inputs, examples.targets), shuffle=False)

    problem = caught.value.problems[0]
    assert caught.value.exit_status == 5
    assert problem.code == "loss-not-finite"
    assert problem.message in {
        "some weights are no numbers any more after epoch 1",
        "the loss became nan in epoch 1 at step 6 of 6",
    }


def test_a_loss_and_a_target_that_do_not_fit_are_a_problem_of_the_recipe(
    train: Any, make_classifier: Any, examples: Examples
) -> None:
    """Keras's sentence is passed on."""
    model = make_classifier()
    model.compile("sgd", "categorical_crossentropy", jit_compile=False)

    with pytest.raises(RecipeError) as caught:
        train(model, Examples(examples.inputs, np.zeros((examples.count, 5), "float32")))

    problem = caught.value.problems[0]
    assert problem.code == "step-does-not-fit"
    assert problem.message == (
        "model, loss, metrics and data do not go together: Arguments `target` and `output` must have the same shape. "
        "Received: target.shape=(16, 5), output.shape=(16, 3)"
    )
    assert problem.hint == (
        "compare the shape of the last layer with what the loss and the metrics expect of the target"
    )


def test_an_index_outside_an_embedding_ends_training(train: Any) -> None:
    """What TensorFlow says is passed on, on one line."""
    model = keras.Sequential(
        [keras.Input((2,), dtype="int64"), layers.Embedding(4, 2), layers.Flatten(), layers.Dense(1)]
    )
    model.compile("sgd", "mse", jit_compile=False)
    indices = np.array([[0, 1], [2, 9]])

    with pytest.raises(TrainingError) as caught:
        train(model, Examples(indices, np.zeros(2, "float32")), shuffle=False)

    problem = caught.value.problems[0]
    assert problem.code == "step-failed"
    assert problem.message == "TensorFlow could not run a step: indices[1,1] = 9 is not in [0, 4)"
    assert problem.hint == "run it with `train.compile=eager` to see which layer it is"


def test_what_xla_cannot_compile_is_run_as_a_graph(
    train: Any, make_classifier: Any, examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules look at layers only; a loss that runs Python code is found when it is compiled."""
    monkeypatch.setattr(compile_mode, "LEAST_STEPS_FOR_XLA", 0)
    monkeypatch.setattr("archcli.engine.devices.count_cores", lambda: 2)

    def loss(target: tf.Tensor, output: tf.Tensor) -> tf.Tensor:
        wanted = tf.numpy_function(lambda index: np.eye(3, dtype="float32")[index.astype(int)], [target], tf.float32)
        return tf.reduce_sum(tf.square(output - tf.reshape(wanted, tf.shape(output))), axis=-1)

    model = make_classifier()
    model.compile("sgd", loss, jit_compile=False)

    outcome = train(model, examples, mode="auto", epochs=1)

    assert outcome.mode == compile_mode.Mode("graph", "XLA cannot compile this model, its loss or its metrics")


def test_training_works_outside_the_main_thread(train: Any, make_classifier: Any, examples: Examples) -> None:
    """Where Python allows no signal handlers there are none."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(train(make_classifier(), examples, epochs=1)))

    thread.start()
    thread.join()

    assert [outcome.epochs_done for outcome in outcomes] == [1]


def test_training_twice_gives_the_same_bits(train: Any, make_classifier: Any, examples: Examples) -> None:
    """With the same seed all variables end equal; with another order they do not."""
    models = [make_classifier(dropout=0.3) for _ in range(3)]

    for model, seed in zip(models, (1, 1, 2), strict=True):
        train(model, examples, seed=seed)

    one, same, other = (capture(model) for model in models)
    assert all(np.array_equal(a, b) for a, b in zip(one, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
