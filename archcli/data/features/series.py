"""`series`: the last values of a series as an input, the next ones as a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.number import fit_number
from archcli.data.features.numeric import fit_numeric
from archcli.data.table import Numbers, TargetValues
from archcli.data.windows import WindowedTable
from archcli.recipe.facts import InputFacts, TargetFacts
from archcli.recipe.recipe import Named


def read_series_input(
    table: WindowedTable,
    columns: Sequence[str],
    faults: Faults,
    *,
    shape: tuple[int | None, ...],
    may_miss: bool = False,
) -> Numbers:
    """Read the last values before each point, `(examples, window, columns)`; the window is the first of `shape`.

    Where values `may_miss`, one that is not there is a NaN.
    """
    window = shape[0] or 1
    return table.windows(columns, faults, first=-window, length=window, may_miss=may_miss)


def fit_series_input(name: str, feature: Named, columns: Sequence[str], training: Numbers) -> InputFacts:
    """Describe windows, their filling and scaling fitted on those of the `training` examples."""
    return replace(fit_numeric(name, feature, columns, training, padding=None), kind="series")


def read_series(table: WindowedTable, feature: Named, columns: Sequence[str], faults: Faults) -> TargetValues:
    """Read the next values after each point, `(examples, horizon)`."""
    horizon = feature.arguments["horizon"]
    may_miss = feature.arguments.get("missing") is not None
    return _read_ahead(table, columns, horizon if isinstance(horizon, int) else 1, faults, may_miss=may_miss)


def read_known_series(table: WindowedTable, target: TargetFacts, faults: Faults) -> TargetValues:
    """Read the next values of a target that is known."""
    return _read_ahead(table, target.columns, target.shape[0], faults, may_miss=target.skips_missing)


def fit_series(
    name: str, feature: Named, columns: Sequence[str], target: TargetValues, training: NDArray[np.int64]
) -> TargetFacts:
    """Describe the next values, their scaling, one for all of them, fitted on those of the `training` rows."""
    flat = TargetValues(target.values[..., np.newaxis])
    facts = fit_number(name, feature, columns, flat, training)
    skips = feature.arguments.get("missing") is not None
    return replace(facts, is_series=True, shape=target.values.shape[1:], skips_missing=skips)


def _read_ahead(
    table: WindowedTable, columns: Sequence[str], horizon: int, faults: Faults, *, may_miss: bool
) -> TargetValues:
    """Read what follows each window, which is whole: windows that it is not of are left out before."""
    return TargetValues(table.windows(columns, faults, first=0, length=horizon, may_miss=may_miss)[..., 0])
