"""What is laid over a recipe goes before what is tuned beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.recipe.checking import load_recipe

if TYPE_CHECKING:
    from tests.recipe.conftest import Write

BENEATH = """
archcli: 1
data: {source: iris}
parameters: {width: 8, rate: 0.1}
model: {layers: [Dense: $width, Dropout: $rate, Dense: {units: 8, name: middle}, Dense: $classes]}
train: {optimizer: {Adam: {learning_rate: 0.1}}}
tune:
  trials: 7
  space:
    parameters.width: {choice: [8, 16]}
    parameters.rate: {range: [0, 0.5]}
    model.layers.middle.units: {choice: [4, 8]}
    train.optimizer.Adam.learning_rate: {log_range: [1e-4, 1e-1]}
"""
ALL = ["parameters.width", "parameters.rate", "model.layers.middle.units", "train.optimizer.Adam.learning_rate"]


def _left(*settled: int) -> list[str]:
    return [path for index, path in enumerate(ALL) if index not in settled]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ("train.epochs=3", ALL),
        ("parameters.width=16", _left(0)),
        ("parameters={width: 3}", _left(0)),
        ("train.optimizer=SGD", _left(3)),
        ("train.optimizer={Adam: {clipnorm: 1}}", ALL),
        ("train.optimizer={Adam: {learning_rate: 1}}", _left(3)),
        ("model.layers.2.units=3", _left(2)),
        ("model.layers=[Dense: $width, Dropout: $rate, Dense: $classes]", _left(2)),
        ("tune.trials=3", ALL),
        ("tune.space.parameters.rate=null", _left(1)),
        ("tune.space.parameters.rate.choice=[0.1]", ALL),
        ("tune.space.train.seed={choice: [1, 2]}", [*ALL, "train.seed"]),
    ],
)
def test_what_a_change_sets_is_no_longer_tried(change: str, left: list[str], write: Write) -> None:
    """Whatever name the change has for the place; what it sets beside it makes no difference."""
    tuning = load_recipe(write(BENEATH), [change]).tuning

    assert tuning is not None
    assert [dimension.path for dimension in tuning.space] == left


@pytest.mark.parametrize(
    ("over", "left"),
    [
        ("train: {epochs: 3}", ALL),
        ("parameters: {width: 64}\ntrain: {optimizer: {SGD: 0.1}}", _left(0, 3)),
        ("parameters: {width: 64}\ntune: {space: {parameters.width: {range: [32, 128]}}}", ALL),
        ("tune: {space: {parameters.rate: null}}", _left(1)),
    ],
)
def test_what_a_recipe_that_extends_sets_is_no_longer_tried(over: str, left: list[str], write: Write) -> None:
    """Unless it says itself what is to be tried there: another form replaces the one beneath."""
    write(BENEATH, "beneath.yaml")

    tuning = load_recipe(write(f"archcli: 1\nextends: beneath.yaml\n{over}\n")).tuning

    assert tuning is not None
    assert tuning.trials == 7
    assert [dimension.path for dimension in tuning.space] == left


def test_null_switches_an_extended_one_off(write: Write) -> None:
    """As everywhere."""
    write(BENEATH, "beneath.yaml")

    assert load_recipe(write("archcli: 1\nextends: beneath.yaml\ntune: null\n")).tuning is None


def test_where_all_is_settled_nothing_is_tuned(write: Write) -> None:
    """So the command that trains one trial alone checks no candidate."""
    changes = [f"{path}=8" for path in ALL if "rate" not in path]
    changes += ["parameters.rate=0.2", "train.optimizer.Adam.learning_rate=0.01"]

    assert load_recipe(write(BENEATH), changes).tuning is None
