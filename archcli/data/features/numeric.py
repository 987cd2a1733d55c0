"""Input `numeric`: numbers as they are, and the filling and scaling that the saved model applies to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.scaling import deviations, means
from archcli.data.table import Numbers, Table
from archcli.errors import DataError, Problem
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Named


def read_numeric(table: Table, columns: Sequence[str], faults: Faults, *, may_miss: bool = False) -> Numbers:
    """Read numbers, several columns side by side along the last axis.

    Args:
        table: The source.
        columns: Its columns, in order.
        faults: Takes what is no number.
        may_miss: Whether a number may be missing; it is a NaN then.

    Returns:
        `(examples, *shape)`, float32; a column of plain numbers has the shape `(1,)`.
    """
    parts = [table.numbers(column, faults, may_miss=may_miss) for column in columns]
    parts = [part[:, np.newaxis] if part.ndim == 1 else part for part in parts]
    shapes = {part.shape[:-1] for part in parts}
    if len(shapes) > 1:
        found = ", ".join(f"`{column}` {part.shape[1:]}" for column, part in zip(columns, parts, strict=True))
        message = (
            f"arrays of `{table.name}` do not fit side by side, expected equal shapes but for the last axis: {found}"
        )
        faults.problems.append(Problem("wrong-shape", message))
        return parts[0]
    paddings = {table.padding(column) for column in columns}
    if len(paddings) > 1:
        listed = ", ".join(f"`{column}`" for column in columns)
        message = f"columns of `{table.name}` do not fit side by side, since they are padded differently: {listed}"
        faults.problems.append(Problem("wrong-shape", message))
    as_they_lie = _find_in_matrix(parts)
    return np.concatenate(parts, axis=-1) if as_they_lie is None else as_they_lie


def _find_in_matrix(parts: Sequence[Numbers]) -> Numbers | None:
    """Return columns, `(examples, 1)`, as the part of the matrix that they are; None where they are no such part."""
    matrix = parts[0].base
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or any(part.base is not matrix for part in parts):
        return None
    step = matrix.itemsize
    first = (parts[0].ctypes.data - matrix.ctypes.data) // step
    for place, part in enumerate(parts):
        is_next = (part.ctypes.data - matrix.ctypes.data) // step == first + place
        if not is_next or part.shape != (len(parts[0]), 1) or part.strides[0] != matrix.strides[0]:
            return None
    row, column = divmod(first, matrix.shape[1])
    if column + len(parts) > matrix.shape[1]:
        return None
    found: Numbers = matrix[row : row + len(parts[0]), column : column + len(parts)]
    return found


def fit_numeric(
    name: str, feature: Named, columns: Sequence[str], training: Numbers, *, padding: float | None
) -> InputFacts:
    """Describe an input, its filling and scaling fitted on the `training` examples alone.

    An index of the last axis along which all training examples are equal is moved to 0 and not stretched. Steps that
    are padding count for nothing.

    Raises:
        DataError: A column has no number to fill the missing ones from.
    """
    shape: tuple[int | None, ...] = training.shape[1:]
    real = training
    if padding is not None:
        shape = (None, *shape[1:])
        real = training[~is_padding(training, padding)]
    fill = _fit_fill(feature, columns, real)
    if fill is not None:
        real = np.where(np.isnan(real), np.asarray(fill, np.float32), real)
    scale, offset = _fit_scale(feature, real)
    kept = padding
    if padding is not None and scale is not None:
        kept = choose_padding(real * np.asarray(scale, np.float32) + np.asarray(offset, np.float32))
    return InputFacts(name, shape, tuple(columns), scale, offset, padding=kept, raw_padding=padding, fill=fill)


def is_padding(values: Numbers, padding: float) -> NDArray[np.bool_]:
    """Tell for each step, `(examples, steps)`, whether all its numbers are `padding`."""
    found: NDArray[np.bool_] = (values == np.float32(padding)).all(axis=-1)
    return found


def choose_padding(steps: Numbers) -> float:
    """Choose a number that no step, `(steps, features)`, is made of alone: 0, else one below all there are."""
    if not is_padding(steps, 0).any():
        return 0.0
    return float(np.floor(steps.min()) - 1)


def _fit_fill(feature: Named, columns: Sequence[str], training: Numbers) -> tuple[float, ...] | None:
    missing = feature.arguments.get("missing")
    width = training.shape[-1]
    if missing is None:
        return None
    if missing == "zero" or isinstance(missing, (int, float)):
        return tuple([0.0 if missing == "zero" else float(missing)] * width)
    flat = training.reshape(-1, width)
    empty = np.flatnonzero(np.isnan(flat).all(axis=0))
    if len(empty):
        column = columns[int(empty[0])] if len(columns) == width else columns[0]
        message = f"column `{column}` has no number in the training part, expected some to take the {missing} of"
        raise DataError(Problem("nothing-to-fill-with", message, feature.location, "write a number: `missing: 0`"))
    fit = np.nanmean if missing == "mean" else np.nanmedian
    # Column by column: a copy of all of them in float64 would take twice what they take.
    return tuple(float(fit(flat[:, index].astype(np.float64))) for index in range(width))


def _fit_scale(feature: Named, training: Numbers) -> tuple[tuple[float, ...], tuple[float, ...]] | tuple[None, None]:
    match feature.arguments.get("scale"):
        case "standard":
            spread = deviations(training)
            offset = tuple(0 - mean / value for mean, value in zip(means(training), spread, strict=True))
            return tuple(1 / value for value in spread), offset
        case "min_max":
            axes = tuple(range(training.ndim - 1))
            lowest = training.min(axis=axes).astype(np.float64)
            span = training.max(axis=axes) - lowest
            span[span == 0] = 1
            return tuple(map(float, 1 / span)), tuple(map(float, 0 - lowest / span))
        case int() | float() as factor:
            return (float(factor),), (0.0,)
        case _:
            return None, None
