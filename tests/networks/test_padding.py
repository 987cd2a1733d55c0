"""Networks that read sequences of several lengths: padding behind them changes no answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from archcli.commands.preparing import Prepared, prepare
from archcli.recipe.checking import load_recipe

READERS = (
    "rnn: {units: 4, read: mean}",
    "lstm: {units: [3, 4], read: mean}",
    "frnn: {neurons: 4, read: mean}",
    "birnn: {units: 3, read: mean}",
    "birnn: {units: 3, learning: stacked, read: mean}",
    "birnn: {units: 3, learning: stacked, read: last}",
    "birnn: {units: 3, learning: decision, read: mean}",
    "elman: {units: 3}",
    "jordan: {units: 3}",
)


@pytest.mark.parametrize("architecture", READERS)
def test_padding_changes_no_answer(architecture: str, tmp_path: Path) -> None:
    """A sequence is answered alike alone, among longer ones, and with still more padding behind it."""
    prepared = prepare_walks(architecture, tmp_path)
    examples = prepared.examples(prepared.dataset.training)
    (padding,) = (facts.padding for facts in prepared.inputs.values())
    assert examples.lengths is not None
    assert padding is not None
    shortest = int(np.argmin(examples.lengths))
    inputs = np.asarray(examples.inputs)
    assert examples.lengths[shortest] < inputs.shape[1]

    among = answers(prepared, inputs)
    longer = answers(prepared, np.pad(inputs, [(0, 0), (0, 3), (0, 0)], constant_values=padding))
    alone = answers(prepared, inputs[shortest : shortest + 1, : examples.lengths[shortest]])

    for one, two, three in zip(among, longer, alone, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
        np.testing.assert_allclose(one[shortest], three[0], atol=1e-6)


def answers(prepared: Prepared, inputs: Any) -> list[Any]:
    """Return what each output says."""
    return [np.asarray(part) for part in keras.tree.flatten(prepared.core(inputs, training=False))]


def prepare_walks(architecture: str, folder: Path) -> Prepared:
    """Make a network for walks of 2 to 6 steps, each about a place of its own."""
    numbers = np.random.default_rng(0).normal(size=(100, 2)).round(3)
    steps = [(walk, step) for walk in range(20) for step in range(2 + walk % 5)]
    rows = [f"w{walk},{a},{b},k{walk % 2}" for (walk, _), (a, b) in zip(steps, numbers[: len(steps)], strict=True)]
    (folder / "walks.csv").write_text("walk,a,b,kind\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "walks.yaml").write_text(
        f"""
archcli: 1
data:
  source: {{csv: {{path: walks.csv, id: walk}}}}
  inputs: {{steps: {{sequence: {{columns: [a, b]}}}}}}
  targets: {{kind: category}}
model: {{architecture: {{{architecture}}}}}
train: {{batch_size: 4}}
""",
        encoding="utf-8",
    )
    return prepare(load_recipe(folder / "walks.yaml"))
