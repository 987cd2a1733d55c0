"""A fingerprint is a function of names, types, shapes and values, and of nothing else."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from archcli.data.fingerprint import make_fingerprint
from archcli.data.table import TargetValues


def test_it_is_the_digest_of_everything_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of it is looked at at once."""
    numbers = np.arange(12, dtype=np.float32).reshape(6, 2)
    words = np.array([[word] for word in ("a", "é", "", '"', "b", "c")], np.object_)
    kinds = np.array([0, 1, 0, 1, 0, 1], np.int32)

    def digest() -> str:
        return make_fingerprint({"x": numbers, "word": words}, {"kind": TargetValues(kinds, ("no", "yes"))})

    whole = hashlib.sha256()
    whole.update(json.dumps(["input x", "<f4", [6, 2], []]).encode() + b"\n" + numbers.tobytes())
    whole.update(json.dumps(["input word", "text", ["a", "é", "", '"', "b", "c"]]).encode() + b"\n")
    whole.update(json.dumps(["target kind", "<i4", [6], ["no", "yes"]]).encode() + b"\n" + kinds.tobytes())
    assert digest() == whole.hexdigest()
    monkeypatch.setattr("archcli.data.fingerprint._TEXTS_AT_ONCE", 2)
    monkeypatch.setattr("archcli.data.fingerprint._BYTES_AT_ONCE", 16)
    assert digest() == whole.hexdigest()


def test_columns_of_a_matrix_are_as_good_as_a_copy() -> None:
    """How numbers lie in memory does not matter."""
    matrix = np.arange(12, dtype=np.float32).reshape(4, 3)

    assert make_fingerprint({"x": matrix[:, 1:]}, {}) == make_fingerprint({"x": matrix[:, 1:].copy()}, {})


@pytest.mark.parametrize("other", [{"y": np.zeros((2, 1), np.float32)}, {"x": np.zeros((1, 2), np.float32)}])
def test_names_and_shapes_count(other: dict[str, np.ndarray]) -> None:
    """The same values under another name, or in another shape, are other data."""
    assert make_fingerprint({"x": np.zeros((2, 1), np.float32)}, {}) != make_fingerprint(other, {})
