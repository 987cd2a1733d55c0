"""The data's facts into the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archcli.errors import RecipeError
from archcli.recipe.checking import load_recipe
from archcli.recipe.facts import Facts, InputFacts, TargetFacts
from archcli.recipe.filling import fill_facts
from archcli.recipe.recipe import Block, Chain, Graph, Named

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
DATES = Facts(
    {
        "written": InputFacts("written", (None,), ("written",), dtype="int32", vocabulary=41, padding=0.0, kind="text"),
        "previous": InputFacts(
            "previous", (11,), (), dtype="int32", vocabulary=13, padding=0.0, kind="shift", shift_of="iso", shift_by=1
        ),
    },
    {"iso": TargetFacts("iso", "text", (11,), ("iso",), classes=("[PADDING]", "[END]", *"-0123456789"))},
    training_examples=100,
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

TRANSLATOR = """
archcli: 1
data:
  source: dates
  inputs: {written: {text: {split: character}}, previous: {shift: iso}}
  targets: {iso: {text: {split: character}}}
model:
  blocks:
    answer:
      layers: [Dense: {units: $classes, activation: softmax}]
  shared:
    word: {Embedding: {input_dim: $vocabulary.written, output_dim: 8, mask_zero: true}}
  nodes:
    read: {word, from: written}
    memory, state: {GRU: {units: 8, return_sequences: true, return_state: true}, from: read}
    said: {Embedding: {input_dim: $vocabulary.previous, output_dim: 8}, from: previous}
    told: {GRU: {units: 8, return_sequences: true}, from: said, initial_state: state}
    heard: {layers: [Attention], from: [told, memory]}
    iso: {layers: [Concatenate, answer], from: [told, heard]}
"""


def _without_schedule(text: str) -> str:
    return text.replace("{CosineDecay: {initial_learning_rate: 0.1, decay_steps: $training_steps}}", "0.1")


def test_facts_are_filled_in_wherever_they_stand(write: Write) -> None:
    """In chains that are arguments, in lists, in metrics and callbacks."""
    recipe = fill_facts(load_recipe(write(_without_schedule(RECIPE))), ROWS)

    assert isinstance(recipe.model.body, Chain)
    distributed, convolution, _, dense = recipe.model.body.layers
    assert isinstance(distributed, Named)
    chain = distributed.arguments["layer"]
    assert isinstance(chain, Chain)
    assert [layer.arguments["units"] for layer in chain.layers if isinstance(layer, Named)] == [5, 5]
    assert isinstance(convolution, Named)
    assert convolution.arguments["kernel_size"] == (8,)
    assert isinstance(dense, Named)
    assert dense.arguments["units"] == 10
    assert recipe.train.metrics["digit"][0].arguments["k"] == 5
    assert recipe.train.callbacks[0].arguments["patience"] == 8


def test_facts_are_filled_in_inside_graphs_blocks_and_shared_layers(write: Write) -> None:
    """A vocabulary of each input, and the symbols of a text as classes."""
    recipe = fill_facts(load_recipe(write(TRANSLATOR)), DATES)

    shared = recipe.model.shared["word"]
    assert isinstance(shared, Named)
    assert shared.arguments["input_dim"] == 41
    assert isinstance(recipe.model.body, Graph)
    nodes = {node.names[0]: node for node in recipe.model.body.nodes}
    said, answer = nodes["said"].layers[0], nodes["iso"].layers[-1]
    assert isinstance(said, Named)
    assert said.arguments["input_dim"] == 13
    assert isinstance(answer, Block)
    assert isinstance(answer.body, Chain)
    dense = answer.body.layers[0]
    assert isinstance(dense, Named)
    assert dense.arguments["units"] == 13


def test_training_steps_are_all_steps_the_last_batch_of_an_epoch_counted(write: Write) -> None:
    """1001 examples in batches of 32 are 32 steps an epoch: 31 whole ones and one of 9."""
    text = RECIPE.replace("  callbacks: [ReduceLROnPlateau: {patience: $steps, monitor: loss}]\n", "")

    recipe = fill_facts(load_recipe(write(text)), ROWS)

    schedule = recipe.train.optimizer.arguments["learning_rate"]
    assert isinstance(schedule, Named)
    assert schedule.arguments["decay_steps"] == 3 * 32


def test_training_steps_wait_for_the_batch_size(write: Write) -> None:
    """Left to us, it is chosen before anything asks for the steps; nothing else waits for it."""
    text = RECIPE.replace("  callbacks: [ReduceLROnPlateau: {patience: $steps, monitor: loss}]\n", "")
    recipe = load_recipe(write(text), ["train.batch_size=auto"])

    assert fill_facts(load_recipe(write(_without_schedule(RECIPE)), ["train.batch_size=auto"]), ROWS).train
    with pytest.raises(ValueError, match="the batch size is not chosen yet"):
        fill_facts(recipe, ROWS)


def test_a_fact_that_the_data_do_not_have_is_refused_wherever_it_is_asked(write: Write) -> None:
    """A row of a table has no steps; every place is shown."""
    recipe = load_recipe(write(_without_schedule(RECIPE)))

    with pytest.raises(RecipeError) as refused:
        fill_facts(recipe, TABLE)

    problems = refused.value.problems
    assert {problem.message for problem in problems} == {"`$steps` asks for what these data do not have"}
    assert {problem.hint for problem in problems} == {"`$steps` is for sequences that are all as long"}
    assert [problem.location.line for problem in problems if problem.location is not None] == [7, 15]


def test_a_fact_of_an_input_that_does_not_have_it(write: Write) -> None:
    """Texts that differ in length have no number of steps."""
    recipe = load_recipe(write(TRANSLATOR.replace("$vocabulary.written", "$steps.written")))

    with pytest.raises(RecipeError) as refused:
        fill_facts(recipe, DATES)

    (problem,) = refused.value.problems
    assert problem.message == "`$steps.written` asks for what `written` does not have"


def test_the_numbers_of_a_target(write: Write) -> None:
    """`$horizon` is how many numbers there are at once, `$padding` what stands after the end of a sequence."""
    text = """
archcli: 1
data: {source: {adding: {vary: true}}}
model: {layers: [Masking: $padding, LSTM: 4, Dense: $horizon]}
"""
    facts = Facts(
        {"numbers": InputFacts("numbers", (None, 2), ("numbers",), padding=-2.0, raw_padding=-2.0)},
        {"sum": TargetFacts("sum", "number", (3,), ("sum",))},
        100,
    )

    recipe = fill_facts(load_recipe(write(text)), facts)

    assert isinstance(recipe.model.body, Chain)
    masking, _, dense = recipe.model.body.layers
    assert isinstance(masking, Named)
    assert masking.arguments["mask_value"] == -2
    assert isinstance(dense, Named)
    assert dense.arguments["units"] == 3
