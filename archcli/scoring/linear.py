"""What simple models make of the same features: logistic regression, ridge regression, linear autoregression.

Features are brought to mean 0 and deviation 1 by the training examples first, since both regressions from scikit-learn
hold weights small, whatever the unit. Scikit-learn is imported where it is used: only evaluating needs it.
"""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MOST_ITERATIONS: Final = 100
"""Of the logistic regression; scikit-learn's own."""

Features = NDArray[np.float32]


def fit_logistic(training: Features, labels: NDArray[Any], features: Features, *, classes: int) -> NDArray[np.float32]:
    """Fit a logistic regression (L2, `C` 1) and answer.

    Args:
        training: `(examples, features)`, finite.
        labels: The class number of each, `(examples,)`.
        features: What to answer, `(rows, features)`.
        classes: How many classes there are; one without a training example is never told.

    Returns:
        The probability of each class, `(rows, classes)`.
    """
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415 -- it takes a second, which training need not wait for
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415 -- with scikit-learn alone

    known, asked = _standardized(training, features)
    chances = np.zeros((len(features), classes), np.float32)
    present = np.unique(labels).astype(np.int64)
    if len(present) == 1:
        chances[:, present[0]] = 1
        return chances
    # Its products are small: threads that wait for each other take ten times as long as one.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # what it has reached by then is a baseline, too
        fitted = LogisticRegression(max_iter=MOST_ITERATIONS).fit(known, labels)
    chances[:, fitted.classes_.astype(np.int64)] = fitted.predict_proba(asked)
    return chances


def fit_ridge(training: Features, numbers: NDArray[Any], features: Features) -> NDArray[np.float32]:
    """Fit a ridge regression (`alpha` 1) and answer.

    Args:
        training: `(examples, features)`, finite.
        numbers: What each has, `(examples, columns)`.
        features: What to answer, `(rows, features)`.

    Returns:
        `(rows, columns)`.
    """
    from sklearn.linear_model import Ridge  # noqa: PLC0415 -- as above

    known, asked = _standardized(training, features)
    told = Ridge(alpha=1.0).fit(known.astype(np.float64), numbers).predict(asked.astype(np.float64))
    answers: NDArray[np.float32] = told.reshape(len(features), -1).astype(np.float32)
    return answers


def fit_autoregression(training: NDArray[Any], following: NDArray[Any], windows: NDArray[Any]) -> NDArray[np.float32]:
    """Fit what follows a window as a weighted sum of its values and a constant, by least squares, and answer.

    With several steps ahead each has weights of its own (a direct forecast).

    Args:
        training: Windows, `(examples, values)`, of more examples than values.
        following: What follows each, `(examples, horizon)`.
        windows: What to answer, `(rows, values)`.

    Returns:
        `(rows, horizon)`.
    """
    middle, ends = training.mean(axis=0, dtype=np.float64), following.mean(axis=0, dtype=np.float64)
    weights = np.linalg.lstsq(training - middle, following - ends)[0]
    answers: NDArray[np.float32] = ((windows - middle) @ weights + ends).astype(np.float32)
    return answers


def _standardized(training: Features, features: Features) -> tuple[Features, Features]:
    middle, spread = training.mean(axis=0, dtype=np.float64), training.std(axis=0, dtype=np.float64)
    spread[spread < np.finfo(np.float32).eps * np.maximum(1, np.abs(middle))] = 1  # a column that never changes
    known, asked = (((part - middle) / spread).astype(np.float32) for part in (training, features))
    return known, asked
