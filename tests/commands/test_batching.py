"""`train.batch_size: auto`, from the recipe to the run."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from archcli.commands.batching import train_settings, with_batch_size
from archcli.commands.preparing import prepare
from archcli.commands.resume import resume
from archcli.commands.train import train
from archcli.engine.progress import SilentProgress
from archcli.errors import TrainingError
from archcli.recipe.checking import load_recipe

if TYPE_CHECKING:
    from pathlib import Path

    from archcli.runs.directory import Run

RECIPE = """
archcli: 1
data: {source: digits}
model: {layers: [Flatten, Dense: {units: 8, activation: relu}, Dropout: 0.3, Dense: {units: $classes}]}
train:
  epochs: 2
  batch_size: auto
  optimizer: {Adam: {learning_rate: {CosineDecay: {initial_learning_rate: 0.01, decay_steps: $training_steps}}}}
"""
WITH_LITTLE = """
import sys
from pathlib import Path

from archcli.commands import batching
from archcli.commands.preparing import prepare
from archcli.recipe.checking import load_recipe

batching.free_memory = lambda: 12 * 2**20
batch = prepare(load_recipe(Path(sys.argv[1]))).batch
sys.stdout.write(f"{batch.size} {batch.reason}")
"""
WINDOWS = """
archcli: 1
data: {source: {pipelined_xor: {delay: 1}}}
model:
  layers:
    - Elman: {units: 3, output_units: $classes, output_activation: softmax, return_sequences: true}
train: {epochs: 1, batch_size: auto, tbptt: {window: 2}}
"""
BUCKETS = """
archcli: 1
data: {source: {adding: {vary: true, examples: 200}}}
model: {layers: [Masking: $padding, SimpleRNN: 4, Dense: 1]}
train: {epochs: 1, batch_size: auto, bucket_by_length: true}
"""
TWO_OF_EACH = """
archcli: 1
data:
  source: {csv: table.csv}
  inputs: {left: {numeric: a}, right: {numeric: b}}
  targets: {kind: category, colour: category}
model:
  nodes:
    both: {Concatenate, from: [left, right]}
    kind: {Dense: {units: $classes.kind, activation: softmax}, from: both}
    colour: {Dense: {units: $classes.colour, activation: softmax}, from: both}
  outputs: [kind, colour]
train: {epochs: 1, batch_size: auto, loss_weights: {kind: 1, colour: 0.5}}
"""


def _write(folder: Path) -> Path:
    """Write a recipe that leaves the batch size to us, and a table beside it."""
    path = folder / "auto.yaml"
    path.write_text(RECIPE, encoding="utf-8")
    rows = "".join(f"{row % 7},{row % 5},{'xyz'[row % 3]},{'rg'[row % 2]}\n" for row in range(120))
    (folder / "table.csv").write_text(f"a,b,kind,colour\n{rows}", encoding="utf-8")
    return path


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe that leaves the batch size to us, and a table."""
    return _write(tmp_path)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of that recipe."""
    return _train(_write(tmp_path_factory.mktemp("auto")), "runs")


def _train(recipe: Path, folder: str, *overrides: str) -> Run:
    runs = recipe.parent / folder
    report = train(str(recipe), overrides, runs=runs, command="archcli train", progress=SilentProgress())
    assert report is not None
    return report.run


def test_run_is_that_of_the_recipe_with_the_number_to_the_last_bit(run: Run, recipe: Path) -> None:
    """Weights, dropout, order and the schedule over all training steps: trials leave no trace."""
    written = _train(recipe, "written", "train.batch_size=32")

    assert run.history_csv.read_text(encoding="utf-8") == written.history_csv.read_text(encoding="utf-8")
    assert run.summary.read_text(encoding="utf-8") == written.summary.read_text(encoding="utf-8")
    assert run.resolved.read_text(encoding="utf-8") == written.resolved.read_text(encoding="utf-8")
    assert yaml.safe_load(run.resolved.read_text(encoding="utf-8"))["train"]["batch_size"] == 32


def test_log_says_which_and_why(run: Run) -> None:
    """Right below the command."""
    command, chosen, *_ = run.log.read_text(encoding="utf-8").splitlines()

    assert command == "archcli train"
    assert chosen.startswith("batch size 32: 1258 training examples make 40 updates an epoch, and its steps take ")
    assert chosen.endswith(" that are free")


def test_resumed_run_keeps_the_number(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in `resolved.yaml`; nothing is measured again."""
    monkeypatch.setattr("archcli.commands.preparing.choose_for", None)

    report = resume(str(run.path), runs=run.path.parents[1], epochs=3, command="resume", progress=SilentProgress())

    assert report is not None
    assert report.epochs == 3


@pytest.mark.parametrize("text", [WINDOWS, BUCKETS, TWO_OF_EACH])
def test_networks_of_other_kinds_are_measured_as_they_are_trained(text: str, recipe: Path) -> None:
    """Windows of sequences, batches by length, several inputs and outputs with weights."""
    recipe.write_text(text, encoding="utf-8")

    prepared = prepare(load_recipe(recipe))

    assert prepared.batch is not None
    assert prepared.recipe.train.batch_size == prepared.batch.size == 32


def test_memory_that_is_short_makes_the_batch_smaller(recipe: Path) -> None:
    """Images of 64 KiB in two layers: of 12 MiB not even 32 at a time are given to them."""
    recipe.write_text(
        RECIPE.replace("[Flatten,", "[UpSampling2D: 16, Activation: tanh, GlobalAveragePooling2D,"), encoding="utf-8"
    )

    # In a process of its own: what other tests have given back to TensorFlow would be used again, and so not be seen.
    done = subprocess.run([sys.executable, "-c", WITH_LITTLE, recipe], capture_output=True, text=True, check=True)
    size, _, reason = done.stdout.partition(" ")

    assert int(size) < 32
    assert reason.endswith(" and twice as many examples would not fit within 70% of them")


def test_memory_that_holds_nothing_is_told_before_anything_is_written(
    recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no run directory, then."""
    monkeypatch.setattr("archcli.commands.batching.free_memory", lambda: 0)

    with pytest.raises(TrainingError) as caught:
        _train(recipe, "runs")

    assert caught.value.problems[0].code == "out-of-memory"
    assert not (recipe.parent / "runs").exists()


def test_settings_want_a_number(recipe: Path) -> None:
    """Whoever trains before the choice has a bug."""
    loaded = load_recipe(recipe)

    with pytest.raises(ValueError, match="the batch size is not chosen yet"):
        train_settings(loaded.train)

    assert train_settings(with_batch_size(loaded, 5).train).batch_size == 5
