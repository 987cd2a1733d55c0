"""What scores are to be compared with: answers that take no learning, scored as the model's own are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.commands.scored import Scored
from archcli.commands.scores import OutputScores, PartScores, score_output
from archcli.recipe.facts import TargetFacts

MOST_MEANS: Final = 1000
"""Columns of a target whose means are kept."""

Arrays = Mapping[str, NDArray[Any]]
Baselines = dict[str, tuple[OutputScores, ...]]
"""By the baseline's name, the scores of each target that it has an answer to."""


def training_means(targets: Arrays, scored: Scored) -> dict[str, tuple[float, ...]]:
    """Return the means of the numbers that are trained on, one a column, by the target's name.

    Args:
        targets: The raw targets of the training examples.
        scored: What the model answers.
    """
    means = {}
    for target in scored.learned.values():
        values = targets[target.name]
        if not target.classes and values.ndim > 1 and values.shape[-1] <= MOST_MEANS:
            rows = values.reshape(-1, values.shape[-1]).astype(np.float64)
            rows = rows[~np.isnan(rows).any(axis=1)]
            if len(rows):
                means[target.name] = tuple(rows.mean(axis=0).tolist())
    return means


def simple_baselines(
    part: PartScores, inputs: Arrays, scored: Scored, *, means: Mapping[str, tuple[float, ...]], examples: int
) -> Baselines:
    """Score what needs no fitting.

    `majority_class` answers with the shares of the classes among the training labels, and so tells the largest class;
    of several labels, each by its share. `mean` answers with the mean of the training examples, `persistence`, in a
    series, with the last value there is.

    Args:
        part: The scores of the model.
        inputs: The raw inputs of the same examples.
        scored: What the model takes and answers.
        means: Of the training numbers.
        examples: How many training examples there are.
    """
    baselines: dict[str, list[OutputScores]] = {}
    for own in part.answers:
        for name, answers in _simple_answers(own, inputs, scored, means=means, examples=examples):
            baselines.setdefault(name, []).append(score_as(own, answers))
    return {name: tuple(outputs) for name, outputs in baselines.items()}


def score_as(own: OutputScores, answers: NDArray[Any]) -> OutputScores:
    """Score other answers to the same target under the same name."""
    return score_output(own.output, own.target, own.name, own.truth, answers)


def flat_scores(baselines: Baselines) -> dict[str, dict[str, float]]:
    """Return all scores by the baseline's name and theirs."""
    return {
        name: {one.called(score): value for one in outputs for score, value in one.scores.items()}
        for name, outputs in baselines.items()
    }


def _simple_answers(
    own: OutputScores, inputs: Arrays, scored: Scored, *, means: Mapping[str, tuple[float, ...]], examples: int
) -> Iterator[tuple[str, NDArray[Any]]]:
    target = own.target
    if target.classes:
        counted = examples if target.kind == "multilabel" else sum(target.class_counts)
        if counted:
            shares = np.asarray(target.class_counts, np.float32) / np.float32(counted)
            shape = own.truth.shape[:-1] if target.kind == "multilabel" else own.truth.shape
            yield "majority_class", np.broadcast_to(shares, (*shape, len(shares)))
        return
    mean = means.get(target.name)
    if mean is not None and len(mean) == own.truth.shape[-1]:
        yield "mean", np.broadcast_to(np.asarray(mean), own.truth.shape)
    last = _last_values(target, inputs, scored)
    if last is not None and last.shape[1:] in ((1,), own.truth.shape[1:]):
        yield "persistence", np.broadcast_to(last, own.truth.shape)


def _last_values(target: TargetFacts, inputs: Arrays, scored: Scored) -> NDArray[Any] | None:
    """Return the last value of a series, `(examples, 1)`, or that at each step, `(examples, steps, columns)`."""
    if target.shift_of is not None:
        return inputs.get(target.shift_of)
    for facts in scored.inputs.values():
        for leaf in facts.leaves:
            if target.is_series and leaf.kind == "series" and target.columns[0] in leaf.columns:
                column = leaf.columns.index(target.columns[0])
                filling = None if leaf.fill is None else leaf.fill[column]
                return _last_known(inputs[leaf.name][:, :, column], filling)[:, np.newaxis]
    return None


def _last_known(windows: NDArray[Any], filling: float | None) -> NDArray[Any]:
    """Return the last number of each window, `(examples, steps)`; of one without any, what it is filled with."""
    last: NDArray[Any] = windows[:, -1]
    if filling is None or not np.isnan(last).any():
        return last
    steps = np.where(np.isnan(windows), -1, np.arange(windows.shape[1])).max(axis=1)
    known: NDArray[Any] = np.take_along_axis(windows, np.maximum(steps, 0)[:, np.newaxis], axis=1)[:, 0]
    return np.where(steps < 0, np.asarray(filling, windows.dtype), known)
