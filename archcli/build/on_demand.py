"""Inputs that are prepared when examples are taken, for data that would take much memory once they are prepared.

A category of twenty words side by side with others is a row of twenty numbers: many times what it was before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from archcli.build.preprocessing import build_preprocessing, goes_in_as_it_is, prepare_inputs, run_in_batches
from archcli.recipe.facts import InputFacts

MOST_BYTES: Final = 1 << 27
"""What an input may take that is prepared as a whole, and then copied onto the device."""

_QUICK: Final = ("numeric", "series", "image", "category", "side_by_side")
"""Kinds of inputs that cost little to prepare anew in every epoch, and of which all examples are alike in shape."""


@dataclass(frozen=True, eq=False)
class OnDemand:
    """An array, for whoever takes some of its examples; all of them are never there at once unless they are asked for.

    Attributes:
        name: The input.
        model: Prepares it.
        raw: What is prepared, by the names of the model's inputs, `(examples, *shape)`.
        shape: `(examples, *shape)`.
        dtype: That of the numbers.
    """

    name: str
    model: keras.Model
    raw: Mapping[str, NDArray[Any]]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        """What all of them would take."""
        return self.size * self.dtype.itemsize

    def __getitem__(self, rows: Any) -> NDArray[Any]:
        """Prepare some examples: a slice, or an array of indices."""
        return self._prepare({name: values[rows] for name, values in self.raw.items()})

    def take(self, indices: Any, axis: int | None = None, out: Any = None, mode: Any = "raise") -> NDArray[Any]:
        """Prepare the examples at `indices`, for `numpy.take` along the first axis."""
        del axis, out
        return self._prepare({name: np.take(values, indices, axis=0, mode=mode) for name, values in self.raw.items()})

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]:
        """Prepare all examples."""
        del copy
        return self[:].astype(self.dtype if dtype is None else dtype, copy=False)

    def _prepare(self, raw: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        if not len(next(iter(raw.values()))):
            return np.zeros((0, *self.shape[1:]), self.dtype)
        return run_in_batches(self.model, raw)[self.name]


def prepare_sparingly(inputs: Mapping[str, InputFacts], raw: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    """Prepare examples as `prepare_inputs` does, those inputs on demand that would take much memory.

    Args:
        inputs: The inputs, by name.
        raw: Their raw values by the names of `raw_inputs`, `(examples, *shape)`.

    Returns:
        What the network takes, `(examples, *shape)`, by the inputs' names: arrays, or `OnDemand`.
    """
    large = {name: _on_demand(given, raw) for name, given in inputs.items() if _is_large(given, raw)}
    whole = prepare_inputs({name: given for name, given in inputs.items() if name not in large}, raw)
    return {name: large.get(name, whole.get(name)) for name in inputs}


def _is_large(given: InputFacts, raw: Mapping[str, NDArray[Any]]) -> bool:
    if goes_in_as_it_is(given) or given.padding is not None or None in given.shape:
        return False
    if given.kind not in _QUICK or any(leaf.kind not in _QUICK for leaf in given.leaves):
        return False
    count = len(raw[given.leaves[0].name])
    return 4 * count * prod(size or 1 for size in given.shape) > MOST_BYTES


def _on_demand(given: InputFacts, raw: Mapping[str, NDArray[Any]]) -> OnDemand:
    model = build_preprocessing({given.name: given})
    taken = {leaf.name: raw[leaf.name] for leaf in given.leaves}
    one = run_in_batches(model, {name: values[:1] for name, values in taken.items()})[given.name]
    return OnDemand(given.name, model, taken, (len(next(iter(taken.values()))), *one.shape[1:]), one.dtype)
