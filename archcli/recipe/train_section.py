"""The section `train` as values: what each output means, its loss, its metrics, and how all is trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from archcli.errors import Location, Problem
from archcli.recipe.data_section import target_kind
from archcli.recipe.last_layers import last_layers
from archcli.recipe.nodes import MapNode
from archcli.recipe.objective import complete_loss, complete_metrics, infer_objective
from archcli.recipe.recipe import Data, EarlyStopping, Model, Named, Objective, Train, Value
from archcli.recipe.suggestions import did_you_mean
from archcli.recipe.values import Checker


def infer_objectives(
    data: Data, model: Model, given: Mapping[str, Value], checker: Checker
) -> dict[str, Objective] | None:
    """Tell what each trained output means; None, too, where what it follows from has problems of its own."""
    objectives: dict[str, Objective] = {}
    trained = {output: target for output, target in model.outputs.items() if target is not None}
    for output, target in trained.items():
        last = last_layers(model.body, output, model.shared)
        loss = _of_output(given.get("loss"), output)
        named = loss if isinstance(loss, Named) else None
        feature = data.targets[target]
        if any(checker.is_broken(part) for part in (feature, *last, *((named,) if named else ()))):
            return None
        called = None if len(trained) == 1 else output
        objective, problems = infer_objective(target_kind(feature, data), last, named, output=called)
        checker.problems += problems
        if objective is not None:
            objectives[output] = objective
    return objectives if len(objectives) == len(trained) else None


def build_train(
    given: Mapping[str, Value],
    node: MapNode,
    data: Data,
    model: Model,
    objectives: Mapping[str, Objective],
    checker: Checker,
) -> Train | None:
    """Put the section `train` together.

    Args:
        given: The section as it is checked.
        node: The whole recipe, for locations.
        data: The data.
        model: The model.
        objectives: What each trained output means.
        checker: Keeps the problems.

    Returns:
        The section; None where a loss cannot be told.
    """
    section = node.get("train")
    locations = dict(_locations(section)) if isinstance(section, MapNode) else {}
    for key in ("loss", "metrics", "loss_weights"):
        _check_outputs(checker, given.get(key), key, objectives, model, locations)
    losses: dict[str, Named] = {}
    metrics: dict[str, tuple[Named, ...]] = {}
    for output, objective in objectives.items():
        target = data.targets[cast("str", model.outputs[output])]
        loss = _of_output(given.get("loss"), output)
        complete, loss_problems = complete_loss(loss if isinstance(loss, Named) else None, objective, target)
        asked = _of_output(given.get("metrics"), output)
        written = tuple(m for m in asked if isinstance(m, Named)) if isinstance(asked, tuple) else None
        measured, metric_problems = complete_metrics(written, objective, target)
        for key, problem in (*(("loss", p) for p in loss_problems), *(("metrics", p) for p in metric_problems)):
            checker.keep(_by_output(problem, key, output, given.get(key), objectives))
        metrics[output] = measured
        if complete is not None:
            losses[output] = complete
    if len(losses) < len(objectives):
        return None
    weights = given.get("loss_weights")
    weighed = weights if isinstance(weights, Mapping) else {}
    optimizer = given.get("optimizer")
    monitor = given.get("monitor")
    early_stopping = given.get("early_stopping")
    callbacks = given.get("callbacks")
    tbptt = given.get("tbptt")
    return Train(
        epochs=cast("int", given["epochs"]),
        batch_size=cast("Any", given["batch_size"]),
        optimizer=optimizer if isinstance(optimizer, Named) else Named("Adam", {}, node.location),
        loss=losses,
        loss_weights={output: _weight(weighed.get(output)) for output in objectives},
        metrics=metrics,
        monitor=monitor if isinstance(monitor, str) else "val_loss" if data.split.validation else "loss",
        early_stopping=EarlyStopping(**cast("dict[str, Any]", early_stopping)) if early_stopping else None,
        callbacks=tuple(c for c in callbacks if isinstance(c, Named)) if isinstance(callbacks, tuple) else (),
        learning_rule=cast("Any", given["learning_rule"]),
        window=cast("int | None", tbptt.get("window")) if isinstance(tbptt, Mapping) else None,
        bucket_by_length=cast("bool", given["bucket_by_length"]),
        class_weight=cast("Any", given["class_weight"]),
        shuffle=cast("bool", given["shuffle"]),
        seed=cast("int", given["seed"]),
        deterministic=cast("bool", given["deterministic"]),
        compile=cast("Any", given["compile"]),
        distribute=cast("Any", given["distribute"]),
        locations=locations,
    )


def _by_output(problem: Problem, key: str, output: str, written: Value, objectives: Mapping[str, Objective]) -> Problem:
    """Say whose a problem is where one loss, or one list of metrics, is written for several outputs."""
    if len(objectives) == 1 or written is None or isinstance(written, Mapping):
        return problem
    wanted = ", ".join(f"{name}: {'...' if key == 'loss' else '[...]'}" for name in objectives)
    hint = f"write one for each output: `{key}: {{{wanted}}}`"
    return replace(problem, message=f"{problem.message}, which `{output}` learns", hint=hint)


def _weight(value: Value) -> float:
    """Return the weight of a loss, 1 where none is written."""
    return float(value) if isinstance(value, (int, float)) else 1.0


def _of_output(value: Value, output: str) -> Value:
    """Return what is written for one output: by its name, or for all."""
    return value.get(output) if isinstance(value, Mapping) else value


def _check_outputs(
    checker: Checker,
    value: Value,
    key: str,
    objectives: Mapping[str, Objective],
    model: Model,
    locations: Mapping[str, Location],
) -> None:
    """See that what is keyed by output names outputs that are trained."""
    for output in value if isinstance(value, Mapping) else ():
        if output in objectives:
            continue
        where = locations.get(f"{key}.{output}", locations.get(key))
        if output in model.outputs:
            message = f"`{key}` names the output `{output}`, which learns no target"
            checker.note("unknown-output", message, where, "leave it out")
            continue
        listed = ", ".join(f"`{name}`" for name in objectives)
        message = f"`{key}` names the output `{output}`, and there is none"
        hint = did_you_mean(output, objectives) or f"the outputs are {listed}"
        checker.note("unknown-output", message, where, hint)


def _locations(node: MapNode) -> Iterator[tuple[str, Location]]:
    """Yield where each key's value stands, and each key below it, by its path."""
    for entry in node.entries:
        yield entry.key.text, entry.value.location
        if isinstance(entry.value, MapNode):
            for inner in entry.value.entries:
                yield f"{entry.key.text}.{inner.key.text}", inner.key.location
