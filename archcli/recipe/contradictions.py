"""What contradicts what in a recipe whose every part is right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archcli.errors import Location, Problem
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.features import read_columns
from archcli.recipe.recipe import Body, Chain, Fact, Named, Recipe, Value
from archcli.recipe.signatures import signature
from archcli.recipe.suggestions import did_you_mean

_OWNERS = {"classes": "target", "features": "input", "steps": "input"}
"""Whose facts they are."""


def find_contradictions(recipe: Recipe, built_in: BuiltInSet | None) -> list[Problem]:
    """Find everything that only the parts together tell.

    Args:
        recipe: The whole recipe.
        built_in: Its source where that is a built-in set, whose classes are known beforehand.
    """
    return [
        *_monitor_problems(recipe),
        *_schedule_problems(recipe),
        *_class_weight_problems(recipe, built_in),
        *_fact_problems(recipe),
        *_name_problems(recipe),
    ]


def _monitor_problems(recipe: Recipe) -> Iterator[Problem]:
    train = recipe.train
    columns = train.columns
    validated = recipe.data.split.validation > 0
    logged = (*columns, *(f"val_{column}" for column in columns)) if validated else columns
    monitored: list[tuple[Value, Location | None]] = [(train.monitor, train.locations.get("monitor"))]
    for callback in train.callbacks:
        found = signature("callback", callback.name)
        field = None if found is None else found.arguments.get("monitor")
        if field is not None and isinstance(field.default, str):
            monitor = callback.arguments.get("monitor", field.default)
            monitored.append((monitor, callback.argument_locations.get("monitor", callback.location)))
    for monitor, where in monitored:
        if not isinstance(monitor, str) or monitor in logged:
            continue
        why = ": no examples are kept for validation" if monitor.removeprefix("val_") in columns else ""
        message = f"nothing called `{monitor}` is measured{why}"
        yield Problem("unknown-monitor", message, where, did_you_mean(monitor, logged))


def _schedule_problems(recipe: Recipe) -> Iterator[Problem]:
    schedule = recipe.train.optimizer.arguments.get("learning_rate")
    for callback in recipe.train.callbacks:
        if callback.name == "ReduceLROnPlateau" and isinstance(schedule, Named):
            message = f"`ReduceLROnPlateau` cannot change a learning rate that `{schedule.name}` sets"
            yield Problem("two-learning-rates", message, callback.location, "keep one of the two")


def _class_weight_problems(recipe: Recipe, built_in: BuiltInSet | None) -> Iterator[Problem]:
    train = recipe.train
    name, target = next(iter(recipe.data.targets.items()))
    if train.class_weight is None:
        return
    if next(iter(recipe.objectives.values())).task == "regression":
        message = f"`class_weight` is for a category target, and `{name}` is a number"
        yield Problem("no-classes", message, train.locations.get("class_weight"), "leave it out")
        return
    column = None if built_in is None else built_in.column(read_columns(target, name)[0])
    if column is None or not column.classes or not isinstance(train.class_weight, Mapping):
        return
    for label in train.class_weight:
        if label not in column.classes:
            message = f"`class_weight` names the class `{label}`, which `{name}` does not have"
            where = train.locations.get(f"class_weight.{label}", train.locations.get("class_weight"))
            yield Problem("unknown-class", message, where, did_you_mean(label, column.classes))


def _fact_problems(recipe: Recipe) -> Iterator[Problem]:
    train = recipe.train
    target_name, target = next(iter(recipe.data.targets.items()))
    names = {"target": target_name, "input": next(iter(recipe.data.inputs))}
    for fact in _facts(
        (recipe.model.body, train.optimizer, *train.loss.values(), *train.metrics.values(), *train.callbacks)
    ):
        kind = _OWNERS.get(fact.name)
        if fact.of is not None and kind is None:
            message = f"`${fact.name}` belongs to no input and no target, found `${fact.name}.{fact.of}`"
            yield Problem("unknown-reference", message, fact.location, f"write `${fact.name}`")
        elif fact.of is not None and kind is not None and fact.of != names[kind]:
            message = f"`${fact.name}.{fact.of}` asks for the {kind} `{fact.of}`, and there is none"
            yield Problem("unknown-reference", message, fact.location, f"write `${fact.name}.{names[kind]}`")
        elif fact.name == "classes" and target.name != "category":
            message = f"`$classes` asks for classes, but the target `{target_name}` is a {target.name}"
            hint = f"write how many outputs there are, or make the target `{target_name}: category`"
            yield Problem("unknown-reference", message, fact.location, hint)


def _name_problems(recipe: Recipe) -> Iterator[Problem]:
    input_name = next(iter(recipe.data.inputs))
    taken: set[str] = set()
    for layer in _layers(recipe.model.body):
        name = layer.arguments.get("name")
        if not isinstance(name, str):
            continue
        where = layer.argument_locations["name"]
        if name in taken:
            yield Problem("repeated-name", f"a second layer is called `{name}`", where, "give it another name")
        elif name == input_name:
            message = f"a layer is called `{name}`, like the input"
            yield Problem("repeated-name", message, where, "give it another name")
        taken.add(name)


def _layers(value: Value | Body) -> Iterator[Named]:
    if isinstance(value, Chain):
        for layer in value.layers:
            yield from _layers(layer)
    elif isinstance(value, Named):
        yield value
        for argument in value.arguments.values():
            yield from _layers(argument)


def _facts(value: Value | Body) -> Iterator[Fact]:
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
