"""The answers that are worst, the worst first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.scoring.blocks import blocks
from archcli.scoring.classification import class_probabilities
from archcli.scoring.multilabel import told_labels

Indices = NDArray[np.int64]


def worst_classes(truth: NDArray[Any], outputs: NDArray[np.float32], count: int) -> Indices:
    """Find the wrong answers that gave the true class the least probability.

    Args:
        truth: Class numbers, `(labels,)`.
        outputs: The model's answers, `(labels, scores)`.
        count: How many at most.

    Returns:
        Their numbers, from 0; those as bad as each other in order.
    """
    found, given = [np.zeros(0, np.int64)], [np.zeros(0)]
    for block in blocks(outputs):
        chances, labels = class_probabilities(outputs[block]), truth[block].astype(np.int64)
        wrong = np.flatnonzero(chances.argmax(axis=-1) != labels)
        of_truth = chances[wrong, labels[wrong]]
        worst = _lowest(of_truth, count)
        found.append(block.start + wrong[worst])
        given.append(of_truth[worst])
    return np.concatenate(found)[_lowest(np.concatenate(given), count)]


def worst_labels(truth: NDArray[Any], outputs: NDArray[np.float32], count: int) -> Indices:
    """Find the examples that are farthest from the truth in one of their labels, of those with a wrong one.

    Args:
        truth: 1 for each label that an example has, else 0, `(examples, labels)`.
        outputs: The model's answers, `(examples, labels)`.
        count: How many at most.
    """
    found, given = [np.zeros(0, np.int64)], [np.zeros(0)]
    for block in blocks(outputs):
        expected, chances = truth[block] > 0, outputs[block]
        wrong = np.flatnonzero((expected != told_labels(chances)).any(axis=1))
        farthest = np.abs(chances[wrong] - expected[wrong]).max(axis=1, initial=0.0)
        worst = _lowest(-farthest, count)
        found.append(block.start + wrong[worst])
        given.append(-farthest[worst])
    return np.concatenate(found)[_lowest(np.concatenate(given), count)]


def worst_numbers(truth: NDArray[Any], outputs: NDArray[Any], count: int) -> tuple[Indices, Indices]:
    """Find the numbers that are farthest from the truth; of several columns, each by its own standard deviation.

    Args:
        truth: `(rows, columns)`.
        outputs: The same of the model's answers.
        count: How many at most.

    Returns:
        Their rows and their columns, from 0.
    """
    off = np.abs(outputs.astype(np.float64) - truth)
    if off.shape[1] > 1:
        spread = truth.astype(np.float64).std(axis=0)
        off /= np.where(spread > 0, spread, 1.0)
    flat = off.reshape(-1)
    missed = np.flatnonzero(flat != 0)  # an answer that is no number is as far as can be
    rows, columns = np.divmod(missed[_lowest(-np.nan_to_num(flat[missed], nan=np.inf), count)], off.shape[1])
    return rows, columns


def _lowest(values: NDArray[Any], count: int) -> Indices:
    """Return the numbers of the lowest values, in rising order, the first of equal ones first."""
    if count < len(values):
        bound = np.partition(values, count - 1)[count - 1] if count else -np.inf
        near = np.flatnonzero(values <= bound)
        return near[np.argsort(values[near], kind="stable")][:count]
    return np.argsort(values, kind="stable")
