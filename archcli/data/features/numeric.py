"""Input `numeric`: numbers as they are, and the scaling that the saved model applies to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from archcli.data.faults import Faults
from archcli.data.features.scaling import deviations, means
from archcli.data.table import Numbers, Table
from archcli.errors import Problem
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Named


def read_numeric(table: Table, columns: Sequence[str], faults: Faults) -> Numbers:
    """Read numbers, several columns side by side along the last axis.

    Returns:
        `(examples, *shape)`, float32; a column of plain numbers has the shape `(1,)`.
    """
    parts = [table.numbers(column, faults) for column in columns]
    parts = [part[:, np.newaxis] if part.ndim == 1 else part for part in parts]
    shapes = {part.shape[:-1] for part in parts}
    if len(shapes) > 1:
        found = ", ".join(f"`{column}` {part.shape[1:]}" for column, part in zip(columns, parts, strict=True))
        message = (
            f"arrays of `{table.name}` do not fit side by side, expected equal shapes but for the last axis: {found}"
        )
        faults.problems.append(Problem("wrong-shape", message))
        return parts[0]
    return np.concatenate(parts, axis=-1)


def fit_numeric(name: str, feature: Named, columns: Sequence[str], training: Numbers) -> InputFacts:
    """Describe an input, its scaling fitted on the `training` examples alone.

    An index of the last axis along which all training examples are equal is moved to 0 and not stretched.
    """
    match feature.arguments.get("scale"):
        case "standard":
            spread = deviations(training)
            scale = tuple(1 / value for value in spread)
            offset = tuple(0 - mean / value for mean, value in zip(means(training), spread, strict=True))
            return InputFacts(name, training.shape[1:], tuple(columns), scale, offset)
        case "min_max":
            axes = tuple(range(training.ndim - 1))
            lowest = training.min(axis=axes).astype(np.float64)
            span = training.max(axis=axes) - lowest
            span[span == 0] = 1
            scale = tuple(map(float, 1 / span))
            return InputFacts(name, training.shape[1:], tuple(columns), scale, tuple(map(float, 0 - lowest / span)))
        case int() | float() as factor:
            return InputFacts(name, training.shape[1:], tuple(columns), (float(factor),), (0.0,))
        case _:
            return InputFacts(name, training.shape[1:], tuple(columns))
