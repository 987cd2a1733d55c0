"""Target `number`: one number for each example, or several side by side, or some at each step."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.numeric import is_padding, read_numeric
from archcli.data.features.scaling import deviations, means
from archcli.data.table import Table, TargetValues
from archcli.recipe.facts import TargetFacts
from archcli.recipe.recipe import Named


def read_number(table: Table, feature: Named, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read numbers, `(examples, *shape)`, float32; NaN at steps after the end of a sequence."""
    del feature
    values = read_numeric(table, columns, faults)
    padding = table.padding(columns[0])
    if padding is not None:
        values[is_padding(values, padding)] = np.nan
    return TargetValues(values)


def read_known_number(table: Table, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read the numbers of a target that is known."""
    return TargetValues(read_numeric(table, target.columns, faults))


def fit_number(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe a number target, its scaling fitted on the `training` rows alone."""
    padded = bool(np.isnan(target.values).any())
    facts = TargetFacts(name, "number", target.values.shape[1:], tuple(columns), padded=padded)
    if feature.arguments.get("scale") is None:
        return facts
    values = target.values[training].astype(np.float32, copy=False)
    if padded:
        values = values[~np.isnan(values).any(axis=-1)]
    return TargetFacts(
        name,
        "number",
        facts.shape,
        facts.columns,
        scale=deviations(values),
        offset=means(values),
        padded=padded,
    )
