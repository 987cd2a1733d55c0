"""Input `image`: pictures in files, read when the data are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from archcli.data.faults import CellFault, Faults
from archcli.data.table import Numbers, Table
from archcli.recipe.facts import InputFacts
from archcli.recipe.features import COLOR_MODES
from archcli.recipe.recipe import Named

_CHANNELS: Final = {"rgb": 3, "grayscale": 1}
_MODES: Final = {3: "RGB", 1: "L"}


def image_shape(feature: Named) -> tuple[int | None, ...]:
    """Return the shape that a recipe gives its images, `(height, width, channels)`."""
    height, width = feature.arguments.get("height"), feature.arguments.get("width")
    channels = _CHANNELS[str(feature.arguments.get("color_mode", COLOR_MODES[0]))]
    return (*(size if isinstance(size, int) else None for size in (height, width)), channels)


def read_images(table: Table, columns: Sequence[str], faults: Faults, *, shape: tuple[int | None, ...]) -> Numbers:
    """Read images, `(examples, height, width, channels)`, from 0 to 255, made as large as `shape` says.

    A picture is turned as its file says it was taken. Where it is made smaller, the points that fall together are
    averaged.
    """
    height, width, channels = (size or 1 for size in shape)
    names = table.texts(columns[0], faults)
    images = np.zeros((len(names), height, width, channels), np.float32)
    wrong: list[CellFault] = []
    for row, name in enumerate(names, start=1):
        if not name.strip():
            continue
        try:
            images[row - 1] = _read_image(table.folder / name, height, width, channels)
        except FileNotFoundError:
            message = f"row {row} of {table.noun} `{columns[0]}`: there is no file `{name}`"
            hint = "names of files are relative to the file that they stand in"
            wrong.append(CellFault("file-not-found", row, columns[0], message, hint))
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError):  # what Pillow makes of a damaged file
            message = f"row {row} of {table.noun} `{columns[0]}`: `{name}` is no image, or is cut off"
            wrong.append(CellFault("not-an-image", row, columns[0], message))
    faults.add_cells(columns[0], wrong, count=len(wrong))
    return images


def fit_image(name: str, columns: Sequence[str], training: Numbers) -> InputFacts:
    """Describe images; there is nothing to fit."""
    return InputFacts(name, training.shape[1:], tuple(columns), kind="image")


def _read_image(path: Path, height: int, width: int, channels: int) -> Numbers:
    with Image.open(path) as opened:
        turned = ImageOps.exif_transpose(opened).convert(_MODES[channels])
        resized = turned.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(resized, np.float32).reshape(height, width, channels)
