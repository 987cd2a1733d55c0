"""Networks that come to rest, in recipes: Hopfield's memory, and units that settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keras
import numpy as np
import pytest

from archcli.layers import Equilibrium, Hopfield

if TYPE_CHECKING:
    from pathlib import Path

    from tests.literature.conftest import Train, Trained

UNITS = 300
TWO_UNITS = """
archcli: 1
name: two-units
data:
  source: {npz: two.npz}
  inputs: {cue: numeric}
  targets: {pattern: number}
  split: {validation: 0, test: 0}
model:
  architecture: {hopfield: {update: sync}}
train: {batch_size: 1, metrics: [mae]}
"""
EQUILIBRIUM_XOR = """
archcli: 1
name: equilibrium-xor
data:
  source: xor
  split: {validation: 0, test: 0}
model:
  architecture: {equilibrium: {units: 8}}
train:
  epochs: 150
  batch_size: 4
  optimizer: {Adam: 3e-2}
"""


def _memory(trained: Trained) -> Hopfield:
    return next(layer for layer in trained.prepared.core.layers if isinstance(layer, Hopfield))


@pytest.mark.slow
@pytest.mark.parametrize(("load", "lowest", "highest"), [(0.08, 0.95, 1.0), (0.20, 0.0, 0.3)])
def test_a_hopfield_network_holds_so_much_and_no_more(train: Train, load: float, lowest: float, highest: float) -> None:
    """Far below 0.138 N patterns nearly all come back from a tenth of noise, far above nearly none."""
    patterns = round(load * UNITS)
    source = f"{{noisy_patterns: {{patterns: {patterns}, units: {UNITS}, examples: 480, noise: 0.1}}}}"
    settings = ("data.split.test=0", "train.batch_size=480", "model.architecture={hopfield: {max_steps: 30}}")
    recall = train("hopfield-recall", f"data.source={source}", *settings)

    overlaps = np.mean(recall.answer() * recall.truth, axis=-1)

    assert recall.outcome.notes == (f"{patterns} patterns stored",)
    assert lowest <= np.mean(overlaps > 0.95) <= highest


def test_what_is_recalled_lies_lowest_and_its_complement_as_low(train: Train) -> None:
    """The energy never rises on the way; a pattern turned round has the same energy and stays, too."""
    recall = train("hopfield-recall")
    memory = _memory(recall)

    way = memory.trajectory(recall.part.inputs["noisy"])
    there = np.unique(recall.truth, axis=0)

    assert (np.diff(way.energies, axis=0) <= 1e-9).all()
    assert way.settled.all()
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(memory(there)), there)
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(memory(-there)), -there)


def test_changed_all_at_once_two_units_go_to_and_fro(train: Train, tmp_path: Path) -> None:
    """Of two units that want to differ, both change for ever where all change at once; one by one, they settle."""
    np.savez(tmp_path / "two.npz", cue=np.ones((1, 2)), pattern=np.array([[1.0, -1.0]]))
    path = tmp_path / "two.yaml"
    path.write_text(TWO_UNITS, encoding="utf-8")
    together, in_turn = train(str(path)), train(str(path), "model.architecture.hopfield.update=async")

    way = _memory(together).trajectory(np.ones((1, 2)))

    assert not way.settled.any()
    np.testing.assert_array_equal(way.states[:3, 0], [[1, 1], [-1, -1], [1, 1]])
    np.testing.assert_array_equal(in_turn.answer(), [[-1, 1]])


@pytest.mark.slow
@pytest.mark.parametrize("gradient_steps", [1, 3, 10])
def test_eight_units_settle_on_exclusive_or(train: Train, tmp_path: Path, gradient_steps: int) -> None:
    """The gradient of the last step alone is enough, from most beginnings; and the units do settle."""
    path = tmp_path / "xor.yaml"
    path.write_text(EQUILIBRIUM_XOR, encoding="utf-8")

    solved = []
    for seed in range(3):
        change = f"model.architecture.equilibrium.gradient_steps={gradient_steps}"
        trained = train(str(path), change, f"train.seed={seed}")
        solved.append(trained.scores["accuracy"] == 1.0)
        layer = next(layer for layer in trained.prepared.core.layers if isinstance(layer, Equilibrium))
        assert np.asarray(layer.diagnose(trained.part.inputs["bits"], power_iterations=1).settled).all()

    assert sum(solved) >= 2
