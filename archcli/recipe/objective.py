"""What the output means, and which loss and metrics go with it: from the target, the last layer and what is written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from archcli.errors import Problem
from archcli.recipe.recipe import Named, Objective
from archcli.recipe.signatures import signature

Encoding = Literal["index", "one_hot", "multi_hot", "number"]
Task = Literal["classification", "binary", "multilabel", "regression"]
TargetKind = Literal["category", "multilabel", "number"]
"""What a target is: classes, of which one is right, labels, of which any may be, or numbers."""

Output = Literal["logits", "probabilities", "values"]

_BOUNDED = frozenset({"ELU", "LeakyReLU", "PReLU", "ReLU"})
"""Activations that are layers of their own and give neither probabilities nor logits."""

_NUMBERS = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh")

LOSSES: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(fits)
    for fits, names in (
        (("index",), ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy")),
        (("one_hot",), ("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge")),
        (("one_hot",), ("KLDivergence",)),
        (("one_hot", "multi_hot", "binary"), ("Dice", "Tversky")),
        (("multi_hot", "binary"), ("BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge")),
        (("number", "one_hot", "multi_hot", "binary"), _NUMBERS),
        (("number",), ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson", "CosineSimilarity")),
    )
    for name in names
}
"""Which kinds of target a loss is for; a loss that is not here is for none that there is."""

MARGIN_LOSSES: Final = frozenset({"Hinge", "SquaredHinge", "CategoricalHinge"})
"""Losses on scores without bound, which are neither probabilities nor turned into them."""

_CONFUSION = ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall", "AUC")
_AT = ("PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity")

METRICS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(fits)
    for fits, names in (
        (("index", "one_hot", "multi_hot", "binary"), ("accuracy", "crossentropy")),
        (("index",), ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy", "SparseTopKCategoricalAccuracy")),
        (
            ("one_hot",),
            ("CategoricalAccuracy", "CategoricalCrossentropy", "CategoricalHinge", "TopKCategoricalAccuracy"),
        ),
        (("one_hot",), ("KLDivergence", "OneHotIoU", "OneHotMeanIoU")),
        (("multi_hot", "binary"), ("BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "Hinge", "SquaredHinge")),
        (("one_hot", "multi_hot", "binary"), (*_CONFUSION, *_AT, "F1Score", "FBetaScore")),
        (
            ("number", "one_hot", "multi_hot", "binary"),
            ("MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError"),
        ),
        (("number",), ("MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "Poisson", "LogCoshError")),
        (("number",), ("CosineSimilarity", "R2Score", "PearsonCorrelation", "ConcordanceCorrelation")),
    )
    for name in names
}
"""Which kinds of target a metric is for."""

_CHOSEN: Final = {
    "accuracy": {
        "index": "SparseCategoricalAccuracy",
        "one_hot": "CategoricalAccuracy",
        "multi_hot": "BinaryAccuracy",
        "binary": "BinaryAccuracy",
    },
    "crossentropy": {
        "index": "SparseCategoricalCrossentropy",
        "one_hot": "CategoricalCrossentropy",
        "multi_hot": "BinaryCrossentropy",
        "binary": "BinaryCrossentropy",
    },
}
"""What a metric's name stands for that depends on the target."""

_OTHER_COLUMNS = ("epoch", "loss", "learning_rate")
"""Columns of the history that are no metric's."""


_SCORES = "put `Dense: {units: $classes, activation: softmax}` after it"
_LABEL_SCORES = "put `Dense: {units: $classes, activation: sigmoid}` after it"


def infer_objective(
    kind: TargetKind, last: Sequence[Named], loss: Named | None, *, output: str | None = None
) -> tuple[Objective | None, list[Problem]]:
    """Tell what an output means.

    Args:
        kind: What its target is.
        last: The layers whose numbers it has, as `last_layers` finds them; several where their average is taken.
        loss: The loss as written; None: it follows.
        output: The output's name; None: it is the only one.

    Returns:
        The objective, or None and what is wrong.
    """
    if kind == "number":
        return Objective("regression", "values", "number"), []
    if not last:
        several = Objective("multilabel", "logits", "multi_hot")
        return several if kind == "multilabel" else Objective("classification", "logits", _encoding(loss)), []
    found = [_infer_labels(layer, output) if kind == "multilabel" else _infer(layer, loss, output) for layer in last]
    objectives = [objective for objective, _ in found]
    problems = [problem for _, problem in found if problem is not None]
    if problems:
        return None, problems[:1]
    if any(objective != objectives[0] for objective in objectives):
        message = "an average of probabilities and logits is neither"
        return None, [Problem("activation-does-not-fit", message, last[-1].location, "give both the same activation")]
    return objectives[0], []


def _infer(last: Named, loss: Named | None, output: str | None) -> tuple[Objective | None, Problem | None]:
    activation = activation_of(last)
    units = last.arguments.get("output_units") or last.arguments.get("units", last.arguments.get("filters"))
    single = isinstance(units, int) and units == 1
    where = last.argument_locations.get(activation_argument(last), last.location)
    if activation in ("softmax", "sparsemax") and not single:
        return Objective("classification", "probabilities", _encoding(loss)), None
    if activation == "linear":
        task: Task = "binary" if single else "classification"
        return Objective(task, "logits", "index" if single else _encoding(loss)), None
    if activation in ("sigmoid", "hard_sigmoid") and single:
        return Objective("binary", "probabilities", "index"), None
    wanted = "`sigmoid`" if single else "`softmax`"
    of = "the last layer" if output is None else f"the last layer of `{output}`"
    if activation is None:
        as_last = "as the last layer" if output is None else f"as the last layer of `{output}`"
        message = f"`{last.name}` {as_last} gives no class scores"
        hint = _SCORES
    else:
        message = f"the activation `{activation}` of {of} gives no class probabilities"
        hint = f"write {wanted}, or leave it out: a linear output is read as logits"
        if activation_argument(last) not in last.argument_locations and last.name not in ("Activation", "Softmax"):
            hint = _SCORES
    return None, Problem("activation-does-not-fit", message, where, hint)


def _infer_labels(last: Named, output: str | None) -> tuple[Objective | None, Problem | None]:
    """Tell what the last layer means where each label is right or wrong by itself."""
    activation = activation_of(last)
    if activation in ("sigmoid", "hard_sigmoid"):
        return Objective("multilabel", "probabilities", "multi_hot"), None
    if activation == "linear":
        return Objective("multilabel", "logits", "multi_hot"), None
    where = last.argument_locations.get(activation_argument(last), last.location)
    of = "the last layer" if output is None else f"the last layer of `{output}`"
    subject = f"`{last.name}` as {of}" if activation is None else f"the activation `{activation}` of {of}"
    message = f"{subject} gives no probability of each label by itself"
    hint = "write `sigmoid`, or leave it out: a linear output is read as logits"
    is_written = activation_argument(last) in last.argument_locations or last.name in ("Activation", "Softmax")
    return None, Problem("activation-does-not-fit", message, where, hint if is_written else _LABEL_SCORES)


def activation_argument(layer: Named) -> str:
    """Return the argument that decides what a layer's answers are bounded by."""
    reads_out = layer.name == "Jordan" or layer.arguments.get("output_units") is not None
    found = signature("layer", layer.name)
    return "output_activation" if reads_out and found and "output_activation" in found.arguments else "activation"


def activation_of(layer: Named) -> str | None:
    """Return the name of a layer's activation.

    It is `linear` for a layer that has none, and None for one whose answers are bounded in another way.
    """
    if layer.name == "Softmax":
        return "softmax"
    found = signature("layer", layer.name)
    argument = activation_argument(layer)
    field = None if found is None else found.arguments.get(argument)
    if field is None:
        is_recurrent = found is not None and {"return_sequences", "merge_mode"} & set(found.arguments)
        return None if is_recurrent or layer.name in _BOUNDED else "linear"
    given = layer.arguments.get(argument, field.default)
    return given if isinstance(given, str) else "linear"


def complete_loss(loss: Named | None, objective: Objective, where: Named) -> tuple[Named | None, list[Problem]]:
    """Choose the loss that the target asks for, or check the one that is written.

    Args:
        loss: As written; None: it follows from the objective.
        objective: What the output means.
        where: What the loss follows from, for its location.
    """
    logits = objective.output == "logits"
    if loss is None:
        names = {
            "index": "SparseCategoricalCrossentropy",
            "one_hot": "CategoricalCrossentropy",
            "multi_hot": "BinaryCrossentropy",
            "number": "MeanSquaredError",
        }
        name = "BinaryCrossentropy" if objective.task == "binary" else names[objective.encoding]
        arguments = {"from_logits": logits} if objective.task != "regression" else {}
        return Named(name, arguments, where.location), []
    kind = _kind(objective)
    if kind not in LOSSES.get(loss.name, frozenset()):
        message = f"the loss `{loss.name}` does not fit {_describe_target(kind)}"
        return None, [Problem("loss-does-not-fit", message, loss.location, _loss_hint(kind))]
    found = signature("loss", loss.name)
    takes_logits = found is not None and "from_logits" in found.arguments
    written = loss.arguments.get("from_logits", False)
    if logits and not written and loss.name not in MARGIN_LOSSES:
        message = f"the loss `{loss.name}` is written for probabilities, but the last layer is linear and gives logits"
        better = f"`{loss.name}: {{from_logits: true}}`" if takes_logits else "an activation in the last layer"
        hint = f"leave the loss out, or write {better}"
        return None, [Problem("loss-does-not-fit", message, loss.location, hint)]
    if not logits and (written or loss.name in MARGIN_LOSSES) and objective.task != "regression":
        scores = "logits" if written else "scores without bounds"
        message = f"the loss `{loss.name}` is for {scores}, but the last layer gives probabilities"
        place = loss.argument_locations.get("from_logits", loss.location)
        return None, [Problem("loss-does-not-fit", message, place, "take the activation of the last layer away")]
    return loss, []


def complete_metrics(
    metrics: tuple[Named, ...] | None, objective: Objective, where: Named
) -> tuple[tuple[Named, ...], list[Problem]]:
    """Choose the metrics that the target asks for, or check those that are written; each gets its column's name."""
    if metrics is None:
        asked = ("MeanAbsoluteError", "R2Score") if objective.task == "regression" else ("accuracy",)
        metrics = tuple(Named(name, {}, where.location) for name in asked)
    kind = _kind(objective)
    complete: list[Named] = []
    problems: list[Problem] = []
    for metric in metrics:
        if kind not in METRICS.get(metric.name, frozenset()):
            message = f"the metric `{metric.name}` does not fit {_describe_target(kind)}"
            problems.append(Problem("metric-does-not-fit", message, metric.location, _metric_hint(metric.name, kind)))
            continue
        done = _complete_metric(metric, objective, kind)
        problem = _column_problem(done, complete)
        if problem is None:
            complete.append(done)
        else:
            problems.append(problem)
    return tuple(complete), problems


def _complete_metric(metric: Named, objective: Objective, kind: str) -> Named:
    name = _CHOSEN[metric.name][kind] if metric.name in _CHOSEN else metric.name
    found = signature("metric", name)
    arguments = dict(metric.arguments)
    default = None if found is None or "name" not in found.arguments else found.arguments["name"].default
    column = default if isinstance(default, str) else _snake_case(name)
    if arguments.get("name") is None:
        arguments["name"] = metric.name if metric.name in _CHOSEN else column
    if objective.output == "logits" and found is not None and "from_logits" in found.arguments:
        arguments.setdefault("from_logits", True)
    return Named(name, arguments, metric.location, metric.argument_locations)


def _column_problem(metric: Named, others: Sequence[Named]) -> Problem | None:
    """Say why a metric's column cannot have its name."""
    name = str(metric.arguments["name"])
    where = metric.argument_locations.get("name", metric.location)
    if name in _OTHER_COLUMNS or name.startswith("val_"):
        message = f"a metric cannot be called `{name}`: the history has another column of that name"
        return Problem("repeated-name", message, where, "give it another `name:`")
    if any(name == other.arguments["name"] for other in others):
        return Problem("repeated-name", f"two metrics are called `{name}`", where, "give one a `name:` of its own")
    return None


def _encoding(loss: Named | None) -> Encoding:
    """Feed class numbers, unless the written loss compares whole distributions."""
    fits = LOSSES.get(loss.name, frozenset()) if loss is not None else frozenset()
    return "one_hot" if "one_hot" in fits else "index"


def _kind(objective: Objective) -> str:
    return "binary" if objective.task == "binary" else objective.encoding


def _describe_target(kind: str) -> str:
    return {
        "index": "a category target with one score per class",
        "one_hot": "a category target with one score per class",
        "multi_hot": "a multilabel target",
        "binary": "a category target with a single score",
        "number": "a number target",
    }[kind]


def _loss_hint(kind: str) -> str:
    fitting = [f"`{name}`" for name, fits in LOSSES.items() if kind in fits or (kind == "index" and "one_hot" in fits)]
    return "leave it out, or take one such as " + ", ".join(fitting[:4])


def _metric_hint(name: str, kind: str) -> str:
    if kind == "index" and "one_hot" in METRICS.get(name, frozenset()):
        return "it compares one score per class with a 1 for the right one: write `loss: CategoricalCrossentropy` too"
    if kind == "number":
        return "take one such as `MeanAbsoluteError`, `RootMeanSquaredError`, `R2Score`"
    return "write `accuracy`" if name == "Accuracy" else "write `accuracy`, or leave the metrics out"


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
