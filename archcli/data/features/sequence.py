"""Input `sequence`: numbers at each step of sequences that differ in length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from archcli.data.faults import Faults
from archcli.data.features.numeric import choose_padding, fit_numeric
from archcli.data.groups import GroupedTable
from archcli.data.table import Numbers
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Named


def read_sequences(table: GroupedTable, columns: Sequence[str], faults: Faults, *, may_miss: bool = False) -> Numbers:
    """Read sequences, `(examples, longest, columns)`; NaN after the end of each, and where a number may be missing."""
    return table.sequences(columns, faults, may_miss=may_miss)


def is_within(sequences: Numbers) -> NDArray[np.bool_]:
    """Tell which steps, `(examples, longest)`, are up to the last that has a number; what follows is padding."""
    is_there = ~np.isnan(sequences).all(axis=-1)
    within: NDArray[np.bool_] = np.flip(np.logical_or.accumulate(np.flip(is_there, axis=1), axis=1), axis=1)
    return within


def fit_sequences(
    name: str, feature: Named, columns: Sequence[str], training: Numbers, *, everything: Numbers
) -> InputFacts:
    """Describe sequences, their filling and scaling fitted on the steps of the `training` examples.

    Args:
        name: The input's name.
        feature: What the recipe says of it.
        columns: The columns.
        training: The examples that are trained on, `(examples, longest, columns)`.
        everything: All examples: their padding is a number that no step is made of.
    """
    facts = fit_numeric(name, feature, columns, training[is_within(training)], padding=None)
    steps = everything[is_within(everything)]
    if facts.fill is not None:
        fill = np.asarray(facts.fill, np.float32)
        # A step of which nothing is there becomes `fill`, if not of these examples, then of new ones.
        steps = np.concatenate([np.where(np.isnan(steps), fill, steps), fill[np.newaxis]])
    if facts.scale is not None and facts.offset is not None:
        steps = steps * np.asarray(facts.scale, np.float32) + np.asarray(facts.offset, np.float32)
    return replace(facts, shape=(None, training.shape[-1]), kind="sequence", padding=choose_padding(steps))
