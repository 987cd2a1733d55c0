"""Target `number`: one number for each example, or several side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.numeric import read_numeric
from archcli.data.features.scaling import deviations, means
from archcli.data.table import Table, TargetValues
from archcli.errors import Problem
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Named


def read_number(table: Table, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read numbers, `(examples, columns)`, float32."""
    values = read_numeric(table, columns, faults)
    if values.ndim > 2:
        message = (
            f"{table.noun} `{columns[0]}` of `{table.name}` has the shape {values.shape}, "
            f"expected one number for each example or a row of them"
        )
        faults.problems.append(Problem("wrong-shape", message))
    return TargetValues(values)


def read_known_number(table: Table, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read the numbers of a target that is known."""
    return read_number(table, target.columns, faults)


def fit_number(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a number target, its scaling fitted on the `training` rows alone."""
    shape = target.values.shape[1:]
    if feature.arguments.get("scale") is None:
        return TargetFacts(name, "number", shape, tuple(columns))
    values = target.values[training].astype(np.float32, copy=False)
    return TargetFacts(name, "number", shape, tuple(columns), scale=deviations(values), offset=means(values))
