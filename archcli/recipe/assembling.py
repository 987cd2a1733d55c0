"""Checked values to a `Recipe`: what follows from what, and what contradicts what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from archcli.errors import Location
from archcli.recipe.built_in import BUILT_IN, built_in_set
from archcli.recipe.nodes import MapNode, Node, ScalarNode
from archcli.recipe.objective import complete_loss, complete_metrics, infer_objective
from archcli.recipe.recipe import Chain, Data, EarlyStopping, Fact, Model, Named, Recipe, Split, Train, Value
from archcli.recipe.signatures import signature
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.values import Checker


def assemble(values: Mapping[str, Value], node: MapNode, checker: Checker, *, default_name: str) -> Recipe | None:
    """Put a recipe together and check what no single key can tell.

    Args:
        values: The top level as `Checker.section` gives it.
        node: The same as nodes, for locations.
        checker: Keeps the problems.
        default_name: The name where the recipe gives none.

    Returns:
        The recipe; None where too much is wrong to go on.
    """
    data = _data(_mapping(values["data"]), node, checker)
    model = _model(_mapping(values["model"]), node, checker)
    given = _mapping(values["train"])
    loss, metrics = _named(given.get("loss")), given.get("metrics")
    if data is None or model is None or not given:
        return None
    target = next(iter(data.targets.values()))
    objective, problems = infer_objective(target, model.layers, loss)
    checker.problems += problems
    if objective is None:
        return None
    complete, problems = complete_loss(loss, objective, target)
    checker.problems += problems
    written = tuple(m for m in metrics if isinstance(m, Named)) if isinstance(metrics, tuple) else None
    complete_metric_list, problems = complete_metrics(written, objective, target)
    checker.problems += problems
    optimizer = _named(given["optimizer"]) or Named("Adam", {}, node.location)
    if complete is None:
        return None
    early_stopping = _mapping(given.get("early_stopping"))
    train_node = node.get("train")
    train = Train(
        epochs=cast("int", given["epochs"]),
        batch_size=cast("int", given["batch_size"]),
        optimizer=optimizer,
        loss=complete,
        metrics=complete_metric_list,
        monitor=cast("str", given["monitor"]) or ("val_loss" if data.split.validation else "loss"),
        early_stopping=EarlyStopping(**cast("dict[str, Any]", early_stopping)) if early_stopping else None,
        callbacks=tuple(c for c in cast("tuple[Value, ...]", given["callbacks"] or ()) if isinstance(c, Named)),
        class_weight=cast("Any", given["class_weight"]),
        shuffle=cast("bool", given["shuffle"]),
        seed=cast("int", given["seed"]),
        deterministic=cast("bool", given["deterministic"]),
        compile=cast("Any", given["compile"]),
        locations=dict(_locations(train_node)) if isinstance(train_node, MapNode) else {},
    )
    recipe = Recipe(cast("str | None", values.get("name")) or default_name, data, model, train, objective)
    _check_training(recipe, checker)
    _check_facts(recipe, checker)
    _check_names(model.layers, checker)
    return recipe


def _data(values: Mapping[str, Value], node: MapNode, checker: Checker) -> Data | None:
    source = _named(values.get("source"))
    if source is None:
        return None
    inputs, targets = _features(values.get("inputs")), _features(values.get("targets"))
    where = node.entry("data")
    location = node.location if where is None else where.key.location
    if source.name in BUILT_IN and not checker.problems:
        described = built_in_set(source.name, source.arguments)
        inputs = inputs or {k: Named(n, a, source.location) for k, (n, a) in described.inputs.items()}
        targets = targets or {k: Named(n, a, source.location) for k, (n, a) in described.targets.items()}
    for key, features in (("inputs", inputs), ("targets", targets)):
        if not features and not (values.get(key) or source.name in BUILT_IN):
            hint = f"such as `{key}: {_EXAMPLES[key]}`"
            checker.note("missing-key", f"`data` needs `{key}`: `{source.name}` brings none of its own", location, hint)
        elif len(features) > 1:
            second = list(features.values())[1]
            message = f"a chain of layers has one {key[:-1]}, found {len(features)}: {_listed(features)}"
            hint = "put columns side by side: `columns: [a, b]`"
            checker.note(f"several-{key}", message, second.location, hint)
    split = _split(_mapping(values.get("split")), targets, node, location, checker)
    if not (len(inputs) == 1 and len(targets) == 1) or split is None:
        return None
    return Data(source, inputs, targets, split, location)


_EXAMPLES = {"inputs": "{measures: {numeric: [height, width]}}", "targets": "{kind: category}"}


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


def _model(values: Mapping[str, Value], node: MapNode, checker: Checker) -> Model | None:
    layers = values.get("layers")
    model = node.get("model")
    if not isinstance(layers, tuple) or not isinstance(model, MapNode):
        return None
    where = _value_location(model, "layers") or model.location
    written = model.get("layers")
    complete = tuple(layer for layer in layers if isinstance(layer, (Named, Chain)))
    for layer in complete:
        found = signature("cell", layer.name) if isinstance(layer, Named) else None
        if found is not None and isinstance(layer, Named):
            hint = f"write `RNN: {{{layer.name}: ...}}`"
            checker.note("cell-outside-rnn", f"`{layer.name}` is a cell: one step of a layer", layer.location, hint)
    if not complete or len(complete) < len(layers) or written is None:
        return None
    return Model(cast("Any", values["build"]), Chain(complete, where))


def _check_training(recipe: Recipe, checker: Checker) -> None:
    train = recipe.train
    columns = ("loss", *(str(metric.arguments["name"]) for metric in train.metrics))
    validated = recipe.data.split.validation > 0
    logged = (*columns, *(f"val_{column}" for column in columns)) if validated else columns
    monitored = [(train.monitor, train.locations.get("monitor"))]
    for callback in train.callbacks:
        found = signature("callback", callback.name)
        field = None if found is None else found.arguments.get("monitor")
        if field is not None:
            monitor = callback.arguments.get("monitor", field.default)
            monitored.append((str(monitor), callback.argument_locations.get("monitor", callback.location)))
    for monitor, where in monitored:
        if monitor not in logged:
            why = "" if validated or not monitor.startswith("val_") else ": there are no validation examples"
            message = f"no quantity called `{monitor}` is measured{why}"
            checker.note("unknown-monitor", message, where, did_you_mean(monitor, logged))
    schedule = train.optimizer.arguments.get("learning_rate")
    for callback in train.callbacks:
        if callback.name == "ReduceLROnPlateau" and isinstance(schedule, Named):
            message = f"`ReduceLROnPlateau` cannot change a learning rate that `{schedule.name}` sets"
            checker.note("two-learning-rates", message, callback.location, "keep one of the two")
    if train.class_weight is not None and recipe.objective.task == "regression":
        where = train.locations.get("class_weight")
        checker.note("no-classes", "`class_weight` is for a category target, this one is a number", where, "leave it out")


def _check_facts(recipe: Recipe, checker: Checker) -> None:
    target_name, target = next(iter(recipe.data.targets.items()))
    input_name = next(iter(recipe.data.inputs))
    for fact in _facts((recipe.model.layers, recipe.train.optimizer, recipe.train.loss, *recipe.train.metrics)):
        owner = {"classes": target_name, "features": input_name, "steps": input_name}.get(fact.name)
        if fact.of is not None and fact.of != owner:
            known = [] if owner is None else [f"${fact.name}.{owner}"]
            message = f"`${fact.name}.{fact.of}`: `{fact.of}` has no such fact"
            checker.note("unknown-reference", message, fact.location, did_you_mean(f"${fact.name}.{fact.of}", known))
        elif fact.name == "classes" and target.name != "category":
            message = f"`$classes` asks for classes, but the target `{target_name}` is a {target.name}"
            checker.note("unknown-reference", message, fact.location, f"write the number of outputs, or a target `{target_name}: category`")


def _check_names(chain: Chain, checker: Checker) -> None:
    taken: set[str] = set()
    for layer in _layers(chain):
        name = layer.arguments.get("name")
        if isinstance(name, str):
            if name in taken:
                where = layer.argument_locations["name"]
                checker.note("repeated-name", f"a second layer is called `{name}`", where, "a name is given once")
            taken.add(name)


def _layers(value: Value) -> Iterator[Named]:
    if isinstance(value, Chain):
        for layer in value.layers:
            yield from _layers(layer)
    elif isinstance(value, Named):
        yield value
        for argument in value.arguments.values():
            yield from _layers(argument)


def _facts(value: Value) -> Iterator[Fact]:
    if isinstance(value, Fact):
        yield value
    elif isinstance(value, Named):
        yield from _facts(tuple(value.arguments.values()))
    elif isinstance(value, Chain):
        yield from _facts(value.layers)
    elif isinstance(value, tuple):
        for item in value:
            yield from _facts(item)
    elif isinstance(value, Mapping):
        yield from _facts(tuple(value.values()))


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
