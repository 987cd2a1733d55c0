"""The optimizer, the loss and the metrics of a recipe, put on a built model and tried on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import keras
import numpy as np

from archcli.build.model import Built
from archcli.build.names import numbered, snake_case
from archcli.build.objects import build_object
from archcli.build.output import Learned, wanted_shape
from archcli.build.probabilities import OnProbabilities
from archcli.build.refusals import KERAS_ERRORS, reason
from archcli.build.rows import OnRows
from archcli.build.wire import Shape
from archcli.errors import Problem, RecipeError
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Named, Objective, Train

ANY_SCALE: Final = frozenset(
    {"CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy"}
    | {"OneHotIoU", "OneHotMeanIoU", "Hinge", "SquaredHinge", "CategoricalHinge"}
)
"""Metrics that logits suit as they are: they look for the largest score, or want a margin."""

TAKES_LOGITS: Final = frozenset({"BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"})
"""Metrics that turn logits into probabilities themselves, told by `from_logits`. `AUC` has that too, but takes the
sigmoid of each score, which is wrong where the scores of all classes make one softmax."""

F_SCORES: Final = ("F1Score", "FBetaScore")
ON_ROWS: Final = (*F_SCORES, "R2Score")
"""Metrics that take one row an example."""

PROBED_EXAMPLES: Final = 2


@dataclass(frozen=True)
class _Judged:
    """One output's loss and metrics, as Keras's objects; a loss that Keras refuses is None."""

    loss: Any
    metrics: list[Any]


def compile_model(built: Built, train: Train, objectives: Mapping[str, Objective], learned: Learned) -> None:
    """Give a built model its optimizer, and each trained output its loss and metrics; try these on examples of zeros.

    Metrics that want probabilities get the softmax or sigmoid of logits. Where some steps have no label, metrics are
    weighted as the loss is, so that those steps do not count. The optimizer has its variables afterwards.

    Args:
        built: Its core is compiled, not for XLA: how steps are run is the engine's to choose.
        train: The recipe's `train` section; a loss says itself whether it takes logits.
        objectives: What each trained output means, by its name.
        learned: What each is to learn.

    Raises:
        RecipeError: Keras refuses an argument, or loss or metrics cannot compare output and target; all are reported.
    """
    problems: list[Problem] = []
    optimizer = _built(train.optimizer, "optimizer", problems)
    judged = {name: _judge(name, built, train, objectives[name], learned[name], problems) for name in learned}
    problems += _callback_problems(train)
    if problems:
        raise RecipeError(*problems)
    core = built.core
    if any(layer.dtype_policy.name == "mixed_float16" for layer in core._flatten_layers()):  # noqa: SLF001
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)  # Keras does it for a policy of the whole program
    losses = {name: one.loss for name, one in judged.items()}
    metrics = {name: [] if learned[name].padded else one.metrics for name, one in judged.items()}
    weighted = {name: one.metrics if learned[name].padded else [] for name, one in judged.items()}
    weights = {name: train.loss_weights.get(name, 1.0) for name in judged}
    core.compile(
        optimizer=optimizer,
        loss=_single(losses),
        loss_weights=None if all(weight == 1 for weight in weights.values()) else _single(weights),
        metrics=_single(metrics),
        weighted_metrics=_single(weighted) if any(weighted.values()) else None,
        jit_compile=False,
    )
    optimizer.build(core.trainable_variables)
    # A saved model holds the core, and with it whatever it was compiled with: metrics of `archcli.build`, which whoever
    # loads the file need not have.
    del core._compile_config  # noqa: SLF001 -- Keras takes a model without it as one that says nothing of that


def _single(by_output: Mapping[str, Any]) -> Any:
    """Return the value of the only output, or those of all by name."""
    return next(iter(by_output.values())) if len(by_output) == 1 else dict(by_output)


def _judge(
    name: str,
    built: Built,
    train: Train,
    objective: Objective,
    target_facts: TargetFacts,
    problems: list[Problem],
) -> _Judged:
    """Make and try loss and metrics of one output."""
    written, measured = train.loss[name], train.metrics[name]
    loss = _built(written, "loss", problems)
    metrics = [_built(named, "metric", problems) for named in _measurable(measured, objective)]
    truth, output = _probes(built.outputs[name].shape, objective, target_facts)
    if loss is not None:
        problems += _loss_problems(written, loss, truth, output)
    for index, (named, metric) in enumerate(zip(measured, metrics, strict=True)):
        if metric is not None:
            adapted = OnRows(metric) if named.name in ON_ROWS and output.ndim > 2 else metric
            metrics[index] = _on_probabilities(adapted, named, objective)
            problems += _metric_problems(named, metrics[index], objective, truth, output)
    return _Judged(loss, metrics)


def _built(named: Named, category: str, problems: list[Problem]) -> Any:
    """Make an object; None, and why, where Keras refuses."""
    try:
        return build_object(named, category)
    except RecipeError as error:
        problems += error.problems
        return None


def _measurable(metrics: Sequence[Named], objective: Objective) -> Iterator[Named]:
    """Give each metric the name of its column, counted where two are alike, and tell it of logits."""
    taken: set[str] = set()
    for named in metrics:
        wanted = str(named.arguments.get("name") or snake_case(named.name))
        name = next(text for text in numbered(wanted) if text not in taken)
        taken.add(name)
        arguments = {**named.arguments, "name": name}
        if named.name in TAKES_LOGITS:
            arguments["from_logits"] = objective.output == "logits"
        elif named.name == "AUC":
            arguments["from_logits"] = False
        elif named.name in F_SCORES and objective.task == "binary":
            arguments.setdefault("average", "macro")  # of one score: that score, not a list of it
        yield replace(named, arguments=arguments)


def _on_probabilities(metric: Any, named: Named, objective: Objective) -> Any:
    """Put the activation that the model lacks before a metric that wants it."""
    if objective.output != "logits" or named.name in ANY_SCALE | TAKES_LOGITS:
        return metric
    return OnProbabilities(metric, activation="softmax" if objective.task == "classification" else "sigmoid")


def _probes(given: Shape, objective: Objective, target_facts: TargetFacts) -> tuple[Any, Any]:
    """Return truth and output of a few examples: zeros of the shapes and types that training has."""
    wanted = wanted_shape(objective, target_facts)
    known = wanted if len(wanted) == len(given) - 1 else (1,) * (len(given) - 1)
    output_shape = [one if size is None else size for size, one in zip(given[1:], known, strict=True)]
    shapes: Mapping[str, tuple[tuple[int, ...], str]] = {
        "binary": ((*target_facts.shape, 1), "float32"),
        "index": (target_facts.shape, "int32"),
        "one_hot": ((*target_facts.shape, len(target_facts.classes)), "float32"),
        "multi_hot": (target_facts.shape, "float32"),
        "number": (target_facts.shape, "float32"),
    }
    shape, dtype = shapes["binary" if objective.task == "binary" else objective.encoding]
    return np.zeros((PROBED_EXAMPLES, *shape), dtype), np.zeros((PROBED_EXAMPLES, *output_shape), "float32")


def _loss_problems(named: Named, loss: Any, truth: Any, output: Any) -> list[Problem]:
    """Try the loss once; return why it cannot be."""
    try:
        loss(truth, output)
    except KERAS_ERRORS as error:
        message = f"the loss `{named.name}` cannot compare output {_shape(output)} with target {_shape(truth)}"
        return [Problem("loss-does-not-fit", f"{message}: {reason(error)}", named.location)]
    return []


def _metric_problems(named: Named, metric: Any, objective: Objective, truth: Any, output: Any) -> list[Problem]:
    """Try a metric once; return why it cannot be."""
    lacks = {"binary": "there is one", "multilabel": "each label is right or wrong by itself"}.get(objective.task)
    if named.name in F_SCORES and lacks is not None and named.arguments.get("threshold") is None:
        message = f"the metric `{named.name}` without `threshold` looks for the largest of several scores, but {lacks}"
        return [Problem("metric-does-not-fit", message, named.location, "give it `threshold: 0.5`")]
    try:
        metric.update_state(truth, output)
        result = metric.result()
        metric.reset_state()
    except KERAS_ERRORS as error:
        message = f"the metric `{named.name}` cannot compare output {_shape(output)} with target {_shape(truth)}"
        return [Problem("metric-does-not-fit", f"{message}: {reason(error)}", named.location)]
    if keras.ops.ndim(result) == 0:
        return []
    message = f"the metric `{named.name}` gives a number for each output, but a column of the history holds one"
    hints = {"R2Score": "`class_aggregation: uniform_average`"}
    return [
        Problem("metric-does-not-fit", message, named.location, f"give it {hints.get(named.name, '`average: macro`')}")
    ]


def _callback_problems(train: Train) -> Iterator[Problem]:
    """Say where a callback lacks what it works with."""
    for callback in train.callbacks:
        if callback.name == "SwapEMAWeights" and train.optimizer.arguments.get("use_ema") is not True:
            message = f"`SwapEMAWeights` swaps in averaged weights, but `{train.optimizer.name}` keeps none"
            yield Problem("no-averages", message, callback.location, "give the optimizer `use_ema: true`")


def _shape(examples: Any) -> str:
    """Write the shape of examples with the batch."""
    return f"({', '.join(['batch', *map(str, examples.shape[1:])])})"
