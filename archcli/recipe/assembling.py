"""Checked values to a `Recipe`: what follows from what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from archcli.errors import Location
from archcli.recipe.built_in import BUILT_IN, DIGITS_FORMS, BuiltInSet, built_in_set
from archcli.recipe.contradictions import find_contradictions
from archcli.recipe.nodes import MapNode, Node, ScalarNode
from archcli.recipe.objective import complete_loss, complete_metrics, infer_objective, last_scoring_layer
from archcli.recipe.recipe import (
    Chain,
    Data,
    EarlyStopping,
    Model,
    Named,
    Objective,
    Recipe,
    Split,
    Train,
    Value,
)
from archcli.recipe.types import RECIPE_NAME_PATTERN
from archcli.recipe.values import Checker

_EXAMPLES = {"inputs": "{measures: {numeric: [height, width]}}", "targets": "{kind: category}"}


@dataclass(frozen=True)
class Assembled:
    """What could be put together.

    Attributes:
        recipe: None where too much is wrong to make one; there are problems then.
        data: Its data, which may be whole where the rest is not.
    """

    recipe: Recipe | None
    data: Data | None


def assemble(values: Mapping[str, Value], node: MapNode, checker: Checker, *, default_name: str) -> Assembled:
    """Put a recipe together and check what no single key can tell.

    Args:
        values: The top level as `Checker.section` gives it.
        node: The same as nodes, for locations.
        checker: Keeps the problems.
        default_name: What the recipe is called where it does not say, such as its file.
    """
    data = _data(_mapping(values["data"]), node, checker)
    given = _mapping(values["train"])
    if data is None:
        return Assembled(None, None)
    model = _model(_mapping(values["model"]), node, next(iter(data.targets)))
    is_whole = not any(checker.is_broken(part) for part in (data.source, *data.inputs.values(), *data.targets.values()))
    alone = Assembled(None, data if is_whole else None)
    if model is None or not given:
        return alone
    objective = _objective(data, model, given, checker)
    train = None if objective is None else _train(given, node, data, objective, checker)
    if objective is None or train is None:
        return alone
    name = values.get("name")
    recipe = Recipe(
        name if isinstance(name, str) else name_of(default_name),
        data,
        model,
        train,
        {next(iter(model.outputs)): objective},
    )
    checker.problems += find_contradictions(recipe, _built_in(data.source))
    return Assembled(recipe, alone.data)


def name_of(text: str) -> str:
    """Make a recipe's name of what its file is called: `My MLP` is `my-mlp`."""
    name = re.sub(r"[^a-z0-9_-]+", "-", text.lower()).strip("-_")
    return name if re.fullmatch(RECIPE_NAME_PATTERN, name) else f"recipe-{name}".rstrip("-")


def _data(values: Mapping[str, Value], node: MapNode, checker: Checker) -> Data | None:
    source = _named(values.get("source"))
    if source is None:
        return None
    inputs, targets = _features(values.get("inputs")), _features(values.get("targets"))
    where = node.entry("data")
    location = node.location if where is None else where.key.location
    described = _built_in(source)
    if described is not None:
        inputs = inputs or {k: Named(n, a, source.location) for k, (n, a) in described.inputs.items()}
        targets = targets or {k: Named(n, a, source.location) for k, (n, a) in described.targets.items()}
    for key, features in (("inputs", inputs), ("targets", targets)):
        if not features and not values.get(key):
            hint = f"such as `{key}: {_EXAMPLES[key]}`"
            checker.note("missing-key", f"`data` needs `{key}`: `{source.name}` brings none of its own", location, hint)
        elif len(features) > 1:
            second = list(features.values())[1]
            message = f"a chain of layers has one {key[:-1]}, found {len(features)}: {_listed(features)}"
            alike = len({feature.name for feature in features.values()}) == 1
            hint = "put the columns side by side: `columns: [a, b]`" if alike else "write a recipe for each"
            checker.note(f"several-{key}", message, second.location, hint)
    split = _split(_mapping(values.get("split")), targets, node, location, checker)
    if not (len(inputs) == 1 and len(targets) == 1) or split is None:
        return None
    return Data(source, inputs, targets, split, location)


def _built_in(source: Named) -> BuiltInSet | None:
    """Return the description of a source that is built in; its usual form where the recipe asks for one that is not."""
    if source.name not in BUILT_IN:
        return None
    known = source.arguments.get("as", "image") in DIGITS_FORMS
    return built_in_set(source.name, source.arguments if known else {})


def _split(
    values: Mapping[str, Value], targets: Mapping[str, Named], node: MapNode, location: Location, checker: Checker
) -> Split | None:
    validation, test = values.get("validation"), values.get("test")
    if not isinstance(validation, (int, float)) or not isinstance(test, (int, float)):
        return None
    data = node.get("data")
    entry = data.entry("split") if isinstance(data, MapNode) else None
    where = location if entry is None else entry.key.location
    if validation + test >= 1:
        message = f"`validation` {validation:g} and `test` {test:g} leave nothing to train on"
        checker.note("nothing-to-train-on", message, where, "together they must be below 1")
    category = any(target.name == "category" for target in targets.values())
    stratify = values.get("stratify")
    if stratify and not category and entry is not None:
        place = _value_location(entry.value, "stratify") or where
        checker.note("cannot-stratify", "only a category target has classes to stratify by", place, "leave it out")
    given = category if stratify is None else bool(stratify)
    return Split(float(validation), float(test), given, cast("int", values.get("seed")), where)


def _model(values: Mapping[str, Value], node: MapNode, target: str) -> Model | None:
    layers = values.get("layers")
    model = node.get("model")
    if not isinstance(layers, tuple) or not isinstance(model, MapNode):
        return None
    complete = tuple(layer for layer in layers if isinstance(layer, (Named, Chain)))
    if not complete or complete[-1] is not layers[-1]:  # what the last layer gives is what the rest follows from
        return None
    where = _value_location(model, "layers") or model.location
    return Model(cast("Any", values["build"]), Chain(complete, where), {target: target})


def _objective(data: Data, model: Model, given: Mapping[str, Value], checker: Checker) -> Objective | None:
    """Tell what the output means; None, too, where what it follows from has problems of its own."""
    target = next(iter(data.targets.values()))
    loss = _named(given.get("loss"))
    follows_from = [target, last_scoring_layer(cast("Chain", model.body)), loss]
    if any(named is not None and checker.is_broken(named) for named in follows_from):
        return None
    objective, problems = infer_objective(target, cast("Chain", model.body), loss)
    checker.problems += problems
    return objective


def _train(
    given: Mapping[str, Value], node: MapNode, data: Data, objective: Objective, checker: Checker
) -> Train | None:
    name, target = next(iter(data.targets.items()))
    written = given.get("metrics")
    metrics = tuple(m for m in written if isinstance(m, Named)) if isinstance(written, tuple) else None
    loss, loss_problems = complete_loss(_named(given.get("loss")), objective, target)
    complete, metric_problems = complete_metrics(metrics, objective, target)
    checker.problems += [*loss_problems, *metric_problems]
    if loss is None:
        return None
    monitor = given.get("monitor")
    early_stopping = _mapping(given.get("early_stopping"))
    callbacks = given.get("callbacks")
    section = node.get("train")
    return Train(
        epochs=cast("int", given["epochs"]),
        batch_size=cast("int", given["batch_size"]),
        optimizer=_named(given["optimizer"]) or Named("Adam", {}, node.location),
        loss={name: loss},
        loss_weights={name: 1.0},
        metrics={name: complete},
        monitor=monitor if isinstance(monitor, str) else "val_loss" if data.split.validation else "loss",
        early_stopping=EarlyStopping(**cast("dict[str, Any]", early_stopping)) if early_stopping else None,
        callbacks=tuple(c for c in callbacks if isinstance(c, Named)) if isinstance(callbacks, tuple) else (),
        learning_rule=cast("Any", given["learning_rule"]),
        window=cast("int | None", _mapping(given.get("tbptt")).get("window")),
        bucket_by_length=cast("bool", given["bucket_by_length"]),
        class_weight=cast("Any", given["class_weight"]),
        shuffle=cast("bool", given["shuffle"]),
        seed=cast("int", given["seed"]),
        deterministic=cast("bool", given["deterministic"]),
        compile=cast("Any", given["compile"]),
        locations=dict(_locations(section)) if isinstance(section, MapNode) else {},
    )


def _locations(node: MapNode) -> Iterator[tuple[str, Location]]:
    """Yield where each key's value stands, and each key below it, by its path."""
    for entry in node.entries:
        yield entry.key.text, entry.value.location
        if isinstance(entry.value, MapNode):
            for inner in entry.value.entries:
                yield f"{entry.key.text}.{inner.key.text}", inner.key.location


def _value_location(node: Node, key: str) -> Location | None:
    entry = node.entry(key) if isinstance(node, MapNode) else None
    if entry is None:
        return None
    return entry.value.location if isinstance(entry.value, ScalarNode) else entry.key.location


def _features(value: Value) -> dict[str, Named]:
    return {name: item for name, item in _mapping(value).items() if isinstance(item, Named)}


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}


def _named(value: Value) -> Named | None:
    return value if isinstance(value, Named) else None


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(f"`{name}`" for name in names)
