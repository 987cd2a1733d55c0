"""An NPZ: arrays by name, the examples along the first axis of each."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archcli.data.table import ArrayTable
from archcli.errors import DataError, Location, Problem
from archcli.recipe.delimited import shown_path
from archcli.recipe.headers import read_array_names

Arrays = Mapping[str, NDArray[np.generic]]


def open_npz(path: Path, columns: Sequence[str], *, location: Location | None = None) -> ArrayTable:
    """Read the arrays called `columns` of an NPZ that has all of them.

    Raises:
        DataError: The file cannot be read or is no NPZ, an array holds Python objects or a single value, or the
            arrays are not equally long or are empty.
    """
    read_array_names(path, location=location)
    try:
        arrays, problems = _read_arrays(path, columns, location)
    # What NumPy, zipfile and zlib make of a damaged file.
    except (OSError, EOFError, RuntimeError, ValueError, zipfile.BadZipFile, zlib.error):
        message = f"`{shown_path(path)}` is damaged or cut off, expected an NPZ"
        raise DataError(Problem("not-an-npz", message, location, "save it by `numpy.savez`")) from None
    problems += [
        Problem(
            "wrong-shape", f"array `{name}` of `{path.name}` is a single value, expected one for each example", location
        )
        for name, array in arrays.items()
        if not array.ndim
    ]
    if problems:
        raise DataError(*problems)
    _check_lengths(path, arrays, location)
    return ArrayTable(path.name, "array", arrays, len(arrays[columns[0]]), location)


def _read_arrays(path: Path, columns: Sequence[str], location: Location | None) -> tuple[Arrays, list[Problem]]:
    arrays: dict[str, NDArray[np.generic]] = {}
    problems: list[Problem] = []
    with np.load(path, allow_pickle=False) as archive:
        for column in dict.fromkeys(columns):
            try:
                arrays[column] = archive[column]
            except ValueError as error:
                if "allow_pickle" not in str(error):
                    raise
                message = f"array `{column}` of `{path.name}` holds Python objects, expected numbers or text"
                hint = "save it with a dtype of its own: `array.astype(float)` or `array.astype(str)`"
                problems.append(Problem("wrong-dtype", message, location, hint))
    return arrays, problems


def _check_lengths(path: Path, arrays: Arrays, location: Location | None) -> None:
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"`{name}` has {length}" for name, length in lengths.items())
        message = f"the arrays of `{path.name}` are not equally long: {shown}"
        hint = "the first axis of every array counts the examples"
        raise DataError(Problem("different-lengths", message, location, hint))
    if not any(lengths.values()):
        raise DataError(Problem("no-rows", f"the arrays of `{path.name}` are empty, expected examples", location))
