"""Pictures of one colour, silent sounds, and picture files of different sizes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from archcli.data.audit.finding import Finding, about_rows, write_number
from archcli.data.audit.naming import RowNames
from archcli.data.audit.variables import Variable
from archcli.data.splits import PartName
from archcli.errors import Problem

POINTS: Final = 16
"""What has fewer is no picture."""

_TURNED: Final = range(5, 9)
"""The values of Exif's orientation that exchange width and height."""

_ORIENTATION: Final = 0x0112


def is_picture(variable: Variable) -> bool:
    """Tell whether a column holds pictures, volumes or other arrays of two axes or more, all of one size."""
    sizes = variable.training.shape[1:]
    return variable.holds == "numbers" and variable.lengths is None and len(sizes) > 1 and math.prod(sizes) >= POINTS


def find_blank(
    variables: Sequence[Variable], rows: Mapping[PartName, NDArray[np.int64]], names: RowNames
) -> Iterator[Finding]:
    """Find pictures all points of which are alike, and silent sounds."""
    for one in variables:
        if one.role != "input" or not (is_picture(one) or one.kind == "audio"):
            continue
        flat = {part: values.reshape(len(values), -1) for part, values in one.parts.items()}
        blank = {part: values.min(axis=1) == values.max(axis=1) for part, values in flat.items()}
        where = np.concatenate([rows[part][is_blank] for part, is_blank in blank.items()])
        if not len(where):
            continue
        colours = {write_number(float(value)) for part in flat for value in flat[part][blank[part], 0].tolist()}
        which = f", {colours.pop()}," if len(colours) == 1 else ""
        message = f"`{one.name}` is one and the same value{which} throughout in {names.list(where)}"
        hint = "is the file empty, or was nothing recorded? leave it out"
        yield about_rows(Problem("blank-example", message, hint=hint), where, [one.name])


def find_different_sizes(column: str, files: Sequence[Path | BytesIO], made: Sequence[int | None]) -> Iterator[Finding]:
    """Find picture files of different sizes.

    Args:
        column: The column that names or holds them.
        files: All of them, or what they hold, which have been read once.
        made: Height and width that they are made to have.
    """
    sizes = Counter(_size(file) for file in files)
    if len(sizes) < 2:
        return
    smallest, largest = (choose(sizes, key=lambda size: size[0] * size[1]) for choose in (min, max))
    height, width = made[0] or 1, made[1] or 1
    stretched = sum(count for size, count in sizes.items() if not _has_shape(size, width, height))
    message = (
        f"the pictures of `{column}` have {len(sizes):,} different sizes, from {_write(smallest)} to {_write(largest)} "
        f"points, and each is made {width} x {height}"
    )
    hint = "all keep their shape: there is nothing to mend"
    if stretched:
        hint = f"{stretched:,} of {len(files):,} are stretched: cut them to one shape first, if that matters"
    yield Finding(Problem("different-sizes", message, hint=hint), (column,), (), stretched)


def _size(file: Path | BytesIO) -> tuple[int, int]:
    """Read width and height of a picture as it was taken, from the beginning of its file."""
    with Image.open(file) as picture:
        width, height = picture.size
        is_turned = picture.getexif().get(_ORIENTATION) in _TURNED
    return (height, width) if is_turned else (width, height)


def _has_shape(size: tuple[int, int], width: int, height: int) -> bool:
    """Tell whether a size is the other one made smaller or larger, to a twentieth."""
    ratio = size[0] * height / (size[1] * width)
    return 0.95 <= ratio <= 1.05


def _write(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
