"""What contradicts what in a recipe whose every part is right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from archcli.errors import Location, Problem
from archcli.recipe.built_in import BuiltInSet
from archcli.recipe.data_section import target_kind
from archcli.recipe.features import read_columns
from archcli.recipe.layering import find_named
from archcli.recipe.recipe import Block, Body, Chain, Data, Fact, Graph, Named, Recipe, Value
from archcli.recipe.signatures import signature
from archcli.recipe.suggestions import did_you_mean

OWNERS: Final = {
    "classes": "target",
    "features": "input",
    "horizon": "target",
    "padding": "input",
    "steps": "input",
    "vocabulary": "input",
}
"""Whose facts they are."""

_KINDS: Final = {"regression": "number", "multilabel": "multilabel"}
"""What a target is called of which not one class of several is right, by the task."""

_ASKS: Final = {"classes": "classes", "horizon": "numbers", "vocabulary": "indices"}


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
        *_learning_rule_problems(recipe),
        *_distribution_problems(recipe),
        *_future_problems(recipe),
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
    if len(recipe.objectives) > 1:
        message = f"`class_weight` is for one trained output, and there are {len(recipe.objectives)}"
        yield Problem("no-classes", message, train.locations.get("class_weight"), "leave it out")
        return
    kind = _KINDS.get(next(iter(recipe.objectives.values())).task)
    if kind is not None:
        message = f"`class_weight` is for a category target, and `{name}` is a {kind}"
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
    train, model = recipe.train, recipe.model
    asking = (model.body, *model.shared.values(), train.optimizer, *train.callbacks)
    for fact in walk_facts((*asking, *train.loss.values(), *train.metrics.values())):
        owner = OWNERS.get(fact.name)
        if owner is None:
            if fact.of is not None:
                message = f"`${fact.name}` belongs to no input and no target, found `${fact.name}.{fact.of}`"
                yield Problem("unknown-reference", message, fact.location, f"write `${fact.name}`")
            continue
        features = recipe.data.targets if owner == "target" else recipe.data.inputs
        having = [name for name, feature in features.items() if _has(fact.name, feature, recipe.data)]
        if fact.of is not None and fact.of not in features:
            message = f"`${fact.name}.{fact.of}` asks for the {owner} `{fact.of}`, and there is none"
            yield Problem("unknown-reference", message, fact.location, _fact_hint(fact, having or list(features)))
        elif fact.of is not None and fact.of not in having:
            yield _no_such_fact(fact, fact.of, features[fact.of], owner)
        elif fact.of is None and not having:
            name, feature = next(iter(features.items()))
            yield _no_such_fact(fact, name, feature, owner)
        elif fact.of is None and len(having) > 1:
            listed = " and ".join(f"`{name}`" for name in having)
            message = f"`${fact.name}` does not say whose: {listed} have it"
            yield Problem("unknown-reference", message, fact.location, _fact_hint(fact, having))


def _fact_hint(fact: Fact, having: Sequence[str]) -> str:
    written = [f"`${fact.name}.{name}`" for name in having]
    return f"write {' or '.join(written)}"


def _has(fact: str, feature: Named, data: Data) -> bool:
    """Tell whether an input or target of this type has a fact, as far as that shows without the data."""
    match fact:
        case "classes":
            return target_kind(feature, data) in ("category", "multilabel")
        case "horizon":
            return target_kind(feature, data) == "number"
        case "vocabulary":
            return feature.name in ("category", "text", "shift")
        case _:
            return True


def _no_such_fact(fact: Fact, name: str, feature: Named, owner: str) -> Problem:
    message = f"`${fact.name}` asks for {_ASKS[fact.name]}, but the {owner} `{name}` is a {feature.name}"
    hints = {
        "classes": f"write how many outputs there are, or make the target `{name}: category`",
        "horizon": "write `$classes`, one output for each class",
        "vocabulary": f"make the input a `category` or a `text`, or leave the embedding of `{name}` out",
    }
    return Problem("unknown-reference", message, fact.location, hints[fact.name])


def _name_problems(recipe: Recipe) -> Iterator[Problem]:
    for names, group in _models(recipe.model.body, tuple(recipe.data.inputs)):
        taken: set[str] = set()
        for layer in group:
            name = layer.arguments.get("name")
            if not isinstance(name, str):
                continue
            where = layer.argument_locations["name"]
            if name in taken:
                yield Problem("repeated-name", f"a second layer is called `{name}`", where, "give it another name")
            elif name in names:
                message = f"a layer is called `{name}`, like the input"
                yield Problem("repeated-name", message, where, "give it another name")
            taken.add(name)


def _models(body: Body, inputs: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Named]]]:
    """Yield for the model, and for each block in it, its inputs and its layers: within each, names are given once."""
    rows = [body.layers] if isinstance(body, Chain) else [node.layers for node in body.nodes]
    here: list[Named] = []
    for row in rows:
        for layer in row:
            if isinstance(layer, Block):
                own = layer.body.inputs if isinstance(layer.body, Graph) else ("input",)
                yield from _models(layer.body, own)
            elif isinstance(layer, (Named, Chain)):
                here += find_named(layer)
    yield inputs, here


def _learning_rule_problems(recipe: Recipe) -> Iterator[Problem]:
    train = recipe.train
    where = train.locations.get("learning_rule")
    model = recipe.model
    layers = {layer.name for part in (model.body, *model.shared.values()) for layer in find_named(part)}
    rule = train.learning_rule
    wanted = {"srn_1990": {"Elman"}, "storage": {"Hopfield", "ModernHopfield"}}.get(rule, set())
    if wanted and not layers & wanted:
        listed = " or ".join(f"`{name}`" for name in sorted(wanted))
        message = f"`learning_rule: {rule}` is for {listed} layers, and there is none"
        yield Problem("rule-does-not-fit", message, where, "leave it out")
    others = [kind for objective in recipe.objectives.values() if (kind := _KINDS.get(objective.task)) is not None]
    if rule == "perceptron" and others:
        message = f"`learning_rule: perceptron` tells classes apart, and the target is a {others[0]}"
        yield Problem("rule-does-not-fit", message, where, "leave it out")
    if train.window is not None and rule in ("perceptron", "storage"):
        message = f"`tbptt` cuts a gradient off, and `learning_rule: {rule}` follows none"
        yield Problem("rule-does-not-fit", message, train.locations.get("tbptt"), "take one of them away")
    if train.window is not None and train.bucket_by_length:
        message = "`tbptt` cuts sequences into windows, and `bucket_by_length` to the longest of a batch"
        yield Problem("rule-does-not-fit", message, train.locations.get("bucket_by_length"), "take one of them away")
    if not train.shuffle and train.bucket_by_length:
        message = "`bucket_by_length` chooses the order of examples, and `shuffle: false` keeps it"
        yield Problem("rule-does-not-fit", message, train.locations.get("bucket_by_length"), "take one of them away")


def _distribution_problems(recipe: Recipe) -> Iterator[Problem]:
    train, split = recipe.train, recipe.data.split
    where = train.locations.get("distribute")
    if train.distribute != "none" and train.learning_rule in ("perceptron", "storage"):
        message = f"`distribute` shares out a gradient, and `learning_rule: {train.learning_rule}` follows none"
        yield Problem("distribution-does-not-fit", message, where, "leave it out")
    if train.distribute != "none" and train.window is not None:
        message = "`tbptt` hands states on from window to window, which `distribute` cannot do on several devices"
        yield Problem("distribution-does-not-fit", message, where, "take one of them away")
    if train.distribute != "none" and train.bucket_by_length:
        message = "`bucket_by_length` gives each batch a length of its own, and `distribute` sums batches of one length"
        yield Problem("distribution-does-not-fit", message, where, "take one of them away")
    if train.distribute != "none" and train.batch_size == "auto":
        message = f"`batch_size: auto` measures one device, and `distribute: {train.distribute}` trains on several"
        hint = "let `distribute: none` find it on one of them, and write that number times their count"
        yield Problem("distribution-does-not-fit", message, train.locations.get("batch_size"), hint)
    if train.distribute == "multi_worker" and split.folds is not None and split.fold is None:
        message = f"`distribute: multi_worker` trains one run, and `folds: {split.folds}` makes {split.folds}"
        yield Problem("distribution-does-not-fit", message, where, "train one fold after another: `data.split.fold=1`")


def _future_problems(recipe: Recipe) -> Iterator[Problem]:
    """Find networks that read the very future that they are to tell."""
    ahead = [target for target in recipe.data.targets.values() if target.name == "shift"]
    if not any(isinstance(by := target.arguments.get("by", -1), int) and by < 0 for target in ahead):
        return
    for part in (recipe.model.body, *recipe.model.shared.values()):
        for layer in find_named(part):
            if layer.name == "Bidirectional" or layer.arguments.get("go_backwards") is True:
                why = "where the answer stands: the target is the next step"
                message = f"`{layer.name}` reads the sequence from its end, {why}"
                yield Problem("sees-the-future", message, layer.location, "take a layer that reads forward only")
                return


def walk_facts(value: object) -> Iterator[Fact]:
    """Yield every fact that is asked for in a value of the recipe."""
    match value:
        case Fact():
            yield value
        case Named():
            yield from walk_facts(tuple(value.arguments.values()))
        case Chain():
            yield from walk_facts(value.layers)
        case Block():
            yield from walk_facts(value.body)
        case Graph():
            for node in value.nodes:
                yield from walk_facts((*node.layers, *node.arguments.values()))
        case tuple():
            for item in value:
                yield from walk_facts(item)
        case Mapping():
            yield from walk_facts(tuple(value.values()))
