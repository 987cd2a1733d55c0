"""What holds for all architectures: their settings, what they expand to, and that no setting is without effect."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from archcli import layers
from archcli.recipe.architectures import ARCHITECTURES, Surroundings, check_settings, expand
from archcli.recipe.architectures.settings import to_plain
from archcli.recipe.signatures import canonical_name, signature
from archcli.recipe.types import Either, Field, Text, Type

Settings = Mapping[str, Any]

ALONE = Surroundings(("signal",), {}, "kind", "category")
TAUGHT = Surroundings(("plan", "previous"), {"previous": "letter"}, "letter", "category", per_step=True)
PATTERNS = Surroundings(("noisy",), {}, "pattern", "number")

NOT_ALONE: Mapping[tuple[str, str], Surroundings] = {
    ("jordan", "feedback"): replace(TAUGHT, inputs=("previous",)),
    ("jordan", "teacher_share"): TAUGHT,
}
"""Where a setting needs other data than most."""

BESIDE: Mapping[tuple[str, str], Settings] = {
    ("jordan", "teacher_share"): {"feedback": "scheduled"},
    ("hopfield", "patterns"): {"modern": True},
    ("hopfield", "beta"): {"modern": True, "patterns": 4},
}
"""What is set beside a setting that counts only then."""

VALUES: Mapping[str, tuple[Any, ...]] = {
    "activation": ("tanh", "relu", "sigmoid", "selu"),
    "batch_norm": (False, True),
    "beta": (0.5, 1.0, 2.0),
    "contraction": (0.5, 0.95, None),
    "damping": (0.5, 1.0),
    "decay": (0.0, 0.3, 0.5),
    "dense": ([], [64], [128], [64, 64]),
    "dims": (1, 2, 3),
    "dropout": (0.0, 0.2, 0.5),
    "filters": ([32], [32, 64], [64, 32]),
    "gate_bias": (None, {"chrono": 50}, {"chrono": 100}),
    "gradient_steps": (1, 5),
    "hidden": ([], [64], [64, 64], [8]),
    "initial_context": (0.0, 0.5),
    "initial_state": (0.0, 0.5),
    "kernel": (3, 5, [3, 5], [[3, 5], 3]),
    "l1": (0.0, 1e-4, 1e-3),
    "l2": (0.0, 1e-4, 1e-3),
    "max_steps": (1, 50, 100, 200),
    "modern": (False, True),
    "neurons": (16, 32),
    "output_units": (1, 16, None),
    "padding": ("valid", "same", 1, 2, [1, 2], [[0, 1], [2, 3]]),
    "patterns": (4, 10),
    "pool_size": (2, 3, [2, 3]),
    "pool_strides": (1, 2, [2, 1]),
    "recurrent_dropout": (0.0, 0.2, 0.5),
    "self_connections": (False, True),
    "teacher_share": (0.0, 0.5, 1.0),
    "ticks": (1, 2, 3),
    "tolerance": (1e-4, 1e-3),
    "units": (16, 32, 64),
}
"""Values of a setting that is no choice of a few texts, each of which is to give other layers."""


def choices(type_: Type) -> tuple[str, ...]:
    """Return the texts that a setting is chosen from, None last where it may be null."""
    options = type_.types if isinstance(type_, Either) else (type_,)
    return tuple(choice for option in options if isinstance(option, Text) for choice in option.choices)


def variants(architecture: str, setting: Field) -> list[Settings]:
    """Return settings that differ in one, and mean different networks."""
    beside = BESIDE.get((architecture, setting.name), {})
    if (architecture, setting.name) == ("perceptron", "activation"):
        gradients: list[Settings] = [{"activation": name} for name in ("sigmoid", "softmax", "linear")]
        return [*gradients, {"activation": "step", "rule": "perceptron"}]
    if (architecture, setting.name) == ("hopfield", "modern"):
        return [{}, {"modern": True, "patterns": 4}]
    listed = VALUES.get(setting.name) or choices(setting.type)
    return [{**beside, setting.name: value} for value in listed]


def surroundings_of(architecture: str, setting: str) -> Surroundings:
    """Return data that a setting counts for."""
    usual = PATTERNS if architecture == "hopfield" else ALONE
    return NOT_ALONE.get((architecture, setting), usual)


EVERY_SETTING = [(name, setting) for name, found in ARCHITECTURES.items() for setting in found.arguments]


@pytest.mark.parametrize(("architecture", "setting"), EVERY_SETTING)
def test_every_value_of_every_setting_has_an_effect(architecture: str, setting: str) -> None:
    """No two values of a setting give the same network with the same training."""
    tried = variants(architecture, ARCHITECTURES[architecture].arguments[setting])
    around = surroundings_of(architecture, setting)

    problems = [problem for settings in tried for problem in check_settings(architecture, settings, around)]
    expansions = [expand(architecture, settings, around) for settings in tried]

    assert problems == []
    written = {json.dumps([found.model, found.train]) for found in expansions}
    assert len(written) == len(tried) >= 2


@pytest.mark.parametrize(("architecture", "setting"), EVERY_SETTING)
def test_every_setting_is_described(architecture: str, setting: str) -> None:
    """A sentence each, its own name as its key, and a default or what it follows from."""
    field = ARCHITECTURES[architecture].arguments[setting]

    assert field.name == setting
    assert field.doc.endswith(".")
    assert not field.required
    assert field.default is None or field.inferred == ""


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_is_described(name: str) -> None:
    """By one sentence; the argument of the short form is among its settings."""
    found = ARCHITECTURES[name]

    assert found.name == name
    assert re.fullmatch(r"[A-Z][^.]*\.", found.summary)
    assert found.first is None or found.first in found.arguments


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_settings_written_as_the_defaults_change_nothing(name: str) -> None:
    """What a recipe with every default written out means is what it meant without."""
    written = {key: field.default for key, field in ARCHITECTURES[name].arguments.items() if field.default is not None}
    around = surroundings_of(name, "")

    assert check_settings(name, written, around) == check_settings(name, {}, around) == []
    assert expand(name, written, around) == expand(name, {}, around)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_two_inputs_are_one_too_many(name: str) -> None:
    """Every architecture takes the only input."""
    around = replace(surroundings_of(name, ""), inputs=("photo", "table"))

    (problem,) = check_settings(name, {}, around)

    assert problem == (
        "architecture-does-not-fit",
        f"`{name}` takes one input, found 2: `photo`, `table`",
        None,
        "keep one in `data.inputs`, or write the model as `nodes:`",
    )


@pytest.mark.parametrize("name", ["perceptron", "mlp", "cnn", "equilibrium", "hopfield"])
def test_what_answers_once_is_not_for_labels_at_every_step(name: str) -> None:
    """A target with a label for each step needs an architecture that reads steps."""
    around = replace(surroundings_of(name, ""), per_step=True)

    (problem,) = check_settings(name, {}, around)

    assert problem == (
        "architecture-does-not-fit",
        f"`{name}` answers once per example, and the target `{around.target}` has an answer per step",
        None,
        "take one that reads step by step, such as `gru`",
    )


READERS = ("rnn", "gru", "lstm", "birnn", "frnn", "elman", "jordan")


@pytest.mark.parametrize("name", READERS)
def test_what_reads_steps_answers_as_often_as_the_target(name: str) -> None:
    """`read` follows from the target; where it is not known, the last step is read."""
    per_step, per_example = replace(ALONE, per_step=True), replace(ALONE, per_step=False)

    assert expand(name, {}, per_step) == expand(name, {"read": "every_step"}, per_step)
    assert expand(name, {}, per_example) == expand(name, {"read": "last"}, per_example) == expand(name, {}, ALONE)


@pytest.mark.parametrize("name", READERS)
def test_a_reading_must_fit_the_target(name: str) -> None:
    """One answer where the target has many is found before training, and the reverse."""
    hint = "leave `read` out: it follows from the target"

    (too_few,) = check_settings(name, {"read": "last"}, replace(ALONE, per_step=True))
    (too_many,) = check_settings(name, {"read": "every_step"}, replace(ALONE, per_step=False))

    assert too_few == (
        "architecture-does-not-fit",
        "`read: last` gives an answer per example, and the target `kind` has one per step",
        "read",
        hint,
    )
    assert too_many == (
        "architecture-does-not-fit",
        "`read: every_step` gives an answer per step, and the target `kind` has one per example",
        "read",
        hint,
    )


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "birnn", "frnn"])
def test_the_greatest_of_all_steps_is_not_taken_of_padding(name: str) -> None:
    """Keras's pooling by the greatest knows no mask, and would read what stands behind a short sequence."""
    padded = replace(ALONE, padded=True, per_step=False)

    (problem,) = check_settings(name, {"read": "max"}, padded)

    assert problem == (
        "settings-contradict",
        "`read: max` takes the greatest of all steps, and would take that of the padding of short sequences",
        "read",
        "write `read: last`, or `read: mean`",
    )
    assert check_settings(name, {"read": "mean"}, padded) == []


@pytest.mark.parametrize("name", READERS)
def test_padding_is_masked_where_there_is_any(name: str) -> None:
    """Sequences of several lengths are masked in front; others are not."""
    masking = '{"Masking": {"mask_value": "$padding"}'

    assert masking in json.dumps(expand(name, {}, replace(ALONE, padded=True)).model)
    assert masking not in json.dumps(expand(name, {}, ALONE).model)


@pytest.mark.parametrize("name", READERS)
def test_what_has_loops_is_trained_with_a_clipped_gradient(name: str) -> None:
    """By the norm of the whole gradient, and not of each variable's."""
    assert expand(name, {}, ALONE).train["optimizer"]["Adam"]["global_clipnorm"] == 1.0


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_an_expansion_is_new_at_each_call(name: str) -> None:
    """What the caller does to one is not seen in the next, nor in another part of the same."""
    first = expand(name, {}, surroundings_of(name, ""))
    kept = to_plain(first.model)

    first.model.clear()

    assert expand(name, {}, surroundings_of(name, "")).model == kept


def layers_in(data: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield all layers of a model in plain data: names with a capital, and their arguments."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key[0].isupper() and isinstance(value, dict):
                yield key, value
            yield from layers_in(value)
    elif isinstance(data, list):
        for item in data:
            yield from layers_in(item)


def all_layers() -> dict[str, set[str]]:
    """Return every class that any architecture uses with the arguments that it is given, over all settings."""
    found: dict[str, set[str]] = {}
    for name, setting in EVERY_SETTING:
        field = ARCHITECTURES[name].arguments[setting]
        for settings in variants(name, field):
            model = expand(name, settings, surroundings_of(name, setting)).model
            for learning in ("merged", "stacked", "two_heads", "decision") if name == "birnn" else ():
                others = {key: value for key, value in settings.items() if key not in ("merge", "learning")}
                steps = replace(ALONE, per_step=None, padded=True)
                for layer, arguments in layers_in(expand(name, {**others, "learning": learning}, steps).model):
                    found.setdefault(layer, set()).update(arguments)
            for layer, arguments in layers_in(model):
                found.setdefault(layer, set()).update(arguments)
    return found


def own_classes() -> dict[str, type]:
    """Return the classes of all modules of ours that work with Keras, by name."""
    modules = [import_module(f"{layers.__name__}.{found.name}") for found in iter_modules(layers.__path__)]
    return {name: found for module in modules for name, found in vars(module).items() if inspect.isclass(found)}


CATEGORIES = ("layer", "initializer", "regularizer")


def test_every_layer_is_there_and_takes_what_it_is_given() -> None:
    """Every class in an expansion is Keras's or ours, and has the arguments that are given to it."""
    own = own_classes()

    for name, given in all_layers().items():
        found = next(filter(None, (signature(category, name) for category in CATEGORIES)), None)
        known = set(found.arguments) if found is not None else set(inspect.signature(own[name]).parameters)
        assert given <= known, name


def test_activations_are_keras_own() -> None:
    """Each hidden activation that can be chosen is one of Keras's."""
    field = signature("layer", "Dense")
    assert field is not None
    known = set(choices(field.arguments["activation"].type))

    for architecture in ARCHITECTURES.values():
        if "activation" in architecture.arguments:
            assert set(choices(architecture.arguments["activation"].type)) - {"step"} <= known


def test_initializers_are_keras_own() -> None:
    """Their names are those of classes, and not other names for them."""
    for name in ("Zeros", "Identity", "GlorotUniform", "RandomNormal"):
        assert canonical_name("initializer", name) == (name, {})
