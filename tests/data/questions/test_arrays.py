"""Arrays of files are read some rows at a time, and are what NumPy reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.questions.arrays import open_npy_in_parts, open_npz_in_parts
from archcli.errors import DataError

Shown = Callable[..., str]
ARRAYS: dict[str, Any] = {
    "image": np.arange(84, dtype="float64").reshape(7, 3, 4),
    "count": np.arange(7, dtype="int16"),
    "name": np.array([f"n{number}" for number in range(7)]),
}


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("rows", [1, 3, 100])
def test_an_npz_is_read_in_parts(save: Callable[..., None], rows: int) -> None:
    """Packed or not, whatever stands beside what is wanted."""
    save("new.npz", **ARRAYS, other=np.ones(3))

    parts = list(open_npz_in_parts(Path("new.npz"), [*ARRAYS, "count"], rows=rows))

    assert [part.examples for part in parts] == [min(rows, 7 - start) for start in range(0, 7, rows)]
    assert [part.first_row for part in parts] == list(range(1, 8, rows))
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(np.concatenate([part.arrays[name] for part in parts]), array)


def test_what_cannot_be_read_row_by_row_is_read_whole() -> None:
    """The columns of an array in Fortran's order follow each other."""
    by_columns = np.asfortranarray(np.arange(8.0).reshape(4, 2))
    np.savez("new.npz", x=by_columns)

    parts = list(open_npz_in_parts(Path("new.npz"), ["x"], rows=3))

    assert [part.first_row for part in parts] == [1, 4]
    np.testing.assert_array_equal(np.concatenate([part.arrays["x"] for part in parts]), by_columns)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        (
            {"x": np.ones(3), "y": np.ones(2)},
            (
                "error[different-lengths]: the arrays of `new.npz` are not equally long: `x` has 3, `y` has 2\n"
                "hint: the first axis of every array counts the examples\n"
            ),
        ),
        ({"x": np.ones(0), "y": np.ones(0)}, "error[no-rows]: the arrays of `new.npz` are empty, expected examples\n"),
        (
            {"x": np.ones(()), "y": np.ones(1)},
            "error[wrong-shape]: array `x` of `new.npz` is a single value, expected one for each example\n",
        ),
    ],
)
def test_arrays_that_are_no_examples(shown: Shown, arrays: dict[str, Any], said: str) -> None:
    """In the words that training has for them."""
    np.savez("new.npz", **arrays)

    assert shown(DataError, lambda: list(open_npz_in_parts(Path("new.npz"), ["x", "y"], rows=2))) == said


def test_a_damaged_npz(shown: Shown) -> None:
    """Said when it is reached, as one problem."""
    np.savez_compressed("new.npz", x=np.random.default_rng(0).random(50_000))
    data = bytearray(Path("new.npz").read_bytes())
    data[200_000:200_008] = b"\xff" * 8
    Path("new.npz").write_bytes(data)

    assert shown(DataError, lambda: list(open_npz_in_parts(Path("new.npz"), ["x"], rows=100))) == (
        "error[not-an-npz]: `new.npz` is damaged or cut off, expected an NPZ\nhint: save it by `numpy.savez`\n"
    )


def test_an_npy_is_mapped_and_cut() -> None:
    """Its rows are examples, under the name that the model knows."""
    np.save("new.npy", ARRAYS["image"])

    parts = list(open_npy_in_parts(Path("new.npy"), "image", rows=5))

    assert [part.first_row for part in parts] == [1, 6]
    np.testing.assert_array_equal(np.concatenate([part.arrays["image"] for part in parts]), ARRAYS["image"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            b"no array",
            (
                "error[not-an-npz]: `new.npy` is no NPY, is cut off, or holds Python objects\n"
                "hint: save it by `numpy.save`, as numbers or as text\n"
            ),
        ),
        (b"", "error[empty-file]: `new.npy` is empty\nhint: see whether it was saved, or copied, to its end\n"),
    ],
)
def test_what_is_no_npy(shown: Shown, data: bytes, said: str) -> None:
    """Whatever its name says."""
    Path("new.npy").write_bytes(data)

    assert shown(DataError, lambda: list(open_npy_in_parts(Path("new.npy"), "x", rows=2))) == said


def test_an_npy_without_examples(shown: Shown) -> None:
    """A single value has no rows; neither has an empty array."""
    np.save("one.npy", np.float64(3))
    np.save("none.npy", np.ones((0, 2)))

    assert shown(DataError, lambda: list(open_npy_in_parts(Path("one.npy"), "x", rows=2))) == (
        "error[wrong-shape]: `one.npy` is a single value, expected one for each example\n"
    )
    assert shown(DataError, lambda: list(open_npy_in_parts(Path("none.npy"), "x", rows=2))) == (
        "error[no-rows]: `none.npy` is empty, expected examples\n"
    )
