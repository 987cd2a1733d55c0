"""What scores are to be compared with: linear models of the same prepared features, fitted on the training examples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.build.preprocessing import prepare_inputs
from archcli.commands.baselines import Arrays, Baselines, score_as
from archcli.commands.scored import Scored
from archcli.commands.scores import OutputScores, PartScores
from archcli.data.dataset import Part
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.scoring.linear import fit_autoregression, fit_logistic, fit_ridge

MOST_EXAMPLES: Final = 20_000
"""Training examples that a linear model is fitted on."""

MOST_FEATURES: Final = 2_000
"""Features that it takes, all inputs side by side."""

MOST_WORK: Final = 40_000_000
"""Examples times features, times classes, for a logistic regression: a few seconds."""

MOST_SQUARED: Final = 2_000_000_000
"""Examples times the square of the features, or of the values of a window, for least squares: likewise."""


class _Unfit(Exception):  # noqa: N818 -- no error: a linear model does not suit these data
    """Says why there is no linear model, a clause."""


def linear_baselines(part: PartScores, inputs: Arrays, training: Part, scored: Scored) -> tuple[Baselines, list[str]]:
    """Fit and score linear models where that is sensible and quick.

    `logistic_regression` for a class an example and for several labels, `ridge` for numbers,
    `linear_autoregression` for what follows in a series.

    Args:
        part: The scores of the model.
        inputs: The raw inputs of the same examples.
        training: What the model was trained on, raw.
        scored: What the model takes and answers.

    Returns:
        The baselines, and a sentence for each that is left out.
    """
    baselines: dict[str, list[OutputScores]] = {}
    notes: list[str] = []
    prepared: tuple[NDArray[Any], NDArray[Any]] | None = None
    for own in part.answers:
        name = _name(own.target)
        try:
            _check_target(own.target, len(training), scored)
            if own.target.is_series:
                answers = _continue_series(own.target, inputs, training, scored)
            else:
                if prepared is None:
                    prepared = _features(scored.inputs, training.inputs), _features(scored.inputs, inputs)
                answers = _answer(own.target, training.targets[own.target.name], *prepared)
        except _Unfit as reason:
            notes.append(f"{name} is left out{f' for `{own.name}`' if own.name else ''}: {reason}")
        else:
            baselines.setdefault(name, []).append(score_as(own, answers))
    return {name: tuple(outputs) for name, outputs in baselines.items()}, notes


def is_small(examples: int) -> bool:
    """Tell whether there are few enough training examples for any linear model."""
    return examples <= MOST_EXAMPLES


def _name(target: TargetFacts) -> str:
    if target.classes:
        return "logistic_regression"
    return "linear_autoregression" if target.is_series else "ridge"


def _check_target(target: TargetFacts, examples: int, scored: Scored) -> None:
    """Tell what kind of target, or how many examples, no linear model is fitted to."""
    if target.name in scored.inputs:
        raise _Unfit("the target is an input")
    one_each = target.kind == "multilabel" or len(target.shape) == (0 if target.classes else 1)
    if not one_each:
        raise _Unfit("an example has more than one answer")
    if not is_small(examples):
        raise _Unfit(f"{examples:,} training examples are more than {MOST_EXAMPLES:,}")


def _answer(target: TargetFacts, truth: NDArray[Any], known: NDArray[Any], asked: NDArray[Any]) -> NDArray[Any]:
    work = known.size * len(target.classes)
    if known.shape[1] > MOST_FEATURES or work > MOST_WORK:
        times = f", times {len(target.classes)} classes," if target.classes else ""
        found = f"{len(known):,} training examples of {known.shape[1]:,} features{times}"
        raise _Unfit(f"{found} are too much to be quick")
    if not target.classes:
        _check_squared(known, "features")
    if known.shape[1] != asked.shape[1]:
        raise _Unfit(f"its features are {known.shape[1]:,} in training and {asked.shape[1]:,} here")
    if not (np.isfinite(known).all() and np.isfinite(asked).all()):
        raise _Unfit("not all features are finite")
    if target.kind == "multilabel":
        told = [fit_logistic(known, labels, asked, classes=2)[:, 1] for labels in truth.T]
        return np.stack(told, axis=1)
    if target.classes:
        return fit_logistic(known, truth, asked, classes=len(target.classes))
    return fit_ridge(known, truth, asked)


def _continue_series(target: TargetFacts, inputs: Arrays, training: Part, scored: Scored) -> NDArray[Any]:
    """Fit what follows to all windows side by side."""
    series = [leaf for facts in scored.inputs.values() for leaf in facts.leaves if leaf.kind == "series"]
    if not series:
        raise _Unfit("no input is a series")
    known, asked = (
        np.concatenate([_filled(part[leaf.name], leaf).reshape(len(part[leaf.name]), -1) for leaf in series], axis=1)
        for part in (training.inputs, inputs)
    )
    _check_squared(known, "values of a window")
    if len(known) <= known.shape[1] + 1:
        raise _Unfit(f"{len(known):,} training examples are too few for {known.shape[1]:,} values of a window")
    return fit_autoregression(known, training.targets[target.name], asked)


def _filled(windows: NDArray[Any], leaf: InputFacts) -> NDArray[Any]:
    """Return windows, `(examples, steps, columns)`, with what stands for a number that is missing."""
    if leaf.fill is None:
        return windows
    filled: NDArray[Any] = np.where(np.isnan(windows), np.asarray(leaf.fill, windows.dtype), windows)
    return filled


def _check_squared(known: NDArray[Any], what: str) -> None:
    if known.size * known.shape[1] > MOST_SQUARED:
        raise _Unfit(f"{len(known):,} training examples of {known.shape[1]:,} {what} are too much to be quick")


def _features(inputs: Mapping[str, InputFacts], raw: Arrays) -> NDArray[Any]:
    """Return what the network takes as one row of numbers an example, `(examples, features)`.

    A category is a row of 0 and 1, a text the count of each of its symbols.
    """
    for facts in inputs.values():
        if facts.kind == "shift":
            raise _Unfit(f"the input `{facts.name}` is a target some steps late")
        size = _width(facts, raw)
        if size > MOST_FEATURES:
            raise _Unfit(f"the {size:,} features of `{facts.name}` are more than {MOST_FEATURES:,}")
    prepared = prepare_inputs(inputs, raw)
    rows = [
        _count_indices(values, facts.vocabulary)
        if facts.vocabulary is not None
        else values.reshape(len(values), -1).astype(np.float32, copy=False)
        for facts, values in ((facts, prepared[name]) for name, facts in inputs.items())
    ]
    return np.concatenate(rows, axis=1)


def _width(facts: InputFacts, raw: Arrays) -> int:
    """Return how many features an input has."""
    if facts.vocabulary is not None:
        return facts.vocabulary
    if None in facts.shape:
        return int(np.prod(raw[facts.leaves[0].name].shape[1:]))
    return int(np.prod([size or 1 for size in facts.shape]))


def _count_indices(indices: NDArray[Any], vocabulary: int) -> NDArray[np.float32]:
    """Count how often each index stands in each example, `(examples, vocabulary)`."""
    flat = indices.reshape(len(indices), -1).astype(np.int64)
    owners = np.repeat(np.arange(len(flat)), flat.shape[1])
    counts = np.bincount(owners * vocabulary + flat.ravel(), minlength=len(flat) * vocabulary)
    return counts.reshape(len(flat), vocabulary).astype(np.float32)
