"""The section `data` as values: what the source brings, what is written, how the examples are divided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from archcli.errors import Location
from archcli.recipe.built_in import BUILT_IN, BuiltInSet, built_in_set, find_setting_problems
from archcli.recipe.features import has_windows, read_columns
from archcli.recipe.nodes import Entry, MapNode, ScalarNode, is_null, value_location
from archcli.recipe.objective import TargetKind
from archcli.recipe.recipe import AbsentClasses, Data, Named, Split, Value
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.values import Checker

_EXAMPLES: Final = {"inputs": "{measures: {numeric: [height, width]}}", "targets": "{kind: category}"}


def build_data(values: Mapping[str, Value], node: MapNode, checker: Checker) -> Data | None:
    """Put the section `data` together.

    Args:
        values: The section as it is checked.
        node: The whole recipe, for locations.
        checker: Keeps the problems.

    Returns:
        The data; None where too much is wrong.
    """
    source = values.get("source")
    if not isinstance(source, Named):
        return None
    inputs, targets = _features(values.get("inputs")), _features(values.get("targets"))
    written = tuple(targets)
    given = values.get("inputs")
    # What reads an input that cannot be read itself is not wrong for that.
    checker.unread_nodes.update(name for name in (given if isinstance(given, Mapping) else ()) if name not in inputs)
    where = node.entry("data")
    location = node.location if where is None else where.key.location
    described = described_source(source, is_broken=checker.is_broken(source))
    if described is not None:
        inputs = _completed(inputs, described.inputs, source)
        targets = targets or {k: Named(n, a, source.location) for k, (n, a) in described.targets.items()}
    for key, features in (("inputs", inputs), ("targets", targets)):
        if not features and not values.get(key) and not (key == "targets" and _learns_inputs(node, inputs)):
            hint = f"such as `{key}: {_EXAMPLES[key]}`"
            checker.note("missing-key", f"`data` needs `{key}`: `{source.name}` brings none of its own", location, hint)
    _check_shifts(checker, inputs, targets)
    is_ordered = (described is not None and described.ordered) or any(map(has_windows, inputs.values()))
    category = any(is_one_label(name, target, described) for name, target in targets.items())
    split = _split(values.get("split"), node, location, checker, is_ordered=is_ordered, has_classes=category)
    if split is not None and split.absent_classes == "allow":
        _check_allowed(node, split, targets, checker)
    if not inputs or split is None or not (targets or _learns_inputs(node, inputs)):
        return None
    return Data(source, inputs, targets, split, location, written)


def _learns_inputs(node: MapNode, inputs: Mapping[str, Named]) -> bool:
    """Tell whether an output of the model learns an input: `outputs: {again: image}`, which needs no target."""
    model = node.get("model")
    outputs = model.get("outputs") if isinstance(model, MapNode) else None
    return isinstance(outputs, MapNode) and any(
        isinstance(entry.value, ScalarNode) and entry.value.text in inputs for entry in outputs.entries
    )


def described_source(source: Named, *, is_broken: bool = False) -> BuiltInSet | None:
    """Return the description of a built-in set, in its usual form where its settings are wrong; None for a file."""
    if source.name not in BUILT_IN:
        return None
    is_broken = is_broken or any(find_setting_problems(source))
    return built_in_set(source.name, {} if is_broken else source.arguments)


def _completed(
    inputs: dict[str, Named], brought: Mapping[str, tuple[str, Mapping[str, Value]]], source: Named
) -> dict[str, Named]:
    """Add what a built-in set brings to inputs that are only shifts: these stand beside what is there."""
    own = {k: Named(n, a, source.location) for k, (n, a) in brought.items()}
    if all(feature.name == "shift" for feature in inputs.values()):
        return own | inputs
    return inputs


def target_kind(target: Named, data: Data) -> TargetKind:
    """Tell whether a target is one of several classes, at each step perhaps, any of several labels, or numbers."""
    if target.name == "shift":
        of = data.inputs.get(str(target.arguments.get("of")))
        return "category" if of is not None and of.name in ("text", "category") else "number"
    if target.name == "multilabel":
        return "multilabel"
    return "category" if target.name in ("category", "text") else "number"


def _check_shifts(checker: Checker, inputs: Mapping[str, Named], targets: Mapping[str, Named]) -> None:
    for features, others, kind in ((inputs, targets, "target"), (targets, inputs, "input")):
        for name, feature in features.items():
            of = feature.arguments.get("of")
            if feature.name == "shift" and isinstance(of, str) and of not in others:
                message = f"`{name}` is the {kind} `{of}` shifted, and there is none"
                where = feature.argument_locations.get("of", feature.location)
                checker.note(f"unknown-{kind}", message, where, did_you_mean(of, others))


def _split(
    value: Value, node: MapNode, location: Location, checker: Checker, *, is_ordered: bool, has_classes: bool
) -> Split | None:
    values = value if isinstance(value, Mapping) else {}
    validation, test = values.get("validation"), values.get("test")
    if not isinstance(validation, (int, float)) or not isinstance(test, (int, float)):
        return None
    data = node.get("data")
    entry = data.entry("split") if isinstance(data, MapNode) else None
    where = location if entry is None else entry.key.location
    count = values.get("folds")
    test = 1 / count if isinstance(count, int) else test
    if validation + test >= 1:
        message = f"`validation` {validation:g} and `test` {test:g} leave nothing to train on"
        checker.note("nothing-to-train-on", message, where, "together they must be below 1")
    stratify, time, group = values.get("stratify"), values.get("time"), values.get("group")
    if stratify and not has_classes and entry is not None:
        place = value_location(entry.value, "stratify") or where
        checker.note("cannot-stratify", "only a category target has classes to stratify by", place, "leave it out")
    ways = [key for key, asked in (("stratify", stratify), ("group", group), ("time", time)) if asked]
    if len(ways) > 1 and entry is not None:
        message = f"`{ways[0]}` and `{ways[1]}` are two ways to divide the examples"
        place = value_location(entry.value, ways[1]) or where
        checker.note("splits-contradict", message, place, "keep one of the two")
    elif is_ordered and (time is False or (ways and ways != ["time"])) and entry is not None:
        key = "time" if time is False else ways[0]
        message = f"`{key}: {_written(values[key])}` would put windows that overlap into different parts"
        place = value_location(entry.value, key) or where
        checker.note("splits-contradict", message, place, "leave it out: they are cut in order")
    by_time = (is_ordered and not ways) or bool(time)
    folds, fold = _folds(values, entry, where, checker, by_time=by_time)
    given = (has_classes and not by_time and not group) if stratify is None else bool(stratify)
    shares = (float(validation), float(test))
    grouped = group if isinstance(group, str) else None
    absent: AbsentClasses = "allow" if values.get("absent_classes") == "allow" else "refuse"
    return Split(*shares, given, cast("int", values.get("seed")), where, grouped, by_time, folds, fold, absent)


def _check_allowed(node: MapNode, split: Split, targets: Mapping[str, Named], checker: Checker) -> None:
    """Note that classes may be absent where no target has any that are looked for."""
    if targets and not any(target.name == "category" for target in targets.values()):
        data = node.get("data")
        entry = data.entry("split") if isinstance(data, MapNode) else None
        place = None if entry is None else value_location(entry.value, "absent_classes")
        message = "`absent_classes` is about the classes of a category, and no target is one"
        checker.note("splits-contradict", message, place or split.location, "leave it out")


def _folds(
    values: Mapping[str, Value], entry: Entry | None, where: Location, checker: Checker, *, by_time: bool
) -> tuple[int | None, int | None]:
    """Read how many folds there are and which of them is meant."""
    folds, fold = values.get("folds"), values.get("fold")
    folds = folds if isinstance(folds, int) else None
    fold = fold if isinstance(fold, int) else None

    def contradict(key: str, message: str, hint: str) -> None:
        place = None if entry is None else value_location(entry.value, key)
        checker.note("splits-contradict", message, place or where, hint)

    if fold is not None and folds is None:
        contradict("fold", "`fold` is one of several, and `folds` does not say how many", "write `folds` too")
    elif fold is not None and folds is not None and fold > folds:
        contradict("fold", f"there is no fold {fold} of {folds}", f"write one from 1 to {folds}")
    if folds is not None and by_time:
        contradict("folds", "folds mix the order of time, in which these examples are cut", "leave `folds` out")
    written = entry.value.get("test") if entry is not None and isinstance(entry.value, MapNode) else None
    if folds is not None and written is not None and not is_null(written):
        contradict("test", "`folds` says what the test is: each fold once", "leave `test` out")
    return folds, fold


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_one_label(name: str, target: Named, described: BuiltInSet | None) -> bool:
    """Tell whether a target is one label for each example, as far as that shows without reading a file."""
    if target.name != "category":
        return False
    column = None if described is None else described.column(read_columns(target, name)[0])
    return column is None or not column.shape


def _features(value: Value) -> dict[str, Named]:
    mapping = value if isinstance(value, Mapping) else {}
    return {name: item for name, item in mapping.items() if isinstance(item, Named)}
