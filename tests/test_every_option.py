"""Every option that the schema accepts changes the object that it is for.

The schema is walked: each key of each section, also of those that a recipe names itself (`*`), and each argument of
each source and of each type of input and target must have a row in `EFFECTS`, or stand among those that are proven
elsewhere. The arguments of Keras's own classes are walked in `tests/build`, the settings of the architectures in
`tests/recipe/architectures/test_architectures.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from archcli.commands.running import Ready, make_ready
from archcli.engine.feeding import place_examples
from archcli.engine.rules import make_rule
from archcli.engine.training_data import TrainingData
from archcli.errors import DataError, RecipeError
from archcli.recipe.built_in import BUILT_IN, SIGNATURES
from archcli.recipe.checking import load_recipe
from archcli.recipe.input_types import INPUTS
from archcli.recipe.schema import RECIPE
from archcli.recipe.sources import SOURCES
from archcli.recipe.target_types import TARGETS
from archcli.recipe.tuning import draw_trials
from archcli.recipe.types import MapOf, Section

TABLE = """
archcli: 1
data: {source: {csv: table.csv}, inputs: {given: {numeric: [a, b]}}, targets: {kind: category}}
model:
  layers:
    - Dense: {units: 4, activation: relu}
    - Dense: {units: $classes, activation: softmax}
train: {epochs: 2, batch_size: 4}
"""
TWO_HEADS = """
archcli: 1
data:
  source: {csv: table.csv}
  inputs: {given: {numeric: [a, b]}}
  targets: {kind: category, colour: category}
model:
  nodes:
    trunk: {Dense: {units: 4, activation: relu}, from: given}
    kind: {Dense: {units: $classes.kind, activation: softmax}, from: trunk}
    colour: {Dense: {units: $classes.colour, activation: softmax}, from: trunk}
  outputs: [kind, colour]
train: {batch_size: 4, optimizer: SGD}
"""
PATTERNS = """
archcli: 1
data: {source: {csv: table.csv}, inputs: {given: {numeric: [a, b]}}, targets: {kind: category}}
model:
  blocks:
    hidden: {parameters: {width: 3}, layers: [Dense: $width, ReLU]}
    pair:
      inputs: [left, right]
      nodes:
        twice: {Rescaling: 2, from: left}
        gap: {Subtract, from: [twice, right]}
      outputs: [twice, gap]
  shared: {same: {Dense: 3}}
  nodes:
    one: {layers: [hidden, Dense: 3, same], from: given}
    two: {layers: [Dense: 3, same], from: given}
    twice, gap: {pair, from: [one, two]}
    kind: {layers: [Subtract, Dense: {units: $classes, activation: softmax}], from: [twice, gap]}
train: {batch_size: 4}
"""
WALKS = """
archcli: 1
data:
  source: {csv: {path: walks.csv, id: walk}}
  inputs: {steps: {sequence: {columns: a}}}
  targets: {kind: category}
model: {layers: [Masking: $padding, SimpleRNN: 2, Dense: {units: $classes, activation: softmax}]}
train: {batch_size: 4}
"""
STEPS = """
archcli: 1
data: {source: {pipelined_xor: {delay: 1}}}
model:
  layers:
    - Elman: {units: 3, output_units: $classes, output_activation: softmax, return_sequences: true}
train: {batch_size: 4, optimizer: SGD}
"""
SERIES = """
archcli: 1
data:
  source: {csv: table.csv}
  inputs: {past: {series: {columns: a, window: 3}}}
  targets: {next: {series: {columns: b, horizon: 1}}}
model: {layers: [Flatten, Dense: 1]}
train: {batch_size: 4}
"""


@dataclass(frozen=True)
class Effect:
    """How it shows that an option is used.

    Attributes:
        change: What sets it; several where others must make room for it.
        observe: Reads what it is for; it must read otherwise after the change.
        base: Changes that both recipes have.
        recipe: What all of them change.
    """

    change: str | tuple[str, ...]
    observe: Callable[[Ready], object]
    base: tuple[str, ...] = ()
    recipe: str = TABLE


def _settings(name: str) -> Callable[[Ready], object]:
    return lambda ready: getattr(ready.settings, name)


def _stopping(name: str) -> Callable[[Ready], object]:
    return lambda ready: getattr(ready.settings.early_stopping, name)


def _rows(ready: Ready) -> object:
    return {name: part.rows.tolist() for name, part in ready.prepared.dataset.parts.items()}


def _test_classes(ready: Ready) -> object:
    return np.bincount(ready.prepared.dataset.parts["test"].targets["kind"].astype(int)).tolist()


def _input_shape(ready: Ready) -> object:
    return ready.prepared.core.input_shape


def _targets(ready: Ready) -> object:
    return np.asarray(ready.training.targets).tolist()


def _answers(ready: Ready) -> object:
    return np.asarray(ready.prepared.core(ready.training.inputs, training=False)).tolist()


def _inputs(ready: Ready) -> object:
    return np.asarray(ready.training.inputs).tolist()


def _learned(ready: Ready) -> object:
    """Return the weights after one step of the engine."""
    core = ready.prepared.core
    rule = make_rule(core, ready.training, ready.settings)
    rule.step(place_examples(ready.training.first(ready.settings.batch_size)))
    return [weights.tolist() for weights in core.get_weights()]


def _batches(ready: Ready) -> object:
    """Return which examples the engine puts into each batch of the first epoch."""
    core, settings = ready.prepared.core, ready.settings
    (part,) = TrainingData(core, ready.training, settings, core.train_step).parts(0)
    return part.batches.whole.numpy().tolist()


def _classes(ready: Ready) -> object:
    return [facts.classes for facts in ready.prepared.learned.values()]


def _layers(ready: Ready) -> object:
    return [type(layer).__name__ for layer in ready.prepared.core.layers]


def _sizes(ready: Ready) -> object:
    return [weight.shape for weight in ready.prepared.core.weights]


def _measured(ready: Ready) -> object:
    return sorted(ready.prepared.core.get_metrics_result())


def _weight_of_examples(ready: Ready) -> object:
    weight = ready.training.sample_weight
    return None if weight is None else float(np.asarray(weight).sum())


def _tuned(ready: Ready) -> list[object]:
    tuning = ready.prepared.recipe.tuning
    return [] if tuning is None else list(islice(draw_trials(tuning), tuning.trials))


DIGITS = ("data.source=digits", "data.inputs=null", "data.targets=null", "model.layers=[Flatten, Dense: $classes]")
NPZ = ("data.source={npz: arrays.npz}",)
NUMBER = ("data.targets.kind=null", "data.targets.size={number: b}", "model.layers=[Dense: 1]")
TUNING = ("tune={trials: 2, space: {train.seed: {range: [1, 99]}}}",)
WATCHING = ("train.early_stopping={}",)
CHOICE = ("tune={trials: 2, space: {train.seed: {choice: [1, 2]}}}",)
RATES = ("tune={trials: 2, space: {train.optimizer.Adam.learning_rate: {log_range: [1e-4, 1e-3]}}}",)
FOLDS = ("data.split.folds=4", "data.split.fold=1")
WINDOW = ("train.tbptt.window=4",)
GAPS = ("data.inputs.given={numeric: {columns: [a, gaps], missing: zero}}",)
EMBEDDED = (
    "model.layers=[Embedding: {input_dim: $vocabulary, output_dim: 2, mask_zero: true}, GRU: 2, Dense: $classes]",
    "data.inputs.given=null",
)
CATEGORY = (*EMBEDDED, "data.inputs.x={category: {columns: colour, missing: most_frequent}}")
TEXT = (*EMBEDDED, "data.inputs.x={text: {columns: said}}")

EFFECTS: dict[str, Effect] = {
    "name": Effect("name=other", lambda ready: ready.prepared.recipe.name),
    "parameters": Effect(
        "parameters.width=7",
        lambda r: r.prepared.core.layers[0].units,
        ("parameters.width=3", "model.layers.0.units=$width"),
    ),
    "data.source": Effect("data.source={npz: arrays.npz}", lambda ready: ready.prepared.dataset.fingerprint),
    "data.inputs": Effect("data.inputs={given: {numeric: [b]}}", _input_shape),
    "data.targets": Effect(("data.targets.kind=null", "data.targets.colour=category"), _classes),
    "data.split.validation": Effect("data.split.validation=0.3", _rows),
    "data.split.test": Effect("data.split.test=0.4", _rows),
    "data.split.stratify": Effect("data.split.stratify=false", _test_classes, ("data.split.seed=3",)),
    "data.split.seed": Effect("data.split.seed=1", _rows),
    "data.split.folds": Effect("data.split.folds=5", _rows, FOLDS),
    "data.split.fold": Effect("data.split.fold=2", _rows, FOLDS),
    "model.build": Effect("model.build=functional", lambda ready: type(ready.prepared.core).__name__),
    "model.architecture": Effect("model.architecture={mlp: 3}", _layers),
    "model.layers": Effect("model.layers=[Dense: $classes]", _layers),
    "model.nodes": Effect("model.nodes={kind: {layers: [Flatten, Dense: $classes], from: given}}", _layers),
    "model.blocks": Effect(
        "model.blocks={hidden: {parameters: {width: 3}, layers: [Dense: $width, ELU]}}", _answers, recipe=PATTERNS
    ),
    "model.blocks.*.parameters": Effect("model.blocks.hidden.parameters.width=5", _sizes, recipe=PATTERNS),
    "model.blocks.*.inputs": Effect("model.blocks.pair.inputs=[right, left]", _answers, recipe=PATTERNS),
    "model.blocks.*.layers": Effect("model.blocks.hidden.layers=[Dense: $width]", _answers, recipe=PATTERNS),
    "model.blocks.*.nodes": Effect("model.blocks.pair.nodes.twice.Rescaling.scale=3", _answers, recipe=PATTERNS),
    "model.blocks.*.outputs": Effect("model.blocks.pair.outputs=[gap, twice]", _answers, recipe=PATTERNS),
    "model.shared": Effect("model.shared.same.Dense.units=4", _sizes, recipe=PATTERNS),
    "model.outputs": Effect("model.outputs=[colour, kind]", lambda ready: list(ready.prepared.learned), (), TWO_HEADS),
    "train.epochs": Effect("train.epochs=3", _settings("epochs")),
    "train.batch_size": Effect("train.batch_size=5", _settings("batch_size")),
    "train.optimizer": Effect("train.optimizer=SGD", lambda ready: type(ready.prepared.core.optimizer).__name__),
    "train.loss": Effect("train.loss=CategoricalCrossentropy", lambda ready: type(ready.prepared.core.loss).__name__),
    "train.loss_weights": Effect("train.loss_weights={kind: 3}", _learned, recipe=TWO_HEADS),
    "train.metrics": Effect("train.metrics=[SparseTopKCategoricalAccuracy: 2]", _measured),
    "train.monitor": Effect("train.monitor=val_accuracy", lambda ready: (ready.settings.monitor, ready.direction)),
    "train.early_stopping.patience": Effect("train.early_stopping.patience=3", _stopping("patience"), WATCHING),
    "train.early_stopping.min_delta": Effect("train.early_stopping.min_delta=0.5", _stopping("min_delta"), WATCHING),
    "train.early_stopping.start_from_epoch": Effect(
        "train.early_stopping.start_from_epoch=1", _stopping("start_from_epoch"), WATCHING
    ),
    "train.callbacks": Effect(
        "train.callbacks=[ReduceLROnPlateau]", lambda ready: [type(callback).__name__ for callback in ready.callbacks]
    ),
    "train.learning_rule": Effect("train.learning_rule=srn_1990", _learned, recipe=STEPS),
    "train.tbptt.window": Effect("train.tbptt.window=2", _learned, WINDOW, STEPS),
    "train.bucket_by_length": Effect("train.bucket_by_length=true", _batches, recipe=WALKS),
    "train.class_weight": Effect("train.class_weight={x: 2}", _weight_of_examples),
    "train.shuffle": Effect("train.shuffle=false", _settings("shuffle")),
    "train.seed": Effect(
        "train.seed=1", lambda ready: (ready.settings.seed, ready.prepared.core.get_weights()[0].tolist())
    ),
    "train.compile": Effect("train.compile=xla", _settings("mode")),
    "train.distribute": Effect("train.distribute=mirrored", lambda ready: ready.settings.distribution.mode),
    "tune.trials": Effect("tune.trials=3", lambda ready: len(_tuned(ready)), TUNING),
    "tune.seed": Effect("tune.seed=1", _tuned, TUNING),
    "tune.space.*.choice": Effect("tune.space.train.seed={choice: [3, 4]}", _tuned, CHOICE),
    "tune.space.*.range": Effect("tune.space.train.seed={range: [100, 199]}", _tuned, TUNING),
    "tune.space.*.log_range": Effect(
        "tune.space.train.optimizer.Adam.learning_rate={log_range: [1e-2, 1e-1]}", _tuned, RATES
    ),
    "tune.space": Effect("tune.space.train.batch_size={choice: [2, 4]}", lambda ready: _tuned(ready)[0], TUNING),
    "source.csv.path": Effect("data.source.csv.path=other.csv", lambda ready: ready.prepared.dataset.fingerprint),
    "source.csv.delimiter": Effect(
        "data.source.csv.delimiter=;",
        lambda ready: ready.prepared.dataset.fingerprint,
        ("data.source.csv.path=either.csv",),
    ),
    "source.npz.path": Effect("data.source.npz.path=other.npz", lambda r: r.prepared.dataset.fingerprint, NPZ),
    "source.digits.as": Effect("data.source.digits.as=rows", _input_shape, DIGITS),
    "input.numeric.columns": Effect("data.inputs.given.numeric.columns=[b, a]", _inputs),
    "input.numeric.scale": Effect("data.inputs.given.numeric.scale=standard", _inputs),
    "input.numeric.missing": Effect("data.inputs.given.numeric.missing=7", _inputs, GAPS),
    "input.category.columns": Effect("data.inputs.x.category.columns=said", _inputs, CATEGORY),
    "input.category.missing": Effect("data.inputs.x.category={columns: kind, missing: null}", _inputs, CATEGORY),
    "input.text.columns": Effect("data.inputs.x.text.columns=colour", _inputs, TEXT),
    "input.text.split": Effect("data.inputs.x.text.split=character", _inputs, TEXT),
    "input.text.standardize": Effect("data.inputs.x.text.standardize=lower", _inputs, TEXT),
    "input.text.max_tokens": Effect("data.inputs.x.text.max_tokens=3", _inputs, TEXT),
    "input.text.output_sequence_length": Effect("data.inputs.x.text.output_sequence_length=2", _inputs, TEXT),
    "input.series.columns": Effect("data.inputs.past.series.columns=b", _inputs, recipe=SERIES),
    "input.series.window": Effect("data.inputs.past.series.window=2", _input_shape, recipe=SERIES),
    "input.series.scale": Effect("data.inputs.past.series.scale=standard", _inputs, recipe=SERIES),
    "input.sequence.columns": Effect("data.inputs.steps.sequence.columns=b", _inputs, recipe=WALKS),
    "input.sequence.scale": Effect("data.inputs.steps.sequence.scale=standard", _inputs, recipe=WALKS),
    "target.category.columns": Effect("data.targets.kind.category.columns=colour", _classes),
    "target.series.scale": Effect("data.targets.next.series.scale=standard", _targets, recipe=SERIES),
    "target.number.columns": Effect("data.targets.size.number.columns=a", _targets, NUMBER),
    "target.number.scale": Effect("data.targets.size.number.scale=standard", _targets, NUMBER),
}


OTHER_FORMS: dict[str, Effect] = {
    "loss by output": Effect(
        "train.loss={kind: CategoricalCrossentropy}",
        lambda ready: {name: type(loss).__name__ for name, loss in ready.prepared.core.loss.items()},
        recipe=TWO_HEADS,
    ),
    "metrics by output": Effect(
        "train.metrics={kind: [SparseTopKCategoricalAccuracy: 2]}",
        lambda ready: list(ready.prepared.recipe.train.columns),
        recipe=TWO_HEADS,
    ),
    "outputs with their targets": Effect(
        "model.outputs={kind: kind, colour: colour, trunk: null}",
        lambda ready: sorted(ready.prepared.built.whole.output),
        recipe=TWO_HEADS,
    ),
    "batch size by measure": Effect(
        "train.batch_size=auto", lambda ready: (ready.settings.batch_size, ready.prepared.batch is None)
    ),
    "balanced classes": Effect("train.class_weight=balanced", _weight_of_examples),
    "no early stopping": Effect("train.early_stopping=null", lambda r: r.settings.early_stopping, WATCHING),
    "truncation": Effect("train.tbptt={window: 2}", _learned, recipe=STEPS),
    "weights of losses": Effect("train.loss_weights={colour: 0}", _learned, recipe=TWO_HEADS),
}
"""What an option can be written as besides."""

PROVEN_BELOW = {"archcli", "extends", "train.deterministic", "data.split.absent_classes"}
PROVEN_WITH_THE_TASKS = {
    f"source.{name}.{setting}" for name in BUILT_IN if name != "digits" for setting in SIGNATURES[name].arguments
}
"""In `tests/data/sources/tasks/test_tasks.py`."""

PROVEN_WITH_THE_DATA = {
    f"{of}.{option}"
    for of, options in {
        "data.split": "group time",
        "source.csv": "time id order",
        "source.parquet": "path time id order",
        "source.text": "path",
        "source.folder": "path",
        "source.lines": "path",
        "source.ts": "path",
        "source.tfrecord": "path compression",
        "input.text": "window",
        "input.shift": "of by",
        "input.series": "stride missing",
        "input.sequence": "missing",
        "input.image": "columns height width color_mode",
        "input.date": "columns parts cyclic missing scale",
        "input.audio": "columns sampling_rate seconds frame_length frame_step num_mel_bins scale",
        "input.side_by_side": "parts",
        "target.multilabel": "columns separator",
        "target.text": "columns split standardize",
        "target.series": "columns horizon missing",
        "target.shift": "of by",
    }.items()
    for option in options.split()
}
"""In `tests/data/test_every_data_option.py`."""


def _walk(section: Section, prefix: str) -> Iterator[str]:
    for field in section.fields:
        if isinstance(field.type, Section):
            yield from _walk(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name
        if isinstance(field.type, MapOf) and isinstance(field.type.value, Section):
            yield from _walk(field.type.value, f"{prefix}{field.name}.*.")


def test_every_option_of_the_schema_has_a_row() -> None:
    """The table below the schema is whole: an option added without a proof of its effect fails here."""
    tables = {"source": SOURCES, "input": INPUTS, "target": TARGETS}
    arguments = {
        f"{table}.{name}.{argument}"
        for table, signatures in tables.items()
        for name, found in signatures.items()
        for argument in found.arguments
    }

    assert {*EFFECTS, *PROVEN_BELOW, *PROVEN_WITH_THE_TASKS, *PROVEN_WITH_THE_DATA} == {*_walk(RECIPE, ""), *arguments}


@pytest.mark.parametrize("option", [*EFFECTS, *OTHER_FORMS])
def test_option_changes_its_object(option: str, recipe: Path) -> None:
    """What the option is for reads otherwise once it is set."""
    effect = EFFECTS[option] if option in EFFECTS else OTHER_FORMS[option]
    recipe.write_text(effect.recipe, encoding="utf-8")

    before = effect.observe(make_ready(load_recipe(recipe, effect.base)))
    change = (effect.change,) if isinstance(effect.change, str) else effect.change
    after = effect.observe(make_ready(load_recipe(recipe, (*effect.base, *change))))

    assert before != after


def test_version_of_the_language_is_checked(recipe: Path) -> None:
    """The only option with a single value refuses every other."""
    with pytest.raises(RecipeError) as raised:
        load_recipe(recipe, ["archcli=2"])

    assert raised.value.problems[0].message == "`archcli` wants `1`, found `2`"


def test_recipe_is_laid_over_the_one_it_extends(recipe: Path) -> None:
    """What only the recipe below says holds; what both say, the upper one decides."""
    upper = recipe.with_name("upper.yaml")
    upper.write_text("archcli: 1\nextends: small.yaml\ntrain: {epochs: 9}\n", encoding="utf-8")

    train = load_recipe(upper).train

    assert (train.epochs, train.batch_size) == (9, 4)


def test_deterministic_switches_op_determinism_on(recipe: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`deterministic: true` asks TensorFlow for it, and only then; noted, since it cannot be undone."""
    asked: list[bool] = []
    monkeypatch.setattr("tensorflow.config.experimental.enable_op_determinism", lambda: asked.append(True))

    make_ready(load_recipe(recipe))
    before = list(asked)
    make_ready(load_recipe(recipe, ["train.deterministic=true"]))

    assert (before, asked) == ([], [True])


def test_classes_that_a_part_lacks_are_refused_unless_allowed(recipe: Path) -> None:
    """The last two rows, which are the test, are of one class of two."""
    in_time = "data.split={validation: 0, test: 0.05, time: true}"

    with pytest.raises(DataError) as raised:
        make_ready(load_recipe(recipe, [in_time]))
    ready = make_ready(load_recipe(recipe, [in_time, "data.split.absent_classes=allow"]))

    assert [problem.code for problem in raised.value.problems] == ["class-absent"]
    assert _test_classes(ready) == [2]


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small recipe, and every file that a change may name."""
    numbers = np.random.default_rng(0).random((40, 2)).round(3)
    kinds = ["x" if index % 4 else "y" for index in range(40)]
    colours = ["red" if index % 2 else "blue" for index in range(40)]
    for name, add in (("table.csv", 0.0), ("other.csv", 1.0)):
        lines = [
            f"{a + add},{b},{k},{c},{'' if row % 5 == 0 else row},{c.upper()}; {k} is {c} {row % 3}"
            for row, ((a, b), k, c) in enumerate(zip(numbers, kinds, colours, strict=True))
        ]
        (tmp_path / name).write_text("a,b,kind,colour,gaps,said\n" + "\n".join(lines) + "\n", encoding="utf-8")
        np.savez(
            tmp_path / name.replace("table", "arrays").replace("csv", "npz"),
            a=numbers[:, 0] + add,
            b=numbers[:, 1] * 2,
            kind=kinds,
        )
    steps = [(walk, step) for walk in range(20) for step in range(2 + walk % 5)]
    lines = [f"w{walk},{step * walk % 7 + 1},{step + walk % 3},k{walk % 2}" for walk, step in steps]
    (tmp_path / "walks.csv").write_text("walk,a,b,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    # Read with a comma it has columns a, b and kind; so it has with a semicolon, in another part of each line.
    lines = [f"{a},{b},{k},;{b};{a};{k}" for (a, b), k in zip(numbers, kinds, strict=True)]
    (tmp_path / "either.csv").write_text("a,b,kind,;a;b;kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(TABLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # files named in a change are relative to the folder of the command
    return path
