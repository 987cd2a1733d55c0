"""What simple methods reach on the same examples, by scikit-learn and statsmodels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tests.real.files import AFFAIRS, CARS, LAST_YEAR_KNOWN, read_csv, read_mnist, read_sunspots

LAGS: Final = 12
"""Years that an autoregression looks back, as in the literature on sunspots."""

Scores = Mapping[str, float]


def score_ridge_on_cars(folder: Path, *, seed: int) -> Scores:
    """Return the mean scores of ridge regression over the five folds of `auto-mpg.csv` that a recipe of `seed` has."""
    from sklearn.compose import make_column_transformer  # noqa: PLC0415 -- a second, for who asks for other baselines
    from sklearn.linear_model import RidgeCV  # noqa: PLC0415
    from sklearn.metrics import mean_absolute_error, r2_score  # noqa: PLC0415
    from sklearn.model_selection import KFold  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    rows = read_csv(folder / "auto-mpg.csv")
    table = np.array([[row[name] for name in CARS[:7]] for row in rows], np.object_)
    goes = np.array([float(row["mpg"]) for row in rows])
    prepare = make_column_transformer((StandardScaler(), list(range(6))), (OneHotEncoder(), [6]))
    found = []
    for training, test in KFold(5, shuffle=True, random_state=seed).split(table):
        told = make_pipeline(prepare, RidgeCV(np.logspace(-3, 3, 13))).fit(table[training], goes[training])
        answers = told.predict(table[test])
        found.append((r2_score(goes[test], answers), mean_absolute_error(goes[test], answers)))
    return {"r2": float(np.mean([r2 for r2, _ in found])), "mae": float(np.mean([mae for _, mae in found]))}


def score_logistic_on_digits(*, seed: int) -> Scores:
    """Return the accuracy of logistic regression on the points of 1,000 digits, after 4,000 others."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import train_test_split  # noqa: PLC0415

    images, digits = read_mnist()
    points = images.reshape(len(images), -1) / 255
    parts = train_test_split(points, digits, test_size=1000, stratify=digits, random_state=seed)
    told = LogisticRegression(C=0.05, max_iter=300).fit(parts[0], parts[2])
    return {"accuracy": float(told.score(parts[1], parts[3]))}


def score_autoregression(*, lags: int = LAGS) -> Scores:
    """Return the error of one-step forecasts of sunspots by an autoregression, of the years after 1920."""
    from statsmodels.tsa.ar_model import AutoReg  # noqa: PLC0415

    years, spots = read_sunspots()
    known = int((years <= LAST_YEAR_KNOWN).sum())
    fitted = AutoReg(spots[:known], lags=lags).fit()
    told = AutoReg(spots, lags=lags).predict(fitted.params, start=known, end=len(spots) - 1, dynamic=False)
    return {"rmse": _root_mean_square(told - spots[known:])}


def score_persistence() -> Scores:
    """Return the error of "as last year", of the years after 1920."""
    years, spots = read_sunspots()
    known = int((years <= LAST_YEAR_KNOWN).sum())
    return {"rmse": _root_mean_square(np.diff(spots)[known - 1 :])}


def score_logistic_on_affairs(folder: Path) -> Scores:
    """Return the scores of logistic regression on `affairs-new.csv`, its features those of the recipe."""
    from sklearn.compose import make_column_transformer  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.metrics import log_loss, roc_auc_score  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    def read(name: str) -> tuple[NDArray[Any], NDArray[np.str_]]:
        rows = read_csv(folder / name)
        numbers = [[float(row[column] or "nan") for column in AFFAIRS] for row in rows]
        jobs = [[row[column] or np.nan for column in ("occupation", "husband")] for row in rows]
        table = np.concatenate([np.array(numbers, np.object_), np.array(jobs, np.object_)], axis=1)
        return table, np.array([row["affair"] for row in rows])

    numeric = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    category = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder())
    prepare = make_column_transformer((numeric, list(range(len(AFFAIRS)))), (category, [-2, -1]))
    told = make_pipeline(prepare, LogisticRegression(max_iter=1000)).fit(*read("affairs.csv"))
    table, truth = read("affairs-new.csv")
    shares = told.predict_proba(table)
    return {
        "accuracy": float(told.score(table, truth)),
        "roc_auc": float(roc_auc_score(truth == "yes", shares[:, 1])),
        "log_loss": float(log_loss(truth, shares)),
    }


def _root_mean_square(error: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.square(error).mean()))
