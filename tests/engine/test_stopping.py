"""The best epoch and early stopping, against Keras's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pytest

from archcli.engine.stopping import Best, Patience, find_direction
from archcli.errors import RecipeError
from archcli.recipe.recipe import EarlyStopping

if TYPE_CHECKING:
    from collections.abc import Iterable


def epochs_by_keras(values: Iterable[float], rule: EarlyStopping, direction: Any) -> int:
    """Return how many epochs Keras's `EarlyStopping` lets pass."""
    callback = keras.callbacks.EarlyStopping(
        "value",
        patience=rule.patience,
        min_delta=rule.min_delta,
        start_from_epoch=rule.start_from_epoch,
        mode=direction,
    )
    model = keras.Sequential([keras.Input((1,))])
    callback.set_model(model)
    callback.on_train_begin()
    model.stop_training = False
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"value": value})
        if model.stop_training:
            return epoch + 1
    return epoch + 1


def epochs_by_us(values: Iterable[float], rule: EarlyStopping, direction: Any) -> int:
    """Return how many epochs our rule lets pass."""
    patience = Patience()
    for epoch, value in enumerate(values, start=1):
        if patience.lose(epoch, value, rule, direction):
            break
    return epoch


@pytest.mark.parametrize("direction", ["min", "max"])
@pytest.mark.parametrize("patience", [0, 1, 2, 5])
@pytest.mark.parametrize("min_delta", [0.0, 0.02, 0.1])
@pytest.mark.parametrize("start_from_epoch", [0, 1, 4])
def test_patience_is_lost_when_keras_loses_it(
    direction: Any, patience: int, min_delta: float, start_from_epoch: int
) -> None:
    """Over twenty random walks the last epoch is Keras's."""
    generator = np.random.default_rng(0)
    rule = EarlyStopping(patience, min_delta, start_from_epoch)
    walks = generator.normal(scale=0.1, size=(20, 30)).cumsum(axis=1).astype("float32").round(2)

    for values in walks.tolist():
        assert epochs_by_us(values, rule, direction) == epochs_by_keras(values, rule, direction)


def test_patience_that_is_lost_comes_back_with_a_more_patient_rule() -> None:
    """A run that early stopping ended goes on if it is resumed with more patience, and not with less."""
    patience = Patience()
    for epoch, value in enumerate([1.0, 2.0, 3.0], start=1):
        patience.lose(epoch, value, EarlyStopping(2, 0.0, 0), "min")

    assert patience.is_still_over(EarlyStopping(2, 0.0, 0))
    assert patience.is_still_over(EarlyStopping(1, 0.0, 0))
    assert not patience.is_still_over(EarlyStopping(3, 0.0, 0))
    assert not patience.is_still_over(None)


def test_the_best_epoch_is_the_first_with_the_best_value() -> None:
    """An equal value later does not beat it."""
    best = Best("min")

    beaten = [best.is_beaten(epoch, value) for epoch, value in enumerate([0.5, 0.4, 0.4, 0.6], start=1)]

    assert beaten == [True, True, False, False]
    assert (best.epoch, best.value) == (2, 0.4)


def test_more_is_better_where_it_is_a_score() -> None:
    """With direction `max` the largest value wins."""
    best = Best("max")

    assert [best.is_beaten(epoch, value) for epoch, value in [(1, 0.5), (2, 0.4), (3, 0.7)]] == [True, False, True]


def test_a_number_beats_not_a_number() -> None:
    """NaN is best only as long as there is nothing else."""
    best = Best("min")

    beaten = [best.is_beaten(epoch, value) for epoch, value in enumerate([math.nan, math.nan, 3.0, math.nan], start=1)]

    assert beaten == [True, False, True, False]


def test_a_number_after_not_a_number_is_an_improvement() -> None:
    """Patience counts from the first number."""
    patience = Patience()

    for epoch, value in enumerate([math.nan, 1.0], start=1):
        patience.lose(epoch, value, EarlyStopping(5, 0.0, 0), "min")

    assert patience == Patience(best=1.0, wait=0)


MEASURED = {"loss": 1.0, "accuracy": 0.5, "mean_absolute_error": 1.0, "area": 1.0, "mean": 1.0}


@pytest.fixture
def measured_model() -> keras.Model:
    """A model whose metrics are built: a score, an error, and one without direction."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
    metrics = ["accuracy", keras.metrics.MeanAbsoluteError(), keras.metrics.AUC(name="area")]
    model.compile("sgd", "mse", metrics=metrics)
    model.train_on_batch(np.zeros((2, 2)), np.zeros((2, 1)))
    return model


@pytest.mark.parametrize(
    ("monitor", "direction"),
    [
        ("loss", "min"),
        ("val_loss", "min"),
        ("val_accuracy", "max"),
        ("mean_absolute_error", "min"),
        ("val_area", "max"),
    ],
)
def test_direction_follows_from_the_metric(measured_model: keras.Model, monitor: str, direction: str) -> None:
    """Less of a loss or an error is better, more of a score."""
    assert find_direction(measured_model, monitor, MEASURED, has_validation=True) == direction


def test_a_monitor_that_is_not_measured_is_refused(measured_model: keras.Model) -> None:
    """Without validation nothing is called `val_loss`."""
    with pytest.raises(RecipeError) as caught:
        find_direction(measured_model, "val_loss", {"loss": 1.0, "accuracy": 0.5}, has_validation=False)

    problem = caught.value.problems[0]
    assert problem.code == "unknown-monitor"
    assert problem.message == "nothing called `val_loss` is measured, expected one of `loss`, `accuracy`"
    assert problem.hint == "give `train.monitor` one of these names"


def test_a_monitor_without_direction_is_refused(measured_model: keras.Model) -> None:
    """Keras does not know whether a plain mean should be large or small."""
    with pytest.raises(RecipeError) as caught:
        find_direction(measured_model, "val_mean", MEASURED, has_validation=True)

    problem = caught.value.problems[0]
    assert problem.code == "monitor-without-direction"
    assert problem.message == "Keras does not say whether more or less of `val_mean` is better"
    assert problem.hint == "give `train.monitor` a loss or a metric such as `accuracy`"
