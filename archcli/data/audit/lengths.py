"""Sequences and texts that are empty, or so long that all others are padded to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.finding import Finding, about_rows, count_of
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable
from archcli.data.splits import PartName
from archcli.errors import Problem

TIMES: Final = 10
"""What is more than so many times as long as the median is extreme, and with it what is cut to a length of its own."""

LONG: Final = 50
"""What is shorter costs nothing, however short the others are."""


def find_extreme_lengths(
    variables: Sequence[Variable], rows: Mapping[PartName, NDArray[np.int64]], names: RowNames
) -> Iterator[Finding]:
    """Find inputs without a step or symbol, and those that are far longer than the median of the training examples."""
    for one in variables:
        if one.lengths is None or one.role != "input":
            continue
        everywhere = np.concatenate([rows[part] for part in one.parts])
        lengths = np.concatenate([one.lengths[part] for part in one.parts])
        unit = "symbol" if one.holds == "texts" else "step"
        empty = everywhere[lengths == 0]
        if len(empty):
            message = f"`{one.name}` has no {unit} in {count_of(len(empty), 'example')}: {names.list(empty)}"
            hint = "nothing is known of them but that: leave them out"
            yield about_rows(Problem("empty-sequence", message, hint=hint), empty, [one.name])
        median = float(np.median(one.lengths["training"]))
        is_long = lengths > max(LONG, TIMES * median)
        if is_long.any():
            long = everywhere[is_long]
            message = (
                f"`{one.name}` has up to {count_of(int(lengths.max()), unit)} in {names.list(long)}, and a median of "
                f"{median:g}"
            )
            yield about_rows(Problem("extreme-length", message, hint=_hint(one)), long, [one.name])


def _hint(variable: Variable) -> str:
    """Say how what is long is kept from making all others as long."""
    if variable.holds == "texts":
        return "all are padded to the longest: cut them by `output_sequence_length`"
    return "all are padded to the longest: cut it, or write `train: {bucket_by_length: true}`"
