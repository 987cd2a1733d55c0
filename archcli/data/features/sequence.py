"""Input `sequence`: numbers at each step of sequences that differ in length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from archcli.data.faults import Faults
from archcli.data.features.numeric import choose_padding, fit_numeric
from archcli.data.groups import GroupedTable
from archcli.data.table import Numbers
from archcli.recipe.facts import InputFacts
from archcli.recipe.recipe import Named


def read_sequences(table: GroupedTable, columns: Sequence[str], faults: Faults) -> Numbers:
    """Read sequences, `(examples, longest, columns)`; NaN after the end of each."""
    return table.sequences(columns, faults)


def fit_sequences(
    name: str, feature: Named, columns: Sequence[str], training: Numbers, *, everything: Numbers
) -> InputFacts:
    """Describe sequences, their scaling fitted on the steps of the `training` examples.

    Args:
        name: The input's name.
        feature: What the recipe says of it.
        columns: The columns.
        training: The examples that are trained on, `(examples, longest, columns)`.
        everything: All examples: their padding is a number that no step is made of.
    """
    facts = fit_numeric(name, feature, columns, training[~np.isnan(training).all(axis=-1)], padding=None)
    steps = everything[~np.isnan(everything).all(axis=-1)]
    if facts.scale is not None and facts.offset is not None:
        steps = steps * np.asarray(facts.scale, np.float32) + np.asarray(facts.offset, np.float32)
    return replace(facts, shape=(None, training.shape[-1]), kind="sequence", padding=choose_padding(steps))
