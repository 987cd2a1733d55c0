"""Reading an NPZ: arrays of any shape in, everything that cannot be used named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from archcli.data.dataset import Dataset, load_dataset
from archcli.errors import DataError

Load = Callable[..., Dataset]
Shown = Callable[..., str]

PLACE = " --> recipe.yaml:2:18\n"
X = np.arange(12.0).reshape(4, 3)
KIND = np.array([0, 1, 0, 1])


@pytest.mark.parametrize("shape", [(12,), (2, 6), (2, 3, 2), (3, 2, 2, 1)])
def test_arrays_keep_their_shape(load: Load, shape: tuple[int, ...]) -> None:
    """The first axis counts the examples, the others are the shape of one."""
    x = np.random.default_rng(0).normal(size=(4, *shape))

    dataset = load({"x": x, "kind": KIND})

    assert dataset.facts.inputs["x"].shape == shape
    np.testing.assert_array_equal(dataset.training.inputs["x"], x.astype(np.float32))


def test_one_number_for_each_example_is_a_table_of_one_column(load: Load) -> None:
    """A flat array becomes `(examples, 1)`."""
    assert load({"x": X[:, 0], "kind": KIND}).facts.inputs["x"].shape == (1,)


@pytest.mark.parametrize("dtype", ["float16", "float64", "int8", "uint16", "int64", "bool"])
def test_every_kind_of_number_is_read(load: Load, dtype: str) -> None:
    """Whole numbers and truth values are numbers too."""
    x = np.array([[0, 1], [1, 0], [1, 1], [0, 0]]).astype(dtype)

    part = load({"x": x, "kind": KIND}).training

    np.testing.assert_array_equal(part.inputs["x"], [[0, 1], [1, 0], [1, 1], [0, 0]])
    assert part.inputs["x"].dtype == np.float32


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.array([10, 9, 10, 9]), ("9", "10")),
        (np.array([[1], [0], [1], [0]], np.uint8), ("0", "1")),
        (np.array(["b", "a", "b", "a"]), ("a", "b")),
        (np.array([True, False, True, False]), ("False", "True")),
    ],
)
def test_labels_are_the_text_of_what_is_stored(load: Load, labels: Any, classes: tuple[str, ...]) -> None:
    """Whole numbers, truth values and text are labels, in a column or flat."""
    dataset = load({"x": X, "kind": labels})

    assert dataset.facts.targets["kind"].classes == classes
    np.testing.assert_array_equal(dataset.training.targets["kind"], [1, 0, 1, 0])


def test_arrays_side_by_side(load: Load) -> None:
    """Several arrays are joined along the last axis, a flat one as one column."""
    dataset = load({"x": X, "w": X[:, 0], "kind": KIND}, inputs={"both": ("numeric", {"columns": ("w", "x")})})

    np.testing.assert_array_equal(dataset.training.inputs["both"], np.column_stack([X[:, 0], X]).astype(np.float32))


def test_numbers_as_target(load: Load) -> None:
    """A flat array is one number for each example, a table several."""
    targets = {"one": ("number", {"columns": "kind"}), "more": ("number", {"columns": "x"})}

    dataset = load({"x": X, "kind": KIND}, targets=targets)

    assert dataset.facts.targets["one"].shape == (1,)
    assert dataset.facts.targets["more"].shape == (3,)
    np.testing.assert_array_equal(dataset.training.targets["more"], X)


def test_values_that_are_missing_or_not_finite(load: Load, shown: Shown) -> None:
    """Row from 1, and the index as NumPy counts."""
    x = X.copy()
    x[1, 2], x[2, 0] = np.nan, np.inf

    assert shown(DataError, load, {"x": x, "kind": np.array(["a", "", "b", "a"])}) == (
        f"""\
error[missing-value]: row 2 of array `x` at index [1, 2] is missing, expected a number, found `nan`
{PLACE}hint: fill it in, or leave the row out

error[missing-value]: row 2 of array `kind` is empty, expected a label
{PLACE}hint: fill it in, or leave the row out

error[not-finite]: row 3 of array `x` at index [2, 0]: expected a finite number, found `inf`
{PLACE}hint: correct it, or leave the row out
"""
    )


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        (
            {"x": X, "kind": np.eye(4)},
            (
                "error[wrong-shape]: array `kind` of `flats.npz` has the shape (4, 4), expected one label for each "
                f"example, (4,)\n{PLACE}hint: save class numbers in place of one-hot rows: "
                "`numpy.argmax(labels, axis=1)`\n"
            ),
        ),
        (
            {"x": X, "kind": KIND.astype(float)},
            (
                "error[wrong-dtype]: array `kind` of `flats.npz` holds float64, expected labels: "
                "whole numbers or text\n"
                f"{PLACE}hint: save it as whole numbers or as text: `labels.astype(int)`\n"
            ),
        ),
        (
            {"x": X.astype(str), "kind": KIND},
            (
                f"error[wrong-dtype]: array `x` of `flats.npz` holds text, expected numbers\n{PLACE}"
                "hint: save it as numbers: `array.astype(float)`\n"
            ),
        ),
        (
            {"x": X * 1j, "kind": KIND},
            (
                f"error[wrong-dtype]: array `x` of `flats.npz` holds complex128, expected numbers\n{PLACE}"
                "hint: save it as numbers: `array.astype(float)`\n"
            ),
        ),
        (
            {"x": np.array([1, "a", None, 2], dtype=object), "kind": KIND},
            (
                f"error[wrong-dtype]: array `x` of `flats.npz` holds Python objects, expected numbers or text\n{PLACE}"
                "hint: save it with a dtype of its own: `array.astype(float)` or `array.astype(str)`\n"
            ),
        ),
        (
            {"x": X, "kind": KIND[:3]},
            (
                "error[different-lengths]: the arrays of `flats.npz` are not equally long: "
                "`x` has 4, `kind` has 3\n"
                f"{PLACE}hint: the first axis of every array counts the examples\n"
            ),
        ),
        (
            {"x": X[:0], "kind": KIND[:0]},
            f"error[no-rows]: the arrays of `flats.npz` are empty, expected examples\n{PLACE}",
        ),
        (
            {"x": np.float64(3), "kind": KIND},
            f"error[wrong-shape]: array `x` of `flats.npz` is a single value, expected one for each example\n{PLACE}",
        ),
        ({}, f"error[not-an-npz]: `flats.npz` holds no arrays\n{PLACE}hint: save it by `numpy.savez`\n"),
    ],
)
def test_arrays_that_cannot_be_used(load: Load, shown: Shown, arrays: dict[str, Any], expected: str) -> None:
    """Each is named with what it holds and what was expected."""
    assert shown(DataError, load, arrays) == expected


def test_arrays_that_do_not_fit_side_by_side(load: Load, shown: Shown) -> None:
    """Only the last axis may differ."""
    arrays = {"x": X, "w": X.reshape(4, 3, 1), "kind": KIND}

    assert shown(DataError, load, arrays, inputs={"both": ("numeric", {"columns": ("x", "w")})}) == (
        "error[wrong-shape]: arrays of `flats.npz` do not fit side by side, expected equal shapes but for the last "
        "axis: `x` (3,), `w` (3, 1)\n"
    )


def test_numbers_at_each_step_are_a_target(load: Load) -> None:
    """One row of numbers for each example, or one for each step of it."""
    dataset = load({"x": X, "y": X.reshape(4, 3, 1)}, targets={"y": ("number", {})})

    assert dataset.facts.targets["y"].shape == (3, 1)
    np.testing.assert_array_equal(dataset.training.targets["y"], X.reshape(4, 3, 1))


def test_an_array_that_the_recipe_names_wrongly(load: Load, shown: Shown) -> None:
    """Exit 2, at the recipe's line."""
    assert shown(DataError, load, {"x": X, "kind": KIND}, inputs={"z": ("numeric", {"columns": "X"})}) == (
        "error[column-not-found]: `flats.npz` has no array `X`\n --> recipe.yaml:3:1\nhint: did you mean `x`?\n"
    )


def test_a_damaged_file_is_said_to_be_damaged(tmp_path: Path, shown: Shown, section: Callable[..., Any]) -> None:
    """Bytes changed in the middle are found by the checksum."""
    path = tmp_path / "flats.npz"
    np.savez(path, x=X, kind=KIND)
    damaged = bytearray(path.read_bytes())
    damaged[200:204] = b"oops"
    path.write_bytes(damaged)
    data = section("npz", {"path": str(path)}, {"x": ("numeric", {})}, {"kind": ("category", {})})

    assert shown(DataError, load_dataset, data, batch_size=1) == (
        "error[not-an-npz]: `flats.npz` is damaged or cut off, expected an NPZ\n"
        f"{PLACE}hint: save it by `numpy.savez`\n"
    )
