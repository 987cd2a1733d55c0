"""Examples as single numbers, so that equal ones are found by sorting.

A number has 64 bits: among a million examples the chance that any two different ones are taken for equal is 3 in 100
million.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.audit.variables import Variable
from archcli.data.splits import PartName

Hashes = NDArray[np.uint64]

_GOLDEN: Final = 0x9E3779B97F4A7C15
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_FEW: Final = 16
"""Up to so many values an example is hashed value by value, all examples at once; beyond, one after another."""

_BLOCK: Final = 1024
"""Examples of many values that are copied at a time."""


def hash_examples(variables: Sequence[Variable], parts: Sequence[PartName]) -> dict[PartName, Hashes]:
    """Hash what the `variables` hold of each example, `(examples,)`; equal values, across parts too, equal hashes."""
    hashed = {part: np.zeros(len(variables[0].parts[part]), np.uint64) for part in parts}
    for position, variable in enumerate(variables):
        for part in parts:
            hashed[part] = combine(hashed[part], _hash_values(variable.parts[part], position))
    return hashed


def combine(first: Hashes, second: Hashes) -> Hashes:
    """Hash pairs of hashes; the order matters."""
    return _mix(first * np.uint64(3) + second)


def _hash_values(values: NDArray[Any], position: int) -> Hashes:
    """Hash arrays, `(examples, *shape)`; 0 and -0 are the same, and so are all NaN."""
    flat = values.reshape(len(values), -1)
    if flat.shape[1] > _FEW:
        seed = position.to_bytes(8, "little")
        digests = b"".join(
            hashlib.blake2b(row, digest_size=8, key=seed).digest()
            for start in range(0, len(flat), _BLOCK)
            for row in _as_bits(flat[start : start + _BLOCK])
        )
        return np.frombuffer(digests, np.uint64)
    bits = _as_bits(flat)
    hashed = np.full(len(values), position, np.uint64)
    for index in range(flat.shape[1]):
        constant = np.uint64((index + 1) * _GOLDEN % 2**64)
        hashed = combine(hashed, _mix(bits[:, index].astype(np.uint64) + constant))
    return hashed


def _as_bits(values: NDArray[Any]) -> NDArray[np.uint32]:
    if values.dtype.kind != "f":
        return np.ascontiguousarray(values, np.int32).view(np.uint32)
    numbers = np.ascontiguousarray(values, np.float32) + np.float32(0)
    numbers[np.isnan(numbers)] = np.nan
    return numbers.view(np.uint32)


def _mix(values: Hashes) -> Hashes:
    """Spread every bit over all others: the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    mixed = (values ^ (values >> np.uint64(30))) * _FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
    result: Hashes = mixed ^ (mixed >> np.uint64(31))
    return result
