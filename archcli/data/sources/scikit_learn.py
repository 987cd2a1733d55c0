"""The built-in sets that scikit-learn carries, under the names of `archcli.recipe.built_in`.

Its files are read as they are, since importing scikit-learn takes longer than most trainings on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archcli.data.sources.tables import make_table
from archcli.data.table import ArrayTable
from archcli.recipe.built_in import BuiltInSet


def open_digits(described: BuiltInSet) -> ArrayTable:
    """Open `digits` in the form that is described: grey levels from 0 to 16."""
    measured = read_digits()
    pictures, digit = described.columns
    arrays: dict[str, NDArray[np.generic]] = {
        pictures.name: measured.values.reshape(-1, *(size or 0 for size in pictures.shape)),
        digit.name: measured.target,
    }
    return make_table(described, arrays)


def open_measurements(described: BuiltInSet) -> ArrayTable:
    """Open a table of measurements; its last column is the target."""
    read = _read_diabetes() if described.name == "diabetes" else _read_classes(described.name)
    *measured, target = described.columns
    arrays: dict[str, NDArray[np.generic]] = {column.name: read.values[:, i] for i, column in enumerate(measured)}
    # scikit-learn does not number the classes in the order of their names.
    numbers = [target.classes.index(name) for name in read.class_names]
    arrays[target.name] = np.array(numbers)[read.target.astype(np.int64)] if numbers else read.target
    return make_table(described, arrays)


@dataclass(frozen=True)
class Measured:
    """What one file holds.

    Attributes:
        values: `(examples, measurements)`.
        target: Class numbers or numbers, `(examples,)`.
        class_names: By their numbers; empty for numbers.
    """

    values: NDArray[np.float64]
    target: NDArray[np.float64]
    class_names: tuple[str, ...] = ()


def read_digits() -> Measured:
    """Read the written digits: 64 grey levels from 0 to 16 each, row by row."""
    table = np.loadtxt(_file("digits.csv.gz"), delimiter=",")
    return Measured(table[:, :-1], table[:, -1])


def _read_classes(name: str) -> Measured:
    """Read a table whose first line has the counts of examples and measurements, and the names of the classes."""
    file = _file("wine_data.csv" if name == "wine" else f"{name}.csv")
    with file.open(encoding="utf-8") as lines:
        class_names = tuple(next(lines).strip().split(",")[2:])
        table = np.loadtxt(lines, delimiter=",")
    return Measured(table[:, :-1], table[:, -1], class_names)


def _read_diabetes() -> Measured:
    """Read the measurements in their own units; what scikit-learn hands out by itself is scaled over all examples."""
    return Measured(np.loadtxt(_file("diabetes_data_raw.csv.gz")), np.loadtxt(_file("diabetes_target.csv.gz")))


def _file(name: str) -> Path:
    """Find a file of scikit-learn's without importing it."""
    package = find_spec("sklearn")
    if package is None or package.origin is None:
        raise ModuleNotFoundError(name="sklearn")
    return Path(package.origin).with_name("datasets") / "data" / name
