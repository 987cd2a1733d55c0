"""What a process of a benchmark does, in this one."""

from __future__ import annotations

from pathlib import Path

import pytest

from archcli.commands.bench_processes import Task
from archcli.commands.bench_report import Way
from archcli.commands.bench_worker import Worker
from archcli.errors import RecipeError

RECIPES = {
    "plain": """
archcli: 1
data: {source: iris}
model: {layers: [Dense: 5, Dense: $classes]}
train: {batch_size: 40, epochs: 3, compile: eager, distribute: mirrored}
""",
    "perceptron": """
archcli: 1
data: {source: iris}
model: {layers: [Dense: $classes]}
train: {batch_size: 40, epochs: 3, learning_rule: perceptron}
""",
    "turned": """
archcli: 1
data: {source: iris}
model: {layers: [Reshape: [2, 2, 1], RandomRotation: 0.1, Flatten, Dense: $classes]}
train: {batch_size: 40}
""",
    "stored": """
archcli: 1
data: {source: noisy_patterns}
model: {architecture: hopfield}
train: {epochs: 7}
""",
}


def _worker(name: str, way: Way, folder: Path, *overrides: str) -> Worker:
    path = folder / f"{name}.yaml"
    path.write_text(RECIPES[name], encoding="utf-8")
    return Worker(Task(str(path), overrides, way))


def test_the_facts_are_those_of_the_recipe_as_written(tmp_path: Path) -> None:
    """Its own mode and batch size, on one device."""
    facts = _worker("plain", "graph", tmp_path, "train.epochs=4").prepare(None, as_written=True)

    assert (facts.recipe, facts.examples, facts.batch_size, facts.epochs) == ("plain", 105, 40, 4)
    assert (facts.mode, facts.reason, facts.refusal) == ("eager", "the recipe asks for it", None)
    assert facts.held_bytes > 2**20


def test_what_is_measured_has_its_own_mode_and_batch_size(tmp_path: Path) -> None:
    """Whatever the recipe says."""
    facts = _worker("plain", "xla", tmp_path).prepare(20, as_written=False)

    assert (facts.mode, facts.batch_size, facts.refusal) == ("xla", 20, None)


def test_a_step_with_gradients_is_three_passes(tmp_path: Path) -> None:
    """Two operations for each weight that an example is multiplied with."""
    worker = _worker("plain", "eager", tmp_path)

    worker.prepare(None, as_written=True)

    assert worker.count_step_flops() == 3 * 2 * (4 * 5 + 5 * 3)


def test_a_step_without_gradients_is_one(tmp_path: Path) -> None:
    """And `Model.fit` does not know the rule."""
    worker = _worker("perceptron", "fit", tmp_path)

    facts = worker.prepare(None, as_written=True)

    assert facts.refusal == "Keras does not know the learning rule `perceptron`"
    assert worker.count_step_flops() == 2 * 4 * 3


def test_patterns_are_stored_in_one_epoch(tmp_path: Path) -> None:
    """However many the recipe allows."""
    facts = _worker("stored", "graph", tmp_path).prepare(None, as_written=True)

    assert (facts.epochs, facts.refusal) == (1, None)


def test_a_layer_that_xla_refuses_is_named(tmp_path: Path) -> None:
    """It is not tried."""
    facts = _worker("turned", "xla", tmp_path).prepare(None, as_written=False)

    assert facts.refusal == "`RandomRotation` cannot be compiled by XLA"


def test_windows_and_lengths_are_refused_as_in_training(tmp_path: Path) -> None:
    """What the recipe cannot do is an error here, too."""
    worker = _worker("plain", "graph", tmp_path, "train.tbptt.window=2", "train.distribute=none")

    with pytest.raises(RecipeError) as raised:
        worker.prepare(None, as_written=True)

    assert raised.value.problems[0].code == "window-does-not-fit"


def test_the_order_of_calls_is_held(tmp_path: Path) -> None:
    """Nothing is measured of what is not there."""
    worker = _worker("plain", "graph", tmp_path)

    with pytest.raises(RuntimeError, match="`prepare` comes first"):
        worker.compile()
    with pytest.raises(RuntimeError, match="`compile` comes before `train`"):
        worker.train(1.0)
