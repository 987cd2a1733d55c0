"""The built-in sets that scikit-learn carries, under the names of `archcli.recipe.built_in`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_digits(described: BuiltInSet) -> ArrayTable:
    """Open `digits` in the form that is described: grey levels from 0 to 16."""
    bunch = _load("digits")
    pictures, digit = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        pictures.name: bunch.images.astype(np.float32).reshape(-1, *pictures.shape),
        digit.name: bunch.target,
    }
    return ArrayTable("digits", "column", arrays, described.examples)


def open_measurements(described: BuiltInSet) -> ArrayTable:
    """Open a table of measurements; its last column is the target."""
    bunch = _load(described.name)
    *measured, target = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        column.name: bunch.data[:, index].astype(np.float32) for index, column in enumerate(measured)
    }
    arrays[target.name] = bunch.target_names[bunch.target] if target.classes else bunch.target.astype(np.float32)
    return ArrayTable(described.name, "column", arrays, described.examples)


def _load(name: str) -> Any:
    """Return what scikit-learn calls a bunch: `data`, `target` and names."""
    from sklearn import datasets  # noqa: PLC0415 -- it takes two seconds, which files need not wait for

    loaders = {
        "digits": datasets.load_digits,
        "iris": datasets.load_iris,
        "wine": datasets.load_wine,
        "breast_cancer": datasets.load_breast_cancer,
        # Otherwise scikit-learn hands out columns that it has scaled over all examples.
        "diabetes": lambda: datasets.load_diabetes(scaled=False),
    }
    return loaders[name]()
