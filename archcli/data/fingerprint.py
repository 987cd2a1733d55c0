"""What tells the data of a run from others: a digest of every value that was read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import Raw, TargetValues

_TEXTS_AT_ONCE: Final = 1 << 16
_BYTES_AT_ONCE: Final = 1 << 20


def make_fingerprint(raw: Mapping[str, Raw], targets: Mapping[str, TargetValues]) -> str:
    """Return a SHA-256 over names, types, shapes and values, the same on every machine.

    Args:
        raw: Inputs by name, `(examples, *shape)`; texts are objects.
        targets: Targets by name.
    """
    digest = hashlib.sha256()
    read: dict[str, tuple[NDArray[np.generic], tuple[str, ...]]] = {
        f"input {name}": (values, ()) for name, values in raw.items()
    }
    read |= {f"target {name}": (target.values, target.classes) for name, target in targets.items()}
    for name, (values, classes) in read.items():
        if values.dtype == np.object_:
            digest.update(f'[{json.dumps(name)}, "text", ['.encode())
            for start in range(0, values.size, _TEXTS_AT_ONCE):
                some = _write_texts(values.ravel()[start : start + _TEXTS_AT_ONCE].tolist())
                digest.update(((", " if start else "") + some).encode())
            digest.update(b"]]\n")
            continue
        # Little-endian, so that the same data have the same fingerprint on every machine.
        dtype = values.dtype.newbyteorder("<")
        head = json.dumps([name, dtype.str, values.shape, classes])
        digest.update(head.encode() + b"\n")
        rows = max(1, _BYTES_AT_ONCE // max(1, values[:1].nbytes))
        for start in range(0, len(values), rows):
            digest.update(np.ascontiguousarray(values[start : start + rows], dtype).data)
    return digest.hexdigest()


def _write_texts(texts: list[str]) -> str:
    """Write texts as JSON does, parted by commas; each different one once where most are alike."""
    different = set(texts)
    if 2 * len(different) > len(texts):
        return json.dumps(texts)[1:-1]
    written = {text: json.dumps(text) for text in different}
    return ", ".join(map(written.__getitem__, texts))
