"""The built-in sets that scikit-learn carries, under the names of `archcli.recipe.built_in`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.tables import make_table
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_digits(described: BuiltInSet) -> ArrayTable:
    """Open `digits` in the form that is described: grey levels from 0 to 16."""
    bunch = load_bunch("digits")
    pictures, digit = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        pictures.name: bunch.images.reshape(-1, *(size or 0 for size in pictures.shape)),
        digit.name: bunch.target,
    }
    return make_table(described, arrays)


def open_measurements(described: BuiltInSet) -> ArrayTable:
    """Open a table of measurements; its last column is the target."""
    bunch = load_bunch(described.name)
    *measured, target = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        column.name: bunch.data[:, index] for index, column in enumerate(measured)
    }
    # scikit-learn does not number the classes in the order of their names.
    numbers = [target.classes.index(str(name)) for name in bunch.target_names] if target.classes else []
    arrays[target.name] = np.array(numbers)[bunch.target] if target.classes else bunch.target
    return make_table(described, arrays)


def load_bunch(name: str) -> Any:
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
