"""Scores of answers that have several places: a label at each step of a sequence, at each pixel of a picture."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def labelled_places(truth: NDArray[Any], outputs: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Return the labels that are there, and the answers to them.

    Args:
        truth: Class numbers, `(examples, *places)`; -1 where there is no label.
        outputs: The model's answers, `(examples, *places, scores)`.

    Returns:
        Class numbers, `(labels,)`, and answers, `(labels, scores)`.
    """
    is_there = truth >= 0
    if is_there.all() and truth.ndim == 1:
        return truth, outputs
    if is_there.all():
        return truth.reshape(-1), outputs.reshape(-1, outputs.shape[-1])
    return truth[is_there], outputs[is_there]


def known_numbers(truth: NDArray[Any], outputs: NDArray[np.float32]) -> tuple[NDArray[Any], NDArray[np.float32]]:
    """Return the rows of numbers that are there, and the answers to them.

    Args:
        truth: Numbers, `(examples, columns)` or, at several places, `(examples, *places, columns)`; NaN where there are
            none.
        outputs: The model's answers, likewise.

    Returns:
        Both as `(rows, columns)`.
    """
    columns = truth.shape[-1] if truth.ndim > 1 else 1
    expected, told = truth.reshape(-1, columns), outputs.reshape(-1, columns)
    if truth.ndim <= 2:  # one row an example: it is there
        return expected, told
    is_there = ~np.isnan(expected).any(axis=-1)
    return expected[is_there], told[is_there]


def sequence_accuracy(truth: NDArray[Any], told: NDArray[Any]) -> float | None:
    """Return the share of sequences that have every label right, 0 to 1.

    Args:
        truth: Class numbers, `(examples, steps)`; -1 where there is no label.
        told: The class numbers told, `(examples, steps)`.

    Returns:
        None where there is no sequence with a label.
    """
    right = sequence_rights(truth, told)[(truth >= 0).any(axis=1)]
    return float(right.mean()) if right.size else None


def sequence_rights(truth: NDArray[Any], told: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which sequences, `(examples,)`, have every label right; one without labels has."""
    rights: NDArray[np.bool_] = ((truth == told) | (truth < 0)).all(axis=1)
    return rights
