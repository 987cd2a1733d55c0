"""The built-in sets that scikit-learn carries, under the names of `archcli.recipe.built_in`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets

from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet

_LOADERS: Final[Mapping[str, Callable[[], Any]]] = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast_cancer": datasets.load_breast_cancer,
    # scikit-learn would hand out columns that it has scaled itself.
    "diabetes": lambda: datasets.load_diabetes(scaled=False),
}


def open_digits(described: BuiltInSet) -> ArrayTable:
    """Open `digits` in the form that is described: grey levels from 0 to 16."""
    bunch = datasets.load_digits()
    pictures, digit = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        pictures.name: bunch.images.astype(np.float32).reshape(-1, *pictures.shape),
        digit.name: bunch.target,
    }
    return ArrayTable("digits", "column", arrays, described.examples)


def open_measurements(described: BuiltInSet) -> ArrayTable:
    """Open a table of measurements; its last column is the target."""
    bunch = _LOADERS[described.name]()
    *measured, target = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        column.name: bunch.data[:, index].astype(np.float32) for index, column in enumerate(measured)
    }
    arrays[target.name] = bunch.target_names[bunch.target] if target.classes else bunch.target.astype(np.float32)
    return ArrayTable(described.name, "column", arrays, described.examples)
