"""Every option that the schema accepts changes the object that it is for.

The schema is walked: each key of each section, each argument of each source and of each type of input and target must
have a row in `EFFECTS`. The arguments of Keras's own classes are walked in `tests/build`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from archcli.commands.running import Ready, make_ready
from archcli.errors import RecipeError
from archcli.recipe.built_in import BUILT_IN, SIGNATURES
from archcli.recipe.checking import load_recipe
from archcli.recipe.features import INPUTS, TARGETS
from archcli.recipe.schema import RECIPE
from archcli.recipe.sources import SOURCES
from archcli.recipe.tuning import draw_trials
from archcli.recipe.types import Section

RECIPE_TEXT = """
archcli: 1
data: {source: {csv: table.csv}, inputs: {given: {numeric: [a, b]}}, targets: {kind: category}}
model:
  layers:
    - Dense: {units: 4, activation: relu}
    - Dense: {units: $classes, activation: softmax}
train: {epochs: 2, batch_size: 4}
"""


@dataclass(frozen=True)
class Effect:
    """How it shows that an option is used.

    Attributes:
        change: What sets it; several where others must make room for it.
        observe: Reads what it is for; it must read otherwise after the change.
        base: Changes that both recipes have.
    """

    change: str | tuple[str, ...]
    observe: Callable[[Ready], object]
    base: tuple[str, ...] = ()


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


def _first_features(ready: Ready) -> object:
    return np.asarray(ready.training.inputs)[0].tolist()


def _first_targets(ready: Ready) -> object:
    return np.asarray(ready.training.targets)[:5].tolist()


def _weight_of_examples(ready: Ready) -> object:
    return None if ready.training.sample_weight is None else float(ready.training.sample_weight.sum())


def _tuned(ready: Ready) -> list[object]:
    tuning = ready.prepared.recipe.tuning
    return [] if tuning is None else list(islice(draw_trials(tuning), tuning.trials))


DIGITS = ("data.source=digits", "data.inputs=null", "data.targets=null", "model.layers=[Flatten, Dense: $classes]")
NPZ = ("data.source={npz: arrays.npz}",)
NUMBER = ("data.targets.kind=null", "data.targets.size={number: b}", "model.layers=[Dense: 1]")
TUNING = ("tune={trials: 2, space: {train.seed: {range: [1, 99]}}}",)
WATCHING = ("train.early_stopping={}",)

EFFECTS: dict[str, Effect] = {
    "name": Effect("name=other", lambda ready: ready.prepared.recipe.name),
    "parameters": Effect(
        "parameters.width=7",
        lambda r: r.prepared.core.layers[0].units,
        ("parameters.width=3", "model.layers.0.units=$width"),
    ),
    "data.source": Effect("data.source={npz: arrays.npz}", lambda ready: ready.prepared.dataset.fingerprint),
    "data.inputs": Effect("data.inputs={given: {numeric: [b]}}", _input_shape),
    "data.targets": Effect(
        ("data.targets.kind=null", "data.targets.colour=category"), lambda ready: ready.prepared.target_facts.classes
    ),
    "data.split.validation": Effect("data.split.validation=0.3", _rows),
    "data.split.test": Effect("data.split.test=0.4", _rows),
    "data.split.stratify": Effect("data.split.stratify=false", _test_classes, ("data.split.seed=3",)),
    "data.split.seed": Effect("data.split.seed=1", _rows),
    "model.build": Effect("model.build=functional", lambda ready: type(ready.prepared.core).__name__),
    "model.layers": Effect("model.layers=[Dense: $classes]", lambda ready: len(ready.prepared.core.layers)),
    "train.epochs": Effect("train.epochs=3", _settings("epochs")),
    "train.batch_size": Effect("train.batch_size=5", _settings("batch_size")),
    "train.optimizer": Effect("train.optimizer=SGD", lambda ready: type(ready.prepared.core.optimizer).__name__),
    "train.loss": Effect("train.loss=CategoricalCrossentropy", lambda ready: type(ready.prepared.core.loss).__name__),
    "train.metrics": Effect(
        "train.metrics=[SparseTopKCategoricalAccuracy: 2]",
        lambda ready: sorted(ready.prepared.core.get_metrics_result()),
    ),
    "train.monitor": Effect("train.monitor=val_accuracy", lambda ready: (ready.settings.monitor, ready.direction)),
    "train.early_stopping.patience": Effect("train.early_stopping.patience=3", _stopping("patience"), WATCHING),
    "train.early_stopping.min_delta": Effect("train.early_stopping.min_delta=0.5", _stopping("min_delta"), WATCHING),
    "train.early_stopping.start_from_epoch": Effect(
        "train.early_stopping.start_from_epoch=1", _stopping("start_from_epoch"), WATCHING
    ),
    "train.callbacks": Effect(
        "train.callbacks=[ReduceLROnPlateau]", lambda ready: [type(callback).__name__ for callback in ready.callbacks]
    ),
    "train.class_weight": Effect("train.class_weight={x: 2}", _weight_of_examples),
    "train.shuffle": Effect("train.shuffle=false", _settings("shuffle")),
    "train.seed": Effect(
        "train.seed=1", lambda ready: (ready.settings.seed, ready.prepared.core.get_weights()[0].tolist())
    ),
    "train.compile": Effect("train.compile=xla", _settings("mode")),
    "tune.trials": Effect("tune.trials=3", lambda ready: len(_tuned(ready)), TUNING),
    "tune.seed": Effect("tune.seed=1", _tuned, TUNING),
    "tune.space": Effect("tune.space.train.batch_size={choice: [2, 4]}", lambda ready: _tuned(ready)[0], TUNING),
    "source.csv.path": Effect("data.source.csv.path=other.csv", lambda ready: ready.prepared.dataset.fingerprint),
    "source.csv.delimiter": Effect(
        "data.source.csv.delimiter=;",
        lambda ready: ready.prepared.dataset.fingerprint,
        ("data.source.csv.path=either.csv",),
    ),
    "source.npz.path": Effect("data.source.npz.path=other.npz", lambda r: r.prepared.dataset.fingerprint, NPZ),
    "source.digits.as": Effect("data.source.digits.as=rows", _input_shape, DIGITS),
    "input.numeric.columns": Effect("data.inputs.given.numeric.columns=[b, a]", _first_features),
    "input.numeric.scale": Effect("data.inputs.given.numeric.scale=standard", _first_features),
    "target.category.columns": Effect(
        "data.targets.kind.category.columns=colour", lambda r: r.prepared.target_facts.classes
    ),
    "target.number.columns": Effect("data.targets.size.number.columns=a", _first_targets, NUMBER),
    "target.number.scale": Effect("data.targets.size.number.scale=standard", _first_targets, NUMBER),
}


PROVEN_BELOW = {"archcli", "extends", "train.deterministic"}
PROVEN_WITH_THE_TASKS = {
    f"source.{name}.{setting}" for name in BUILT_IN if name != "digits" for setting in SIGNATURES[name].arguments
}
"""In `tests/data/sources/tasks/test_tasks.py`."""


PROVEN_WITH_THE_DATA = {
    *(f"source.csv.{argument}" for argument in ("time", "id", "order")),
    *(f"source.{name}.path" for name in ("text", "folder")),
    *(f"input.{name}.{argument}" for name, found in INPUTS.items() for argument in found.arguments),
    *(f"target.{name}.{argument}" for name, found in TARGETS.items() for argument in found.arguments),
    "data.split.group",
    "data.split.time",
} - EFFECTS.keys()
"""In `tests/data/test_every_data_option.py`."""


def _walk(section: Section, prefix: str) -> Iterator[str]:
    for field in section.fields:
        if isinstance(field.type, Section):
            yield from _walk(field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


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


@pytest.mark.parametrize("option", EFFECTS)
def test_option_changes_its_object(option: str, recipe: Path) -> None:
    """What the option is for reads otherwise once it is set."""
    effect = EFFECTS[option]

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


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small recipe, and every file that a change may name."""
    numbers = np.random.default_rng(0).random((40, 2)).round(3)
    kinds = ["x" if index % 4 else "y" for index in range(40)]
    colours = ["red" if index % 2 else "blue" for index in range(40)]
    for name, add in (("table.csv", 0.0), ("other.csv", 1.0)):
        lines = [f"{a + add},{b},{k},{c}" for (a, b), k, c in zip(numbers, kinds, colours, strict=True)]
        (tmp_path / name).write_text("a,b,kind,colour\n" + "\n".join(lines) + "\n", encoding="utf-8")
        np.savez(
            tmp_path / name.replace("table", "arrays").replace("csv", "npz"),
            a=numbers[:, 0] + add,
            b=numbers[:, 1] * 2,
            kind=kinds,
        )
    # Read with a comma it has columns a, b and kind; so it has with a semicolon, in another part of each line.
    lines = [f"{a},{b},{k},;{b};{a};{k}" for (a, b), k in zip(numbers, kinds, strict=True)]
    (tmp_path / "either.csv").write_text("a,b,kind,;a;b;kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE_TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)  # files named in a change are relative to the folder of the command
    return path
