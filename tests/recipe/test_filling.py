"""The data's facts into the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.errors import RecipeError
from archcli.recipe.checking import load_recipe
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.filling import fill_facts
from archcli.recipe.recipe import Chain, Named

if TYPE_CHECKING:
    from tests.recipe.conftest import Write

ROWS = Facts(
    {"rows": InputFacts("rows", (8, 5), ("rows",))},
    {"digit": TargetFacts("digit", "category", (), ("digit",), classes=tuple("0123456789"))},
    training_examples=1001,
)
TABLE = Facts(
    {"rows": InputFacts("rows", (5,), ("a", "b", "c", "d", "e"))},
    ROWS.targets,
    training_examples=ROWS.training_examples,
)

RECIPE = """
archcli: 1
data: {source: {digits: rows}}
model:
  layers:
    - TimeDistributed: [Dense: $features, Dense: $features.rows]
    - Conv1D: {filters: 4, kernel_size: [$steps]}
    - Flatten
    - Dense: {units: $classes, activation: softmax}
train:
  epochs: 3
  batch_size: 32
  optimizer: {Adam: {CosineDecay: {initial_learning_rate: 0.1, decay_steps: $training_steps}}}
  metrics: [SparseTopKCategoricalAccuracy: $features]
  callbacks: [ReduceLROnPlateau: {patience: $steps, monitor: loss}]
"""


def _without_schedule(text: str) -> str:
    return text.replace("{CosineDecay: {initial_learning_rate: 0.1, decay_steps: $training_steps}}", "0.1")


def test_facts_are_filled_in_wherever_they_stand(write: Write) -> None:
    """In chains that are arguments, in lists, in metrics and callbacks."""
    recipe = fill_facts(load_recipe(write(_without_schedule(RECIPE))), ROWS)

    distributed, convolution, _, dense = recipe.model.layers.layers
    assert isinstance(distributed, Named)
    chain = distributed.arguments["layer"]
    assert isinstance(chain, Chain)
    assert [layer.arguments["units"] for layer in chain.layers if isinstance(layer, Named)] == [5, 5]
    assert isinstance(convolution, Named)
    assert convolution.arguments["kernel_size"] == (8,)
    assert isinstance(dense, Named)
    assert dense.arguments["units"] == 10
    assert recipe.train.metrics[0].arguments["k"] == 5
    assert recipe.train.callbacks[0].arguments["patience"] == 8


def test_training_steps_are_all_steps_the_last_batch_of_an_epoch_counted(write: Write) -> None:
    """1001 examples in batches of 32 are 32 steps an epoch: 31 whole ones and one of 9."""
    text = RECIPE.replace("  callbacks: [ReduceLROnPlateau: {patience: $steps, monitor: loss}]\n", "")

    recipe = fill_facts(load_recipe(write(text)), ROWS)

    schedule = recipe.train.optimizer.arguments["learning_rate"]
    assert isinstance(schedule, Named)
    assert schedule.arguments["decay_steps"] == 3 * 32


def test_a_fact_that_the_data_do_not_have_is_refused_wherever_it_is_asked(write: Write) -> None:
    """A row of a table has no steps; every place is shown."""
    recipe = load_recipe(write(_without_schedule(RECIPE)))

    with pytest.raises(RecipeError) as refused:
        fill_facts(recipe, TABLE)

    problems = refused.value.problems
    assert {problem.message for problem in problems} == {"`$steps` asks for what these data do not have"}
    assert [problem.location.line for problem in problems if problem.location is not None] == [7, 15]
